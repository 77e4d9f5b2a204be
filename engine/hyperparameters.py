"""Named numbers with bounds: what optimizers, schedules and initializers can be set to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

from engine.errors import NablaError

Settings = tuple[tuple[str, float], ...]
"""Hyperparameters that were set, as (name, value); the others have their defaults."""


@dataclass(frozen=True)
class Hyperparameter:
    """A number that can be set, with its default and the bounds that make sense."""

    key: str
    label: str
    default: float
    minimum: float
    maximum: float
    latex: str = ""
    whole: bool = False

    def check(self, value: float) -> float:
        """Return ``value`` if it is within the bounds.

        Raises
        ------
        NablaError
            The value is no number, not finite, not whole where it must be, or out of bounds.
        """
        if not is_number(value) or not self.minimum <= value <= self.maximum:
            raise NablaError(
                "setting.out_of_bounds",
                name=self.label,
                value=value,
                minimum=self.minimum,
                maximum=self.maximum,
            )
        if self.whole and value != int(value):
            raise NablaError("setting.not_whole", name=self.label, value=value)
        return value


def is_number(value: object) -> bool:
    """Whether ``value`` is a finite number; what comes from a file may be anything."""
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


MAX_SEED = 2**31 - 1


def check_seed(seed: int) -> None:
    """Refuse what cannot be a seed.

    Raises
    ------
    NablaError
        Not a whole number, or out of bounds.
    """
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed <= MAX_SEED:
        raise NablaError(
            "setting.out_of_bounds", name="Seed", value=seed, minimum=0, maximum=MAX_SEED
        )


def complete(hyperparameters: Sequence[Hyperparameter], settings: Settings) -> dict[str, float]:
    """Return all hyperparameters by name, defaults filled in, in the order of the table.

    Raises
    ------
    NablaError
        A name that is not known, or a value out of bounds.
    """
    known = {parameter.key: parameter for parameter in hyperparameters}
    values = {parameter.key: parameter.default for parameter in hyperparameters}
    for name, value in settings:
        if name not in known:
            raise NablaError("setting.unknown", name=name, known=", ".join(known))
        values[name] = known[name].check(value)
    return values
