"""The calculus of one and several variables, numerically: what the derivative labs show.

Functions are given as expressions, as Python functions over arrays, or as a :class:`Curve` or
:class:`Surface` with derivatives of their own. Results are immutable records of plain numbers.
"""

from engine.calculus.critical import CriticalKind, SecondOrder, second_order
from engine.calculus.differentiability import Verdict, differentiability, quotient_limits
from engine.calculus.directions import (
    DirectionalDerivative,
    Gradient,
    PolarCurve,
    TangentPlane,
    directional_derivative,
    directional_derivative_at_angle,
    gradient_at,
    polar_curve,
    tangent_plane,
    unit,
)
from engine.calculus.functions import Curve, Curved, Surface, Surfaced, curve, surface
from engine.calculus.gaps import Gap, GapKind
from engine.calculus.integrals import AreaFunction, Integral, area_function, integral
from engine.calculus.limits import Limit
from engine.calculus.linear_maps import GridImage, LinearMap, grid_image, linear_map, mapped
from engine.calculus.lines import Differential, StraightLine, differential, secant, tangent
from engine.calculus.partials import (
    Contribution,
    Partial,
    TotalDifferential,
    partial,
    partials,
    total_differential,
)
from engine.calculus.quotients import (
    ErrorCurve,
    Quotient,
    difference_quotient,
    error_curve,
    quotient_table,
    step_grid,
)
from engine.calculus.sampling import (
    SampledCurve,
    SampledSurface,
    sample_curve,
    sample_surface,
    worth_showing,
)
from engine.calculus.sums import RULES, RiemannSum, Rule, riemann_sum

__all__ = [
    "RULES",
    "AreaFunction",
    "Contribution",
    "CriticalKind",
    "Curve",
    "Curved",
    "Differential",
    "DirectionalDerivative",
    "ErrorCurve",
    "Gap",
    "GapKind",
    "Gradient",
    "GridImage",
    "Integral",
    "Limit",
    "LinearMap",
    "Partial",
    "PolarCurve",
    "Quotient",
    "RiemannSum",
    "Rule",
    "SampledCurve",
    "SampledSurface",
    "SecondOrder",
    "StraightLine",
    "Surface",
    "Surfaced",
    "TangentPlane",
    "TotalDifferential",
    "Verdict",
    "area_function",
    "curve",
    "difference_quotient",
    "differentiability",
    "differential",
    "directional_derivative",
    "directional_derivative_at_angle",
    "error_curve",
    "gradient_at",
    "grid_image",
    "integral",
    "linear_map",
    "mapped",
    "partial",
    "partials",
    "polar_curve",
    "quotient_limits",
    "quotient_table",
    "riemann_sum",
    "sample_curve",
    "sample_surface",
    "secant",
    "second_order",
    "step_grid",
    "surface",
    "tangent",
    "tangent_plane",
    "total_differential",
    "unit",
    "worth_showing",
]
