"""The export dialog: what, in which format, how large, in which colours, with a live preview."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QSettings,
    QSignalBlocker,
    QSize,
    QStandardPaths,
    Qt,
    QTimer,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.errors import NablaError
from gui import theme
from gui.export.clipboard import copy_view, copy_window
from gui.export.context import ExportContext
from gui.export.drawing import Drawing, ViewDrawing, WindowDrawing
from gui.export.export import (
    FORMATS,
    Format,
    Paper,
    export_view,
    export_window,
    format_of,
    proposed_name,
    scheme_of,
)
from gui.export.png import MOST_PIXELS, image_of
from gui.i18n import bind, mark, tr
from gui.views.view import View
from gui.wording import describe

FOLDER_KEY = "export/folder"

_FORMAT_NAMES: dict[Format, str] = {
    "png": mark("PNG image"),
    "svg": mark("SVG vector picture"),
    "pdf": mark("PDF page"),
    "csv": mark("CSV table of the data"),
}
_SCHEME_NAMES = {
    "light": mark("Light"),
    "dark": mark("Dark"),
    "screen": mark("As on screen"),
}
_SCALES = (1, 2, 3, 4, 6)
_PREVIEW = QSize(380, 280)


class ExportDialog(QDialog):
    """Asks how to export, shows what it will look like, and writes the file."""

    exported: SignalInstance = Signal(str)  # type: ignore[assignment]
    copied: SignalInstance = Signal(str)  # type: ignore[assignment]

    def __init__(
        self, context: ExportContext, view: View | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        bind(self, "setWindowTitle", "Export")
        self._context = context
        self._settings = QSettings()
        self._build()
        self._fill(view)
        self._preview_timer = QTimer(self)
        self._preview_timer.setSingleShot(True)
        self._preview_timer.setInterval(120)
        self._preview_timer.timeout.connect(self.refresh_preview)
        self._connect()
        self._choice_changed()
        self.refresh_preview()

    # ---------------------------------------------------------------------------- building

    def _build(self) -> None:
        self.preview = QLabel()
        self.preview.setFixedSize(_PREVIEW + QSize(20, 20))
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview.setFrameShape(QFrame.Shape.NoFrame)
        bind(self.preview, "setAccessibleName", "Preview")
        self.what, self.format = QComboBox(), QComboBox()
        self.scale, self.colors = QComboBox(), QComboBox()
        self.width_box, self.height_box = QSpinBox(), QSpinBox()
        for box in (self.width_box, self.height_box):
            box.setRange(160, 6000)
            box.setSingleStep(20)
            box.setKeyboardTracking(False)
        size = QHBoxLayout()
        size.setSpacing(8)
        size.addWidget(self.width_box)
        size.addWidget(QLabel("×"))
        size.addWidget(self.height_box)
        size.addStretch(1)
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignVCenter)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        self._rows: dict[QWidget, QLabel] = {}
        for text, tip, field, row in (
            (mark("What"), mark("The view, or the whole window"), self.what, self.what),
            (mark("Format"), mark("Pixels, lines or numbers"), self.format, self.format),
            (mark("Size"), mark("Width and height in units of the screen"), self.width_box, size),
            (mark("Sharpness"), mark("Pixels for each unit of the screen"), self.scale, self.scale),
            (mark("Colors"), mark("The theme in which to paint"), self.colors, self.colors),
        ):
            label = QLabel()
            bind(label, "setText", text)
            label.setBuddy(field)
            bind(field, "setAccessibleName", text)
            bind(field, "setToolTip", tip)
            form.addRow(label, row)
            self._rows[field] = label
        bind(self.height_box, "setAccessibleName", "Height")
        bind(self.height_box, "setToolTip", "Width and height in units of the screen")
        self.summary = QLabel()
        theme.set_role(self.summary, "muted")
        self.summary.setWordWrap(True)
        side = QVBoxLayout()
        side.addLayout(form)
        side.addWidget(self.summary)
        side.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(20)
        top.addWidget(self.preview)
        top.addLayout(side, 1)
        self.copy_button, self.close_button = QPushButton(), QPushButton()
        self.export_button = QPushButton()
        bind(self.copy_button, "setText", "Copy to clipboard")
        bind(self.copy_button, "setToolTip", "Copy as PNG and SVG (Ctrl+C)")
        self.copy_button.setShortcut("Ctrl+C")
        bind(self.close_button, "setText", "Close")
        bind(self.close_button, "setToolTip", "Close without exporting (Esc)")
        bind(self.export_button, "setText", "Export…")
        bind(self.export_button, "setToolTip", "Choose a file and write it (Enter)")
        theme.set_role(self.export_button, "primary")
        self.export_button.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy_button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.export_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(16)
        layout.addLayout(top)
        layout.addLayout(buttons)

    def _fill(self, view: View | None) -> None:
        for candidate in self._context.views:
            self.what.addItem(tr(candidate.name_now), candidate)
        if self._context.window is not None:
            self.what.addItem(tr("Whole window"), None)
        if view is not None and view in self._context.views:
            self.what.setCurrentIndex(self._context.views.index(view))
        for format_ in FORMATS:
            self.format.addItem(tr(_FORMAT_NAMES[format_]), format_)
        for factor in _SCALES:
            self.scale.addItem(f"{factor}×", factor)
        for scheme, name in _SCHEME_NAMES.items():
            self.colors.addItem(tr(name), scheme)
        _choose(self.format, self._settings.value("export/format", "png", type=str))
        _choose(self.scale, self._settings.value("export/scale", 2, type=int))
        _choose(self.colors, self._settings.value("export/colors", "light", type=str))

    def _connect(self) -> None:
        self.what.currentIndexChanged.connect(self._choice_changed)
        self.format.currentIndexChanged.connect(self._format_changed)
        for combo in (self.scale, self.colors):
            combo.currentIndexChanged.connect(self._paper_changed)
        for box in (self.width_box, self.height_box):
            box.valueChanged.connect(self._paper_changed)
        self.copy_button.clicked.connect(self.copy)
        self.close_button.clicked.connect(self.reject)
        self.export_button.clicked.connect(self.ask_and_export)

    # ------------------------------------------------------------------------ what is chosen

    @property
    def view(self) -> View | None:
        """The chosen view; None for the whole window."""
        chosen: View | None = self.what.currentData()
        return chosen

    @property
    def chosen_format(self) -> Format:
        """The chosen format."""
        chosen: Format = self.format.currentData()
        return chosen

    @property
    def paper(self) -> Paper:
        """Scale, colours and size as chosen."""
        size = QSize(self.width_box.value(), self.height_box.value())
        return Paper(float(self.scale.currentData()), self.colors.currentData(), size)

    def _choice_changed(self) -> None:
        window = self._context.window
        size = self.view.export_size() if self.view is not None else None
        if size is None:
            size = window.size() if window is not None else QSize(720, 480)
        for box, value in ((self.width_box, size.width()), (self.height_box, size.height())):
            with QSignalBlocker(box):
                box.setValue(value)
        # A window has no table behind it.
        model: Any = self.format.model()
        model.item(FORMATS.index("csv")).setEnabled(self.view is not None)
        if self.view is None and self.chosen_format == "csv":
            _choose(self.format, "png")
        self._format_changed()

    def _format_changed(self) -> None:
        picture = self.chosen_format != "csv"
        for field, enabled in (
            (self.width_box, picture and self.view is not None),
            (self.height_box, picture and self.view is not None),
            (self.scale, self.chosen_format == "png"),
            (self.colors, picture),
        ):
            field.setEnabled(enabled)
            if field in self._rows:
                self._rows[field].setEnabled(enabled)
        self._paper_changed()

    def _paper_changed(self) -> None:
        width, height = self.width_box.value(), self.height_box.value()
        factor = int(self.scale.currentData())
        if self.chosen_format == "csv":
            text = tr("Every digit of the numbers behind the picture.")
        elif self.chosen_format == "png":
            text = tr("{0} × {1} pixels").format(width * factor, height * factor)
        else:
            text = tr("{0} × {1}, lines and text that stay sharp at any size").format(width, height)
        self.summary.setText(text)
        too_large = self.chosen_format == "png" and width * height * factor**2 > MOST_PIXELS
        self.export_button.setEnabled(not too_large)
        if too_large:
            self.summary.setText(tr("Too many pixels: choose a smaller size or sharpness."))
        self._preview_timer.start()

    def _drawing(self) -> Drawing | None:
        if self.view is not None:
            size = QSize(self.width_box.value(), self.height_box.value())
            return ViewDrawing(self.view, tr(self.view.name_now), size)
        window = self._context.window
        return (
            None if window is None else WindowDrawing(window, window.windowTitle(), window.size())
        )

    def refresh_preview(self) -> None:
        """Paint the picture small."""
        drawing = self._drawing()
        if drawing is None:
            return
        ratio = self.devicePixelRatioF()
        fit = drawing.size.scaled(_PREVIEW, Qt.AspectRatioMode.KeepAspectRatio)
        scale = fit.width() / max(drawing.size.width(), 1)
        # A window keeps the theme it is shown in until it is written.
        scheme = scheme_of(self.paper) if self.view is not None else theme.scheme()
        try:
            with theme.painting_in(scheme):
                image = image_of(drawing, scale * ratio)
        except NablaError as error:
            self.preview.setText(describe(error))
            return
        image.setDevicePixelRatio(ratio)
        self.preview.setPixmap(QPixmap.fromImage(image))

    # --------------------------------------------------------------------------------- acts

    def copy(self) -> None:
        """Copy the picture as chosen."""
        try:
            if self.view is not None:
                copy_view(self.view, self.paper, self._context.metadata)
            elif self._context.window is not None:
                copy_window(self._context.window, self.paper, self._context.metadata)
        except NablaError as error:
            self._complain(error)
            return
        self.summary.setText(tr("Copied as PNG and SVG."))
        self.copied.emit(self.what.currentText())

    def ask_and_export(self) -> None:
        """Ask for a file, proposing a name and the folder of the last time, and write it."""
        path = self.ask_path()
        if path is not None and self.export_to(path):
            self.accept()

    def ask_path(self) -> Path | None:
        """Show the file dialog, which also asks before it replaces a file."""
        context, format_ = self._context, self.chosen_format
        key = self.view.key if self.view is not None else "window"
        name = proposed_name(context.lab, key, context.iteration, format_)
        dialog = QFileDialog(self, tr("Export"), self._folder())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        filters = {
            known: f"{tr(_FORMAT_NAMES[known])} (*.{known})"
            for known in FORMATS
            if known != "csv" or self.view is not None
        }
        dialog.setNameFilters(list(filters.values()))
        dialog.selectNameFilter(filters[format_])
        dialog.setDefaultSuffix(format_)
        dialog.selectFile(name)
        if not dialog.exec():
            return None
        return Path(dialog.selectedFiles()[0])

    def export_to(self, path: Path) -> bool:
        """Write the file in the format of its suffix; False, after a message, if that fails."""
        try:
            format_ = format_of(path)
            if self.view is not None:
                export_view(self.view, path, format_, self.paper, self._context.metadata)
            elif self._context.window is not None:
                export_window(
                    self._context.window, path, format_, self.paper, self._context.metadata
                )
        except NablaError as error:
            self._complain(error)
            return False
        self._settings.setValue(FOLDER_KEY, str(path.absolute().parent))
        self._settings.setValue("export/format", format_)
        self._settings.setValue("export/scale", self.scale.currentData())
        self._settings.setValue("export/colors", self.colors.currentData())
        self.exported.emit(str(path))
        return True

    def _folder(self) -> str:
        remembered: str = self._settings.value(FOLDER_KEY, "", type=str)  # type: ignore[assignment]
        if remembered and Path(remembered).is_dir():
            return remembered
        pictures = QStandardPaths.StandardLocation.PicturesLocation
        usual = QStandardPaths.writableLocation(pictures)
        return usual if Path(usual).is_dir() else str(Path.home())

    def _complain(self, error: NablaError) -> None:
        QMessageBox.warning(self, tr("Export"), describe(error))


def _choose(combo: QComboBox, value: object) -> None:
    index = combo.findData(value)
    if index >= 0:
        combo.setCurrentIndex(index)
