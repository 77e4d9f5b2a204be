"""Expressions look as they do in a textbook."""

from __future__ import annotations

import pytest

from engine.expression import Expression, parse, partial_notations, total_notations
from engine.formula import Line, Symbol, as_unicode, latex
from tests.engine.expression.random_trees import random_trees


def tight(source: str) -> str:
    return source.replace(" ", "")


@pytest.mark.parametrize(
    ("typed", "source"),
    [
        ("3x^2 + xy", "3x^{2}+xy"),
        ("x - (y - 1)", "x-(y-1)"),
        ("-(x + 1)", "-(x+1)"),
        ("2*3", r"2\cdot3"),
        ("x*2", r"x\cdot2"),
        ("2(x+1)", "2(x+1)"),
        ("(x+1)/(x-1)", r"\frac{x+1}{x-1}"),
        ("(x/2)^2", r"\left(\frac{x}{2}\right)^{2}"),
        ("(x+1)^2", "(x+1)^{2}"),
        ("(x^2)^3", "(x^{2})^{3}"),
        ("x^(1/2)", "x^{1/2}"),
        ("e^(-x^2/2)", "e^{-x^{2}/2}"),
        ("exp(-x)", "e^{-x}"),
        ("exp(1/(1+1/x))", r"\exp\left(\frac{1}{1+\frac{1}{x}}\right)"),
        ("sin x", r"\sinx"),
        ("sin 2x", r"\sin2x"),
        ("sin(x+1)", r"\sin(x+1)"),
        ("sin(x/2)", r"\sin\left(\frac{x}{2}\right)"),
        ("sin(x)^2", r"\sin^{2}x"),
        ("cos(x+1)^3", r"\cos^{3}(x+1)"),
        ("sin(x)^y", r"(\sinx)^{y}"),
        ("sin(x)^-1", r"(\sinx)^{-1}"),
        ("sin(x) x", r"\sinx\cdotx"),
        ("x sin(x) cos(x)", r"x\sinx\cosx"),
        ("arsinh(x)", r"\operatorname{arsinh}\,x"),
        ("log(x, 2)", r"\log_{2}\,x"),
        ("relu(x)", r"\operatorname{ReLU}(x)"),
        ("sigmoid(x)^2", r"\sigma(x)^{2}"),
        ("max(x, y)", r"\max(x,y)"),
        ("|x|", r"\left|x\right|"),
        ("sqrt(x)^2", r"(\sqrt{x})^{2}"),
        ("cbrt(x+1)", r"\sqrt[3]{x+1}"),
        ("2 pi r", r"2\pir"),
        ("α_1 x_12", r"\alpha_{1}x_{12}"),
        ("1e-5 x", r"1\times10^{-5}\cdotx"),
        ("{x if x > 0 else -1}", r"\begin{cases}{x}&{x}>{0}\\{-1}&{x}\le{0}\end{cases}"),
    ],
)
def test_latex(typed: str, source: str) -> None:
    assert tight(parse(typed).latex()) == source


def test_pieces_are_the_formula() -> None:
    for tree in random_trees(seed=13, count=200):
        f = Expression(tree)
        assert tight(latex(Line(f.pieces()))) == tight(f.latex())


def colored(typed: str, path: tuple[int, ...]) -> list[str]:
    """The formula in plain characters, the part that is set off in «»."""
    return [
        f"«{as_unicode(piece.latex)}»" if piece.role == "gradient" else as_unicode(piece.latex)
        for piece in parse(typed).pieces(path, "gradient")
    ]


@pytest.mark.parametrize(
    ("typed", "path", "line"),
    [
        ("x + y", (), "«x» «+» «y»"),
        ("x + 2y", (1,), "x + «2 y»"),
        ("x + 2y", (1, 1), "x + 2 «y»"),
        ("x^2/y", (0,), "«x²» / y"),
        ("(x+1)/y", (0, 0), "( «x» + 1 ) / y"),
        ("sin(x+1)", (0, 1), "sin( x + «1» )"),
        ("sqrt(x)", (0,), "surd ( «x» )"),
        ("|x|", (0,), "| «x» |"),
    ],
)
def test_a_part_is_set_off(typed: str, path: tuple[int, ...], line: str) -> None:
    assert " ".join(" ".join(colored(typed, path)).split()) == line


def balanced(source: str) -> bool:
    groups = source.replace(r"\{", "").replace(r"\}", "")
    return groups.count("{") == groups.count("}")


def test_every_part_of_every_expression_can_be_set_off() -> None:
    for tree in random_trees(seed=17, count=150):
        f = Expression(tree)
        for path, part in f.parts():
            assert f.part(path) == part
            pieces = f.pieces(path, "gradient")
            assert all(isinstance(piece, Symbol) for piece in pieces)
            assert any(piece.role == "gradient" for piece in pieces)
            assert path == () or any(piece.role == "text" for piece in pieces)
            assert all(balanced(piece.latex) for piece in pieces)


def test_a_path_that_leads_nowhere_is_an_error() -> None:
    with pytest.raises(IndexError):
        parse("x + y").pieces((2,))
    with pytest.raises(IndexError):
        parse("x + y").part((-1,))


def test_substitution_is_simultaneous() -> None:
    f = parse("x + y")
    assert f.substitute(x=parse("y^2"), y="x") == parse("y^2 + x")
    assert f.substitute(x=-2, y=0.5)() == -1.5
    assert str(f.substitute(x=-2, y=0.5)) == "-2 + 0.5"


def test_derivatives_are_written_in_several_ways() -> None:
    assert total_notations() == ("f'(x)", "y'", r"\frac{d y}{d x}", r"\frac{d f}{d x}", "D_{x} f")
    assert total_notations(order=2)[2] == r"\frac{d^{2} y}{d x^{2}}"
    assert total_notations(order=4)[0] == "f^{(4)}(x)"
    assert partial_notations(("x",))[:3] == (
        "f_{x}",
        "z_{x}",
        r"\frac{\partial z}{\partial x}",
    )
    assert partial_notations(("x", "y"))[2] == r"\frac{\partial^{2} z}{\partial y \partial x}"
    assert partial_notations(("x", "x"))[2] == r"\frac{\partial^{2} z}{\partial x^{2}}"
