"""Derivatives, and the way that leads to them, one rule a step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import overload

from engine.expression.exact import ZERO
from engine.expression.expression import Expression
from engine.expression.rules import Rule, applied, check_size, function_kinks, rule
from engine.expression.simplification import simplified
from engine.expression.tree import (
    Call,
    Conditional,
    Negation,
    Node,
    Path,
    Pending,
    Sum,
    fold,
    replaced,
)
from engine.formula import Symbol

CHECKPOINT = 64
"""Steps between two whole expressions that are kept; others are made again from those."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a derivation.

    Attributes
    ----------
    number
        Its place in the derivation, from 0.
    rule
        Key of the rule.
    outer
        With the chain rule, the key of the rule for the outer function; else None.
    path
        Where it happens: the same place in ``before`` and in ``after``.
    before, after
        The whole expression. Derivatives that are still to be taken stand in it as d/dx (…).
    """

    number: int
    rule: str
    outer: str | None
    path: Path
    before: Expression
    after: Expression

    @property
    def part(self) -> Expression:
        """What the rule is applied to: d/dx (…)."""
        return self.before.part(self.path)

    @property
    def replacement(self) -> Expression:
        """What the rule makes of it."""
        return self.after.part(self.path)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rule, and with the chain rule that of the outer function."""
        return tuple(rule(key) for key in (self.rule, self.outer) if key is not None)

    def pieces_before(self, role: str = "accent") -> tuple[Symbol, ...]:
        """Return the whole expression before the step, with the part in work set off."""
        return self.before.pieces(self.path, role)

    def pieces_after(self, role: str = "accent") -> tuple[Symbol, ...]:
        """Return the whole expression after the step, with what is new set off."""
        return self.after.pieces(self.path, role)


@dataclass(frozen=True, slots=True)
class _Move:
    """A step without its surroundings."""

    path: Path
    rule: str
    outer: str | None
    new: Node


class Steps(Sequence[Step]):
    """The steps of a derivation; whole expressions are put together when a step is asked for."""

    def __init__(self, start: Pending) -> None:
        self._moves = _moves(start)
        self._kept: dict[int, Node] = {0: start}
        self._last: tuple[int, Node] = (0, start)
        end = self._whole(len(self._moves))
        result = simplified(end)
        if result != end:
            self._moves.append(_Move((), "simplify", None, result))

    def __len__(self) -> int:
        return len(self._moves)

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> list[Step]: ...
    def __getitem__(self, index: int | slice) -> Step | list[Step]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        place = range(len(self))[index]
        move = self._moves[place]
        before, after = Expression(self._whole(place)), Expression(self._whole(place + 1))
        return Step(place, move.rule, move.outer, move.path, before, after)

    def __iter__(self) -> Iterator[Step]:
        return (self[place] for place in range(len(self)))

    def _whole(self, count: int) -> Node:
        """Return the whole expression after a number of steps."""
        place, node = self._last
        if place > count:
            place = count - count % CHECKPOINT
            node = self._kept[place]
        while place < count:
            node = replaced(node, self._moves[place].path, self._moves[place].new)
            place += 1
            if place % CHECKPOINT == 0:
                self._kept[place] = node
        self._last = (place, node)
        return node


@lru_cache(maxsize=64)
def steps(start: Pending) -> Steps:
    """Return the steps that lead from a derivative that is to be taken to its simplest form."""
    return Steps(start)


def _moves(start: Pending) -> list[_Move]:
    """Apply rules until no derivative is left to be taken, always to the leftmost one."""
    moves: list[_Move] = []
    waiting: list[tuple[Path, Pending]] = [((), start)]
    while waiting:
        path, pending = waiting.pop()
        outcome = applied(
            pending.expression,
            pending.variable,
            lambda inner: Pending(inner, start.variable, start.partial),
        )
        moves.append(_Move(path, outcome.rule, outcome.outer, outcome.node))
        found = [((*path, *below), inner) for below, inner in _pending(outcome.node)]
        waiting.extend(reversed(found))
    return moves


def _pending(root: Node) -> Iterator[tuple[Path, Pending]]:
    """Yield the derivatives to be taken that a rule has left, from left to right."""
    stack: list[tuple[Path, Node]] = [((), root)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, Pending):
            yield path, node
        elif node.open:
            children = node.children
            stack.extend(((*path, i), children[i]) for i in reversed(range(len(children))))


class _Derivatives:
    """Derivatives by the same rules, without the steps between; each subtree is derived once."""

    def __init__(self, variable: str) -> None:
        self.variable = variable
        self.known: dict[Node, Node] = {}
        self.missing: list[Node] = []

    def derive(self, node: Node) -> Node:
        """Return what is known already, and note what is not."""
        found = self.known.get(node)
        if found is None:
            self.missing.append(node)
        return ZERO if found is None else found

    def of(self, root: Node) -> Node:
        """Return the derivative of a tree."""
        stack = [root]
        while stack:
            node = stack[-1]
            if node in self.known:
                stack.pop()
                continue
            self.missing = []
            outcome = applied(node, self.variable, self.derive)
            if self.missing:
                stack.extend(self.missing)
            else:
                check_size(outcome.node.size)
                self.known[node] = outcome.node
        return self.known[root]


@lru_cache(maxsize=256)
def derivative(root: Node, variable: str) -> Node:
    """Return the derivative of a tree, in its simplest form.

    Raises
    ------
    ExpressionError
        ``expression.derivative_too_large``.
    """
    return simplified(_Derivatives(variable).of(root))


@lru_cache(maxsize=256)
def kinks(root: Node, variable: str) -> tuple[Node, ...]:
    """Return expressions at whose zeros a function in the tree may have no derivative."""
    found: dict[Node, None] = {}

    def visit(node: Node, children: list[None]) -> None:
        if isinstance(node, Conditional):
            places: tuple[Node, ...] = (Sum((node.left, Negation(node.right))),)
        else:
            places = function_kinks(node) if isinstance(node, Call) else ()
        for place in places:
            if variable in place.variables:
                found[simplified(place)] = None

    fold(root, visit)
    return tuple(found)
