"""From text to tree, without eval.

The grammar, from loose to tight; all of it also with full-width or mathematical characters::

    expression  = sum [ "if" sum ( "<" | "<=" | ">" | ">=" ) sum "else" expression ]
    sum         = { "+" | "-" } product { ( "+" | "-" ) … product }
    product     = power { [ "*" | "/" ] power }           from left to right: 1/2x is (1/2)·x
    power       = operand [ ( "^" | "**" ) power ]        from right to left; −x² is −(x²)
    operand     = number | constant | variable | "√" operand | "|" expression "|"
                | "(" expression ")" | "[" … "]" | "{" … "}"
                | function [ "^" power ] ( "(" expression { "," expression } ")" | bare )
    bare        = powers of numbers, constants and variables in a row: sin 2x, ln x^2

A bare argument ends before an operator, a function, and a parenthesis unless a number stands
before that: ``sin x cos x`` is a product, ``sin 2(x + 1)`` is not. What letters mean is told in
:mod:`engine.expression.names`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, cast

from engine.expression.errors import ExpressionError
from engine.expression.functions import TABLE, Function
from engine.expression.tokens import Token, tokenize
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

MOST_NODES = 5_000
"""Nodes of a typed expression."""
MOST_NESTED = 64
"""Parentheses, exponents and functions inside one another; far below Python's own limit."""
DEEPEST = 200
"""Depth of the tree of a typed expression."""

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_COMPARISONS = ("<", "<=", ">", ">=")
_VARIADIC = ("min", "max")


@lru_cache(maxsize=256)
def read(text: str) -> Node:
    """Read an expression.

    Raises
    ------
    ExpressionError
        The text is no expression; ``position`` and ``length`` tell the characters at fault.
    """
    parser = _Parser(tokenize(text))
    try:
        root = parser.whole()
    except RecursionError:
        # Whoever called us left too little of Python's stack.
        raise parser.too_deep() from None
    if root.size > MOST_NODES:
        raise ExpressionError("expression.too_many_parts", 0, len(text), limit=MOST_NODES)
    if root.depth > DEEPEST:
        raise ExpressionError("expression.too_deep", 0, len(text), limit=DEEPEST)
    return root


class _Parser:
    """Reads tokens one by one, never looking further ahead than the next one."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.place = 0
        self.nested = 0

    # ------------------------------------------------------------------------ tokens

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    @property
    def before(self) -> Token:
        """The token that was read last."""
        return self.tokens[max(self.place - 1, 0)]

    def next(self) -> Token:
        """Read a token."""
        token = self.token
        self.place += 1
        return token

    def at(self, *signs: str) -> bool:
        """Whether the next token is one of some signs."""
        return self.token.kind == "sign" and self.token.text in signs

    def at_word(self, word: str) -> bool:
        """Whether the next token is a certain word."""
        return self.token.kind == "word" and self.token.text == word

    def at_end(self) -> bool:
        """Whether everything is read."""
        return self.token.kind == "end"

    def error(self, code: str, token: Token, **details: object) -> ExpressionError:
        """Return an error that points at a token."""
        return ExpressionError(code, token.start, token.end - token.start, **details)

    def too_deep(self) -> ExpressionError:
        """Return the error for what is nested too deeply."""
        return self.error("expression.too_deep", self.before, limit=MOST_NESTED)

    def deeper(self) -> None:
        """Enter a parenthesis, an exponent or an argument."""
        self.nested += 1
        if self.nested > MOST_NESTED:
            raise self.too_deep()

    # ----------------------------------------------------------------------- grammar

    def whole(self) -> Node:
        """Everything, to the end of the text."""
        if self.at_end():
            raise ExpressionError("expression.empty", 0, 0)
        root = self.expression()
        if not self.at_end():
            raise self.unexpected()
        return root

    def expression(self, bars: bool = False) -> Node:
        """A sum, or a choice between two expressions; ``bars`` tells that ``|`` closes it."""
        value = self.sum(bars)
        if not self.at_word("if"):
            return value
        start = self.next()
        left = self.sum(bars)
        if not self.at(*_COMPARISONS):
            raise self.error("expression.condition", start)
        sign = cast("Sign", self.next().text)
        right = self.sum(bars)
        if self.at(*_COMPARISONS):
            raise self.error("expression.chained_comparison", self.token)
        if not self.at_word("else"):
            raise self.error("expression.else", start)
        self.next()
        self.deeper()
        otherwise = self.expression(bars)
        self.nested -= 1
        return Conditional(value, left, sign, right, otherwise)

    def sum(self, bars: bool) -> Node:
        """Terms with + and − between them."""
        minuses = self.minuses()
        terms = [_negated(self.product(bars), minuses)]
        while self.at("+", "-"):
            minuses = self.minuses()
            terms.append(_negated(self.product(bars), minuses))
        return terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def minuses(self) -> int:
        """Read signs before a term or a factor, and count those that negate it."""
        start, count = self.token, 0
        while self.at("+", "-"):
            count += self.next().text == "-"
        if count > MOST_NESTED:
            raise self.error("expression.too_deep", start, limit=MOST_NESTED)
        return count

    def product(self, bars: bool) -> Node:
        """Factors with ·, ÷ or nothing between them."""
        factors = [self.power(bars)]
        while True:
            if self.at("*"):
                self.next()
                minuses = self.minuses()
                factors.append(_negated(self.power(bars), minuses))
            elif self.at("/"):
                self.next()
                minuses = self.minuses()
                factors = [Quotient(_product(factors), _negated(self.power(bars), minuses))]
            elif self.opens(bars):
                if self.token.kind == self.before.kind == "number":
                    raise self.error("expression.two_numbers", self.token)
                factors.append(self.power(bars))
            else:
                return _product(factors)

    def opens(self, bars: bool) -> bool:
        """Whether the next token begins an operand."""
        if self.token.kind in ("number", "constant", "variable", "function"):
            return True
        return self.at("(", "[", "{", "√", "∛") or (self.at("|") and not bars)

    def power(self, bars: bool) -> Node:
        """An operand, perhaps with an exponent."""
        base = self.operand(bars)
        return Power(base, self.exponent(bars)) if self.at("^") else base

    def exponent(self, bars: bool) -> Node:
        """What follows ``^``."""
        self.next()
        self.deeper()
        minuses = self.minuses()
        node = _negated(self.power(bars), minuses)
        self.nested -= 1
        return node

    def operand(self, bars: bool) -> Node:
        """What stands by itself."""
        token = self.token
        match token.kind:
            case "number":
                return Number(self.next().text)
            case "constant":
                return Constant(cast("Literal['e', 'pi']", self.next().text))
            case "variable":
                return Variable(self.next().text)
            case "function":
                return self.function(bars)
        if self.at("√", "∛"):
            return self.root(bars)
        if self.at(*_CLOSING):
            return self.group()
        if self.at("|"):
            return self.absolute()
        raise self.missing()

    def root(self, bars: bool) -> Node:
        name = "sqrt" if self.next().text == "√" else "cbrt"
        self.deeper()
        node = Call(name, (self.operand(bars),))
        self.nested -= 1
        return node

    def absolute(self) -> Node:
        opening = self.next()
        self.deeper()
        inner = self.expression(bars=True)
        if not self.at("|"):
            raise self.unclosed(opening, "|")
        self.next()
        self.nested -= 1
        return Call("abs", (inner,))

    def group(self) -> Node:
        """One expression in parentheses, brackets or braces."""
        opening = self.next()
        self.deeper()
        inner = self.expression()
        self.close(opening)
        return inner

    def close(self, opening: Token) -> None:
        closing = _CLOSING[opening.text]
        if not self.at(closing):
            raise self.unclosed(opening, closing)
        self.next()
        self.nested -= 1

    # --------------------------------------------------------------------- functions

    def function(self, bars: bool) -> Node:
        """A function with its arguments; an exponent between them is one of the whole: sin²x."""
        name = self.next()
        function = TABLE[name.text]
        base = _base(self.next().text) if self.token.kind == "index" else None
        exponent = self.exponent(bars) if self.at("^") else None
        if isinstance(exponent, Negation):
            raise self.error("expression.inverse_power", name, function=function.name)
        arguments = self.arguments(bars)
        if base is not None:
            arguments.append(base)
        call = self.call(name, function, arguments)
        return call if exponent is None else Power(call, exponent)

    def arguments(self, bars: bool) -> list[Node]:
        name = self.before
        self.deeper()
        if not self.at(*_CLOSING):
            if self.token.kind == "end":
                raise self.error("expression.no_argument", name)
            minuses = self.minuses()
            found = [_negated(self.bare(bars), minuses)]
            self.nested -= 1
            return found
        opening = self.next()
        if self.at(_CLOSING[opening.text]):
            self.close(opening)
            return []
        found = [self.expression()]
        while self.at(","):
            self.next()
            found.append(self.expression())
        self.close(opening)
        return found

    def bare(self, bars: bool) -> Node:
        """An argument without parentheses."""
        factors = [self.power(bars)]
        while self.token.kind in ("constant", "variable") or (
            self.before.kind == "number" and self.at("(", "[")
        ):
            factors.append(self.power(bars))
        return _product(factors)

    def call(self, name: Token, function: Function, arguments: list[Node]) -> Node:
        given = len(arguments)
        if function.name == "log" and given == 1:
            return Call("ln", tuple(arguments))
        if function.name in _VARIADIC and given > 2:
            if self.nested + given > MOST_NESTED:
                raise self.error("expression.too_deep", name, limit=MOST_NESTED)
            node = arguments[0]
            for argument in arguments[1:]:
                node = Call(function.name, (node, argument))
            return node
        if not function.fewest <= given <= function.most:
            raise self.error(
                "expression.arity",
                name,
                usage=f"{function.name}({', '.join(function.parameters)})",
                given=given,
            )
        return Call(function.name, tuple(arguments))

    # ------------------------------------------------------------------------ errors

    def missing(self) -> ExpressionError:
        """Return the error where something should begin and does not."""
        token = self.token
        if token.kind == "end":
            return self.error("expression.incomplete", self.before, sign=self.before.text)
        if token.kind == "sign" and token.text in (")", "]", "}"):
            if self.before.text in _CLOSING:
                return self.error("expression.empty_parentheses", token)
            return self.error("expression.operand_before_closing", token, sign=token.text)
        return self.error("expression.operand_expected", token, sign=token.text)

    def unclosed(self, opening: Token, closing: str) -> ExpressionError:
        """Return the error where a parenthesis should close and does not."""
        if self.token.kind == "end" or (self.token.kind == "sign" and self.token.text in ")]}|"):
            return self.error("expression.unclosed", opening, sign=opening.text, closing=closing)
        return self.unexpected()

    def unexpected(self) -> ExpressionError:
        """Return the error for a token that stands where an expression might have ended."""
        token = self.token
        if token.kind == "word":
            return self.error("expression.stray_else", token)
        if token.text in _COMPARISONS:
            return self.error("expression.stray_comparison", token, sign=token.text)
        if token.text == ",":
            return self.error("expression.stray_comma", token)
        return self.error("expression.unopened", token, sign=token.text)


def _product(factors: list[Node]) -> Node:
    return factors[0] if len(factors) == 1 else Product(tuple(factors))


def _negated(node: Node, times: int) -> Node:
    for _ in range(times):
        node = Negation(node)
    return node


def _base(text: str) -> Node:
    if text.isdigit():
        return Number(text)
    return Constant("e") if text == "e" else Variable(text)
