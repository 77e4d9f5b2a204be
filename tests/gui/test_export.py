from __future__ import annotations

import csv
import errno
import os
import re
import shutil
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QRectF, QSettings, QSize
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QMessageBox, QSplitter
from pytestqt.qtbot import QtBot

from engine.errors import NablaError
from engine.table import Table
from gui import palette, theme
from gui.export import FORMATS, Paper, export_view, export_window, format_of, proposed_name
from gui.export import export as export_module
from gui.export.clipboard import copy_view
from gui.export.dialog import FOLDER_KEY, ExportDialog
from gui.export.exporter import ExportContext, Exporter
from gui.views import guard
from gui.views.contour import ContourView
from gui.views.data_view import DataView
from gui.views.height_field import Surface, SurfacePath
from gui.views.surface3d import Surface3DView
from gui.views.view import PlotView, View
from tests.gui import charts

METADATA = {"version": "0.1.0", "seed": 7, "experiment": "ab12cd"}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def light() -> Iterator[None]:
    theme.set_mode("light")
    guard.forget()
    yield
    theme.set_mode("light")
    guard.forget()


def surface() -> Surface:
    x, y = np.linspace(-3.0, 3.0, 40), np.linspace(-2.0, 2.0, 40)
    columns, rows = np.meshgrid(x, y)
    return Surface(x, y, columns**2 + 2 * rows**2, "w¹₁₁", "w²₁", "loss", note="exact plane")


def filled(view: ContourView | Surface3DView) -> View:
    view.show_surface(surface())
    view.show_paths((SurfacePath(np.array([[2.5, 1.5], [1.0, 0.5], [0.2, 0.1]])),))
    view.show_ball(1.0, 0.5)
    return view


class Curve(PlotView):
    key = "curve"
    title = "Loss"

    def __init__(self) -> None:
        super().__init__()
        x = np.linspace(0, 6, 60)
        self.plot.plot(x, np.sin(x), pen=pg.mkPen("#0072B8", width=3))
        self.plot.setLabel("bottom", "iteration")

    def table(self) -> Table:
        return Table(("x", "y"), ((0, 0.1), (1, 1 / 3)))


@pytest.fixture(params=[ContourView, Surface3DView, Curve])
def view(request: pytest.FixtureRequest, qtbot: QtBot) -> View:
    made: View = request.param()
    qtbot.addWidget(made)
    if isinstance(made, ContourView | Surface3DView):
        filled(made)
    return made


def letters(view: View) -> set[str]:
    return {"iteration"} if isinstance(view, Curve) else {"w¹₁₁", "w²₁", "loss", "exact plane"}


# -------------------------------------------------------------------------------- formats


@pytest.mark.parametrize("scale", [1.0, 2.0, 3.0])
def test_png_has_the_chosen_sharpness_and_carries_its_origin(
    view: View, tmp_path: Path, scale: float
) -> None:
    path = export_view(view, tmp_path / "a.png", paper=Paper(scale), metadata=METADATA)
    image = QImage(str(path))
    assert image.size() == view.export_size() * scale
    assert image.text("version") == "0.1.0"
    assert image.text("seed") == "7"
    assert image.text("experiment") == "ab12cd"
    assert image.text("Title")


def test_svg_is_lines_and_text(view: View, tmp_path: Path) -> None:
    path = export_view(view, tmp_path / "a.svg", metadata=METADATA)
    root = ET.parse(path).getroot()
    texts = {"".join(element.itertext()).strip() for element in root.iter(f"{SVG}text")}
    assert letters(view) <= texts
    assert len(list(root.iter(f"{SVG}path")) + list(root.iter(f"{SVG}polyline"))) > 3
    assert len(list(root.iter(f"{SVG}image"))) <= 2
    description = root.find(f"{SVG}desc")
    assert description is not None
    assert description.text is not None
    assert "seed 7" in description.text
    assert "ab12cd" in description.text


def test_pdf_is_one_page_of_the_pictures_size_with_fonts_inside(view: View, tmp_path: Path) -> None:
    path = export_view(view, tmp_path / "a.pdf", metadata=METADATA)
    data = path.read_bytes()
    assert data.startswith(b"%PDF-")
    assert b"/FontFile2" in data
    assert len(re.findall(rb"/Type /Page\b", data)) == 1
    box = re.search(rb"/MediaBox \[([\d. ]+)\]", data)
    assert box is not None
    width, height = (float(value) for value in box.group(1).split()[2:])
    size = view.export_size()
    assert (width, height) == pytest.approx((size.width() * 0.75, size.height() * 0.75), abs=1)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler's pdftotext")
def test_words_can_be_found_in_a_pdf(view: View, tmp_path: Path) -> None:
    path = export_view(view, tmp_path / "a.pdf", metadata=METADATA)
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout.decode()
    flat = re.sub(r"\s", "", text)
    assert all(word.replace(" ", "") in flat for word in letters(view) if word.isascii())
    information = subprocess.run(["pdfinfo", path], capture_output=True, check=True).stdout.decode()
    assert "seed 7" in information


def test_csv_is_the_table_with_every_digit(view: View, tmp_path: Path) -> None:
    path = export_view(view, tmp_path / "a.csv")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    table = view.table()
    assert tuple(rows[0]) == table.columns
    assert len(rows) - 1 == len(table)
    assert [float(cell) for cell in rows[-1]] == [float(str(cell)) for cell in table.rows[-1]]


# ------------------------------------------------------------------ the same as on screen


def test_a_view_that_was_never_shown_exports_what_a_shown_one_does(
    view: View, tmp_path: Path, qtbot: QtBot
) -> None:
    paper = Paper(1.0, size=QSize(500, 380))
    unseen = QImage(str(export_view(view, tmp_path / "a.png", paper=paper)))
    view.resize(500, 380)
    view.show()
    qtbot.waitExposed(view)
    QApplication.processEvents()
    seen = QImage(str(export_view(view, tmp_path / "b.png", paper=paper)))
    assert unseen == seen


def test_the_shape_on_screen_comes_back_after_an_export_of_another_size(
    view: View, tmp_path: Path, qtbot: QtBot
) -> None:
    view.resize(420, 300)
    view.show()
    QApplication.processEvents()
    if isinstance(view, Surface3DView):
        view._come_to_rest()
    before = view.grab().toImage()
    export_view(view, tmp_path / "a.png", paper=Paper(2.0, "dark", QSize(900, 500)))
    QApplication.processEvents()
    assert view.size() == QSize(420, 300)
    assert view.grab().toImage() == before


def test_files_are_light_whatever_the_screen_is(view: View, tmp_path: Path) -> None:
    theme.set_mode("dark")
    light = QImage(str(export_view(view, tmp_path / "a.png", paper=Paper(1.0))))
    screen = QImage(str(export_view(view, tmp_path / "b.png", paper=Paper(1.0, "screen"))))
    assert theme.scheme() == "dark"
    assert light.pixelColor(1, 1) == QColor(palette.LIGHT["panel"])
    assert screen.pixelColor(1, 1) == theme.color("panel")
    theme.set_mode("light")
    assert QImage(str(export_view(view, tmp_path / "c.png", paper=Paper(1.0)))) == light


def test_lines_keep_their_width_at_every_sharpness(tmp_path: Path, qtbot: QtBot) -> None:
    curve = Curve()
    qtbot.addWidget(curve)
    shares = []
    for scale in (1.0, 3.0):
        path = export_view(curve, tmp_path / f"{scale}.png", paper=Paper(scale))
        image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
        pixels = np.frombuffer(image.constBits(), np.uint8).reshape(-1, 4)
        # Blue, green, red, nothing.
        shares.append(((pixels[:, 0] > 140) & (pixels[:, 2] < 90)).mean())
    assert shares[1] == pytest.approx(shares[0], rel=0.35)


def test_a_zoomed_plot_does_not_run_over_its_axes_in_svg(tmp_path: Path, qtbot: QtBot) -> None:
    contour = ContourView()
    qtbot.addWidget(contour)
    filled(contour)
    contour.zoom_by(3.0)
    text = export_view(contour, tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "clip-path" in text


# --------------------------------------------------------------------------- whole window


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setWindowTitle("Nabla")
    splitter = QSplitter()
    splitter.addWidget(filled(ContourView()))
    splitter.addWidget(filled(Surface3DView()))
    splitter.addWidget(QLabel("inspector"))
    window.setCentralWidget(splitter)
    window.resize(900, 400)
    window.show()
    QApplication.processEvents()
    return window


def test_a_whole_window_becomes_a_file(window: QMainWindow, tmp_path: Path) -> None:
    png = export_window(window, tmp_path / "w.png", metadata=METADATA)
    assert QImage(str(png)).size() == window.size() * 2
    svg = export_window(window, tmp_path / "w.svg", metadata=METADATA)
    texts = {"".join(e.itertext()).strip() for e in ET.parse(svg).getroot().iter(f"{SVG}text")}
    assert {"inspector", "w¹₁₁", "loss"} <= texts
    assert export_window(window, tmp_path / "w.pdf").read_bytes().startswith(b"%PDF-")
    with pytest.raises(NablaError) as error:
        export_window(window, tmp_path / "w.csv")
    assert error.value.code == "export.window_has_no_table"


def test_the_window_keeps_its_theme_after_a_light_export(
    window: QMainWindow, tmp_path: Path
) -> None:
    theme.set_mode("dark")
    path = export_window(window, tmp_path / "w.png", paper=Paper(1.0, "light"))
    assert theme.mode() == "dark"
    assert QImage(str(path)).pixelColor(2, 2).lightness() > 200
    same = export_window(window, tmp_path / "d.png", paper=Paper(1.0, "screen"))
    assert QImage(str(same)).pixelColor(2, 2).lightness() < 80


# ------------------------------------------------------------------------------- mistakes


def code_of(path: Path, view: View) -> str:
    with pytest.raises(NablaError) as error:
        export_view(view, path)
    return error.value.code


@pytest.fixture
def curve(qtbot: QtBot) -> Curve:
    curve = Curve()
    qtbot.addWidget(curve)
    return curve


def test_an_unknown_suffix_a_missing_folder_and_a_folder_are_named(
    curve: Curve, tmp_path: Path
) -> None:
    assert code_of(tmp_path / "a.gif", curve) == "export.bad_suffix"
    assert code_of(tmp_path / "a", curve) == "export.bad_suffix"
    assert code_of(tmp_path / "none" / "a.png", curve) == "export.no_folder"
    (tmp_path / "folder.png").mkdir()
    assert code_of(tmp_path / "folder.png", curve) == "export.is_folder"
    assert code_of(tmp_path / ("long" * 100 + ".csv"), curve) == "export.long_name"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EACCES, "export.not_allowed"),
        (errno.EROFS, "export.not_allowed"),
        (errno.ENOSPC, "export.disk_full"),
        (errno.EIO, "export.failed"),
    ],
)
def test_what_the_system_refuses_is_said_and_the_old_file_stays(
    curve: Curve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    path = tmp_path / "a.png"
    path.write_text("old")

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    assert code_of(path, curve) == code
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.png"]


def test_a_picture_beyond_all_measure_is_refused(curve: Curve, tmp_path: Path) -> None:
    with pytest.raises(NablaError) as error:
        export_view(curve, tmp_path / "a.png", paper=Paper(6.0, size=QSize(6000, 6000)))
    assert error.value.code == "export.too_large"


def test_a_picture_that_cannot_be_drawn_is_not_written(tmp_path: Path, qtbot: QtBot) -> None:
    from gui.views.scene_item import SceneItem

    class Broken(SceneItem):
        def paint_pixels(self, painter: QPainter, area: QRectF) -> None:
            raise RuntimeError("no")

    curve = Curve()
    qtbot.addWidget(curve)
    curve.plot.addItem(Broken(), ignoreBounds=True)
    assert code_of(tmp_path / "a.png", curve) == "export.not_drawn"
    assert not list(tmp_path.iterdir())


def test_names_are_proposed_from_lab_view_and_iteration() -> None:
    assert proposed_name("backprop-by-hand", "contour", 128, "png") == (
        "backprop-by-hand-contour-128.png"
    )
    assert proposed_name("Mein / Netz: 1", "loss", None, "csv") == "Mein-Netz-1-loss.csv"
    assert format_of("a/b.PDF") == "pdf"


# ---------------------------------------------------------------------- clipboard, dialog


def test_the_clipboard_gets_image_png_and_svg(view: View) -> None:
    copy_view(view, metadata=METADATA)
    data = QGuiApplication.clipboard().mimeData()
    assert data.hasImage()
    image = QImage.fromData(data.data("image/png"))
    assert image.size() == view.export_size() * 2
    assert b"<text" in data.data("image/svg+xml").data()


@pytest.fixture
def dialog(window: QMainWindow, qtbot: QtBot) -> ExportDialog:
    views = tuple(window.findChildren(View))
    context = ExportContext("backprop-by-hand", views, window, 12, METADATA)
    dialog = ExportDialog(context, views[1], window)
    qtbot.addWidget(dialog)
    return dialog


def test_a_view_is_offered_under_the_name_that_it_has_for_the_task(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons())
    view = DataView(store)
    store.setParent(view)
    qtbot.addWidget(view)
    dialog = ExportDialog(ExportContext("lab", (view,), None, 0, METADATA), view)
    qtbot.addWidget(dialog)
    assert dialog.what.currentText() == "Decision boundary"
    drawing = dialog._drawing()
    assert drawing is not None
    assert drawing.title == "Decision boundary"


def test_the_dialog_offers_views_formats_and_a_preview(dialog: ExportDialog) -> None:
    assert dialog.view is dialog.what.itemData(1)
    assert [dialog.format.itemData(i) for i in range(dialog.format.count())] == list(FORMATS)
    assert not dialog.preview.pixmap().isNull()
    assert dialog.paper.scheme == "light"
    for field in (dialog.what, dialog.format, dialog.width_box, dialog.scale, dialog.colors):
        assert field.accessibleName()
        assert field.toolTip()


def test_the_dialog_writes_and_remembers(dialog: ExportDialog, tmp_path: Path) -> None:
    dialog.scale.setCurrentIndex(dialog.scale.findData(3))
    dialog.width_box.setValue(400)
    dialog.height_box.setValue(300)
    assert "1200 × 900" in dialog.summary.text()
    written: list[str] = []
    dialog.exported.connect(written.append)
    assert dialog.export_to(tmp_path / "a.png")
    assert QImage(str(tmp_path / "a.png")).size() == QSize(1200, 900)
    assert written == [str(tmp_path / "a.png")]
    settings = QSettings()
    assert settings.value(FOLDER_KEY) == str(tmp_path)
    assert settings.value("export/scale", type=int) == 3
    assert dialog._folder() == str(tmp_path)


def test_the_suffix_that_was_typed_decides(dialog: ExportDialog, tmp_path: Path) -> None:
    assert dialog.chosen_format == "png"
    assert dialog.export_to(tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_bytes().startswith(b"<?xml")


def test_a_mistake_is_told_and_the_dialog_stays(
    dialog: ExportDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda *args: told.append(args[2]))
    dialog.show()
    assert not dialog.export_to(tmp_path / "none" / "a.png")
    assert not dialog.export_to(tmp_path / "a.gif")
    assert len(told) == 2
    assert dialog.isVisible()


def test_the_whole_window_has_no_csv_and_no_size_of_its_own(
    dialog: ExportDialog, tmp_path: Path
) -> None:
    dialog.format.setCurrentIndex(FORMATS.index("csv"))
    dialog.what.setCurrentIndex(dialog.what.count() - 1)
    assert dialog.view is None
    assert dialog.chosen_format == "png"
    assert not dialog.width_box.isEnabled()
    assert dialog.export_to(tmp_path / "w.png")


def test_too_many_pixels_cannot_be_asked_for(dialog: ExportDialog) -> None:
    dialog.width_box.setValue(6000)
    dialog.height_box.setValue(6000)
    dialog.scale.setCurrentIndex(dialog.scale.count() - 1)
    assert not dialog.export_button.isEnabled()
    dialog.format.setCurrentIndex(FORMATS.index("svg"))
    assert dialog.export_button.isEnabled()


def test_a_views_menu_copies_and_opens_the_dialog(window: QMainWindow, qtbot: QtBot) -> None:
    view = window.findChildren(View)[0]
    context = ExportContext("lab", tuple(window.findChildren(View)), window, 3, METADATA)
    exporter = Exporter(lambda: context, window)
    exporter.attach(view)
    actions = {action.text(): action for action in view.menu().actions()}
    assert list(actions) == ["Reset view", "Copy picture", "Export…"]
    with qtbot.waitSignal(exporter.copied):
        actions["Copy picture"].trigger()
    assert QGuiApplication.clipboard().mimeData().hasImage()
    actions["Export…"].trigger()
    dialog = window.findChild(ExportDialog)
    assert dialog is not None
    assert dialog.view is view
    dialog.reject()


def test_a_refused_export_does_not_leave_the_other_theme_on(
    curve: Curve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    theme.set_mode("dark")

    def fail(*_: object) -> bytes:
        raise zlib.error("no")

    monkeypatch.setattr(export_module, "png_bytes", fail)
    with pytest.raises(zlib.error):
        export_view(curve, tmp_path / "a.png")
    assert theme.scheme() == "dark"
