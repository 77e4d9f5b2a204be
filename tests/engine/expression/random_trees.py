"""Random expressions over the whole grammar: every node, every function."""

from __future__ import annotations

import random

from engine.expression.functions import TABLE
from engine.expression.tree import (
    Call,
    Conditional,
    Constant,
    Negation,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Sign,
    Sum,
    Variable,
)

VARIABLES = ("x", "y")
NUMBERS = ("0", "1", "2", "3", "5", "7", "10", "0.5", "1.25", "2.0", "1e-2")
SIGNS: tuple[Sign, ...] = ("<", "<=", ">", ">=")
FUNCTIONS = tuple(TABLE)


def random_tree(rng: random.Random, depth: int = 3) -> Node:
    """A tree such as the parser makes them, at most a few levels deeper than asked for."""
    if depth <= 0 or rng.random() < 0.08:
        return _leaf(rng)
    kind = rng.randrange(12)

    def below() -> Node:
        return random_tree(rng, depth - 1)

    match kind:
        case 0:
            return Negation(below())
        case 1 | 2:
            return Sum(tuple(_term(rng, depth - 1) for _ in range(rng.randint(2, 3))))
        case 3 | 4:
            return Product(tuple(below() for _ in range(rng.randint(2, 3))))
        case 5:
            return Quotient(below(), below())
        case 6:
            return _power(rng, depth - 1)
        case 7:
            sign = rng.choice(SIGNS)
            left, right = random_tree(rng, depth - 2), random_tree(rng, depth - 2)
            return Conditional(below(), left, sign, right, below())
    function = TABLE[rng.choice(FUNCTIONS)]
    count = rng.randint(function.fewest, function.most)
    return Call(function.name, tuple(below() for _ in range(count)))


def random_trees(seed: int, count: int, depth: int = 3) -> list[Node]:
    """The same trees for the same seed, all of them with a variable."""
    rng = random.Random(seed)
    trees: list[Node] = []
    while len(trees) < count:
        tree = random_tree(rng, rng.randint(1, depth))
        if tree.variables:
            trees.append(tree)
    return trees


def _leaf(rng: random.Random) -> Node:
    chance = rng.random()
    if chance < 0.6:
        return Variable(rng.choice(VARIABLES))
    if chance < 0.7:
        return Constant(rng.choice(("e", "pi")))
    return Number(rng.choice(NUMBERS))


def _term(rng: random.Random, depth: int) -> Node:
    term = random_tree(rng, depth)
    return Negation(term) if rng.random() < 0.3 else term


def _power(rng: random.Random, depth: int) -> Node:
    chance = rng.random()
    if chance < 0.5:
        return Power(random_tree(rng, depth), Number(rng.choice(("0", "1", "2", "3", "4", "0.5"))))
    if chance < 0.65:
        return Power(random_tree(rng, depth), Negation(Number(rng.choice(("1", "2", "3")))))
    if chance < 0.75:
        return Power(random_tree(rng, depth), Quotient(Number("1"), Number("3")))
    if chance < 0.85:
        return Power(Constant("e"), random_tree(rng, depth))
    return Power(random_tree(rng, depth), random_tree(rng, depth))
