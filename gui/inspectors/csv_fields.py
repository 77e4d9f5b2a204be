"""How a CSV file is written, as choices that find out by themselves; small parts of the dialog."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QPushButton,
    QTableView,
    QWidget,
)

from engine.data import Table, TableData, load
from engine.data.textfile import ENCODINGS
from gui import theme
from gui.i18n import bind, mark, tr
from gui.inspectors.csv_columns import ColumnModel, PreviewModel
from gui.inspectors.csv_reader import Request
from gui.inspectors.fields import ChoiceField

AUTOMATIC = "auto"
ENCODING_LABELS = {
    "utf-8": mark("UTF-8"),
    "utf-16": mark("UTF-16"),
    "gb18030": mark("GB18030 (Chinese)"),
    "cp1252": mark("Windows-1252 (Western)"),
}
DELIMITER_LABELS = {
    ",": mark("Comma"),
    ";": mark("Semicolon"),
    "\t": mark("Tab"),
    "|": mark("Bar"),
}
DECIMAL_LABELS = {".": mark("Point: 1.5"), ",": mark("Comma: 1,5")}
HEADER_LABELS = {"yes": mark("First row"), "no": mark("None")}
TASK_LABELS = {
    "classification": mark("Classification: which class?"),
    "regression": mark("Regression: how much?"),
}


class FormatChoice(ChoiceField):
    """A choice whose first entry finds out by itself, and says what it has found."""

    def __init__(self, labels: dict[str, str]) -> None:
        self.found = ""
        super().__init__([(AUTOMATIC, mark("Automatic")), *labels.items()])
        self.set_value(AUTOMATIC)

    @property
    def given(self) -> str | None:
        """What the user chose; None: find out."""
        return None if self.value == AUTOMATIC else self.value

    def tell(self, found: str) -> None:
        """Say what was found out, by its English label."""
        self.found = found
        self._word()

    def _word(self) -> None:
        super()._word()
        if self.found and self.count():
            self.setItemText(0, tr("{0} (auto)").format(tr(self.found)))


class FormatFields(QWidget):
    """Encoding, separator, decimal mark and header of a file, each with "automatic" first.

    Signals
    -------
    changed
        The file is to be read in another way.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.encoding = FormatChoice({key: ENCODING_LABELS[key] for key in ENCODINGS})
        self.delimiter = FormatChoice(DELIMITER_LABELS)
        self.decimal = FormatChoice(DECIMAL_LABELS)
        self.header = FormatChoice(HEADER_LABELS)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        fields = (
            (mark("Encoding"), self.encoding, mark("How the characters of the file are written")),
            (mark("Separator"), self.delimiter, mark("The character between two columns")),
            (
                mark("Decimal mark"),
                self.decimal,
                mark("The character before the decimals of a number"),
            ),
            (
                mark("Column names"),
                self.header,
                mark("Whether the first row names the columns"),
            ),
        )
        for column, (label, field, help_text) in enumerate(fields):
            words = QLabel()
            theme.set_role(words, "muted")
            words.setBuddy(field)
            bind(words, "setText", label)
            bind(field, "setAccessibleName", label)
            bind(field, "setToolTip", help_text)
            grid.addWidget(words, 0, column)
            grid.addWidget(field, 1, column)
            grid.setColumnStretch(column, 1)
            field.chosen.connect(self.changed)

    def request(self, path: Path, sample: dict[str, int], seed: int) -> Request:
        """Return how the file is to be read."""
        return Request(
            path,
            encoding=self.encoding.given,
            delimiter=self.delimiter.given,
            decimal=self.decimal.given,
            header={"yes": True, "no": False}.get(self.header.value),
            sample_rows=sample.get("rows"),
            sample_columns=sample.get("columns"),
            seed=seed,
        )

    def tell(self, table: Table) -> None:
        """Say what was found out about the file."""
        found = {
            self.encoding: ENCODING_LABELS.get(table.encoding, table.encoding),
            self.delimiter: DELIMITER_LABELS.get(table.delimiter, table.delimiter),
            self.decimal: DECIMAL_LABELS.get(table.decimal, table.decimal),
            self.header: HEADER_LABELS["yes" if table.header else "no"],
        }
        for field, label in found.items():
            field.tell(label)


def about(table: Table | None) -> str:
    """Return how large a table is, in the language of the moment."""
    if table is None:
        return tr("The file could not be read as a table.")
    if (table.rows, len(table.columns)) != (table.file_rows, table.file_columns):
        return tr("{0} of {1} rows, {2} of {3} columns").format(
            table.rows, table.file_rows, len(table.columns), table.file_columns
        )
    return tr("{0} rows, {1} columns").format(table.rows, len(table.columns))


def summary(spec: TableData | None) -> str:
    """Return what came out of a choice, in the language of the moment."""
    if spec is None:
        return ""
    dataset = load(spec)
    parts = [
        tr("{0} rows to train on, {1} to test with").format(len(dataset.train), len(dataset.test)),
        tr("inputs: {0}").format(dataset.n_features),
    ]
    if dataset.classes:
        parts.append(tr("classes: {0}").format(len(dataset.classes)))
    if dataset.constant_features:
        parts.append(tr("never varies: {0}").format(", ".join(dataset.constant_features[:3])))
    return " · ".join(parts)


def table_view(model: ColumnModel | PreviewModel, name: str) -> QTableView:
    """Make a table to look at, rows of which can be selected."""
    view = QTableView()
    view.setModel(model)
    view.setAlternatingRowColors(True)
    view.setShowGrid(False)
    view.setTabKeyNavigation(False)
    view.setWordWrap(False)
    view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    view.setMinimumHeight(120)
    view.verticalHeader().setDefaultSectionSize(24)
    view.horizontalHeader().setHighlightSections(False)
    bind(view, "setAccessibleName", name)
    return view


def small_button(text: str, help_text: str, slot: Callable[[], None]) -> QPushButton:
    """Make a button without frame."""
    button = QPushButton()
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAutoDefault(False)
    theme.set_role(button, "quiet")
    bind(button, "setText", text)
    bind(button, "setToolTip", help_text)
    button.clicked.connect(slot)
    return button
