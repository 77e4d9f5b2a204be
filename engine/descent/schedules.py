"""How the learning rate changes over the iterations: pure functions in one table."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.errors import NablaError
from engine.hyperparameters import Hyperparameter, Settings, complete


@dataclass(frozen=True)
class Rule:
    """One schedule: ``factor(iteration, settings)`` of the learning rate, iterations from 0."""

    key: str
    label: str
    factor: Callable[[int, Mapping[str, float]], float]
    latex: str
    hyperparameters: tuple[Hyperparameter, ...] = ()


def _cosine(iteration: int, s: Mapping[str, float]) -> float:
    # Loshchilov & Hutter 2017, one half period; stays at the floor afterwards.
    part = min(1.0, iteration / s["period"])
    return s["floor"] + (1.0 - s["floor"]) * 0.5 * (1.0 + math.cos(math.pi * part))


def _restarts(iteration: int, s: Mapping[str, float]) -> float:
    # Loshchilov & Hutter 2017, with periods that grow by a factor.
    period, growth = s["period"], s["growth"]
    done = float(iteration)
    if growth == 1.0:
        done %= period
    else:
        # The n-th period starts at T (kⁿ − 1) / (k − 1).
        n = math.floor(math.log1p(done / period * (growth - 1.0)) / math.log(growth) + 1e-9)
        done -= period * (growth**n - 1.0) / (growth - 1.0)
        period *= growth**n
    part = min(1.0, max(0.0, done / period))
    return s["floor"] + (1.0 - s["floor"]) * 0.5 * (1.0 + math.cos(math.pi * part))


def _one_cycle(iteration: int, s: Mapping[str, float]) -> float:
    # Smith & Topin 2019, with PyTorch's half cosines and ends.
    last = s["period"] - 1.0
    peak = max(1.0, s["rise"] * s["period"] - 1.0)
    low, end = 1.0 / s["start"], 1.0 / (s["start"] * s["end"])
    if iteration <= peak:
        return 1.0 + (low - 1.0) * 0.5 * (1.0 + math.cos(math.pi * iteration / peak))
    part = min(1.0, (iteration - peak) / max(1.0, last - peak))
    return end + (1.0 - end) * 0.5 * (1.0 + math.cos(math.pi * part))


_PERIOD = Hyperparameter("period", "Iterations", 1000, 1, 1e9, "T", whole=True)

TABLE: dict[str, Rule] = {
    rule.key: rule
    for rule in (
        Rule("constant", "Constant", lambda t, s: 1.0, r"\eta_t = \eta"),
        Rule(
            "step",
            "Steps",
            lambda t, s: s["gamma"] ** (t // int(s["period"])),
            r"\eta_t = \eta\,\gamma^{\lfloor t/T \rfloor}",
            (_PERIOD, Hyperparameter("gamma", "Factor", 0.5, 1e-6, 1.0, r"\gamma")),
        ),
        Rule(
            "exponential",
            "Exponential",
            lambda t, s: s["gamma"] ** t,
            r"\eta_t = \eta\,\gamma^{t}",
            (Hyperparameter("gamma", "Factor", 0.999, 1e-6, 1.0, r"\gamma"),),
        ),
        Rule(
            "cosine",
            "Cosine",
            _cosine,
            r"\eta_t = \eta\,\left(f + \frac{1-f}{2}(1+\cos\frac{\pi t}{T})\right)",
            (_PERIOD, Hyperparameter("floor", "Floor", 0.0, 0.0, 1.0, "f")),
        ),
        Rule(
            "warm_up",
            "Warm-up",
            lambda t, s: min(1.0, (t + 1) / s["period"]),
            r"\eta_t = \eta\,\min(1,\frac{t+1}{T})",
            (Hyperparameter("period", "Iterations", 100, 1, 1e9, "T", whole=True),),
        ),
        Rule(
            "cosine_restarts",
            "Cosine with restarts",
            _restarts,
            (
                r"\eta_t = \eta\,\left(f + \frac{1-f}{2}(1+\cos\frac{\pi t_i}{T_i})\right),"
                r"\; T_{i+1} = k T_i"
            ),
            (
                Hyperparameter("period", "Iterations", 100, 1, 1e9, "T", whole=True),
                Hyperparameter("growth", "Growth of the periods", 2.0, 1.0, 10.0, "k", whole=True),
                Hyperparameter("floor", "Floor", 0.0, 0.0, 1.0, "f"),
            ),
        ),
        Rule(
            "one_cycle",
            "One cycle",
            _one_cycle,
            (
                r"\eta_t:\; \frac{\eta}{a} \rightarrow \eta \rightarrow \frac{\eta}{a b}"
                r"\quad (t = 0,\; rT,\; T)"
            ),
            (
                Hyperparameter("period", "Iterations", 1000, 4, 1e9, "T", whole=True),
                Hyperparameter("rise", "Part that rises", 0.3, 0.01, 0.99, "r"),
                Hyperparameter("start", "Divisor at the start", 25.0, 1.0, 1e6, "a"),
                Hyperparameter("end", "Divisor at the end", 1e4, 1.0, 1e9, "b"),
            ),
        ),
        Rule(
            "inverse",
            "1/t",
            lambda t, s: 1.0 / (1.0 + s["decay"] * t),
            r"\eta_t = \frac{\eta}{1+\gamma t}",
            (Hyperparameter("decay", "Decay", 0.01, 0.0, 1e3, r"\gamma"),),
        ),
    )
}


@dataclass(frozen=True)
class Schedule:
    """A rule with its settings."""

    key: str = "constant"
    settings: Settings = ()

    def __post_init__(self) -> None:
        """Check the key and the settings."""
        if self.key not in TABLE:
            raise NablaError("schedule.unknown", key=self.key)
        complete(TABLE[self.key].hyperparameters, self.settings)

    @cached_property
    def hyperparameters(self) -> dict[str, float]:
        """All settings by name."""
        return complete(TABLE[self.key].hyperparameters, self.settings)

    def factor(self, iteration: int) -> float:
        """Return what multiplies the learning rate at an iteration (from 0)."""
        return TABLE[self.key].factor(iteration, self.hyperparameters)
