"""The slim row over the loss surface: its axes in words, how it is seen, and its frame."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from engine.network import Key
from gui import i18n, icons, theme
from gui.i18n import bind, mark, tr
from gui.state import settings
from gui.state.store import Store
from gui.views.surface_axes import AxesPopup

VIEWS_SETTING = "surface/views"
VIEWS = ("contour", "surface3d")
_HEIGHT = 28
_AROUND_CHOOSER = 32
_LEAST_WIDTH = 240


class SurfaceControls(QWidget):
    """Shows the surface's settings in the document, and changes them.

    Wide panels show every button with its name, narrow ones only the icons; the wording of the
    axes is the longest one that there is room for.

    Signals
    -------
    fit_asked, refit_asked
        The buttons "Fit frame" and "Refit" were pressed.
    views_changed
        Another choice of contours, 3-D or both.
    """

    fit_asked: SignalInstance = Signal()  # type: ignore[assignment]
    refit_asked: SignalInstance = Signal()  # type: ignore[assignment]
    views_changed: SignalInstance = Signal()  # type: ignore[assignment]

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.popup = AxesPopup(store, self)
        self.popup.refit_asked.connect(self.refit_asked)
        self.chooser = WordedButton()
        icons.bind(self.chooser, "settings", "muted")
        self.chooser.clicked.connect(self._open)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 3, 6, 3)
        row.setSpacing(2)
        row.addWidget(self.chooser)
        row.addSpacing(2)
        row.addStretch(1)

        remembered = settings.text(VIEWS_SETTING).split()
        self._chosen_by_hand = bool(set(remembered) & set(VIEWS))
        shown = remembered if self._chosen_by_hand else VIEWS
        self.views: dict[str, SegmentButton] = {}
        for key, name, tip in (
            ("contour", mark("Contours"), mark("Show the loss from above, as contours")),
            ("surface3d", mark("3-D"), mark("Show the loss as a surface that can be turned")),
        ):
            button = SegmentButton(name, tip, key, checkable=True)
            button.setChecked(key in shown)
            button.clicked.connect(self._choose_views)
            self.views[key] = button
            row.addWidget(button)
        self.log = SegmentButton(mark("log"), mark("Logarithmic heights"), checkable=True)
        self.log.clicked.connect(self._choose_log)
        row.addWidget(self.log)
        self.fit = SegmentButton(mark("Fit"), mark("Fit the frame to the path"), "fit")
        self.fit.clicked.connect(self.fit_asked)
        row.addWidget(self.fit)
        self._with_icons = (*self.views.values(), self.fit)
        i18n.notifier.changed.connect(self._word)

    @property
    def shown_views(self) -> tuple[str, ...]:
        """Keys of the views to be shown, one at least."""
        return tuple(key for key, button in self.views.items() if button.isChecked())

    def refresh(self, in_force: tuple[Key, ...] = ()) -> None:
        """Show the settings in the document (see :meth:`AxesPopup.refresh`)."""
        self.popup.refresh(in_force)
        self.log.setChecked(self._store.view.surface.log_height)
        self._word()

    def _word(self) -> None:
        wordings = self.popup.summaries()
        if self.chooser.say(wordings):
            whole = tr("Axes of the loss surface: {0}").format(wordings[0])
            self.chooser.setAccessibleName(whole)
            self.chooser.setToolTip(whole)
            self._use_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._use_room()

    def _use_room(self) -> None:
        """Show the names of the buttons where there is room for them and all of the axes."""
        needed = self.chooser.sizeHint().width() + _AROUND_CHOOSER
        needed += sum(button.wide() for button in (*self._with_icons, self.log))
        for button in self._with_icons:
            button.show_name(self.width() >= needed)
        layout = self.layout()
        assert layout is not None
        layout.activate()

    def minimumSizeHint(self) -> QSize:
        # Names give way, so they must not keep a panel from becoming narrower.
        return QSize(_LEAST_WIDTH, super().minimumSizeHint().height())

    # ----------------------------------------------------------------------------- intents

    def _open(self) -> None:
        self.popup.open_under(self.chooser)

    def _choose_log(self, on: bool) -> None:
        self._store.look_at_surface(log_height=on)

    def offer_room(self, for_both: bool) -> None:
        """Show both views where there is room for two, until the user has chosen."""
        if not self._chosen_by_hand and self.views["contour"].isChecked() is not for_both:
            self.views["contour"].setChecked(for_both)
            self.views_changed.emit()

    def _choose_views(self) -> None:
        if not self.shown_views:
            # The one that was just switched off gives way to the other.
            sender = self.sender()
            other = "surface3d" if sender is self.views["contour"] else "contour"
            self.views[other].setChecked(True)
        self._chosen_by_hand = True
        settings.remember(VIEWS_SETTING, " ".join(self.shown_views))
        self.views_changed.emit()


class WordedButton(QToolButton):
    """A button that shows the longest of several wordings that fits, whole."""

    def __init__(self) -> None:
        super().__init__()
        self._wordings: tuple[str, ...] = ("",)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(16, 16))
        self.setFixedHeight(_HEIGHT)
        self.setStyleSheet("QToolButton { padding: 3px 6px; }")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def say(self, wordings: tuple[str, ...]) -> bool:
        """Show one of these wordings, the longest first; False if nothing has changed."""
        if wordings == self._wordings:
            return False
        self._wordings = wordings
        self.updateGeometry()
        self._choose()
        return True

    def sizeHint(self) -> QSize:
        return QSize(self._needed(self._wordings[0]), _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._needed(self._wordings[-1]), _HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose()

    def _needed(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text) + self.iconSize().width() + 22

    def _choose(self) -> None:
        fitting = (text for text in self._wordings if self._needed(text) <= self.width())
        self.setText(next(fitting, self._wordings[-1]))


class SegmentButton(QToolButton):
    """A button with an icon, a name or both, that can stay pressed."""

    def __init__(self, text: str, tip: str, icon: str = "", checkable: bool = False) -> None:
        super().__init__()
        self._icon = icon
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIconSize(QSize(18, 18))
        self.setFixedHeight(_HEIGHT)
        theme.set_role(self, "segment")
        self.setStyleSheet("QToolButton { padding: 3px 5px; }")
        bind(self, "setText", text)
        bind(self, "setAccessibleName", tip)
        bind(self, "setToolTip", tip)
        self.toggled.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        if self._icon:
            icons.bind(self, self._icon, "on_accent" if self.isChecked() else "text")

    def show_name(self, shown: bool) -> None:
        """Show the name beside the icon, or the icon alone."""
        self.setToolButtonStyle(
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            if shown
            else Qt.ToolButtonStyle.ToolButtonIconOnly
        )
        self.setFixedWidth(self.wide() if shown else _HEIGHT)

    def wide(self) -> int:
        """Return the pixels that icon and name take beside each other."""
        text = self.fontMetrics().horizontalAdvance(self.text())
        # A pressed button has bold letters.
        return round(1.12 * text) + (self.iconSize().width() + 6 if self._icon else 0) + 18
