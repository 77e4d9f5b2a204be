"""The slim header of the data view: which inputs stand on the axes, which output is drawn."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from engine.data import Dataset
from gui.i18n import bind, mark
from gui.views.guard import guarded

_SLIM = """
QComboBox { font-size: 11px; min-height: 18px; padding: 1px 20px 1px 6px; }
QComboBox:focus { padding: 0px 19px 0px 5px; }
QComboBox::drop-down { width: 18px; }
QLabel { font-size: 12px; background: transparent; }
"""


class _Combo(QComboBox):
    """A combo box whose text ends in an ellipsis where it is cut."""

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            self,
        )
        option.currentText = self.fontMetrics().elidedText(
            self.currentText(), Qt.TextElideMode.ElideRight, field.width() - 2
        )
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()


class DataHeader(QWidget):
    """Shown only where there is something to choose."""

    chosen: SignalInstance = Signal(object, int)  # type: ignore[assignment]

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._dataset: Dataset | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 0)
        row.setSpacing(6)
        self.across, self.up, self.output = _Combo(self), _Combo(self), _Combo(self)
        self._labels: list[QLabel] = []
        for combo, symbol, name in (
            (self.across, "→", mark("Input across")),
            (self.up, "↑", mark("Input upwards")),
            (self.output, "ŷ", mark("Output")),
        ):
            label = QLabel(symbol, self)
            label.setBuddy(combo)
            self._labels.append(label)
            combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            combo.setMinimumContentsLength(4)
            bind(combo, "setAccessibleName", name)
            bind(combo, "setToolTip", name)
            combo.activated.connect(self._activated)
            row.addWidget(label)
            row.addWidget(combo, 1)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setStyleSheet(_SLIM)
        self.hide()

    def show_features(self, dataset: Dataset, axes: tuple[int, ...], output: int) -> None:
        """Offer the features and outputs of a data set, these chosen."""
        if dataset is not self._dataset:
            self._dataset = dataset
            for combo in (self.across, self.up):
                combo.clear()
                combo.addItems(list(dataset.feature_names))
            self.output.clear()
            if dataset.task == "regression":
                self.output.addItems(list(dataset.target_names))
        has_axes, has_outputs = dataset.n_features > 2, self.output.count() > 1
        if has_axes:
            self.across.setCurrentIndex(axes[0])
            self.up.setCurrentIndex(axes[1])
        self.output.setCurrentIndex(output)
        shown = (has_axes, has_axes, has_outputs)
        for combo, label, visible in zip(
            (self.across, self.up, self.output), self._labels, shown, strict=True
        ):
            combo.setVisible(visible)
            label.setVisible(visible)
        self.setVisible(any(shown))

    def _activated(self, _: int) -> None:
        across, up = self.across.currentIndex(), self.up.currentIndex()
        if across == up and self._dataset is not None:
            # One input cannot stand on both axes: the other axis takes the next one.
            other = (across + 1) % self._dataset.n_features
            if self.sender() is self.across:
                up = other
            else:
                across = other
        self.chosen.emit((across, up), max(self.output.currentIndex(), 0))
