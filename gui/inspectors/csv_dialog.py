"""Import of a CSV file: look at it, choose columns, see at once whether it will do."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PySide6.QtCore import QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from engine.data import Table, TableData, load, table_data
from engine.data.checks import MAX_COLUMNS, MAX_ROWS, MAX_TEST_SHARE, Task
from engine.errors import NablaError
from gui import theme
from gui.i18n import bind, mark, tr
from gui.inspectors.csv_columns import ColumnModel, PreviewModel
from gui.inspectors.csv_fields import (
    TASK_LABELS,
    FormatFields,
    about,
    small_button,
    summary,
    table_view,
)
from gui.inspectors.csv_reader import CsvReader, Request
from gui.inspectors.fields import CheckField, ChoiceField, SeedField, heading, note
from gui.inspectors.number_field import message_label
from gui.inspectors.panel import choose_data
from gui.inspectors.rows import Row
from gui.inspectors.scales import Scale
from gui.inspectors.slider_field import SliderField
from gui.state.store import Store
from gui.wording import describe

FOLDER = "data/folder"
_PREVIEW_HEIGHT = 190


class CsvDialog(QDialog):
    """Asks how to read a CSV file and what to learn from it.

    Whatever is wrong is said in the dialog, with what to do; OK waits until the choice is valid.
    """

    def __init__(self, path: str | Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = Path(path)
        self._table: Table | None = None
        self._spec: TableData | None = None
        self._error: NablaError | None = None
        self._sample: dict[str, int] = {}
        self._reader = CsvReader(self)
        self._reader.done.connect(self._take)
        self._check = QTimer(self)
        self._check.setSingleShot(True)
        self._check.setInterval(60)
        self._check.timeout.connect(self._judge)
        bind(self, "setWindowTitle", "Import a CSV file")
        self.resize(780, 680)
        self.setSizeGripEnabled(True)
        self._build()
        self._request()

    @property
    def spec(self) -> TableData | None:
        """The data as chosen; None as long as something is wrong."""
        return self._spec

    @property
    def error(self) -> NablaError | None:
        """What is wrong, if anything."""
        return self._error

    def sizeHint(self) -> QSize:
        return QSize(780, 680)

    # ------------------------------------------------------------------------------------ parts

    def _build(self) -> None:
        self.name = QLabel(self._path.name)
        theme.set_role(self.name, "title")
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setToolTip(str(self._path))
        self.about = note()
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setFixedHeight(4)
        bind(self.busy, "setAccessibleName", "Reading the file")
        self.preview_model, self.column_model = PreviewModel(self), ColumnModel(self)
        self.preview = table_view(self.preview_model, mark("First rows of the file"))
        self.preview.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.preview.horizontalHeader().setDefaultSectionSize(110)
        self.preview.horizontalHeader().setStretchLastSection(True)
        self.preview.verticalHeader().hide()
        self.message = message_label(self)
        self.summary = note()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        head = QVBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.name)
        head.addWidget(self.about)
        layout.addLayout(head)
        self.format = FormatFields()
        self.format.changed.connect(self._request)
        layout.addWidget(self.format)
        layout.addWidget(self.busy)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.preview)
        split.addWidget(self._choices())
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        layout.addWidget(split, 1)
        layout.addWidget(self.message)
        layout.addWidget(self._sampling_offer())
        layout.addWidget(self.summary)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        bind(self.ok, "setText", "Use these data")
        bind(self.ok, "setToolTip", "Train on these data; the network is adapted to them (Enter)")
        theme.set_role(self.ok, "primary")
        cancel = self.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        bind(cancel, "setText", "Cancel")
        bind(cancel, "setToolTip", "Leave everything as it is (Esc)")
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout.addWidget(self.buttons)

    def _choices(self) -> QWidget:
        self.columns = table_view(self.column_model, mark("Input columns"))
        self.columns.verticalHeader().hide()
        header = self.columns.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(1, 80)
        self.all = small_button(
            mark("All"), mark("Take all columns of numbers as inputs"), self._tick_all
        )
        self.none = small_button(mark("None"), mark("Take no column as input"), self._tick_none)
        ticks = QHBoxLayout()
        ticks.addWidget(heading(mark("Inputs")), 1)
        ticks.addWidget(self.all)
        ticks.addWidget(self.none)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(ticks)
        left.addWidget(self.columns, 1)

        self.target = ChoiceField()
        self.task = ChoiceField(TASK_LABELS.items())
        self.test_share = SliderField(Scale(0.0, MAX_TEST_SHARE, step=0.05), self._check_share)
        self.test_share.set_value(0.2)
        self.seed = SeedField()
        self.seed.set_value(0)
        self.standardize = CheckField(
            mark("Standardize the inputs"),
            mark(
                "Subtract each column's mean and divide by its standard deviation, both measured "
                "on the training rows; this can be undone at any time in the Data tab"
            ),
        )
        self.standardize.setChecked(True)
        self.drop_missing = CheckField(mark("Leave out rows with missing values"))
        self.drop_missing.setChecked(False)
        right = QVBoxLayout()
        right.setSpacing(8)
        title = heading(mark("What to learn"))
        title.setMinimumHeight(30)
        right.addWidget(title)
        right.addWidget(
            Row(mark("Target"), self.target, mark("The column that the network is to predict"))
        )
        right.addWidget(
            Row(mark("Task"), self.task, mark("Tell classes apart, or predict a number"))
        )
        right.addWidget(
            Row(
                mark("Test share"),
                self.test_share,
                mark("Part of the rows that is held out for testing"),
            )
        )
        right.addWidget(
            Row(mark("Seed"), self.seed, mark("The same seed gives the same split and sample"))
        )
        right.addWidget(self.standardize)
        right.addWidget(self.drop_missing)
        right.addStretch(1)
        box = QWidget()
        both = QHBoxLayout(box)
        both.setContentsMargins(0, 8, 0, 0)
        both.setSpacing(16)
        both.addLayout(left, 5)
        both.addLayout(right, 5)

        self.column_model.ticked.connect(self._later)
        self.target.chosen.connect(self._choose_target)
        self.task.chosen.connect(self._later)
        self.test_share.edited.connect(self._later)
        self.seed.edited.connect(self._seed_changed)
        self.seed.thrown.connect(self._seed_thrown)
        self.standardize.chosen.connect(self._later)
        self.drop_missing.chosen.connect(self._later)
        return box

    def _sampling_offer(self) -> QWidget:
        self.offer = QFrame()
        theme.set_role(self.offer, "notice")
        self.sample_button = QPushButton()
        self.sample_button.clicked.connect(self._take_sample)
        words = note("text")
        bind(words, "setText", "A part of it, drawn at random with the seed above, can be used.")
        layout = QHBoxLayout(self.offer)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(words, 1)
        layout.addWidget(self.sample_button)
        self.offer.hide()
        return self.offer

    # ---------------------------------------------------------------------------------- reading

    def _request(self) -> None:
        """Read the file in the way that is chosen."""
        self._spec = None
        self.busy.show()
        self.ok.setEnabled(False)
        seed = int(self.seed.field.value or 0)
        self._reader.ask(self.format.request(self._path, self._sample, seed))

    def _take(self, request: Request, result: object) -> None:
        """Show what was read, or why it could not be."""
        self.busy.hide()
        if isinstance(result, NablaError):
            self._table = None
            self.preview_model.show(None)
            self.column_model.show(None, (), "")
            self.target.set_entries(())
            self._enable_choices(False)
            self._tell(result)
            return
        table = cast(Table, result)
        before, self._table = self._table, table
        self._enable_choices(True)
        self.preview_model.show(table)
        suggestion = table.suggestion()
        inputs, target, task = suggestion.inputs, suggestion.target, suggestion.task
        if before is not None and before.names == table.names:
            # Read anew, for instance with another decimal mark: the choice stays.
            inputs, target = self.column_model.inputs or inputs, self.target.value
            task = cast(Task, self.task.value)
        self.target.set_entries((name, name) for name in table.names)
        self.target.set_value(target)
        self.task.set_value(task)
        self.column_model.show(table, inputs, target)
        self.format.tell(table)
        del request
        self._judge()

    def _enable_choices(self, on: bool) -> None:
        """Without a table there is nothing to choose but the seed of a sample."""
        for widget in (self.columns, self.all, self.none, self.target, self.task):
            widget.setEnabled(on)

    def _take_sample(self) -> None:
        code = self._error.code if self._error is not None else ""
        if code == "csv.too_many_rows":
            self._sample["rows"] = MAX_ROWS
        elif code == "csv.too_many_columns":
            self._sample["columns"] = MAX_COLUMNS
        self.offer.hide()
        self._request()

    def _seed_thrown(self, seed: int) -> None:
        self.seed.set_value(seed)
        self._seed_changed()

    def _seed_changed(self) -> None:
        if self._sample:
            self._request()
        else:
            self._later()

    # --------------------------------------------------------------------------------- choosing

    def _tick_all(self) -> None:
        self.column_model.tick_all(True)

    def _tick_none(self) -> None:
        self.column_model.tick_all(False)

    def _choose_target(self, name: str) -> None:
        self.column_model.set_target(name)
        if self._table is not None:
            # A text can only be a class; numbers stay what they were taken for.
            if self._table.column(name).kind == "text":
                self.task.set_value("classification")
            elif self._table.suggestion().target == name:
                self.task.set_value(self._table.suggestion().task)
        self._later()

    @staticmethod
    def _check_share(value: float) -> None:
        if not 0.0 <= value <= MAX_TEST_SHARE:
            raise NablaError(
                "data.out_of_range", field="test_share", value=value, low=0.0, high=MAX_TEST_SHARE
            )

    def _later(self) -> None:
        """Judge the choice when the hand rests: data of a large table take a while."""
        self._check.start()

    def _judge(self) -> None:
        """Make the data as chosen, and say what came out or what is wrong."""
        self._spec = None
        table = self._table
        if table is None:
            return
        inputs, target = self.column_model.inputs, self.target.value
        share = self.test_share.value
        self._word_missing(table, (*inputs, target))
        try:
            spec = table_data(
                table,
                inputs,
                target,
                cast(Task, self.task.value),
                test_share=0.2 if share is None else share,
                seed=int(self.seed.field.value or 0),
                standardize=self.standardize.isChecked(),
                drop_missing=self.drop_missing.isChecked(),
            )
            load(spec)
        except NablaError as error:
            self._tell(error)
            return
        self._spec = spec
        self._tell(None)

    def _word_missing(self, table: Table, names: tuple[str, ...]) -> None:
        missing = table.rows - int(table.complete_rows(names).sum())
        self.drop_missing.setEnabled(missing > 0)
        if missing:
            bind(self.drop_missing, "setText", "Leave out rows with missing values ({0})", missing)
        else:
            bind(self.drop_missing, "setText", "No row has missing values")
        bind(self.drop_missing, "setAccessibleName", "Leave out rows with missing values")

    def _tell(self, error: NablaError | None) -> None:
        self._error = error
        self.message.setText("" if error is None else describe(error))
        self.message.setVisible(error is not None)
        large = error is not None and error.code in ("csv.too_many_rows", "csv.too_many_columns")
        self.offer.setVisible(large)
        if large and error is not None:
            rows = error.code == "csv.too_many_rows"
            text = mark("Take {0} rows") if rows else mark("Take {0} columns")
            most = MAX_ROWS if rows else MAX_COLUMNS
            bind(self.sample_button, "setText", text, f"{most:,}")
            bind(self.sample_button, "setToolTip", text, f"{most:,}")
        self.ok.setEnabled(self._spec is not None)
        self.ok.setDefault(self._spec is not None)
        self.about.setText(about(self._table))
        self.summary.setText(summary(self._spec))
        self.summary.setVisible(self._spec is not None)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._check.stop()
        super().closeEvent(event)


def ask_for_file(parent: QWidget | None) -> str:
    """Let the user choose a CSV file; nothing if none was chosen. Remembers the folder."""
    settings = QSettings()
    folder = str(settings.value(FOLDER, "") or "")
    path, _ = QFileDialog.getOpenFileName(
        parent,
        tr("Choose a CSV file"),
        folder,
        f"{tr('Tables')} (*.csv *.tsv *.txt *.data);;{tr('All files')} (*)",
    )
    if path:
        settings.setValue(FOLDER, str(Path(path).parent))
    return path


def choose_csv(parent: QWidget | None, store: Store, path: str | Path = "") -> bool:
    """Ask for a CSV file and how to read it, and train on it; whether that was done.

    With ``path`` only the second question is asked, as for a file that was dropped.
    """
    path = path or ask_for_file(parent)
    if not path:
        return False
    dialog = CsvDialog(path, parent)
    try:
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        spec = dialog.spec
    finally:
        dialog.deleteLater()
    if not accepted or spec is None:
        return False
    choose_data(store, spec)
    return True
