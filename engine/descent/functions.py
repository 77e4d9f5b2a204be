"""The table of test functions: each an objective with domain, minima, source and a formula.

Values, gradients and Hessians are written by hand in :mod:`engine.descent.formulas`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from engine.descent import formulas
from engine.descent.objective import Objective, Vector
from engine.errors import NablaError

NAMES = ("x", "y")
Point = tuple[float, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Function:
    """A test function of one or two variables.

    Attributes
    ----------
    text
        The function as one types it, readable by ``engine.expression.parse`` too.
    domain
        Where to look at it: (low, high) for each variable. It is defined everywhere.
    minima
        Its minima in the domain, one of the lowest first, local ones included.
    complete
        Whether these are all.
    start
        A point from which descents are worth watching.
    value_of, gradient_of, hessian_of
        Of the coordinates: the value; one derivative each; the upper triangle by rows.
    """

    key: str
    label: str
    idea: str
    text: str
    latex: str
    source: str
    domain: tuple[tuple[float, float], ...]
    minima: tuple[Point, ...]
    start: Point
    value_of: Callable[..., Vector]
    gradient_of: Callable[..., tuple[Vector, ...]]
    hessian_of: Callable[..., tuple[Vector, ...]]
    complete: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the variables."""
        return NAMES[: len(self.domain)]

    def value(self, points: Vector) -> Vector:
        """Return the values ``(…,)`` at points ``(…, d)``."""
        with np.errstate(all="ignore"):
            value: Vector = self.value_of(*_coordinates(points))
        return value

    def gradient(self, points: Vector) -> Vector:
        """Return the gradients ``(…, d)`` at points ``(…, d)``."""
        with np.errstate(all="ignore"):
            return _joined(self.gradient_of(*_coordinates(points)), points.shape)

    def hessian_product(self, points: Vector, directions: Vector) -> Vector:
        """Return the Hessians at points ``(…, d)`` times directions ``(…, d)``."""
        with np.errstate(all="ignore"):
            entries = self.hessian_of(*_coordinates(points))
            if len(entries) == 1:
                return _joined((entries[0] * directions[..., 0],), points.shape)
            xx, xy, yy = entries
            u, v = _coordinates(directions)
            return _joined((xx * u + xy * v, xy * u + yy * v), points.shape)

    def at(self, iteration: int) -> Objective:
        """Return itself: it is the same in every iteration."""
        return self


def _coordinates(points: Vector) -> tuple[Vector, ...]:
    return tuple(points[..., i] for i in range(points.shape[-1]))


def _joined(parts: tuple[Vector, ...], shape: tuple[int, ...]) -> Vector:
    # Coordinate by coordinate in memory, which keeps work on many points quick.
    result = np.empty((shape[-1], *shape[:-1]))
    for i, part in enumerate(parts):
        result[i] = part
    return np.moveaxis(result, 0, -1)


def function(key: str) -> Function:
    """Return a function of the table.

    Raises
    ------
    NablaError
        ``function.unknown``: there is none of that name.
    """
    if key not in TABLE:
        raise NablaError("function.unknown", key=key, known=", ".join(TABLE))
    return TABLE[key]


def _grid(*numbers: float) -> tuple[Point, ...]:
    """Return all pairs of some numbers, in the order in which these are given."""
    return tuple(sorted(product(numbers, repeat=2), key=lambda p: sum(map(numbers.index, p))))


def _both_signs(*numbers: float) -> tuple[float, ...]:
    return tuple(signed for n in numbers for signed in ((n, -n) if n else (n,)))


TABLE: dict[str, Function] = {
    function.key: function
    for function in (
        Function(
            key="parabola",
            label="Parabola",
            idea="One variable, one bottom: every step can be checked by hand.",
            text="x**2",
            latex=r"x^2",
            source="",
            domain=((-4.0, 4.0),),
            minima=((0.0,),),
            start=(3.0,),
            value_of=formulas.parabola,
            gradient_of=formulas.parabola_gradient,
            hessian_of=formulas.parabola_hessian,
        ),
        Function(
            key="double_well",
            label="Two valleys",
            idea="Two bottoms, one of them lower; the start decides.",
            text="x**4/4 - x**2 + x/4",
            latex=r"\frac{x^4}{4} - x^2 + \frac{x}{4}",
            source="",
            domain=((-2.4, 2.4),),
            minima=((-1.4729976011140302,), (1.346997408527774,)),
            start=(2.2,),
            value_of=formulas.double_well,
            gradient_of=formulas.double_well_gradient,
            hessian_of=formulas.double_well_hessian,
        ),
        Function(
            key="waves",
            label="Waves in a bowl",
            idea="Small waves stop small steps; momentum rolls over them.",
            text="x**2/10 + sin(3*x)",
            latex=r"\frac{x^2}{10} + \sin 3x",
            source="",
            domain=((-6.0, 6.0),),
            minima=(
                (-0.5122140283561128,),
                (1.53658988014775,),
                (-2.560806938073543,),
                (3.584751817303719,),
                (-4.608298882423005,),
                (5.631303162965094,),
            ),
            start=(5.5,),
            value_of=formulas.waves,
            gradient_of=formulas.waves_gradient,
            hessian_of=formulas.waves_hessian,
        ),
        Function(
            key="sphere",
            label="Sphere",
            idea="A round bowl: the gradient points straight to the bottom.",
            text="x**2 + y**2",
            latex=r"x^2 + y^2",
            source="De Jong 1975",
            domain=((-4.0, 4.0), (-4.0, 4.0)),
            minima=((0.0, 0.0),),
            start=(3.0, 2.0),
            value_of=formulas.sphere,
            gradient_of=formulas.sphere_gradient,
            hessian_of=formulas.sphere_hessian,
        ),
        Function(
            key="bowl",
            label="Oval bowl",
            idea="A bowl twice as steep one way as the other: the path bends.",
            text="x**2 + 2*y**2",
            latex=r"x^2 + 2y^2",
            source="",
            domain=((-4.0, 4.0), (-3.0, 3.0)),
            minima=((0.0, 0.0),),
            start=(3.0, 2.0),
            value_of=formulas.bowl,
            gradient_of=formulas.bowl_gradient,
            hessian_of=formulas.bowl_hessian,
        ),
        Function(
            key="stretched_bowl",
            label="Stretched bowl",
            idea="Twenty times as steep one way as the other: descent zigzags.",
            text="(x**2 + 20*y**2)/2",
            latex=r"\frac{1}{2}(x^2 + 20y^2)",
            source="",
            domain=((-5.0, 5.0), (-3.0, 3.0)),
            minima=((0.0, 0.0),),
            start=(-4.0, 2.0),
            value_of=formulas.stretched_bowl,
            gradient_of=formulas.stretched_bowl_gradient,
            hessian_of=formulas.stretched_bowl_hessian,
        ),
        Function(
            key="rosenbrock",
            label="Rosenbrock",
            idea="A bent valley: easy to find, slow to follow.",
            text="(1 - x)**2 + 100*(y - x**2)**2",
            latex=r"(1-x)^2 + 100(y-x^2)^2",
            source="Rosenbrock 1960",
            domain=((-2.0, 2.0), (-1.0, 3.0)),
            minima=((1.0, 1.0),),
            start=(-1.2, 1.0),
            value_of=formulas.rosenbrock,
            gradient_of=formulas.rosenbrock_gradient,
            hessian_of=formulas.rosenbrock_hessian,
        ),
        Function(
            key="beale",
            label="Beale",
            idea="Flat in the middle, with walls at the corners.",
            text="(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
            latex=r"(1.5-x+xy)^2 + (2.25-x+xy^2)^2 + (2.625-x+xy^3)^2",
            source="Beale 1958",
            domain=((-4.5, 4.5), (-4.5, 4.5)),
            minima=((3.0, 0.5),),
            start=(1.0, 1.5),
            value_of=formulas.beale,
            gradient_of=formulas.beale_gradient,
            hessian_of=formulas.beale_hessian,
        ),
        Function(
            key="booth",
            label="Booth",
            idea="A slanting bowl: the axes of the ellipse are not those of the picture.",
            text="(x + 2*y - 7)**2 + (2*x + y - 5)**2",
            latex=r"(x+2y-7)^2 + (2x+y-5)^2",
            source="Jamil & Yang 2013",
            domain=((-10.0, 10.0), (-10.0, 10.0)),
            minima=((1.0, 3.0),),
            start=(-8.0, -4.0),
            value_of=formulas.booth,
            gradient_of=formulas.booth_gradient,
            hessian_of=formulas.booth_hessian,
        ),
        Function(
            key="himmelblau",
            label="Himmelblau",
            idea="Four bottoms of the same depth: who starts where ends where?",
            text="(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
            latex=r"(x^2+y-11)^2 + (x+y^2-7)^2",
            source="Himmelblau 1972",
            domain=((-6.0, 6.0), (-6.0, 6.0)),
            minima=(
                (3.0, 2.0),
                (3.5844283403304917, -1.8481265269644034),
                (-3.779310253377747, -3.283185991286169),
                (-2.805118086952745, 3.131312518250573),
            ),
            start=(0.0, 0.0),
            value_of=formulas.himmelblau,
            gradient_of=formulas.himmelblau_gradient,
            hessian_of=formulas.himmelblau_hessian,
        ),
        Function(
            key="rastrigin",
            label="Rastrigin",
            idea="An egg box in a bowl: over a hundred bottoms, one of them the lowest.",
            text="20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)",
            latex=r"20 + x^2 - 10\cos 2\pi x + y^2 - 10\cos 2\pi y",
            source="Rastrigin 1974",
            domain=((-5.12, 5.12), (-5.12, 5.12)),
            minima=_grid(
                *_both_signs(
                    0.0,
                    0.9949586376523347,
                    1.9899122337085495,
                    2.9848557010394816,
                    3.979783860300754,
                    4.974691390895051,
                )
            ),
            start=(3.3, -2.4),
            value_of=formulas.rastrigin,
            gradient_of=formulas.rastrigin_gradient,
            hessian_of=formulas.rastrigin_hessian,
        ),
        Function(
            key="ackley",
            label="Ackley",
            idea="Almost flat far out, with a deep funnel in the middle. Its tip is sharp.",
            text=("20 + e - 20*exp(-sqrt((x**2 + y**2)/2)/5) - exp((cos(2*pi*x) + cos(2*pi*y))/2)"),
            latex=(
                r"20 + e - 20\,e^{-\frac{1}{5}\sqrt{\frac{1}{2}(x^2+y^2)}}"
                r" - e^{\frac{1}{2}(\cos 2\pi x+\cos 2\pi y)}"
            ),
            source="Ackley 1987",
            domain=((-5.0, 5.0), (-5.0, 5.0)),
            minima=((0.0, 0.0),),
            complete=False,
            start=(3.4, 2.6),
            value_of=formulas.ackley,
            gradient_of=formulas.ackley_gradient,
            hessian_of=formulas.ackley_hessian,
        ),
        Function(
            key="styblinski_tang",
            label="Styblinski–Tang",
            idea="Four bottoms of different depth.",
            text="(x**4 - 16*x**2 + 5*x + y**4 - 16*y**2 + 5*y)/2",
            latex=r"\frac{1}{2}(x^4-16x^2+5x + y^4-16y^2+5y)",
            source="Styblinski & Tang 1990",
            domain=((-5.0, 5.0), (-5.0, 5.0)),
            minima=_grid(-2.903534027771177, 2.746802770990837),
            start=(0.5, -4.0),
            value_of=formulas.styblinski_tang,
            gradient_of=formulas.styblinski_tang_gradient,
            hessian_of=formulas.styblinski_tang_hessian,
        ),
        Function(
            key="six_hump_camel",
            label="Six-hump camel",
            idea="Six bottoms, two of them the lowest.",
            text="(4 - 2.1*x**2 + x**4/3)*x**2 + x*y + (4*y**2 - 4)*y**2",
            latex=r"(4-2.1x^2+\frac{x^4}{3})\,x^2 + xy + (4y^2-4)\,y^2",
            source="Dixon & Szegő 1978",
            domain=((-2.0, 2.0), (-1.1, 1.1)),
            minima=(
                (-0.08984201310031807, 0.7126564030207396),
                (0.08984201310031807, -0.7126564030207396),
                (-1.7036067149699807, 0.7960835686726252),
                (1.7036067149699807, -0.7960835686726252),
                (-1.6071047529201974, -0.5686514548841313),
                (1.6071047529201974, 0.5686514548841313),
            ),
            start=(-1.9, 0.9),
            value_of=formulas.six_hump_camel,
            gradient_of=formulas.six_hump_camel_gradient,
            hessian_of=formulas.six_hump_camel_hessian,
        ),
        Function(
            key="saddle",
            label="Saddle",
            idea="Down one way, up the other: the gradient is 0 at a point that is no bottom.",
            text="x**2 - y**2",
            latex=r"x^2 - y^2",
            source="",
            domain=((-3.0, 3.0), (-3.0, 3.0)),
            minima=(),
            start=(2.5, 0.001),
            value_of=formulas.saddle,
            gradient_of=formulas.saddle_gradient,
            hessian_of=formulas.saddle_hessian,
        ),
        Function(
            key="monkey_saddle",
            label="Monkey saddle",
            idea="Three ways down; in the middle even the curvature is 0.",
            text="x**3 - 3*x*y**2",
            latex=r"x^3 - 3xy^2",
            source="",
            domain=((-2.0, 2.0), (-2.0, 2.0)),
            minima=(),
            start=(1.5, 0.01),
            value_of=formulas.monkey_saddle,
            gradient_of=formulas.monkey_saddle_gradient,
            hessian_of=formulas.monkey_saddle_hessian,
        ),
        Function(
            key="plateau",
            label="Plateau",
            idea="A hole in a plain: far from it there is hardly a slope to follow.",
            text="1 - exp(-(x**2 + y**2)/2)",
            latex=r"1 - e^{-(x^2+y^2)/2}",
            source="",
            domain=((-6.0, 6.0), (-6.0, 6.0)),
            minima=((0.0, 0.0),),
            start=(3.0, 2.5),
            value_of=formulas.plateau,
            gradient_of=formulas.plateau_gradient,
            hessian_of=formulas.plateau_hessian,
        ),
        Function(
            key="narrow_valley",
            label="Narrow valley",
            idea="A winding ravine with a gentle floor between steep walls.",
            text="50*(y - sin(x))**2 + x**2/10",
            latex=r"50(y-\sin x)^2 + \frac{x^2}{10}",
            source="",
            domain=((-6.0, 6.0), (-3.0, 3.0)),
            minima=((0.0, 0.0),),
            start=(-5.0, 2.0),
            value_of=formulas.narrow_valley,
            gradient_of=formulas.narrow_valley_gradient,
            hessian_of=formulas.narrow_valley_hessian,
        ),
        Function(
            key="hills",
            label="Hilly landscape",
            idea="Hills and hollows: downhill all the way, and yet not to the lowest place.",
            text=formulas.HILLS_TEXT,
            latex=r"\frac{x^2+y^2}{50} + \sum_k a_k\, e^{-\frac{(x-p_k)^2+(y-q_k)^2}{2 s_k^2}}",
            source="",
            domain=((-6.0, 6.0), (-6.0, 6.0)),
            minima=(
                (1.4636432321562003, -1.0506179926985815),
                (-2.988913316172729, 2.4744481357528465),
                (3.4744664892460158, 2.9602889761838793),
                (-2.2821794113825637, -3.384043168121763),
            ),
            start=(-1.0, 5.5),
            value_of=formulas.hills,
            gradient_of=formulas.hills_gradient,
            hessian_of=formulas.hills_hessian,
        ),
    )
}
"""In the order in which a list shows them; those of one variable first."""
