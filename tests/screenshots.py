"""Draw the pictures of the README: ``python -m tests.screenshots [FOLDER]``.

States of the window in both themes and languages, taken from the program itself.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from engine.session import Cursor, Selection
from engine.session.sources import source_document
from engine.training import Granularity
from gui import i18n, theme
from gui.app import first_document, make_application
from gui.main_window import MainWindow
from gui.state.store import Store

FOLDER = Path(__file__).parent.parent / "resources" / "screenshots"


@dataclass(frozen=True)
class Shot:
    """One picture: what is open (empty: the first launch), what is done, how it looks."""

    name: str
    source: str
    prepare: Callable[[MainWindow], None]
    theme: str = "light"
    language: str = "en"
    size: tuple[int, int] = (1280, 800)


def _gradient(window: MainWindow) -> None:
    """In the backward pass, with the gradient of the first weight isolated."""
    keys = window.store.experiment.architecture.keys
    window.store.move(Cursor(1, 0, 11))
    window.store.look(selection=Selection("parameter", keys[0]))


def _finished(window: MainWindow) -> None:
    """After the first iteration."""
    window.store.move(Cursor(1, 1))


def _trained(iterations: int) -> Callable[[MainWindow], None]:
    def train(window: MainWindow) -> None:
        window.store.look(granularity=Granularity.BATCH)
        window.store.move(Cursor(1, iterations))

    return train


def _forked(window: MainWindow) -> None:
    """Two runs from one start, with different learning rates."""
    store = window.store
    store.move(Cursor(1, 300))
    store.move(Cursor(1, 100))
    store.edit_experiment("η", lambda e: replace(e, learning_rate=4 * e.learning_rate))
    store.move(Cursor(store.document.cursor.run, 300))


def _in_lab(lab: str) -> Callable[[MainWindow], None]:
    def show(window: MainWindow) -> None:
        window.store.look(lab=lab)

    return show


def _descended(window: MainWindow) -> None:
    """Three optimizers, twelve iterations down a stretched bowl."""
    window.store.look(lab="descent")
    for _ in range(12):
        window.lab.player.step()


SHOTS = (
    Shot("gradient", "", _gradient),
    Shot("iteration", "", _finished, "dark"),
    Shot("lesson", "backprop-by-hand", _gradient, "dark", "zh_CN", (1440, 900)),
    Shot("training", "training-loop", _trained(400), size=(1600, 1000)),
    Shot("runs", "training-loop", _forked, "dark", size=(1600, 1000)),
    Shot("derivative", "", _in_lab("derivative")),
    Shot("surface", "", _in_lab("surface"), "dark"),
    Shot("descent", "", _descended),
)


def _wait(application: QApplication, seconds: float) -> None:
    """Let the window and its workers go on."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        application.processEvents()
        time.sleep(0.005)


def draw(application: QApplication, shot: Shot, folder: Path) -> Path:
    """Draw one picture; returns its file."""
    theme.set_mode(shot.theme)  # type: ignore[arg-type]
    i18n.set_language(shot.language)  # type: ignore[arg-type]
    document = source_document(shot.source) if shot.source else first_document()
    window = MainWindow(Store(document))
    window.resize(*shot.size)
    window.show()
    _wait(application, 0.2)
    shot.prepare(window)
    # The loss surface is computed beside the window and comes a little later.
    _wait(application, 2.5)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{shot.name}.png"
    window.grab().save(str(path))
    window.store.undo_stack.setClean()
    window.close()
    window.deleteLater()
    application.processEvents()
    return path


def main(arguments: list[str]) -> int:
    """Draw all pictures."""
    with tempfile.TemporaryDirectory() as settings:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, settings)
        application = make_application()
        folder = Path(arguments[0]) if arguments else FOLDER
        for shot in SHOTS:
            print(draw(application, shot, folder))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
