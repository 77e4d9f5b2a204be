"""Rows with a label, sections that fold, pages that scroll, offers: how fields stand together."""

from __future__ import annotations

from PySide6.QtCore import QSettings, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui import i18n, icons, theme
from gui.i18n import bind, mark, tr

LABEL_WIDTH = 104


GAP = 8


class Row(QWidget):
    """A label of the common width and the field that it names, with help for the pointer."""

    def __init__(
        self,
        label: str,
        field: QWidget,
        help_text: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._label, self._help = label, help_text
        self.field = field
        self.label = QLabel()
        self.label.setFixedWidth(LABEL_WIDTH)
        self.label.setWordWrap(True)
        self.label.setMinimumHeight(30)
        self.label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.label.setBuddy(field)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self.label, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(field, 1)
        if field.maximumWidth() <= field.minimumWidth():
            layout.setStretch(1, 0)
            layout.addStretch(1)
        self._word()
        i18n.notifier.changed.connect(self._word)

    def rename(self, label: str, help_text: str = "") -> None:
        """Give the row another label (English)."""
        self._label, self._help = label, help_text
        self._word()

    def _word(self) -> None:
        if not self._label:
            return
        name, help_text = tr(self._label), tr(self._help)
        self.label.setText(name)
        self.label.setToolTip(help_text)
        describe = getattr(self.field, "describe_to", None)
        if describe is not None:
            describe(name, help_text)
        else:
            self.field.setAccessibleName(name)
            if help_text:
                self.field.setToolTip(help_text)


class Section(QWidget):
    """What is needed less often, folded away under a header; remembers whether it was open."""

    def __init__(self, key: str, title: str = mark("More"), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setting = f"inspector/open/{key}"
        self.header = QToolButton()
        self.header.setAutoRaise(True)
        self.header.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.header.setIconSize(QSize(16, 16))
        bind(self.header, "setText", title)
        bind(self.header, "setAccessibleName", title)
        bind(self.header, "setToolTip", "Show or hide further settings")
        self.body = QWidget()
        self.rows = QVBoxLayout(self.body)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(GAP)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self.header)
        layout.addWidget(self.body)
        self.header.clicked.connect(self._toggle)
        self.set_open(bool(QSettings().value(self._setting, False, type=bool)))

    def add(self, *widgets: QWidget) -> None:
        """Append rows."""
        for widget in widgets:
            self.rows.addWidget(widget)

    @property
    def is_open(self) -> bool:
        """Whether the rows are on show."""
        return not self.body.isHidden()

    def set_open(self, is_open: bool) -> None:
        """Show or hide the rows."""
        self.body.setVisible(is_open)
        icons.bind(self.header, "chevron_down" if is_open else "chevron_right", "muted")
        state = mark("open") if is_open else mark("closed")
        bind(self.header, "setAccessibleDescription", state)

    def _toggle(self) -> None:
        self.set_open(not self.is_open)
        QSettings().setValue(self._setting, self.is_open)


class Page(QScrollArea):
    """Rows below each other that scroll when there is no room, never sideways."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body = QWidget()
        self.body.setObjectName("page")
        self.rows = QVBoxLayout()
        self.rows.setSpacing(GAP)
        outer = QVBoxLayout(self.body)
        outer.setContentsMargins(12, 12, 12, 12)
        outer.setSpacing(0)
        outer.addLayout(self.rows)
        outer.addStretch(1)
        self.setWidget(self.body)

    def add(self, *widgets: QWidget) -> None:
        """Append rows."""
        for widget in widgets:
            self.rows.addWidget(widget)


class Offer(QFrame):
    """A remark with one button that does what it proposes; it goes away by itself or on request.

    Signals
    -------
    accepted
        The button was pressed.
    """

    accepted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "notice")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.yes = QPushButton()
        self.yes.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.no = QPushButton()
        self.no.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.set_role(self.no, "quiet")
        bind(self.no, "setText", "No, thanks")
        bind(self.no, "setToolTip", "Leave everything as it is")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.no)
        buttons.addWidget(self.yes)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(GAP)
        layout.addWidget(self.text)
        layout.addLayout(buttons)
        self.yes.clicked.connect(self._accept)
        self.no.clicked.connect(self.hide)
        self.hide()

    def make(self, text: str, button: str, *arguments: object) -> None:
        """Show an offer, worded in English; arguments fill the places of both texts."""
        bind(self.text, "setText", text, *arguments)
        bind(self.yes, "setText", button, *arguments)
        bind(self.yes, "setToolTip", text, *arguments)
        self.show()

    def _accept(self) -> None:
        self.hide()
        self.accepted.emit()


def card(*widgets: QWidget) -> QFrame:
    """Put widgets that belong together into a frame."""
    frame = QFrame()
    theme.set_role(frame, "card")
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        layout.addWidget(widget)
    return frame
