"""What the panels of a selected unit, parameter or layer share."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.errors import NablaError
from engine.network import Key
from engine.network.notation import Notation, notation_of
from engine.numbers import exact, shown
from gui import icons, theme
from gui.i18n import bind, mark, tr
from gui.inspectors.fields import note
from gui.inspectors.number_field import message_label
from gui.inspectors.panel import Panel
from gui.inspectors.parameters import are_frozen, set_frozen
from gui.inspectors.rows import GAP
from gui.state.store import Aspect, Store
from gui.wording import describe

UNKNOWN = "–"


class SelectionPanel(Panel):
    """Title, rows, and a place for what went wrong."""

    aspects = Aspect.EXPERIMENT | Aspect.MOMENT | Aspect.SELECTION | Aspect.VIEW

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.title = QLabel()
        self.title.setWordWrap(True)
        theme.set_role(self.title, "title")
        self.subtitle = QLabel()
        self.subtitle.setWordWrap(True)
        theme.set_role(self.subtitle, "muted")
        self.message = message_label(self)
        self.add(self.title, self.subtitle, self.message)

    @property
    def notation(self) -> Notation:
        """The names of quantities in this network."""
        return notation_of(self.store.view.notation, self.store.experiment.architecture.widths)

    def tell(self, error: NablaError | None) -> None:
        """Show why an edit was not made, or forget it."""
        self.message.setText("" if error is None else describe(error))
        self.message.setVisible(error is not None)

    def freeze(self, keys: frozenset[Key]) -> None:
        """Freeze parameters, or unfreeze them where all are frozen."""
        on = are_frozen(self.store.experiment, keys) is not True
        self.tell(set_frozen(self.store, keys, on))


class Fact(QWidget):
    """A name and a number of this moment, set apart like a row of fields."""

    def __init__(self, token: str = "text", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._token, self._known = token, True
        self.name, self.value = QLabel(), QLabel()
        self.name.setWordWrap(True)
        self.value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.value.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.value.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self.name, 1)
        layout.addWidget(self.value)
        self._dress()
        theme.notifier.changed.connect(self._dress)

    def put(self, name: str, value: float | None) -> None:
        """Show a name and a number, all its digits as tooltip; None: it is not known yet."""
        self.name.setText(name)
        self.value.setText(UNKNOWN if value is None else shown(value))
        self.value.setToolTip(tr("Not known yet at this step.") if value is None else exact(value))
        self.value.setAccessibleName(name)
        if (value is not None) != self._known:
            self._known = value is not None
            self._dress()

    def _dress(self) -> None:
        token = self._token if self._known else "muted"
        self.value.setStyleSheet(f"color: {theme.tokens[token]};")


class Facts(QFrame):
    """Some numbers of this moment in a frame, with a line over them that says so."""

    def __init__(self, *facts: Fact) -> None:
        super().__init__()
        theme.set_role(self, "card")
        self.title = note()
        self.say_when(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(4)
        layout.addWidget(self.title)
        for fact in facts:
            layout.addWidget(fact)

    def say_when(self, past: bool) -> None:
        """Tell numbers of this moment from those of the iteration that has just ended."""
        text = mark("In the last iteration") if past else mark("At this moment")
        bind(self.title, "setText", text)


def action_button(
    icon: str, text: str, slot: Callable[[], None], help_text: str = ""
) -> QPushButton:
    """Make a button over the whole width that does something to the selection."""
    button = QPushButton()
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setIconSize(QSize(16, 16))
    icons.bind(button, icon)
    bind(button, "setText", text)
    bind(button, "setToolTip", help_text or text)
    button.clicked.connect(slot)
    return button
