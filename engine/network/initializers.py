"""Ways to choose the first weights, in one table. Biases start at 0, a learned α at its default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.errors import NablaError
from engine.hyperparameters import Hyperparameter, Settings, check_seed, complete, is_number
from engine.network.activations import TABLE as ACTIVATIONS
from engine.network.architecture import Architecture
from engine.network.layout import Vector

Draw = Callable[[np.random.Generator, tuple[int, int], float, Mapping[str, float]], Vector]


@dataclass(frozen=True)
class Rule:
    """How one layer's weights are drawn: ``draw(generator, (fan_in, fan_out), gain, settings)``."""

    key: str
    label: str
    draw: Draw
    hyperparameters: tuple[Hyperparameter, ...] = ()
    source: str = ""


def _uniform(generator: np.random.Generator, shape: tuple[int, int], bound: float) -> Vector:
    return generator.uniform(-bound, bound, shape)


_SPREAD = Hyperparameter("deviation", "Standard deviation", 0.5, 0.0, 100.0)

TABLE: dict[str, Rule] = {
    rule.key: rule
    for rule in (
        Rule(
            "constant",
            "Constant",
            lambda generator, shape, gain, s: np.full(shape, s["value"]),
            (Hyperparameter("value", "Value", 0.5, -100.0, 100.0),),
        ),
        Rule(
            "uniform",
            "Uniform",
            lambda generator, shape, gain, s: _uniform(generator, shape, s["bound"]),
            (Hyperparameter("bound", "Bound", 0.5, 0.0, 100.0),),
        ),
        Rule(
            "normal",
            "Normal",
            lambda generator, shape, gain, s: s["deviation"] * generator.standard_normal(shape),
            (_SPREAD,),
        ),
        Rule(
            "xavier_uniform",
            "Xavier, uniform",
            lambda generator, shape, gain, s: _uniform(
                generator, shape, gain * (6.0 / (shape[0] + shape[1])) ** 0.5
            ),
            source="Glorot & Bengio 2010",
        ),
        Rule(
            "xavier_normal",
            "Xavier, normal",
            lambda generator, shape, gain, s: (
                gain * (2.0 / (shape[0] + shape[1])) ** 0.5 * generator.standard_normal(shape)
            ),
            source="Glorot & Bengio 2010",
        ),
        Rule(
            "he_uniform",
            "He, uniform",
            lambda generator, shape, gain, s: _uniform(
                generator, shape, gain * (3.0 / shape[0]) ** 0.5
            ),
            source="He et al. 2015",
        ),
        Rule(
            "he_normal",
            "He, normal",
            lambda generator, shape, gain, s: (
                gain * shape[0] ** -0.5 * generator.standard_normal(shape)
            ),
            source="He et al. 2015",
        ),
        Rule(
            "values",
            "Given values",
            lambda generator, shape, gain, s: np.zeros(shape),
        ),
    )
}


@dataclass(frozen=True)
class Initializer:
    """A choice of first parameters.

    Attributes
    ----------
    key
        Key in ``TABLE``.
    settings
        Hyperparameters that differ from their defaults, as (name, value).
    seed
        Seed of the generator; layers draw from independent streams, so that a change in one layer
        leaves the others' weights alone.
    values
        The flat parameter vector itself, for the key ``"values"``.
    """

    key: str = "xavier_uniform"
    settings: Settings = ()
    seed: int = 0
    values: tuple[float, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn.

        Raises
        ------
        NablaError
            An unknown key, a setting or a seed out of bounds, a given value that is not finite.
        """
        if self.key not in TABLE:
            raise NablaError("initializer.unknown", key=self.key)
        complete(TABLE[self.key].hyperparameters, self.settings)
        check_seed(self.seed)
        if not all(is_number(value) for value in self.values):
            raise NablaError("parameter.not_finite")

    def draw(self, architecture: Architecture) -> Vector:
        """Return the first parameters of a network, read-only, cut connections at 0.

        Raises
        ------
        NablaError
            Given values do not match the network's number of parameters.
        """
        layout = architecture.layout
        vector = np.zeros(layout.size)
        if self.key == "values":
            if len(self.values) != layout.size:
                raise NablaError(
                    "initializer.values_count", expected=layout.size, given=len(self.values)
                )
            vector[:] = self.values
        else:
            rule = TABLE[self.key]
            settings = complete(rule.hyperparameters, self.settings)
            for layer, own in zip(architecture.layers, layout.views(vector), strict=True):
                generator = np.random.default_rng([self.seed, layer.id])
                activation = ACTIVATIONS[layer.activation]
                own.weights[...] = rule.draw(
                    generator, own.weights.shape, activation.gain, settings
                )
                if own.alpha is not None:
                    own.alpha[...] = activation.alpha
        vector[list(architecture.cut_indices)] = 0.0
        vector.flags.writeable = False
        return vector
