"""The tape: what it holds is what the chain rule lab draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.autodiff import record, replay, vjp
from engine.expression import parse


def keys(tape: Any) -> list[str]:
    return [one.primitive.key if one.primitive else one.name or "const" for one in tape.operations]


def test_a_tape_lists_operations_after_their_arguments() -> None:
    tape = record(parse("(x + y) * (x*y)"), 2.0, 3.0)
    assert keys(tape) == ["x", "y", "add", "mul", "mul"]
    assert [one.parents for one in tape.operations] == [(), (), (0, 1), (0, 1), (2, 3)]
    assert [one.value for one in tape.operations] == [2.0, 3.0, 5.0, 6.0, 30.0]
    assert tape.inputs == 2
    assert tape.value == 30.0
    assert tape.result.index == 4


def test_one_term_a_path() -> None:
    tape = record(parse("(x + y) * (x*y)"), 2.0, 3.0)
    assert tape.adjoints()[:2] == (21.0, 16.0)
    into_x = [step.contribution for step in tape.backward() if step.edge.parent == 0]
    assert sorted(into_x) == [6.0, 15.0]
    locals_ = {(edge.parent, edge.child): edge.local for edge in tape.edges()}
    assert locals_ == {(0, 2): 1.0, (1, 2): 1.0, (0, 3): 3.0, (1, 3): 2.0, (2, 4): 6.0, (3, 4): 5.0}


def test_the_sigmoid_taken_apart_has_its_local_derivatives_on_the_edges() -> None:
    tape = record(parse("1/(1 + exp(-(w*x + b)))"), -3.0, 2.0, 2.0)
    assert keys(tape)[:3] == ["b", "w", "x"]
    path, place = [], tape.result.index
    while not tape.operations[place].is_input:
        edges = [edge for edge in tape.edges() if edge.child == place]
        moving = [edge for edge in edges if not tape.operations[edge.parent].is_constant]
        edge = moving[0] if len(moving) == 1 else next(
            edge for edge in moving if tape.operations[edge.parent].name != "w"
            and tape.operations[edge.parent].name != "b"
        )  # fmt: skip
        path.append(float(edge.local))  # type: ignore[arg-type]
        place = edge.parent
    assert tape.operations[place].name == "x"
    assert np.prod(path) == pytest.approx(0.393224, abs=5e-7)
    assert tape.adjoints()[2] == pytest.approx(np.prod(path))


def test_subtraction_is_one_operation() -> None:
    assert keys(record(parse("x - y - 3"), 1.0, 2.0)) == ["x", "y", "sub", "const", "sub"]
    assert keys(record(parse("-x + y"), 1.0, 2.0)) == ["x", "y", "neg", "add"]
    assert keys(record(parse("x - (-y)"), 1.0, 2.0)) == ["x", "y", "neg", "sub"]


def test_tangents_go_forward_and_adjoints_back_to_the_same_number() -> None:
    tape = record(parse("sin(x*y) + {x^2 if x > y else ln(y)}"), 0.7, 2.0)
    _, pull_back = vjp(lambda p: np.sin(p[0] * p[1]) + np.log(p[1]), [0.7, 2.0])
    np.testing.assert_allclose(tape.adjoints()[:2], pull_back(1.0))
    for place in (0, 1):
        unit = np.eye(2)[place]
        assert tape.tangents(unit)[tape.output] == pytest.approx(float(pull_back(1.0)[place]))


def test_partial_sums_of_an_adjoint_are_told_step_by_step() -> None:
    tape = record(parse("x*x*x"), 2.0)
    totals = [step.total for step in tape.backward() if step.edge.parent == 0]
    assert totals[-1] == 12.0
    contributions = [step.contribution for step in tape.backward() if step.edge.parent == 0]
    np.testing.assert_allclose(np.cumsum(contributions), totals)


def test_python_functions_over_arrays_can_be_recorded() -> None:
    a = np.arange(6.0).reshape(2, 3)
    tape = record(lambda x: np.sum(np.tanh(a @ x)), np.ones(3))
    assert keys(tape) == ["x", "const", "matmul", "tanh", "sum"]
    np.testing.assert_allclose(tape.adjoints()[0], np.cosh(a @ np.ones(3)) ** -2 @ a)
    assert [edge.local is None for edge in tape.edges()] == [True, True, False, True]
    tangent = tape.tangents([np.ones(3)])[tape.output]
    assert tangent == pytest.approx(float(np.sum(tape.adjoints()[0])))


def test_a_tape_can_be_run_again_at_another_point() -> None:
    tape = record(parse("x^2 + sin(y)"), 1.0, 2.0)
    assert replay(tape, 3.0, 0.0) == 9.0


def test_results_that_are_inputs_or_constants() -> None:
    tape = record(lambda x, y: x, 2.0, 3.0)
    assert (tape.value, tape.output, tape.adjoints()) == (2.0, 0, (1.0, 0.0))
    assert replay(tape, 5.0, 6.0) == 5.0
    tape = record(parse("7"))
    assert (tape.value, tape.adjoints(), tape.result.is_constant) == (7.0, (1.0,), True)


def test_the_first_operation_that_overflows_is_named() -> None:
    tape = record(parse("exp(x^2) * y - 1"), 100.0, 0.0)
    found = tape.first_non_finite
    assert found is not None
    assert found.primitive is not None
    assert found.primitive.key == "exp"
    assert record(parse("x + 1"), 1.0).first_non_finite is None
