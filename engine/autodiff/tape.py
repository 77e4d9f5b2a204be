"""A tape: every operation of one evaluation in order, ready to be read, drawn and run back.

The tape holds numbers, so nothing on it changes any more. What forward and reverse mode do is
spelled out operation by operation: the tangent or the adjoint at each, the local derivative on each
edge, and what each edge adds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from engine.autodiff.expressions import evaluate
from engine.autodiff.modes import Function, as_array, as_one, in_order, is_node, zeros_like
from engine.autodiff.placeholder import Array, value_of
from engine.autodiff.primitive import Primitive, broadcast
from engine.autodiff.traced import Node, apply, new_level
from engine.expression import Expression


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One line of a tape.

    Attributes
    ----------
    index
        Its place on the tape.
    primitive
        The operation; None for an input or a constant.
    parents
        Places of its arguments, in their order.
    value
        The result.
    name
        The name of an input; empty for all others.
    parameters
        What else the operation was told: axes, an index, a shape.
    """

    index: int
    primitive: Primitive | None
    parents: tuple[int, ...]
    value: Array
    name: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_input(self) -> bool:
        """Whether it is a variable."""
        return self.primitive is None and bool(self.name)

    @property
    def is_constant(self) -> bool:
        """Whether it is a number that was written down."""
        return self.primitive is None and not self.name


class Edge(NamedTuple):
    """One argument of one operation.

    Attributes
    ----------
    parent, child
        Places of the argument and of the operation on the tape.
    position
        Which argument it is.
    local
        ∂child/∂parent at the recorded values; None where the operation is not element-wise.
    """

    parent: int
    child: int
    position: int
    local: Array | None


class BackwardStep(NamedTuple):
    """What reverse mode does at one edge: contribution = adjoint of the child · local."""

    edge: Edge
    contribution: Array
    total: Array
    """The parent's adjoint once this contribution has been added."""


@dataclass(frozen=True, slots=True, eq=False)
class Tape:
    """The operations of one evaluation, each after its arguments.

    Attributes
    ----------
    operations
        Inputs first, in the order in which they were given.
    inputs
        Their number.
    output
        Place of the result: the last one, unless an input is the result itself.
    """

    operations: tuple[Operation, ...]
    inputs: int
    output: int

    @property
    def result(self) -> Operation:
        """The operation that gave the value of the whole."""
        return self.operations[self.output]

    @property
    def value(self) -> Array:
        """The value of the whole."""
        return self.result.value

    @property
    def first_non_finite(self) -> Operation | None:
        """The operation at which the first infinity or NaN appeared."""
        return next((one for one in self.operations if not np.all(np.isfinite(one.value))), None)

    def arguments(self, index: int) -> tuple[Array, ...]:
        """Return the values that an operation was applied to."""
        return tuple(self.operations[parent].value for parent in self.operations[index].parents)

    def edges(self) -> tuple[Edge, ...]:
        """Return every argument of every operation, constants included, in the tape's order."""
        return tuple(
            Edge(parent, operation.index, position, self._local(operation, position))
            for operation in self.operations
            for position, parent in enumerate(operation.parents)
        )

    def _local(self, operation: Operation, position: int) -> Array | None:
        primitive = operation.primitive
        if primitive is None or not primitive.partials or primitive.partials[position] is None:
            return None
        with np.errstate(all="ignore"):
            local = primitive.partial(position, operation.value, self.arguments(operation.index))
        return as_array(local)

    def tangents(self, directions: Sequence[Array]) -> tuple[Array, ...]:
        """Carry changes of the inputs forward; return the change of every operation's result."""
        found: list[Array] = []
        with np.errstate(all="ignore"):
            for operation in self.operations:
                index, primitive = operation.index, operation.primitive
                if index < self.inputs:
                    direction = as_array(directions[index])
                    found.append(broadcast(direction, np.shape(operation.value)))
                elif primitive is None:
                    found.append(zeros_like(operation.value))
                else:
                    # A constant has no tangent: 0 · ∞ would spoil a derivative that exists.
                    own = [
                        None if self.operations[parent].is_constant else found[parent]
                        for parent in operation.parents
                    ]
                    found.append(
                        zeros_like(operation.value)
                        if all(tangent is None for tangent in own)
                        else primitive.jvp(
                            operation.value,
                            self.arguments(index),
                            own,
                            **operation.parameters,
                        )
                    )
        return tuple(found)

    def backward(self, cotangent: Array = 1.0) -> tuple[BackwardStep, ...]:
        """Carry an error from the result back; return the steps in the order they are taken.

        Constants get no error, nor do operations that an exact 0 cuts off all the same.
        """
        steps: list[BackwardStep] = []
        start = broadcast(as_array(cotangent), np.shape(self.value))
        found: dict[int, Array] = {self.result.index: start}
        with np.errstate(all="ignore"):
            for operation in reversed(self.operations):
                primitive = operation.primitive
                error = found.get(operation.index)
                if primitive is None or error is None:
                    continue
                arguments = self.arguments(operation.index)
                for position, parent in enumerate(operation.parents):
                    if self.operations[parent].is_constant:
                        continue
                    share = primitive.vjp(
                        operation.value, error, arguments, position, **operation.parameters
                    )
                    before = found.get(parent)
                    found[parent] = share if before is None else before + share
                    local = self._local(operation, position)
                    edge = Edge(parent, operation.index, position, local)
                    steps.append(BackwardStep(edge, share, found[parent]))
        return tuple(steps)

    def adjoints(self, cotangent: Array = 1.0) -> tuple[Array, ...]:
        """Carry an error back; return ∂(error · result)/∂ of every operation's result."""
        found = [zeros_like(operation.value) for operation in self.operations]
        found[self.output] = broadcast(as_array(cotangent), np.shape(self.value))
        for step in self.backward(cotangent):
            found[step.edge.parent] = step.total
        return tuple(found)


def record(function: Expression | Function, *arguments: Array, names: Sequence[str] = ()) -> Tape:
    """Run a function once and return the tape of it.

    Parameters
    ----------
    function
        An expression, or a function of as many arrays as there are ``arguments``.
    names
        Names of the inputs. Where left out, the variables of an expression in the order of the
        alphabet, and ``x``, or ``x_1``, ``x_2`` … for a function.

    Raises
    ------
    NablaError
        A variable of the expression is not among the names.
    """
    count = len(arguments)
    if isinstance(function, Expression):
        tree, chosen = function.tree, tuple(names) or function.variables
        return record(
            lambda *inputs: evaluate(tree, dict(zip(chosen, inputs, strict=True))),
            *arguments,
            names=chosen,
        )
    chosen = tuple(names) or (("x",) if count == 1 else tuple(f"x_{i + 1}" for i in range(count)))
    level = new_level()
    starts = [
        Node(level, value_of(as_array(argument)), name=name)
        for argument, name in zip(arguments, chosen, strict=True)
    ]
    with np.errstate(all="ignore"):
        result = as_one(function(*starts))
    return _tape(result, starts, level)


def _tape(result: Array, starts: Sequence[Node], level: int) -> Tape:
    operations: list[Operation] = []
    places: dict[int, int] = {}

    def put(
        primitive: Primitive | None, parents: tuple[int, ...], value: Array, **rest: Any
    ) -> int:
        operations.append(Operation(len(operations), primitive, parents, value, **rest))
        return len(operations) - 1

    for start in starts:
        places[id(start)] = put(None, (), start.value, name=start.name)
    if not is_node(result, level):
        constant = put(None, (), as_array(value_of(result)))
        return Tape(tuple(operations), len(starts), constant)
    for node in in_order(result):
        if id(node) in places:
            continue
        parents = tuple(
            places[id(argument)]
            if is_node(argument, level)
            else put(None, (), _constant(value_of(argument)))
            for argument in node.arguments
        )
        places[id(node)] = put(
            node.primitive, parents, node.value, parameters=dict(node.parameters)
        )
    return Tape(tuple(operations), len(starts), places[id(result)])


def _constant(value: Array) -> Array:
    """Conditions stay what they are, numbers become float64."""
    return value if np.asarray(value).dtype == bool else as_array(value)


def replay(
    tape: Tape,
    *arguments: Array,
    change: Callable[[Operation, Array], Array] = lambda operation, value: value,
) -> Array:
    """Apply the operations of a tape to other arguments, traced ones as well.

    ``change(operation, value)`` may replace each result by another before it is used.
    """
    values: list[Array] = list(arguments)
    for operation in tape.operations[tape.inputs :]:
        if operation.primitive is None:
            values.append(operation.value)
        else:
            own = (values[parent] for parent in operation.parents)
            value = apply(operation.primitive, *own, **operation.parameters)
            values.append(change(operation, value))
    return values[tape.output]
