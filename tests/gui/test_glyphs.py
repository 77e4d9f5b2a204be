"""Symbols are typeset once on a computer, not once a launch."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from gui.formula import typeset
from gui.formula.glyphs import Glyphs, KeptGlyphs


@pytest.fixture
def place(tmp_path: Path, qapp: QApplication) -> Path:
    return tmp_path / "cache" / "glyphs"


def alpha() -> Glyphs:
    return typeset._set_anew(r"\alpha")


def test_what_was_typeset_is_there_at_the_next_launch(place: Path) -> None:
    kept, drawn = KeptGlyphs(lambda: place), alpha()
    assert kept.get(r"\alpha") is None
    kept.add(r"\alpha", drawn)
    kept.write()
    again = KeptGlyphs(lambda: place).get(r"\alpha")
    assert again == drawn
    assert again.path.fillRule() == drawn.path.fillRule()


def test_a_damaged_file_counts_as_nothing(place: Path) -> None:
    kept = KeptGlyphs(lambda: place)
    kept.add(r"\alpha", alpha())
    kept.write()
    whole = place.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"\xff" * 40):
        place.write_bytes(damaged)
        assert KeptGlyphs(lambda: place).get(r"\alpha") is None


def test_nothing_new_is_not_written(place: Path) -> None:
    kept = KeptGlyphs(lambda: place)
    assert kept.get("x") is None
    kept.write()
    assert not place.exists()


def test_a_folder_that_cannot_be_made_is_no_trouble(tmp_path: Path, qapp: QApplication) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = KeptGlyphs(lambda: tmp_path / "file" / "glyphs")
    kept.add(r"\alpha", alpha())
    kept.write()
    assert kept.get(r"\alpha") is not None
