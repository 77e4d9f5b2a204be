"""English and Chinese, switched live.

``tr("Learning rate")`` words a text at the moment of drawing. ``bind(label, "setText", "Learning
rate")`` words it now and after every change of language, as long as the object lives. ``mark``
only marks a text that is kept in a table, so that it is gathered for translation.

Texts with numbers have numbered or named places and are filled after translating:
``tr("Epoch {0}").format(7)``. Nothing here needs an application, so the command line words its
messages the same way.
"""

from __future__ import annotations

import gettext
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from PySide6.QtCore import (
    QCoreApplication,
    QLibraryInfo,
    QLocale,
    QObject,
    QTranslator,
    Signal,
    SignalInstance,
)
from shiboken6 import isValid

Language = Literal["system", "en", "zh_CN"]
LANGUAGES: tuple[Language, ...] = ("system", "en", "zh_CN")
CATALOGUES = Path(__file__).resolve().parent.parent / "resources" / "translations"


class Notifier(QObject):
    """Tells that the language has changed."""

    changed: SignalInstance = Signal()  # type: ignore[assignment]


notifier = Notifier()


@dataclass(frozen=True, slots=True)
class _Binding:
    target: weakref.ref[object]
    setter_name: str
    text: str
    arguments: tuple[object, ...]


@dataclass(slots=True)
class _State:
    asked: Language = "en"
    current: str = "en"
    translations: gettext.NullTranslations = field(default_factory=gettext.NullTranslations)
    qt_translator: QTranslator | None = None


_state = _State()
_bindings: dict[tuple[int, str], _Binding] = {}


def mark(text: str) -> str:
    """Return the text as it is; being wrapped in ``mark`` gathers it for translation."""
    return text


def tr(text: str) -> str:
    """The text in the language of the moment; itself where it has no translation."""
    return _state.translations.gettext(text) if text else ""


def current() -> str:
    """The language on screen: ``"en"`` or ``"zh_CN"``."""
    return _state.current


def language() -> Language:
    """What was asked for: the system's language, English or Chinese."""
    return _state.asked


def bind(target: object, setter_name: str, text: str, *arguments: object) -> None:
    """Call ``target.<setter_name>(tr(text).format(*arguments))`` now and on every switch.

    A further call for the same object and setter replaces the first. The object is held weakly.
    An argument that can be called is called each time, so that it can be worded anew as well.
    """
    key = (id(target), setter_name)

    def forget(_: object) -> None:
        _bindings.pop(key, None)

    binding = _Binding(weakref.ref(target, forget), setter_name, text, arguments)
    _bindings[key] = binding
    _apply(binding)


def unbind(target: object, setter_name: str) -> None:
    """Stop wording what :func:`bind` has bound; the text stays as it is."""
    _bindings.pop((id(target), setter_name), None)


def _apply(binding: _Binding) -> bool:
    """Word one binding; false when its object is gone."""
    target = binding.target()
    # Python's half may outlive the C++ object of a closed window.
    if target is None or not isValid(target):
        return False
    text = tr(binding.text)
    if binding.arguments:
        text = text.format(*(value() if callable(value) else value for value in binding.arguments))
    setter: Callable[[str], object] = getattr(target, binding.setter_name)
    setter(text)
    return True


def set_language(language: Language) -> None:
    """Show everything in another language, now: ``"system"``, ``"en"`` or ``"zh_CN"``."""
    wanted = system_language() if language == "system" else language
    changed = wanted != _state.current
    _state.asked = language
    _state.current = wanted
    _state.translations = catalogue(wanted)
    _install_qt_texts(wanted)
    if changed:
        # Only the keys: pairs are new objects, and making them may let old ones go meanwhile.
        for key in list(_bindings):
            binding = _bindings.get(key)
            if binding is not None and not _apply(binding):
                _bindings.pop(key, None)
        notifier.changed.emit()


def system_language() -> str:
    """``"zh_CN"`` where the system's first language of the two is Chinese, else ``"en"``."""
    for name in QLocale.system().uiLanguages():
        if name.startswith("zh"):
            return "zh_CN"
        if name.startswith("en"):
            return "en"
    return "en"


@cache
def catalogue(name: str) -> gettext.NullTranslations:
    """The compiled texts of a language; for English, and where the file is missing, the source."""
    compiled = CATALOGUES / f"{name}.mo"
    if name == "en" or not compiled.is_file():
        return gettext.NullTranslations()
    with compiled.open("rb") as stream:
        return gettext.GNUTranslations(stream)


def _install_qt_texts(name: str) -> None:
    """Qt's own words (buttons of message boxes, the menus of text fields) in the same language."""
    if QCoreApplication.instance() is None:
        return
    if _state.qt_translator is not None:
        QCoreApplication.removeTranslator(_state.qt_translator)
        _state.qt_translator = None
    if name == "en":
        return
    translator = QTranslator()
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(f"qtbase_{name}", folder):
        QCoreApplication.installTranslator(translator)
        _state.qt_translator = translator
