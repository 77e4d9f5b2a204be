"""A field for a formula: read while it is typed, with what is wrong shown under the very character.

Below the line stands the formula as it was understood, typeset, or else why it was not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.errors import NablaError
from engine.expression import Expression, ExpressionError
from engine.formula import as_unicode
from gui import i18n, icons, theme
from gui.formula import symbol_path
from gui.i18n import bind, mark, tr
from gui.inspectors.number_field import message_label
from gui.views.guard import guarded
from gui.wording import describe

LONGEST = 10_000
MOST_REMEMBERED = 12
PAUSE_MS = 1500
"""What is typed without so long a rest is one edit."""
LARGEST = 22.0
"""Pixels of an em of the typeset formula, where there is room for it."""
LEAST_SHARE = 0.55
"""A formula that would have to be smaller is cut off instead."""
PREVIEW_HEIGHT = 44

Read = Callable[[str], Expression]
"""Reads a text, or raises ExpressionError (or another NablaError) for what cannot be taken."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A formula to choose from the menu.

    Attributes
    ----------
    key
        Handed out when it is chosen.
    text
        The formula as one would type it.
    label
        A name in English, marked for translation; empty: the formula speaks for itself.
    """

    key: str
    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class PresetGroup:
    """Presets under a heading, which is English and marked for translation."""

    title: str
    presets: tuple[Preset, ...]


class _Line(QLineEdit):
    """The line of text, with a wave under the characters at fault."""

    escaped: SignalInstance = Signal()  # type: ignore[assignment]
    left: SignalInstance = Signal()  # type: ignore[assignment]
    history_asked: SignalInstance = Signal(int)  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.setMaxLength(LONGEST)
        self.fault: tuple[int, int] | None = None

    def event(self, event: QEvent) -> bool:
        # While a formula is being typed its keys are no shortcuts of the window.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            held = event.modifiers() & ~(
                Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
            )
            if not held and event.key() < Qt.Key.Key_F1:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape and (self.fault is not None or self.isModified()):
            self.escaped.emit()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.history_asked.emit(-1 if key == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.isVisible() and event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def fault_span(self) -> tuple[float, float] | None:
        """Left and right end of the characters at fault, in pixels of the widget."""
        if self.fault is None:
            return None
        text, metrics = self.text(), self.fontMetrics()
        start, length = self.fault
        # The line may be scrolled; the cursor tells where it stands.
        cursor = self.cursorRect().center().x()
        origin = cursor - metrics.horizontalAdvance(text[: self.cursorPosition()])
        left = origin + metrics.horizontalAdvance(text[:start])
        right = origin + metrics.horizontalAdvance(text[: start + length])
        return float(left), float(max(right, left + 7))

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        span = self.fault_span()
        if span is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self.rect().adjusted(4, 0, -4, 0))
        painter.setPen(QPen(theme.color("error"), 1.6))
        base = (self.height() + self.fontMetrics().height()) / 2 + 0.5
        wave = QPolygonF()
        x, up = span[0], False
        while x <= span[1]:
            wave.append(QPointF(x, base + (0.0 if up else 2.5)))
            x, up = x + 3.0, not up
        painter.drawPolyline(wave)
        painter.end()


class TypesetPreview(QWidget):
    """One formula, typeset as large as there is room for it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._latex = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(PREVIEW_HEIGHT)
        theme.notifier.changed.connect(self.update)

    def set_latex(self, latex: str) -> None:
        """Show another formula."""
        if latex != self._latex:
            self._latex = latex
            self.setToolTip(as_unicode(latex))
            self.setAccessibleName(as_unicode(latex))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, PREVIEW_HEIGHT)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._latex:
            return
        path, advance, ascent, descent = symbol_path(self._latex, LARGEST)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(2, 3, -2, -3)
        factor = min(1.0, room.width() / max(advance, 1.0), room.height() / (ascent + descent))
        shown = max(factor, LEAST_SHARE)
        middle = room.center().y() + shown * (ascent - descent) / 2
        painter.save()
        painter.setClipRect(room)
        painter.translate(room.left(), middle)
        painter.scale(shown, shown)
        painter.fillPath(path, theme.color("text"))
        painter.restore()
        if shown * advance > room.width():
            painter.setPen(theme.color("muted"))
            end = QRectF(room.right() - 20, room.top(), 20, room.height())
            painter.fillRect(end, theme.color("panel"))
            painter.drawText(end, int(Qt.AlignmentFlag.AlignCenter), "…")
        painter.end()


class ExpressionField(QWidget):
    """A line for a formula, a menu of presets and of what was typed before, and a typeset preview.

    Parameters
    ----------
    read
        Reads what is typed; what it refuses is shown below, and the formula in force stays.
    groups
        Presets for the menu.
    prefix
        LaTeX that stands before the typeset formula: ``f(x) =``.

    Signals
    -------
    edited
        Another text that can be read, at each key.
    finished
        Typing has rested or ended: what follows is another edit.
    preset_chosen
        The key of a preset.
    """

    edited: SignalInstance = Signal(str)  # type: ignore[assignment]
    finished: SignalInstance = Signal()  # type: ignore[assignment]
    preset_chosen: SignalInstance = Signal(str)  # type: ignore[assignment]

    def __init__(
        self,
        read: Read,
        groups: Sequence[PresetGroup] = (),
        prefix: Callable[[Expression], str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._read, self._groups, self._prefix = read, tuple(groups), prefix
        self._text = ""
        self._error: NablaError | None = None
        self._history: list[str] = []
        self._place = 0
        self.entry = _Line()
        self.menu_button = QToolButton(self)
        icons.bind(self.menu_button, "chevron_down", "muted")
        self.menu_button.setAutoRaise(True)
        self.menu_button.setIconSize(QSize(16, 16))
        self.menu_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bind(self.menu_button, "setToolTip", "Functions to choose from, and those typed before")
        bind(self.menu_button, "setAccessibleName", "Choose a function")
        self.preview = TypesetPreview(self)
        self.message = message_label(self)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(self.entry, 1)
        line.addWidget(self.menu_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self.preview)
        column.addWidget(self.message)
        self.setFocusProxy(self.entry)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._rest)
        self.entry.textEdited.connect(self._typed)
        self.entry.returnPressed.connect(self._enter)
        self.entry.escaped.connect(self._take_back)
        self.entry.left.connect(self._leave)
        self.entry.history_asked.connect(self._recall)
        self.menu_button.clicked.connect(self._open_menu)
        i18n.notifier.changed.connect(self._word)
        self.describe_to(
            mark("Function"),
            mark(
                "Such as 3x^2 + sin(x); also |x|, e^x, sqrt(x), ln(x), log(x, 2). ↑: typed before"
            ),
        )

    @property
    def text(self) -> str:
        """The text in force."""
        return self._text

    @property
    def error(self) -> NablaError | None:
        """Why what is typed cannot be read; None if it can."""
        return self._error

    def set_text(self, text: str) -> None:
        """Show the formula of the model; what is being typed stays unless that is another one."""
        if text == self._text:
            return
        self._text = text
        self.entry.setText(text)
        self.entry.setCursorPosition(0 if not self.entry.hasFocus() else len(text))
        self._show_error(None)
        self._preview(text)

    def describe_to(self, name: str, help_text: str) -> None:
        """Name the field for screen readers and explain it to the pointer (both English)."""
        bind(self.entry, "setAccessibleName", name)
        bind(self.entry, "setToolTip", help_text)
        bind(self.entry, "setAccessibleDescription", help_text)

    # -------------------------------------------------------------------------------- typing

    def _typed(self, text: str) -> None:
        try:
            expression = self._read(text)
        except NablaError as error:
            self._show_error(error)
            return
        self._show_error(None)
        self._show_formula(expression)
        self._pause.start()
        if text != self._text:
            self._text = text
            self.edited.emit(text)

    def _enter(self) -> None:
        self._typed(self.entry.text())
        self._rest()
        self.entry.selectAll()

    def _rest(self) -> None:
        """What was typed is one edit, and worth remembering."""
        self._pause.stop()
        if self._error is None and self._text.strip():
            self._history = [text for text in self._history if text != self._text]
            self._history.append(self._text)
            del self._history[:-MOST_REMEMBERED]
        self._place = len(self._history)
        self.entry.setModified(False)
        self.finished.emit()

    def _leave(self) -> None:
        if self._error is not None:
            self._take_back()
        if self._pause.isActive():
            self._rest()

    def _take_back(self) -> None:
        """Show the formula in force again."""
        self.entry.setText(self._text)
        self.entry.setModified(False)
        self._show_error(None)
        self._preview(self._text)

    def _recall(self, step: int) -> None:
        """Go through what was typed before."""
        if not self._history:
            return
        self._place = min(max(self._place + step, 0), len(self._history) - 1)
        self.entry.setText(self._history[self._place])
        self._typed(self.entry.text())

    # ------------------------------------------------------------------------------- showing

    def _preview(self, text: str) -> None:
        try:
            self._show_formula(self._read(text))
        except NablaError as error:
            self._show_error(error)

    def _show_formula(self, expression: Expression) -> None:
        prefix = self._prefix(expression) if self._prefix is not None else ""
        self.preview.set_latex(f"{prefix} {expression.latex()}".strip())

    def _show_error(self, error: NablaError | None) -> None:
        self._error = error
        self.entry.fault = None
        if isinstance(error, ExpressionError):
            self.entry.fault = (error.position, error.length)
        self.entry.setProperty("state", "error" if error is not None else "")
        self.entry.style().unpolish(self.entry)
        self.entry.style().polish(self.entry)
        self.entry.update()
        self._word()

    def _word(self) -> None:
        self.message.setText("" if self._error is None else describe(self._error))
        self.message.setVisible(self._error is not None)
        self.preview.setVisible(self._error is None)

    # ---------------------------------------------------------------------------------- menu

    def menu(self) -> QMenu:
        """The menu of presets and of what was typed before; the caller shows it."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for group in self._groups:
            inner = menu.addMenu(tr(group.title))
            for preset in group.presets:
                words = f"{tr(preset.label)}   {preset.text}" if preset.label else preset.text
                action = inner.addAction(words.replace("&", "&&"))
                action.setData(("preset", preset.key))
        if self._history:
            menu.addSection(tr("Typed before"))
            for text in reversed(self._history):
                short = text if len(text) <= 40 else f"{text[:39]}…"
                action = menu.addAction(short.replace("&", "&&"))
                action.setData(("typed", text))
        menu.triggered.connect(self._choose)
        return menu

    def _open_menu(self) -> None:
        corner = self.menu_button.mapToGlobal(self.menu_button.rect().bottomLeft())
        self.menu().popup(corner)

    def _choose(self, action: object) -> None:
        kind, value = action.data()  # type: ignore[attr-defined]
        self._rest()
        if kind == "preset":
            self.preset_chosen.emit(value)
        else:
            self.entry.setText(value)
            self._typed(value)
            self._rest()
