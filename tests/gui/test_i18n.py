"""Every text has its translation, and a switch of language reaches what is on screen."""

from __future__ import annotations

import ast
import gc
import importlib.util
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtWidgets import QDialogButtonBox, QLabel

from engine.descent import optimizers
from engine.errors import NablaError
from engine.network import activations, initializers, losses
from engine.timeline import Stop
from gui import i18n, messages, wording

ROOT = Path(__file__).resolve().parents[2]


def updater() -> ModuleType:
    path = i18n.CATALOGUES / "update.py"
    specification = importlib.util.spec_from_file_location("translations_update", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    i18n.set_language("en")
    yield
    i18n.set_language("en")


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_text_is_translated() -> None:
    update = updater()
    chinese = update.read(i18n.CATALOGUES / "zh_CN.po")
    for message in update.gather():
        if message.id:
            known = chinese.get(message.id)
            assert known is not None, f"run update.py: {message.id!r}"
            assert known.string, f"not translated: {message.id!r}"
            assert not known.fuzzy
            assert places(message.id) == places(known.string), message.id
    assert not chinese.obsolete


def test_the_compiled_catalogue_is_that_of_the_written_one() -> None:
    update = updater()
    chinese = update.read(i18n.CATALOGUES / "zh_CN.po")
    assert {m.id for m in chinese} == {m.id for m in update.gather()}
    compiled = i18n.catalogue("zh_CN")
    for message in chinese:
        if message.id:
            assert compiled.gettext(message.id) == message.string


def test_texts_are_found_in_calls_only(tmp_path: Path) -> None:
    source = tmp_path / "sample.py"
    source.write_text(
        'tr("one")\nmark("two")\nbind(label, "setText", "three {0}", 3)\n'
        'i18n.tr("fo" "ur")\nicons.bind(button, "play", "accent")\ntr(name)\n',
        encoding="utf-8",
    )
    assert [text for _, text in sorted(updater().texts(source))] == [
        "one",
        "two",
        "three {0}",
        "four",
    ]


def test_labels_of_the_engine_and_words_in_formulas_are_gathered(tmp_path: Path) -> None:
    update = updater()
    gathered = {message.id for message in update.gather()}
    for table in (activations.TABLE, losses.TABLE, initializers.TABLE, optimizers.TABLE):
        for record in table.values():
            assert record.label in gathered
    source = tmp_path / "sample.py"
    source.write_text('Text("the mean", "muted")\ntr("not here")\n', encoding="utf-8")
    assert list(update.texts(source, update.ENGINE_KEYWORDS)) == [(1, "the mean")]


def test_a_bound_text_follows_the_language(qtbot: object, monkeypatch: pytest.MonkeyPatch) -> None:
    chinese = i18n.catalogue("zh_CN")
    monkeypatch.setattr(chinese, "gettext", lambda text: {"Epoch {0}": "第 {0} 轮"}.get(text, text))
    label = QLabel()
    i18n.bind(label, "setText", "Epoch {0}", 7)
    assert label.text() == "Epoch 7"
    i18n.set_language("zh_CN")
    assert i18n.current() == "zh_CN"
    assert label.text() == "第 7 轮"
    i18n.set_language("en")
    assert label.text() == "Epoch 7"
    label.deleteLater()


def test_binding_again_replaces_the_text(qtbot: object) -> None:
    label = QLabel()
    i18n.bind(label, "setText", "one")
    i18n.bind(label, "setText", "two")
    i18n.set_language("zh_CN")
    assert label.text() == i18n.tr("two")
    i18n.unbind(label, "setText")
    label.setText("free")
    i18n.set_language("en")
    assert label.text() == "free"
    label.deleteLater()


def test_a_binding_keeps_nothing_alive(qtbot: object) -> None:
    before = len(i18n._bindings)
    label = QLabel()
    i18n.bind(label, "setText", "gone soon")
    assert len(i18n._bindings) == before + 1
    del label
    gc.collect()
    assert len(i18n._bindings) == before


def test_what_is_let_go_in_the_middle_of_a_switch_does_no_harm(qtbot: object) -> None:
    class Named:
        def __init__(self) -> None:
            self.itself = self

        def name(self, text: str) -> None:
            pass

    kept = [Named() for _ in range(500)]
    for named in kept:
        i18n.bind(named, "name", "Step")
    before = gc.get_threshold()
    try:
        for language in ("zh_CN", "en"):
            for _ in range(500):
                i18n.bind(Named(), "name", "Step")
            # The cycles are found while the switch goes through all that is bound.
            gc.set_threshold(30)
            i18n.set_language(language)
            gc.set_threshold(*before)
    finally:
        gc.set_threshold(*before)


def test_a_deleted_widget_is_dropped_at_the_next_switch(qtbot: object) -> None:
    import shiboken6

    before = len(i18n._bindings)
    label = QLabel()
    i18n.bind(label, "setText", "deleted by Qt")
    shiboken6.delete(label)
    i18n.set_language("zh_CN")
    assert len(i18n._bindings) == before


def test_the_switch_is_told_once() -> None:
    told: list[str] = []

    def note() -> None:
        told.append(i18n.current())

    i18n.notifier.changed.connect(note)
    i18n.set_language("zh_CN")
    i18n.set_language("zh_CN")
    i18n.notifier.changed.disconnect(note)
    assert told == ["zh_CN"]


def test_the_buttons_of_qt_speak_chinese_too(qtbot: object) -> None:
    i18n.set_language("zh_CN")
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    assert box.button(QDialogButtonBox.StandardButton.Cancel).text() == "取消"
    box.deleteLater()


def test_texts_need_no_application() -> None:
    code = (
        "from gui import i18n; i18n.set_language('zh_CN'); print(i18n.tr('nowhere'));"
        "from PySide6.QtCore import QCoreApplication; assert QCoreApplication.instance() is None"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert finished.stdout == "nowhere\n"


def test_a_message_is_worded_with_its_details(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(messages.MESSAGES, "test.code", "Line {line}, column {column}: {value}.")
    error = NablaError("test.code", line=3, column="age", value=-0.1 - 0.2)
    assert wording.describe(error) == "Line 3, column age: −0.3."
    assert wording.say("test.code", {"line": 100_000}) == "Line 100000, column …: …."


def test_an_unknown_code_still_says_something() -> None:
    text = wording.say("no.such.code", {"line": 3})
    assert "no.such.code" in text
    assert "line = 3" in text


def test_a_stop_names_operation_layer_and_unit() -> None:
    details = {"operation": "pre_activation", "layer": 2, "unit": 3, "overflow_iteration": 8}
    text = wording.describe_stop(Stop("training.diverged", 7, details))
    for part in ("iteration 8", "the weighted sum", "neuron 3", "layer 2"):
        assert part in text
    i18n.set_language("zh_CN")
    text = wording.describe_stop(Stop("training.diverged", 7, details | {"unit": 0}))
    assert "加权和" in text
    assert "…" not in text


def test_a_detail_from_a_table_is_translated() -> None:
    i18n.set_language("zh_CN")
    label = activations.TABLE["identity"].label
    assert wording.fill("{fitting}", {"fitting": "identity"}) == i18n.tr(label) != label


def test_the_messages_have_only_named_places() -> None:
    for code, text in messages.MESSAGES.items():
        assert all(name.isidentifier() for name in places(text)), code


def test_every_code_of_the_engine_has_its_words() -> None:
    raised = set()
    for path in sorted((ROOT / "engine").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="NablaError" | "Message"),
                    args=[ast.Constant(value=str(code)), *_],
                ):
                    raised.add(code)
    assert raised
    assert raised <= messages.MESSAGES.keys()
