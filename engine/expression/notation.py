"""The different ways to write one derivative, in LaTeX."""

from __future__ import annotations

from collections.abc import Sequence

from engine.expression.typesetting import variable


def total_notations(
    x: str = "x", order: int = 1, function: str = "f", value: str = "y"
) -> tuple[str, ...]:
    """Write the derivative of ``value = function(x)``: f′(x), y′, dy/dx, df/dx, D_x f."""
    x = variable(x)
    primes = "'" * order if order <= 3 else f"^{{({order})}}"
    power = f"^{{{order}}}" if order > 1 else ""
    below = f"d {x}{power}"
    return (
        f"{function}{primes}({x})",
        f"{value}{primes}",
        rf"\frac{{d{power} {value}}}{{{below}}}",
        rf"\frac{{d{power} {function}}}{{{below}}}",
        f"D_{{{x}}}{power} {function}",
    )


def partial_notations(
    variables: Sequence[str], function: str = "f", value: str = "z"
) -> tuple[str, ...]:
    """Write a partial derivative of ``value = function(…)``: f_x, z_x, ∂z/∂x, ∂f/∂x, ∂_x f.

    ``variables`` come in the order in which one differentiates; f_xy is ∂²f/∂y∂x.
    """
    names = [variable(name) for name in variables]
    index = " ".join(names)
    order = len(names)
    power = f"^{{{order}}}" if order > 1 else ""
    below = " ".join(_differentials(names[::-1]))
    return (
        f"{function}_{{{index}}}",
        f"{value}_{{{index}}}",
        rf"\frac{{\partial{power} {value}}}{{{below}}}",
        rf"\frac{{\partial{power} {function}}}{{{below}}}",
        " ".join(rf"\partial_{{{name}}}" for name in names[::-1]) + f" {function}",
    )


def _differentials(names: Sequence[str]) -> list[str]:
    """∂x for each name; equal ones in a row are one with an exponent."""
    runs: list[tuple[str, int]] = []
    for name in names:
        if runs and runs[-1][0] == name:
            runs[-1] = (name, runs[-1][1] + 1)
        else:
            runs.append((name, 1))
    return [rf"\partial {name}" + (f"^{{{times}}}" if times > 1 else "") for name, times in runs]
