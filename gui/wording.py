"""What the messages of the engine say, in the language of the moment.

The engine raises codes with plain values (``NablaError("csv.missing_value", line=3)``); the table
in :mod:`gui.messages` has the words. A message says what is wrong, where, and what to do.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

from engine.errors import NablaError
from engine.network.activations import TABLE
from engine.numbers import shown
from engine.timeline import Stop
from gui.i18n import mark, tr
from gui.messages import MESSAGES

# Details that name an entry of the engine's tables by its English label.
LABELS = frozenset({"name", "loss", "optimizer", "schedule", "initializer"})
# Details that name one or more activations by their keys.
ACTIVATIONS = frozenset({"activation", "fitting"})

OPERATIONS: dict[str, str] = {
    "pre_activation": mark("the weighted sum"),
    "activation": mark("the activation"),
    "loss": mark("the loss"),
    "error": mark("the error"),
    "gradient": mark("the gradient"),
    "memory": mark("the optimizer's memory"),
    "update": mark("the updated weight"),
    "next_loss": mark("the loss after the update"),
}
"""What the engine calls an operation in which a number overflowed."""


def describe(error: NablaError) -> str:
    """What an error says to the user."""
    return say(error.code, error.details)


def describe_stop(stop: Stop) -> str:
    """Why a run has stopped."""
    code = stop.code
    if code == "training.diverged" and not stop.details.get("unit"):
        code = "training.diverged_anywhere"
    return say(code, {"iteration": stop.iteration, **stop.details})


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
    worded = {name: _worded(name, value) for name, value in details.items()}
    return _Filler().vformat(template, (), worded)


def _worded(name: str, value: object) -> object:
    """A detail in the language of the moment, where it names something of the engine's."""
    if not isinstance(value, str):
        return value
    if name == "operation":
        return tr(OPERATIONS.get(value, value))
    if name in ACTIVATIONS:
        keys = (key.strip() for key in value.split(","))
        return ", ".join(tr(TABLE[key].label) if key in TABLE else key for key in keys)
    return tr(value) if name in LABELS else value


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
