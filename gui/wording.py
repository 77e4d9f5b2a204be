"""What the messages of the engine say, in the language of the moment.

The engine raises codes with plain values (``NablaError("csv.missing_value", line=3)``); the table
in :mod:`gui.messages` has the words. A message says what is wrong, where, and what to do.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

from engine.errors import NablaError
from engine.numbers import shown
from gui.i18n import tr
from gui.messages import MESSAGES

# Details that name an entry of the engine's tables, by its English label.
LABELS = frozenset({"name", "loss", "activation", "optimizer", "schedule", "initializer"})


def describe(error: NablaError) -> str:
    """What an error says to the user."""
    return say(error.code, error.details)


def say(code: str, details: Mapping[str, object] | None = None) -> str:
    """The text of a message code (errors, warnings, reasons to stop), its places filled in.

    Never raises: an unknown code is shown with its details, a missing detail as "…".
    """
    values = details or {}
    template = MESSAGES.get(code)
    if template is None:
        text = tr("Something went wrong ({code}).").format(code=code)
        listed = ", ".join(f"{name} = {plain(value)}" for name, value in values.items())
        return f"{text} {listed}" if listed else text
    return fill(tr(template), values)


def fill(template: str, details: Mapping[str, object]) -> str:
    """Put details into the places of a text; numbers as everywhere on screen."""
    worded = {
        name: tr(value) if name in LABELS and isinstance(value, str) else value
        for name, value in details.items()
    }
    return _Filler().vformat(template, (), worded)


def plain(value: object) -> str:
    """A detail as the user reads it: numbers in six digits, lists with commas, texts as is."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int):
        return shown(value, 15)
    if isinstance(value, float) or type(value).__module__ == "numpy":
        try:
            return shown(float(value))  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return str(value)
    if isinstance(value, tuple | list | frozenset | set):
        return ", ".join(plain(item) for item in value)
    return str(value)


class _Filler(string.Formatter):
    """``str.format`` that knows no failure: what is missing becomes an ellipsis."""

    def get_field(self, field_name: str, args: Any, kwargs: Mapping[str, Any]) -> tuple[Any, str]:
        return kwargs.get(field_name, "…"), field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        del format_spec
        return plain(value)

    def convert_field(self, value: Any, conversion: str | None) -> Any:
        del conversion
        return value
