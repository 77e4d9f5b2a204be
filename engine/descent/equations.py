"""An element-wise rule with the numbers of one coordinate: the lines that explain its step."""

from __future__ import annotations

from collections.abc import Sequence

from engine.descent.optimizers import Optimizer
from engine.descent.rule import Rule


def equation_values(
    optimizer: Optimizer,
    before: float,
    after: float,
    gradient: float,
    learning_rate: float,
    old: Sequence[float],
    new: Sequence[float],
    t: int,
) -> dict[str, float]:
    """Return every number that ``Rule.numbers`` names, for one coordinate and update ``t``."""
    rule = optimizer.rule
    values = {
        "x": before,
        "x'": after,
        "g": gradient,
        "rate": learning_rate,
        **optimizer.hyperparameters,
        **dict(zip(rule.memory, old, strict=True)),
        **{f"{name}'": value for name, value in zip(rule.memory, new, strict=True)},
    }
    if rule.between is not None:
        values |= rule.between(*new, t, *optimizer.hyperparameters.values())
    return values


def memory_numbers(rule: Rule, place: int) -> tuple[str, ...]:
    """Return the lines with numbers that lead to one memory."""
    return tuple(line for line in rule.numbers if _result(line) == f"{rule.memory[place]}'")


def between_numbers(rule: Rule) -> tuple[str, ...]:
    """Return the lines with numbers between the memory and the new point."""
    memories = {f"{name}'" for name in rule.memory}
    return tuple(line for line in rule.numbers[:-1] if _result(line) not in memories)


def memory_latex(rule: Rule, place: int) -> str:
    """Return the line of the rule that renews one memory."""
    renewals = [line for line in rule.latex[:-1] if r"\leftarrow" in line]
    return renewals[place]


def between_latex(rule: Rule) -> tuple[str, ...]:
    """Return the lines of the rule between the memory and the new point."""
    return tuple(line for line in rule.latex[:-1] if r"\leftarrow" not in line)


def _result(template: str) -> str:
    return template.rsplit(maxsplit=1)[-1].strip("{}")
