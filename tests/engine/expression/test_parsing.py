"""What people type is read as they mean it."""

from __future__ import annotations

import pytest

from engine.expression import Expression, parse
from engine.expression.functions import NAMES, TABLE
from engine.expression.tree import Call, Negation, Number, Power, Product, Quotient, Sum, Variable

X, Y = Variable("x"), Variable("y")


@pytest.mark.parametrize(
    ("typed", "python"),
    [
        ("3x^2 + xy", "3*x**2 + x*y"),
        ("3*x**2 + x*y", "3*x**2 + x*y"),
        ("-x^2", "-x**2"),
        ("(-x)^2", "(-x)**2"),
        ("2^3^2", "2**3**2"),
        ("x^-2", "x**-2"),
        ("1/2x", "1/2*x"),
        ("a/b/c", "a/b/c"),
        ("a/(b/c)", "a/(b/c)"),
        ("a-b-c", "a - b - c"),
        ("a-(b-c)", "a - (b - c)"),
        ("2(x+1)", "2*(x + 1)"),
        ("(x+1)(x-1)", "(x + 1)*(x - 1)"),
        ("[x+1]x", "(x + 1)*x"),
        ("x sin x", "x*sin(x)"),
        ("sin x cos x", "sin(x)*cos(x)"),
        ("sin 2x cos x", "sin(2*x)*cos(x)"),
        ("sin 2(x+1)", "sin(2*(x + 1))"),
        ("sin(x)y", "sin(x)*y"),
        ("sin x y(x+1)", "sin(x*y)*(x + 1)"),
        ("sin x^2", "sin(x**2)"),
        ("sin(x)^2", "sin(x)**2"),
        ("sin²x", "sin(x)**2"),
        ("sin^2(x)", "sin(x)**2"),
        ("sin -x", "sin(-x)"),
        ("sin2x", "sin(2*x)"),
        ("acos06", "arccos(6)"),
        ("log_08 x", "log(x, 8)"),
        ("ln ln x", "ln(ln(x))"),
        ("|x|", "abs(x)"),
        ("2|x-1||y|", "2*abs(x - 1)*abs(y)"),
        ("||x|-1|", "abs(abs(x) - 1)"),
        ("√x", "sqrt(x)"),
        ("√2x", "sqrt(2)*x"),
        ("∛(x+1)", "cbrt(x + 1)"),
        ("e^x", "e**x"),
        ("2e^x", "2*e**x"),
        ("2e3x", "2e3*x"),
        ("2πr", "2*pi*r"),
        ("pi x", "pi*x"),
        ("xe", "x*e"),
        ("x1 + x_1 + x₁", "x1 + x_1 + x1"),
        ("x1x2", "x1*x2"),
        ("w_ij", "w_ij"),
        ("αx", "α*x"),
        ("σ(wx+b)", "sigmoid(w*x + b)"),
        ("ReLU(x)", "relu(x)"),
        ("log(x)", "ln(x)"),
        ("log(x, 2)", "log(x, 2)"),
        ("log_2 x", "log(x, 2)"),
        ("log_2(x)^2", "log(x, 2)**2"),
        ("log_a(x)", "log(x, a)"),
        ("log10(x)", "log(x, 10)"),
        ("lg x", "log(x, 10)"),
        ("log25", "ln(25)"),
        ("tg x + ctg x", "tan(x) + cot(x)"),
        ("asin x + arcsin x", "arcsin(x) + arcsin(x)"),
        ("max(x, 0)", "max(x, 0)"),
        ("min(x, y, 1)", "min(min(x, y), 1)"),
        ("leaky_relu(x, 0.2)", "leaky_relu(x, 0.2)"),
        ("{x if x > 0 else 0}", "x if x > 0 else 0"),
        ("x if x>=0 else -x if x<-1 else 1", "x if x >= 0 else -x if x < -1 else 1"),
        ("2{x if x≤0 else 0}", "2*(x if x <= 0 else 0)"),
        ("--x", "--x"),
        ("2*-x", "2*-x"),
        ("+x", "x"),
        ("x²y³", "x**2*y**3"),
        ("x⁻¹", "x**-1"),
        ("2·x×3÷y", "2*x*3/y"),
        ("x − 1", "x - 1"),
        ("２ｘ＋１", "2*x + 1"),
        ("（ｘ）＾２", "x**2"),
        ("𝑥 + 𝐱", "x + x"),
        ("\u3000x\n+\t1 ", "x + 1"),
        ("007.50", "007.50"),
        ("007", "7"),
        (".5 + 5.", ".5 + 5."),
    ],
)
def test_typed_text_is_read(typed: str, python: str) -> None:
    assert str(parse(typed)) == python


def test_the_tree_keeps_what_was_typed() -> None:
    assert parse("a - 2b*0.50").tree == Sum(
        (Variable("a"), Negation(Product((Number("2"), Variable("b"), Number("0.50")))))
    )
    assert parse("x/y^2").tree == Quotient(X, Power(Y, Number("2")))
    assert parse("sin x").tree == Call("sin", (X,))


def test_every_function_is_read_by_every_name() -> None:
    for name, function in NAMES.items():
        record = TABLE[function]
        arguments = ("x", "y")[: record.most]
        expected = Expression(Call(function, tuple(Variable(name) for name in arguments)))
        assert parse(f"{name}({', '.join(arguments)})") == expected
        assert parse(f"{name.upper()}({', '.join(arguments)})") == expected or len(name) == 1


def test_a_function_may_leave_out_arguments_with_a_default() -> None:
    assert parse("leaky_relu(x)")(x=-1.0) == -0.01
    assert parse("leaky_relu(x, 0.5)")(x=-1.0) == -0.5


def test_equal_texts_are_equal_values() -> None:
    assert parse("2x+1") == parse("2*x + 1")
    assert hash(parse("2x+1")) == hash(parse("2*x + 1"))
    assert parse("x + y") != parse("y + x")
    assert len({parse("x^2"), parse("x**2"), parse("x*x")}) == 2
