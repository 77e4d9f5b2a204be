"""What the derivative lab knows of a function at a point: everything that follows from its slot.

A :class:`Study` computes each quantity when it is first asked for, and is kept for as long as its
slot is on screen, so that all views of one moment share the work.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from engine.autodiff import GradientCheck, central_differences, check_gradient, jvp, vjp
from engine.autodiff.points import point_function
from engine.calculus.differentiability import Verdict, differentiability
from engine.calculus.functions import Array, Curve
from engine.calculus.integrals import AreaFunction, Integral, area_function, integral
from engine.calculus.lines import StraightLine
from engine.calculus.quotients import KINDS, ErrorCurve, Quotient, difference_quotient, error_curve
from engine.calculus.quotients import Kind as QuotientKind
from engine.calculus.sampling import SampledCurve, sample_curve, worth_showing
from engine.calculus.sums import RULES, RiemannSum, riemann_sum
from engine.errors import NablaError
from engine.expression import Derivative, Expression, ExpressionError, differentiate, parse
from engine.session.fields import damaged
from engine.session.slots import DerivativeLook, DerivativeSlot

DIVISORS: dict[str, float] = {"halve": 2.0, "tenth": 10.0}
"""By what h is divided each time, for each way to let it fall."""
APPROACHES: dict[str, int] = {"halve": 40, "tenth": 12}
"""How many times: down to where rounding has the say."""
RULES_OF_TIME = "rules"
TIMES = (*DIVISORS, RULES_OF_TIME)

SHOWN = (
    "secant",
    "tangent",
    "one_sided",
    "differential",
    "first",
    "second",
    "area",
    "growth",
)
"""What can be drawn beside the curve."""
USUAL_RANGE = (-4.0, 4.0)
AREA_POINTS = 241


@dataclass(frozen=True, eq=False)
class Subject:
    """A function of one number that the lab looks into.

    Attributes
    ----------
    curve
        The function with its first two derivatives.
    variable
        The name of the number.
    expression
        The function as a formula; None where there is none, as for a network's loss.
    """

    curve: Curve
    variable: str
    expression: Expression | None

    @cached_property
    def first(self) -> Derivative | None:
        """The derivative by rule, with the way that leads there; None without a formula."""
        if self.expression is None:
            return None
        return differentiate(self.expression, self.variable)

    @cached_property
    def second(self) -> Derivative | None:
        """The derivative of the derivative."""
        return None if self.first is None else differentiate(self.first.result, self.variable)

    @cached_property
    def slope_curve(self) -> Curve:
        """f′ as a curve of its own, with values only where f has some."""
        return Curve(_where_defined(self.curve, self.curve.derivative), variable=self.variable)

    @cached_property
    def bend_curve(self) -> Curve:
        """f″ likewise."""
        return Curve(
            _where_defined(self.curve, self.curve.second_derivative), variable=self.variable
        )


def _where_defined(f: Curve, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def call(x: Any) -> Any:
        return np.where(np.isfinite(f(x)), function(x), np.nan)

    return call


def read_function(text: str) -> Expression:
    """Read a function of one variable.

    Raises
    ------
    ExpressionError
        As :func:`engine.expression.parse`; ``expression.several_variables`` where there is more
        than one variable, its position that of the second one.
    """
    expression = parse(text)
    names = expression.variables
    if len(names) > 1:
        places = sorted((text.find(name), name) for name in names)
        position, second = places[1]
        raise ExpressionError(
            "expression.several_variables",
            max(position, 0),
            len(second),
            names=", ".join(names),
            count=len(names),
        )
    # What cannot be differentiated is refused while it is typed.
    differentiate(expression, names[0] if names else "x")
    return expression


@lru_cache(maxsize=32)
def subject(text: str) -> Subject:
    """Return the function that a text means.

    Raises
    ------
    ExpressionError
        As :func:`read_function`.
    """
    expression = read_function(text)
    name = expression.variables[0] if expression.variables else "x"
    first = differentiate(expression, name).result
    try:
        second: Expression | None = differentiate(first, name).result
    except ExpressionError:
        second = None
    return Subject(
        Curve(
            lambda x: expression(**{name: x}),
            lambda x: first(**{name: x}),
            None if second is None else lambda x: second(**{name: x}),
            name,
        ),
        name,
        expression,
    )


def checked(place: str, slot: DerivativeSlot) -> DerivativeSlot:
    """Return a slot from a file whose function can be read.

    Raises
    ------
    NablaError
        ``session.damaged``.
    """
    try:
        subject(slot.expression)
    except ExpressionError:
        raise damaged(f"{place}.expression") from None
    return slot


def step_at(slot: DerivativeSlot, look: DerivativeLook) -> float:
    """Return h as it is now: made smaller as many times as time says."""
    divisor = DIVISORS.get(look.time)
    if divisor is None:
        return slot.step
    return slot.step / divisor ** min(look.approach, APPROACHES[look.time])


def slot_at(slot: DerivativeSlot, look: DerivativeLook) -> DerivativeSlot:
    """Return the slot with h as it is now."""
    step = step_at(slot, look)
    return slot if step == slot.step else replace(slot, step=step)


def steps_of_time(slot: DerivativeSlot, look: DerivativeLook) -> int:
    """Return how many steps of time there are."""
    if look.time in APPROACHES:
        return APPROACHES[look.time]
    first = subject(slot.expression).first
    return 0 if first is None else len(first.steps)


def place_in_time(look: DerivativeLook) -> int:
    """Return how many steps of time are done."""
    if look.time in APPROACHES:
        return min(look.approach, APPROACHES[look.time])
    return look.position


def at_place(look: DerivativeLook, place: int) -> DerivativeLook:
    """Return the look after so many steps of time."""
    if look.time in APPROACHES:
        return replace(look, approach=place)
    return replace(look, position=place)


@dataclass(frozen=True, slots=True)
class Ways:
    """One derivative, found in different ways.

    Attributes
    ----------
    rule, forward, reverse, central
        By rule, by automatic differentiation in both modes, by central differences.
    central_error
        Estimated error of the central differences.
    """

    rule: float
    forward: float
    reverse: float
    central: float
    central_error: float


@dataclass(frozen=True, eq=False)
class Study:
    """All that the lab shows of a function at a point; each quantity is computed once.

    What does not exist is NaN, or None for whole objects; nothing raises.
    """

    slot: DerivativeSlot

    @cached_property
    def subject(self) -> Subject:
        """The function."""
        return subject(self.slot.expression)

    @property
    def curve(self) -> Curve:
        """The function as a curve."""
        return self.subject.curve

    @property
    def name(self) -> str:
        """The letter of the function: s for a place that depends on time."""
        of_time = self.subject.variable == "t" and self.slot.unit_in and self.slot.unit_out
        return "s" if of_time else "f"

    @property
    def point(self) -> float:
        """a."""
        return self.slot.point

    @property
    def step(self) -> float:
        """h."""
        return self.slot.step

    @property
    def other(self) -> float:
        """a + h."""
        return self.slot.point + self.slot.step

    @cached_property
    def value(self) -> float:
        """f(a)."""
        return float(self.curve(self.point))

    @cached_property
    def other_value(self) -> float:
        """f(a + h)."""
        return float(self.curve(self.other))

    @cached_property
    def slope_by_rule(self) -> float:
        """What the formula of f′ gives at a, also where it is a mere convention."""
        return float(self.curve.derivative(self.point))

    @cached_property
    def verdict(self) -> Verdict:
        """Whether f′(a) exists, and why not."""
        return differentiability(self.curve, self.point)

    @cached_property
    def slope(self) -> float:
        """f′(a); ±∞ at a vertical tangent, NaN where there is none."""
        if self._is_plain:
            return self.slope_by_rule
        if self.verdict.kind in ("differentiable", "edge", "vertical_tangent"):
            return self.verdict.slope
        if self.verdict.kind == "undecided":
            return self.slope_by_rule
        return math.nan

    @property
    def _is_plain(self) -> bool:
        """Whether a quick look from both sides agrees with the rules: the usual case."""
        slope, size = self.slope_by_rule, 1e-7 * max(1.0, abs(self.point))
        if not (math.isfinite(slope) and math.isfinite(self.value)):
            return False
        at = self.point + np.array([-size, size])
        with np.errstate(all="ignore"):
            quotients = (self.curve(at) - self.value) / (at - self.point)
        return bool(np.all(np.abs(quotients - slope) <= 1e-6 * max(1.0, abs(slope))))

    @cached_property
    def bend(self) -> float:
        """f″(a)."""
        return float(self.curve.second_derivative(self.point))

    @cached_property
    def tangent(self) -> StraightLine | None:
        """The line that touches the curve at a."""
        if math.isnan(self.slope) or not math.isfinite(self.value):
            return None
        a, height, slope = self.point, self.value, self.slope
        intercept = math.nan if math.isinf(slope) else height - slope * a
        return StraightLine(a, height, slope, intercept, self.subject.variable)

    @cached_property
    def secant(self) -> StraightLine | None:
        """The line through the points at a and a + h."""
        return self._secant_to(self.other)

    @cached_property
    def secant_back(self) -> StraightLine | None:
        """The line through the points at a and a − h."""
        return self._secant_to(self.point - self.step)

    def _secant_to(self, b: float) -> StraightLine | None:
        a, low, high = self.point, self.value, float(self.curve(b))
        if a == b or not (math.isfinite(low) and math.isfinite(high)):
            return None
        slope = (high - low) / (b - a)
        return StraightLine(a, low, slope, low - slope * a, self.subject.variable)

    @property
    def quotient(self) -> float:
        """The slope of the secant."""
        return math.nan if self.secant is None else self.secant.slope

    @property
    def error(self) -> float:
        """What the slope of the secant differs from that of the tangent."""
        return self.quotient - self.slope

    @property
    def delta(self) -> float:
        """Δf = f(a + h) − f(a)."""
        return self.other_value - self.value

    @property
    def differential(self) -> float:
        """df = f′(a) · dx with dx = h."""
        return self.slope * self.step if math.isfinite(self.slope) else math.nan

    @property
    def remainder(self) -> float:
        """Δf − df."""
        return self.delta - self.differential

    @cached_property
    def sum(self) -> RiemannSum:
        """The area in pieces."""
        rule = self.slot.rule if self.slot.rule in RULES else "midpoint"
        parts = min(max(self.slot.parts, 1), 1000)
        return riemann_sum(self.curve, self.slot.start, self.slot.end, parts, rule)

    @property
    def integral(self) -> Integral:
        """The area itself."""
        return _integral(self.slot.expression, self.slot.start, self.slot.end)

    @property
    def growth(self) -> AreaFunction:
        """The area from the start on, as a function of where it ends."""
        return _growth(self.slot.expression, self.slot.start, self.slot.end)

    @property
    def quotient_kind(self) -> QuotientKind:
        """Which difference quotient is looked into."""
        kind = self.slot.quotient
        return kind if kind in KINDS else "forward"

    @property
    def errors(self) -> ErrorCurve:
        """The error of the difference quotient against h."""
        return self.errors_of(self.quotient_kind)

    def errors_of(self, kind: QuotientKind) -> ErrorCurve:
        """The errors of one of the three quotients."""
        return _errors(self.slot.expression, self.point, kind, self.slope)

    def quotient_over(self, step: float, kind: QuotientKind = "forward") -> Quotient | None:
        """A difference quotient over another step; None where the step is lost in rounding."""
        try:
            return difference_quotient(self.curve, self.point, step, kind, exact=self.slope)
        except NablaError:
            return None

    @property
    def ways(self) -> Ways | None:
        """f′(a) found in different ways; None without a formula or a value."""
        if self.subject.expression is None or not math.isfinite(self.value):
            return None
        return _ways(self.slot.expression, self.point)

    @property
    def check(self) -> GradientCheck | None:
        """The derivative in every way there is; None without a formula or a value."""
        if self.subject.expression is None or not math.isfinite(self.value):
            return None
        return _check(self.slot.expression, self.point)


@lru_cache(maxsize=64)
def study(slot: DerivativeSlot) -> Study:
    """Return the study of a slot."""
    return Study(slot)


@lru_cache(maxsize=16)
def _integral(text: str, start: float, end: float) -> Integral:
    return integral(subject(text).curve, start, end)


@lru_cache(maxsize=16)
def _growth(text: str, start: float, end: float) -> AreaFunction:
    return area_function(subject(text).curve, start, _places(start, end))


def _places(start: float, end: float) -> Array:
    return np.linspace(min(start, end), max(start, end), AREA_POINTS)


@lru_cache(maxsize=16)
def _errors(text: str, point: float, kind: QuotientKind, slope: float) -> ErrorCurve:
    return error_curve(subject(text).curve, point, kind, exact=slope)


@lru_cache(maxsize=16)
def _ways(text: str, point: float) -> Ways:
    own = subject(text)
    assert own.expression is not None
    function = point_function(own.expression, (own.variable,)).call
    at = np.array([point])
    _, forward = jvp(function, at, np.ones(1))
    _, pull_back = vjp(function, at)
    differences = central_differences(lambda where: float(own.curve(where[0])), at)
    return Ways(
        float(own.curve.derivative(point)),
        float(forward),
        float(pull_back(1.0)[0]),
        float(differences.gradient[0]),
        float(differences.error[0]),
    )


@lru_cache(maxsize=16)
def _check(text: str, point: float) -> GradientCheck | None:
    own = subject(text)
    assert own.expression is not None
    try:
        return check_gradient(own.expression, np.array([point]), (own.variable,))
    except NablaError:
        return None


@lru_cache(maxsize=64)
def sampled(
    text: str, order: int, left: float, right: float, pixels: int, low: float, high: float
) -> SampledCurve:
    """Return f, f′ or f″ (order 0, 1, 2) as points to draw."""
    own = subject(text)
    f = (own.curve, own.slope_curve, own.bend_curve)[order]
    return sample_curve(f, left, right, pixels, heights=(low, high))


@lru_cache(maxsize=64)
def usual_frame(text: str) -> tuple[float, float, float, float]:
    """Return left, right, bottom and top of a plot that shows what is worth showing of f."""
    left, right = USUAL_RANGE
    rough = sample_curve(subject(text).curve, left, right, 400)
    known = rough.x[np.isfinite(rough.y)]
    if len(known):
        # A function that lives on a part of the range only has that part shown.
        margin = 0.35 * max(float(known[-1] - known[0]), 1.0)
        left, right = max(left, float(known[0]) - margin), min(right, float(known[-1]) + margin)
    # What happens around the middle decides about the heights; at its ends a curve may run out.
    middle, quarter = 0.5 * (left + right), 0.25 * (right - left)
    inner = (rough.x >= middle - quarter) & (rough.x <= middle + quarter)
    low, high = worth_showing(rough.y[inner] if inner.any() else rough.y)
    low, high = min(low, 0.0), max(high, 0.0)
    spread = 0.35 * max(high - low, 1e-9)
    low, high = max(low - spread, rough.low - 0.2 * spread), min(high + spread, rough.high + spread)
    low, high = min(low, -0.4 * spread), max(high, 0.4 * spread)
    return left, right, low, high
