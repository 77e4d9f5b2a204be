"""Expressions as immutable trees.

A tree keeps what was typed: sums and products have as many terms as were written in a row,
``a − b`` is a sum with a negated term, and a number keeps its digits. Each node knows its size, its
depth, its variables and its hash from those of its children, so none of these is ever counted
again, and nothing here recurses: a deep tree cannot exhaust Python's stack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal, TypeVar

T = TypeVar("T")
Sign = Literal["<", "<=", ">", ">="]
Path = tuple[int, ...]
"""The way from a root to a node: which child to take at each node."""


class Node:
    """What all nodes have in common; equal trees are equal and have the same hash.

    Attributes
    ----------
    size
        Number of nodes.
    depth
        Number of nodes on the longest way down; 1 for a leaf.
    variables
        Names of the variables that occur.
    open
        Whether a derivative is still to be taken somewhere in it.
    """

    __slots__ = ("_hash", "depth", "open", "size", "variables")
    size: int
    depth: int
    variables: frozenset[str]
    open: bool
    _hash: int

    def __post_init__(self) -> None:
        children = self.children
        own = frozenset({self.own}) if isinstance(self, Variable) else frozenset()
        store = object.__setattr__
        store(self, "size", 1 + sum(child.size for child in children))
        store(self, "depth", 1 + max((child.depth for child in children), default=0))
        store(self, "variables", own.union(*(child.variables for child in children)))
        store(self, "open", isinstance(self, Pending) or any(child.open for child in children))
        # Children give their stored hash, so this does not descend.
        store(self, "_hash", hash((type(self).__name__, self.own, children)))

    @property
    def children(self) -> tuple[Node, ...]:
        """The nodes below this one, from left to right."""
        return ()

    @property
    def own(self) -> str:
        """What the node says by itself: digits, a name, a sign."""
        return ""

    def with_children(self, children: Sequence[Node]) -> Node:
        """Return the same node above other children."""
        return self

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Node):
            return NotImplemented
        pairs: list[tuple[Node, Node]] = [(self, other)]
        while pairs:
            left, right = pairs.pop()
            if left is right:
                continue
            if left._hash != right._hash or type(left) is not type(right) or left.own != right.own:
                return False
            below = left.children, right.children
            if len(below[0]) != len(below[1]):
                return False
            pairs.extend(zip(*below, strict=True))
        return True


@dataclass(frozen=True, slots=True, eq=False)
class Number(Node):
    """A number without a sign, exactly as it was typed: ``3``, ``0.50``, ``1e-3``."""

    text: str

    @property
    def own(self) -> str:
        return self.text

    @property
    def value(self) -> Fraction:
        """The number itself; decimals are exact as well."""
        return _fraction(self.text)


@dataclass(frozen=True, slots=True, eq=False)
class Constant(Node):
    """``e`` or ``pi``."""

    name: Literal["e", "pi"]

    @property
    def own(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True, eq=False)
class Variable(Node):
    """A variable: one letter, perhaps with an index, as in ``x``, ``x1``, ``w_ij``."""

    name: str

    @property
    def own(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True, eq=False)
class Negation(Node):
    """The opposite: −u."""

    argument: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.argument,)

    def with_children(self, children: Sequence[Node]) -> Node:
        return Negation(children[0])


@dataclass(frozen=True, slots=True, eq=False)
class Sum(Node):
    """Two or more terms in a row; a negated term is one that is subtracted."""

    terms: tuple[Node, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        return self.terms

    def with_children(self, children: Sequence[Node]) -> Node:
        return Sum(tuple(children))


@dataclass(frozen=True, slots=True, eq=False)
class Product(Node):
    """Two or more factors in a row."""

    factors: tuple[Node, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        return self.factors

    def with_children(self, children: Sequence[Node]) -> Node:
        return Product(tuple(children))


@dataclass(frozen=True, slots=True, eq=False)
class Quotient(Node):
    """A fraction."""

    numerator: Node
    denominator: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.numerator, self.denominator)

    def with_children(self, children: Sequence[Node]) -> Node:
        return Quotient(children[0], children[1])


@dataclass(frozen=True, slots=True, eq=False)
class Power(Node):
    """A base with an exponent, either of them any expression."""

    base: Node
    exponent: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.base, self.exponent)

    def with_children(self, children: Sequence[Node]) -> Node:
        return Power(children[0], children[1])


@dataclass(frozen=True, slots=True, eq=False)
class Call(Node):
    """A function of :data:`engine.expression.functions.TABLE` with its arguments."""

    function: str
    arguments: tuple[Node, ...]

    @property
    def own(self) -> str:
        return self.function

    @property
    def children(self) -> tuple[Node, ...]:
        return self.arguments

    def with_children(self, children: Sequence[Node]) -> Node:
        return Call(self.function, tuple(children))


@dataclass(frozen=True, slots=True, eq=False)
class Conditional(Node):
    """``value`` where the comparison of ``left`` with ``right`` holds, else ``otherwise``."""

    value: Node
    left: Node
    sign: Sign
    right: Node
    otherwise: Node

    @property
    def own(self) -> str:
        return self.sign

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.value, self.left, self.right, self.otherwise)

    def with_children(self, children: Sequence[Node]) -> Node:
        value, left, right, otherwise = children
        return Conditional(value, left, self.sign, right, otherwise)


@dataclass(frozen=True, slots=True, eq=False)
class Pending(Node):
    """A derivative that is still to be taken: d/dx of an expression, in the middle of a derivation.

    Nobody can type it; it has no value. ``partial`` tells that other variables are held.
    """

    expression: Node
    variable: str
    partial: bool = False

    @property
    def own(self) -> str:
        return f"∂{self.variable}" if self.partial else self.variable

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.expression,)

    def with_children(self, children: Sequence[Node]) -> Node:
        return Pending(children[0], self.variable, self.partial)


# ----------------------------------------------------------------------------- walking a tree


def fold(root: Node, visit: Callable[[Node, list[T]], T]) -> T:
    """Work out something about a tree from its leaves up.

    ``visit(node, results of its children)`` is called once for every node object; a subtree that
    hangs in several places is visited once.
    """
    results: dict[int, T] = {}
    stack = [root]
    while stack:
        node = stack[-1]
        children = node.children
        waiting = [child for child in children if id(child) not in results]
        if waiting:
            stack.extend(reversed(waiting))
            continue
        stack.pop()
        if id(node) not in results:
            results[id(node)] = visit(node, [results[id(child)] for child in children])
    return results[id(root)]


def walk(root: Node) -> Iterator[tuple[Path, Node]]:
    """Yield every place of a tree and what stands there, a node before what is below it."""
    stack: list[tuple[Path, Node]] = [((), root)]
    while stack:
        path, node = stack.pop()
        yield path, node
        children = node.children
        stack.extend(((*path, i), children[i]) for i in reversed(range(len(children))))


def spine(root: Node, path: Path) -> list[Node]:
    """Return the nodes along a path, the root first; IndexError where the path leads nowhere."""
    nodes = [root]
    for index in path:
        if index < 0:
            raise IndexError(f"no child {index}")
        nodes.append(nodes[-1].children[index])
    return nodes


def replaced(root: Node, path: Path, new: Node) -> Node:
    """Return the tree with another subtree at a path."""
    for node, index in zip(reversed(spine(root, path)[:-1]), reversed(path), strict=True):
        children = list(node.children)
        children[index] = new
        new = node.with_children(children)
    return new


def mapped(root: Node, change: Callable[[Node], Node]) -> Node:
    """Return the tree with ``change`` applied to every node, children first."""

    def visit(node: Node, children: list[Node]) -> Node:
        same = all(new is old for new, old in zip(children, node.children, strict=True))
        return change(node if same else node.with_children(children))

    return fold(root, visit)


def substituted(root: Node, replacements: Mapping[str, Node]) -> Node:
    """Return the tree with variables replaced, all at once."""
    return mapped(
        root,
        lambda node: replacements.get(node.name, node) if isinstance(node, Variable) else node,
    )


@lru_cache(maxsize=4096)
def _fraction(text: str) -> Fraction:
    return Fraction(text)
