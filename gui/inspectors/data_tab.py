"""What is learned: the problem, how many samples, how noisy, how they are split and scaled."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engine.data import BUNDLED, BundledData, DataSpec, FixedData, GeneratedData, TableData
from engine.session.starting import are_pictures
from engine.training import Experiment
from gui.i18n import mark, tr
from gui.inspectors import changes
from gui.inspectors.csv_dialog import choose_csv
from gui.inspectors.fields import CheckField, SeedField, note
from gui.inspectors.panel import NumberEdit, Panel, attempt, choose_data
from gui.inspectors.problem_picker import ProblemPicker
from gui.inspectors.rows import Offer, Row
from gui.inspectors.samples_table import WORKED_EXAMPLE, SamplesTable
from gui.inspectors.scales import Scale
from gui.inspectors.slider_field import SliderField
from gui.state.store import Store

SAMPLES = Scale(10, 2000, logarithmic=True, whole=True)
NOISE = Scale(0.0, 0.5, step=0.01)
SHARE = Scale(0.0, 0.9, step=0.05)


class DataTab(Panel):
    """Chooses the data and says what they are."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.problems = ProblemPicker()
        self.offer = Offer()
        self.samples = SliderField(SAMPLES)
        self.noise = SliderField(NOISE)
        self.test_share = SliderField(SHARE)
        self.seed = SeedField()
        self.standardize = CheckField(
            mark("Standardize the features"),
            mark(
                "Subtract each feature's mean and divide by its standard deviation, "
                "both measured on the training samples"
            ),
        )
        self.table = SamplesTable(store)
        self.about = note()
        self.samples_row = Row(mark("Samples"), self.samples, mark("How many samples are drawn"))
        self.noise_row = Row(
            mark("Noise"),
            self.noise,
            mark("How far the samples are scattered about the clean pattern"),
        )
        self.share_row = Row(
            mark("Test share"),
            self.test_share,
            mark("Part of the samples that is held out for testing"),
        )
        self.seed_row = Row(
            mark("Seed"), self.seed, mark("The same seed gives the same samples and split")
        )
        self.add(
            self.problems,
            self.offer,
            self.table,
            self.samples_row,
            self.noise_row,
            self.share_row,
            self.seed_row,
            self.standardize,
            self.about,
        )
        NumberEdit(store, self.samples, mark("Number of samples"), changes.with_samples)
        NumberEdit(store, self.noise, mark("Noise"), changes.with_noise)
        NumberEdit(store, self.test_share, mark("Test share"), changes.with_test_share)
        NumberEdit(store, self.seed, mark("Seed of the data"), changes.with_data_seed)
        self.problems.chosen.connect(self._choose)
        self.standardize.chosen.connect(self._standardize)
        self.offer.accepted.connect(self._liven)

    def refresh(self) -> None:
        experiment = self.store.experiment
        spec = experiment.data
        self.problems.set_value(spec)
        drawn = isinstance(spec, GeneratedData)
        split = not isinstance(spec, FixedData)
        self.samples_row.setVisible(drawn)
        self.noise_row.setVisible(drawn)
        self.share_row.setVisible(split)
        self.seed_row.setVisible(split)
        self.standardize.setVisible(isinstance(spec, BundledData | TableData))
        self.table.setVisible(not split)
        if isinstance(spec, GeneratedData):
            self.samples.set_value(float(spec.samples))
            self.noise.set_value(spec.noise)
        if isinstance(spec, BundledData | TableData):
            self.standardize.set_value(spec.standardize)
        if isinstance(spec, FixedData):
            self.offer.hide()
            self.table.take()
        else:
            self.test_share.set_value(spec.test_share)
            self.seed.set_value(spec.seed)
        self.about.setText("\n".join(about(experiment)))

    def _choose(self, source: str, key: str) -> None:
        if source == "table":
            choose_csv(self.window(), self.store)
            return
        before = self.store.experiment.data
        spec: DataSpec = WORKED_EXAMPLE
        if source == "generated":
            spec = changes.generated(before, key)
        elif source == "bundled":
            spec = changes.bundled(before, key)
        if spec == before or (source == "fixed" and isinstance(before, FixedData)):
            return
        choose_data(self.store, spec)
        chosen = spec is self.store.experiment.data
        if isinstance(before, FixedData) and chosen and not are_pictures(spec):
            self.offer.make(
                mark(
                    "The network still has the settings of the samples typed by hand. "
                    "This problem is learned better with tanh, biases, random weights and η = 0.1."
                ),
                mark("Use these"),
            )

    def _standardize(self, on: bool) -> None:
        attempt(
            self.store,
            tr("Standardize the features"),
            lambda experiment: changes.with_standardization(experiment, on),
        )

    def _liven(self) -> None:
        attempt(self.store, tr("Settings for the problem"), changes.lively, anew=True)


def about(experiment: Experiment) -> list[str]:
    """Return lines that say what the data are, in the language of the moment."""
    spec, dataset = experiment.data, experiment.dataset
    lines = []
    if len(dataset.test):
        lines.append(
            tr("Samples to train on: {0}, to test with: {1}.").format(
                len(dataset.train), len(dataset.test)
            )
        )
    else:
        lines.append(
            tr("Samples to train on: {0}. None is held out for testing.").format(len(dataset.train))
        )
    features = _listed(dataset.feature_names)
    targets = _listed(dataset.target_names)
    if dataset.task == "classification":
        lines.append(
            tr("Features: {0} ({1}). Classes: {2} ({3}).").format(
                dataset.n_features, features, len(dataset.classes), targets
            )
        )
    else:
        lines.append(
            tr("Features: {0} ({1}). Target: {2}.").format(dataset.n_features, features, targets)
        )
    if isinstance(spec, TableData) and spec.file_rows > spec.rows:
        lines.append(
            tr("{0} of the {1} rows of the file are used.").format(spec.rows, spec.file_rows)
        )
    if dataset.scaling is not None:
        lines.append(
            tr("Standardized: the network sees (x − mean) / deviation of the training samples.")
        )
        if dataset.constant_features:
            lines.append(
                tr("Not scaled, for they never vary: {0}.").format(
                    _listed(dataset.constant_features)
                )
            )
    else:
        lines.append(tr("The network sees the features as they are."))
    if isinstance(spec, BundledData):
        record = BUNDLED[spec.name]
        lines.append(tr("{0}; {1}, {2}.").format(record.authors, record.source, record.licence))
    return lines


def _listed(names: tuple[str, ...], most: int = 4) -> str:
    if len(names) <= most:
        return ", ".join(names)
    return ", ".join((*names[: most - 1], "…", names[-1]))
