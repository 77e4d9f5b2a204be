"""What the rest of Nabla holds in its hands: an expression, read from text."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.expression.errors import ExpressionError
from engine.expression.evaluation import evaluate
from engine.expression.exact import number
from engine.expression.parser import read
from engine.expression.printing import python
from engine.expression.simplification import simplified
from engine.expression.tree import (
    Negation,
    Node,
    Number,
    Path,
    Variable,
    spine,
    substituted,
    walk,
)
from engine.expression.typesetting import pieces, typeset
from engine.formula import Symbol

Array = Any  # a float64 array, or a scalar


@dataclass(frozen=True, slots=True)
class Expression:
    """An immutable expression; two of the same tree are equal.

    >>> f = parse("3x^2 + xy")
    >>> f.variables, f(x=1.0, y=2.0), str(f)
    (('x', 'y'), 5.0, '3*x**2 + x*y')
    """

    tree: Node

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of its variables, sorted."""
        return tuple(sorted(self.tree.variables))

    @property
    def size(self) -> int:
        """Number of nodes of its tree."""
        return self.tree.size

    @property
    def depth(self) -> int:
        """Number of nodes on the longest way from the root of its tree to a leaf."""
        return self.tree.depth

    def __call__(self, **values: Array) -> Array:
        """Evaluate at numbers or arrays, which broadcast as in NumPy.

        Returns
        -------
        float or ndarray
            float64, in the common shape of all values given, also of those that do not occur; a
            float where all are numbers. NaN outside the domain; never a warning.

        Raises
        ------
        ExpressionError
            ``expression.missing_value``: a variable has no value.
        """
        return evaluate(self.tree, values)

    def __str__(self) -> str:
        return python(self.tree)

    def __repr__(self) -> str:
        return f"parse({python(self.tree)!r})"

    def latex(self) -> str:
        """Return it in LaTeX, without the dollar signs."""
        return typeset(self.tree)

    def pieces(self, highlight: Path | None = None, role: str = "accent") -> tuple[Symbol, ...]:
        """Return it as symbols of a formula; the part at ``highlight`` has the role given.

        Raises
        ------
        IndexError
            The path leads nowhere.
        """
        return pieces(self.tree, highlight, role)

    def part(self, path: Path) -> Expression:
        """Return what stands at a path; IndexError where it leads nowhere."""
        return Expression(spine(self.tree, path)[-1])

    def parts(self) -> Iterator[tuple[Path, Expression]]:
        """Yield every part with its path, an expression before what it is made of."""
        return ((path, Expression(node)) for path, node in walk(self.tree))

    def substitute(self, **values: Expression | str | float) -> Expression:
        """Return it with variables replaced, all at once: by expressions, their text, or numbers.

        Raises
        ------
        ExpressionError
            A text is no expression, or a number is not finite.
        """
        return Expression(
            substituted(self.tree, {name: _tree(value) for name, value in values.items()})
        )

    def simplified(self) -> Expression:
        """Return a simpler expression with the same values and the same domain."""
        return Expression(simplified(self.tree))


def parse(text: str) -> Expression:
    """Read an expression as people type it; the rules are told in :mod:`engine.expression.parser`.

    Raises
    ------
    ExpressionError
        The text is no expression; ``position`` and ``length`` tell the characters at fault.
    """
    return Expression(read(text))


def checked_variable(name: str) -> str:
    """Return a variable's name as the parser knows it.

    Raises
    ------
    ExpressionError
        ``expression.not_a_variable``: it is something else, or nothing.
    """
    try:
        tree = read(name)
    except ExpressionError:
        tree = None
    if not isinstance(tree, Variable):
        raise ExpressionError("expression.not_a_variable", name=name)
    return tree.name


def _tree(value: Expression | str | float) -> Node:
    if isinstance(value, Expression):
        return value.tree
    if isinstance(value, str):
        return read(value)
    if isinstance(value, int):
        return number(value)
    if not math.isfinite(value):
        raise ExpressionError("expression.not_finite", value=str(value))
    tree: Node = Number(repr(abs(float(value))))
    return Negation(tree) if value < 0 else tree
