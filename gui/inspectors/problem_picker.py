"""The problems to choose from, each with a small picture of its data."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from engine.data import (
    BUNDLED,
    KINDS,
    BundledData,
    DataSpec,
    FixedData,
    GeneratedData,
    TableData,
)
from gui import i18n, theme
from gui.i18n import mark, tr
from gui.inspectors.thumbnails import thumbnail
from gui.views.guard import guarded

Choice = tuple[str, str]
"""Source (``"generated"``, ``"bundled"``, ``"table"``, ``"fixed"``) and key within it."""

COLUMNS = 4
PICTURE = 36
TILE_HEIGHT = PICTURE + 32
_FONT_PIXELS = 10
_ARROWS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -COLUMNS,
    Qt.Key.Key_Down: COLUMNS,
}


def choice_of(spec: DataSpec) -> Choice:
    """Return the tile that a specification belongs to."""
    match spec:
        case GeneratedData():
            return "generated", spec.kind
        case BundledData():
            return "bundled", spec.name
        case TableData():
            return "table", ""
        case FixedData():
            return "fixed", ""


class _Tile(QAbstractButton):
    """One problem: picture and name; the frame tells which is chosen, and where the focus is."""

    def __init__(self, choice: Choice, label: str) -> None:
        super().__init__()
        self.choice = choice
        self.label = label
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(TILE_HEIGHT)
        self.word()

    def word(self) -> None:
        """Word name and help in the language of the moment."""
        text = tr(self.label)
        self.setAccessibleName(text)
        self.setToolTip(tr(_HELP[self.choice[0]]).format(text))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(66, TILE_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(48, TILE_HEIGHT)

    def nextCheckState(self) -> None:
        """Stay as it is: the store tells which problem is chosen."""

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in _ARROWS:
            event.ignore()
        else:
            super().keyPressEvent(event)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        chosen = self.isChecked()
        painter.setBrush(theme.color("hover" if self.underMouse() or chosen else "raised"))
        pen = QPen(theme.color("accent" if chosen else "border"), 2.0 if chosen else 1.0)
        if self.hasFocus():
            pen = QPen(theme.color("text"), 2.0)
        painter.setPen(pen)
        painter.drawRoundedRect(frame, 6, 6)
        picture = thumbnail(*self.choice, PICTURE, self.devicePixelRatioF())
        painter.drawPixmap(round((self.width() - PICTURE) / 2), 4, picture)
        font = self.font()
        font.setPixelSize(_FONT_PIXELS)
        font.setBold(chosen)
        painter.setFont(font)
        painter.setPen(theme.color("text" if chosen else "muted"))
        words = QRectF(2, PICTURE + 5, self.width() - 4, self.height() - PICTURE - 6)
        painter.drawText(
            words,
            Qt.AlignmentFlag.AlignHCenter
            | Qt.AlignmentFlag.AlignVCenter
            | Qt.TextFlag.TextWordWrap,
            tr(self.label),
        )
        painter.end()


class ProblemPicker(QWidget):
    """Tiles in rows; arrow keys go from tile to tile, Space or Return chooses.

    Signals
    -------
    chosen
        Emitted with source and key of the tile that was pressed.
    """

    chosen = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        entries: list[tuple[Choice, str]] = [
            *((("generated", key), kind.label) for key, kind in KINDS.items()),
            *((("bundled", key), record.label) for key, record in BUNDLED.items()),
            (("table", ""), mark("CSV file…")),
            (("fixed", ""), mark("By hand")),
        ]
        self.tiles: list[_Tile] = []
        for number, (choice, label) in enumerate(entries):
            tile = _Tile(choice, label)
            tile.clicked.connect(self._clicked)
            grid.addWidget(tile, *divmod(number, COLUMNS))
            self.tiles.append(tile)
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        i18n.notifier.changed.connect(self._word)
        theme.notifier.changed.connect(self.update)

    def tile(self, source: str, key: str = "") -> QAbstractButton:
        """Return the tile of a problem."""
        return next(tile for tile in self.tiles if tile.choice == (source, key))

    def set_value(self, spec: DataSpec) -> None:
        """Show which problem is chosen."""
        choice = choice_of(spec)
        for tile in self.tiles:
            tile.setChecked(tile.choice == choice)

    def _clicked(self) -> None:
        tile = self.sender()
        if isinstance(tile, _Tile):
            self.chosen.emit(*tile.choice)

    def _word(self) -> None:
        for tile in self.tiles:
            tile.word()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        here = next((i for i, tile in enumerate(self.tiles) if tile.hasFocus()), None)
        if key in _ARROWS and here is not None:
            there = here + _ARROWS[key]
            if 0 <= there < len(self.tiles):
                self.tiles[there].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)


_HELP = {
    "generated": mark("Learn “{0}”: new data, the run starts again"),
    "bundled": mark("Learn “{0}”: real data that comes with Nabla, the run starts again"),
    "table": mark("Choose a table of your own (CSV)"),
    "fixed": mark("A few samples typed by hand, as in the worked example"),
}
