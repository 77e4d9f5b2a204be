"""The micro-steps inside an iteration, and what is said about them."""

from __future__ import annotations

import re

import numpy as np
import pytest

from engine.descent import Descent, explain_descent, optimizers
from engine.descent.functions import TABLE
from engine.descent.trace import DescentPhase, Trace
from engine.formula import Number, Text, plain

EVERY = pytest.mark.parametrize("key", optimizers.ALL)


def trace_of(key: str, name: str = "rosenbrock", clip: float | None = None) -> Trace:
    """The third iteration of a descent."""
    f = TABLE[name]
    method = optimizers.method(key, 0.01 if key in optimizers.TABLE else 1.0, clip=clip)
    descent = Descent(f, f.start, method)
    return descent.trace(descent.advance(descent.initial(), 2).states[-1])


def phases(trace: Trace) -> list[str]:
    return [step.phase.value for step in trace.steps]


def test_how_optimizers_think() -> None:
    assert phases(trace_of("gradient_descent")) == ["gradient", "update"]
    assert phases(trace_of("momentum")) == ["gradient", "memory", "update"]
    assert phases(trace_of("adam")) == ["gradient", "memory", "memory", "correction", "update"]
    assert phases(trace_of("gradient_descent", clip=1.0)) == ["gradient", "clip", "update"]
    searching = phases(trace_of("newton"))
    assert searching[:2] == ["gradient", "direction"]
    assert set(searching[2:-1]) == {"trial"}
    assert searching[-1] == "update"


@EVERY
def test_the_last_micro_step_is_the_next_state(key: str) -> None:
    f = TABLE["rosenbrock"]
    descent = Descent(f, f.start, optimizers.method(key))
    state = descent.advance(descent.initial(), 2).states[-1]
    trace = descent.trace(state)
    (following,) = descent.advance(state, 1).states
    assert trace.point_at(0).tolist() == state.point.tolist()
    assert trace.point_at(trace.count).tolist() == following.point.tolist()
    for got, expected in zip(trace.memory_at(trace.count), following.memory, strict=True):
        assert got.tolist() == expected.tolist()
    for got, expected in zip(trace.memory_at(1), state.memory, strict=True):
        assert got.tolist() == expected.tolist()


def test_memories_are_renewed_one_by_one() -> None:
    trace = trace_of("adam")
    old, new = trace.before.memory, trace.result.memory
    assert trace.memory_at(2)[0] is new[0]
    assert trace.memory_at(2)[1] is old[1]
    assert trace.memory_at(3)[1] is new[1]
    assert trace.new_memory("squares") is new[1]
    assert trace.old_memory("mean") is old[0]
    assert trace.is_known(2, DescentPhase.MEMORY, 0)
    assert not trace.is_known(2, DescentPhase.MEMORY, 1)
    assert trace.phase_end(1) == 3
    assert trace.phase_end(3) == 4


@EVERY
@pytest.mark.parametrize("name", ["rosenbrock", "double_well"])
def test_every_micro_step_is_explained_with_its_numbers(key: str, name: str) -> None:
    trace = trace_of(key, name)
    for position in range(1, trace.count + 1):
        derivation = explain_descent(trace, position)
        assert isinstance(derivation.title, Text)
        assert derivation.lines
        for line in derivation.lines:
            text = plain(line)
            assert text
            assert "{" not in text, text
    final = explain_descent(trace, trace.count)
    if trace.result.stuck is not None:
        assert "No length leads down" in plain(final.lines[0])
        return
    shown = [p.value for line in final.lines for p in line.pieces if isinstance(p, Number)]
    for coordinate in trace.result.point:
        assert float(coordinate) in shown


def test_adams_own_words() -> None:
    lines = [plain(line) for line in explain_descent(trace_of("adam", "parabola"), 2).lines]
    assert lines[0] == "m ← β₁ m + (1−β₁) g"
    assert re.fullmatch(r"m = 0\.9 · 1\.13\d+ \+ \(1− 0\.9 \) · 5\.96\d* = 1\.6\d+", lines[1])


def test_a_trial_says_whether_it_pays() -> None:
    trace = trace_of("backtracking")
    last = trace.count - 1
    assert trace.step(last).phase is DescentPhase.TRIAL
    words = " ".join(plain(line) for line in explain_descent(trace, last).lines)
    assert "Taken." in words
    words = " ".join(plain(line) for line in explain_descent(trace, 3).lines)
    assert "Not taken" in words
    number = trace.step(last).number
    assert trace.trial_point(number).tolist() == trace.result.point.tolist()


def test_an_indefinite_hessian_is_said() -> None:
    descent = Descent(TABLE["himmelblau"], (0.0, 0.0), optimizers.newton())
    trace = descent.trace(descent.initial())
    words = [
        piece.source
        for line in explain_descent(trace, 2).lines
        for piece in line.pieces
        if isinstance(piece, Text)
    ]
    assert any("not positive definite" in text for text in words)


def test_effective_rates_tell_coordinates_apart() -> None:
    trace = trace_of("adam")
    rates = trace.effective_rates
    np.testing.assert_allclose(-rates * trace.here.gradient, trace.displacement, rtol=1e-12)
    assert rates[0] != rates[1]
    plain_descent = trace_of("gradient_descent")
    np.testing.assert_allclose(plain_descent.effective_rates, [0.01, 0.01], rtol=1e-9)
