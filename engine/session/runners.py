"""Runners of the descent lab: an optimizer with its numbers, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.descent.optimizers import ALL, Method, Optimizer
from engine.descent.rule import Rule
from engine.descent.schedules import Schedule
from engine.errors import NablaError
from engine.hyperparameters import Settings
from engine.session.fields import damaged, flag, integer, number, record, text

COLOURS = 8
MOST_RUNNERS = 12
LONGEST_KEY = 40


@dataclass(frozen=True)
class Runner:
    """One optimizer that runs.

    Attributes
    ----------
    optimizer, settings
        Key in the table of optimizers, and the hyperparameters that were set.
    learning_rate
        Of methods that search along a line the first length they try.
    schedule, schedule_settings
        Key in the table of schedules, and what was set of it.
    clip
        Longest gradient; 0: any.
    colour
        Number of its colour.
    visible
        Whether it is drawn.
    """

    optimizer: str = "gradient_descent"
    settings: Settings = ()
    learning_rate: float = 0.1
    schedule: str = "constant"
    schedule_settings: Settings = ()
    clip: float = 0.0
    colour: int = 0
    visible: bool = True

    @property
    def method(self) -> Method:
        """The optimizer, ready to run.

        Raises
        ------
        NablaError
            A key that is not in its table, or a number out of bounds.
        """
        return Method(
            Optimizer(self.optimizer, self.settings),
            self.learning_rate,
            Schedule(self.schedule, self.schedule_settings),
            self.clip or None,
        )

    @property
    def label(self) -> str:
        """English name of the optimizer."""
        return ALL[self.optimizer].label

    @property
    def searches(self) -> bool:
        """Whether it chooses the length of its steps itself."""
        return not isinstance(ALL[self.optimizer], Rule)

    def with_optimizer(self, key: str) -> Runner:
        """Return a runner with another optimizer; settings of the same name stay."""
        known = {parameter.key for parameter in ALL[key].hyperparameters}
        kept = tuple((name, value) for name, value in self.settings if name in known)
        return replace(self, optimizer=key, settings=kept)


def with_setting(settings: Settings, name: str, value: float) -> Settings:
    """Return settings with one of them set."""
    return (*((known, old) for known, old in settings if known != name), (name, value))


def runner_to_json(runner: Runner) -> dict[str, object]:
    """Turn a runner into plain JSON values."""
    return {
        "optimizer": runner.optimizer,
        "settings": dict(runner.settings),
        "learning_rate": runner.learning_rate,
        "schedule": runner.schedule,
        "schedule_settings": dict(runner.schedule_settings),
        "clip": runner.clip,
        "colour": runner.colour,
        "visible": runner.visible,
    }


def runner_from_json(place: str, content: object) -> Runner:
    """Read a runner from what ``json.load`` returned; what is left out is as usual.

    Raises
    ------
    NablaError
        ``session.damaged``.
    """
    usual = runner_to_json(Runner())
    fields = usual | dict(record(place, content, (), usual))
    runner = Runner(
        text(f"{place}.optimizer", fields["optimizer"], LONGEST_KEY),
        _settings(f"{place}.settings", fields["settings"]),
        number(f"{place}.learning_rate", fields["learning_rate"]),
        text(f"{place}.schedule", fields["schedule"], LONGEST_KEY),
        _settings(f"{place}.schedule_settings", fields["schedule_settings"]),
        number(f"{place}.clip", fields["clip"]),
        integer(f"{place}.colour", fields["colour"], 0, COLOURS - 1),
        flag(f"{place}.visible", fields["visible"]),
    )
    try:
        assert runner.method is not None
    except NablaError as error:
        raise damaged(place) from error
    return runner


def _settings(place: str, content: object) -> Settings:
    if not isinstance(content, dict):
        raise damaged(place)
    return tuple(
        (text(place, name, LONGEST_KEY), number(f"{place}.{name}", value))
        for name, value in content.items()
    )
