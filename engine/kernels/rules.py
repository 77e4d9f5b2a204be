"""The rules of the engine's tables, compiled: each is written once, in its table.

A rule's function is compiled as it stands, with ``np`` meaning ``engine.kernels.arithmetic`` and
its helpers treated alike. Kernels find a rule by an integer code, its place in the table, along a
chain of comparisons; the loop over the numbers of a layer stands inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any

import numba
import numpy as np
from numba.np.unsafe.ndarray import to_fixed_tuple

from engine.descent.optimizers import TABLE as OPTIMIZERS
from engine.kernels import arithmetic
from engine.kernels.lanes import (
    WIDTH,
    ahead,
    all_of,
    choose,
    each,
    less,
    load,
    magnitude,
    store,
    within,
)
from engine.kernels.plan import ACTIVATION_CODES, LOSS_CODES, OPTIMIZER_CODES
from engine.network.activations import TABLE as ACTIVATIONS
from engine.network.losses import TABLE as LOSSES

LARGEST = float(np.finfo(np.float64).max)

_known: dict[FunctionType, Any] = {}


def compiled(function: Any) -> Any:
    """Compile a function of a kernel."""
    return numba.njit(
        error_model="numpy", nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True
    )(function)


def lifted(function: Callable[..., Any]) -> Any:
    """Compile a rule for lanes."""
    assert isinstance(function, FunctionType)
    if function not in _known:
        names, here = function.__code__.co_names, function.__globals__
        replaced = {name: _replaced(here[name]) for name in names if name in here}
        replaced["__name__"] = function.__module__
        copy = FunctionType(function.__code__, replaced, function.__name__, function.__defaults__)
        _known[function] = compiled(copy)
    return _known[function]


def _replaced(value: Any) -> Any:
    if value is np:
        return arithmetic
    return lifted(value) if isinstance(value, FunctionType) else value


def _choice(loops: Iterable[tuple[int, Any]]) -> Any:
    """Return one function of a code and further arguments that chooses among loops."""
    found = sorted(loops, key=lambda loop: loop[0])
    if len(found) > 8:
        border, below, above = found[8][0], _choice(found[:8]), _choice(found[8:])

        @compiled
        def halved(code: int, *arguments: Any) -> Any:
            if code < border:
                return below(code, *arguments)
            return above(code, *arguments)

        return halved
    # Those that are not needed are never reached: their codes are no codes.
    found += [(-1, found[0][1])] * (8 - len(found))
    (c_0, f_0), (c_1, f_1), (c_2, f_2), (c_3, f_3), *others = found
    (c_4, f_4), (c_5, f_5), (c_6, f_6), (_, f_7) = others

    @compiled
    def chosen(code: int, *arguments: Any) -> Any:
        if code == c_0:
            return f_0(*arguments)
        if code == c_1:
            return f_1(*arguments)
        if code == c_2:
            return f_2(*arguments)
        if code == c_3:
            return f_3(*arguments)
        if code == c_4:
            return f_4(*arguments)
        if code == c_5:
            return f_5(*arguments)
        if code == c_6:
            return f_6(*arguments)
        return f_7(*arguments)

    return chosen


# --------------------------------------------------------------------------------- activations


def _value_loop(value: Any) -> Any:
    @compiled
    def loop(z: Any, a: Any, count: int, width: int, alpha: float) -> None:
        for k in range(0, count, width):
            store(a, k, value(load(z, k), each(z, alpha)))

    return loop


activate = _choice(
    (ACTIVATION_CODES[key], _value_loop(lifted(activation.value)))
    for key, activation in ACTIVATIONS.items()
    if not activation.mixes_units
)
"""activate(code, z, a, count, width, alpha): a = f(z) for ``count`` numbers, lanes by lanes."""


def _slope_loop(derivative: Any) -> Any:
    @compiled
    def loop(z: Any, a: Any, error: Any, count: int, alpha: float) -> None:
        for k in range(0, count, WIDTH):
            slope = derivative(load(z, k), load(a, k), each(z, alpha))
            store(error, k, load(error, k) * slope)

    return loop


pull_back = _choice(
    (ACTIVATION_CODES[key], _slope_loop(lifted(activation.derivative)))
    for key, activation in ACTIVATIONS.items()
    if not activation.mixes_units
)
"""pull_back(code, z, a, error, count, alpha): ∂L/∂z in the place of ∂L/∂a."""


def _alpha_loop(alpha_derivative: Any) -> Any:
    @compiled
    def loop(z: Any, error: Any, count: int) -> Any:
        found = each(z, 0.0)
        for k in range(0, count, WIDTH):
            found = found + load(error, k) * alpha_derivative(load(z, k))
        return found

    return loop


by_alpha = _choice(
    (ACTIVATION_CODES[key], _alpha_loop(lifted(activation.alpha_derivative)))
    for key, activation in ACTIVATIONS.items()
    if activation.alpha_derivative is not None
)
"""by_alpha(code, z, error, count): lanes whose total is ∂L/∂α of a layer."""


# -------------------------------------------------------------------------------------- losses


def _term_loop(term: Any) -> Any:
    @compiled
    def loop(z: Any, a: Any, target: Any, start: int, stop: int, stride: int) -> Any:
        found = each(z, 0.0)
        for k in range(start, stop, stride):
            found = found + term(load(z, k), load(a, k), load(target, k))
        return found

    return loop


loss_terms = _choice(
    (LOSS_CODES[key], _term_loop(lifted(loss.term))) for key, loss in LOSSES.items()
)
"""loss_terms(code, z, a, target, start, stop, stride): the sum of the outputs' terms, by lanes."""


def _error_loop(slope: Any) -> Any:
    @compiled
    def loop(a: Any, target: Any, error: Any, count: int, share: float) -> None:
        for k in range(0, count, WIDTH):
            store(error, k, slope(load(a, k), load(target, k)) / share)

    return loop


loss_slopes = _choice(
    (LOSS_CODES[key], _error_loop(lifted(loss.term_slope))) for key, loss in LOSSES.items()
)
"""loss_slopes(code, a, target, error, count, share): ∂L/∂ŷ, divided by ``share``."""


def _fused_loop(fused_term: Any) -> Any:
    @compiled
    def loop(
        a: Any, target: Any, error: Any, start: int, stop: int, stride: int, share: float
    ) -> None:
        together = each(a, 0.0)
        for k in range(start, stop, stride):
            together = together + load(target, k)
        for k in range(start, stop, stride):
            store(error, k, fused_term(load(a, k), load(target, k), together) / share)

    return loop


fused_errors = _choice(
    (LOSS_CODES[key], _fused_loop(lifted(loss.fused_term)))
    for key, loss in LOSSES.items()
    if loss.fused_term is not None
)
"""fused_errors(code, a, target, error, start, stop, stride, share): ∂L/∂z in one go."""


# ---------------------------------------------------------------------------------- optimizers


@compiled
def _keep(new: Any, k: int, value: Any, before: Any, trainable: Any, held: bool) -> Any:
    """Write a value, or the one before where it is held, and return what was written."""
    if held:
        value = choose(less(0.0, load(trainable, k)), value, before)
    store(new, k, value)
    return value


@compiled
def _within(value: Any, bound: float) -> bool:
    return all_of(within(magnitude(value), bound))


# How many arrays a rule remembers is settled when it is compiled: one pair of functions for each.


@compiled
def _recall_0(memory: Any, size: int, k: int) -> Any:
    return ()


@compiled
def _recall_1(memory: Any, size: int, k: int) -> Any:
    return (load(memory, k),)


@compiled
def _recall_2(memory: Any, size: int, k: int) -> Any:
    return (load(memory, k), load(memory, size + k))


@compiled
def _recall_3(memory: Any, size: int, k: int) -> Any:
    return (load(memory, k), load(memory, size + k), load(memory, 2 * size + k))


@compiled
def _memorize_0(
    new: Any, size: int, k: int, stepped: Any, before: Any, trainable: Any, held: bool
) -> bool:
    return True


@compiled
def _memorize_1(
    new: Any, size: int, k: int, stepped: Any, before: Any, trainable: Any, held: bool
) -> bool:
    return _within(_keep(new, k, stepped[1], before[0], trainable, held), LARGEST)


@compiled
def _memorize_2(
    new: Any, size: int, k: int, stepped: Any, before: Any, trainable: Any, held: bool
) -> bool:
    second = ahead(new, size)
    return _memorize_1(new, size, k, stepped, before, trainable, held) & _within(
        _keep(second, k, stepped[2], before[1], trainable, held), LARGEST
    )


@compiled
def _memorize_3(
    new: Any, size: int, k: int, stepped: Any, before: Any, trainable: Any, held: bool
) -> bool:
    third = ahead(new, 2 * size)
    return _memorize_2(new, size, k, stepped, before, trainable, held) & _within(
        _keep(third, k, stepped[3], before[2], trainable, held), LARGEST
    )


_RECALL = (_recall_0, _recall_1, _recall_2, _recall_3)
_MEMORIZE = (_memorize_0, _memorize_1, _memorize_2, _memorize_3)


def _update_loop(update: Any, remembered: int, settings: int) -> Any:
    recall, memorize = _RECALL[remembered], _MEMORIZE[remembered]

    @compiled
    def loop(
        old: Any,
        new: Any,
        gradient: Any,
        old_memory: Any,
        new_memory: Any,
        trainable: Any,
        held: bool,
        size: int,
        t: float,
        rate: float,
        hyperparameters: Any,
        bound: float,
    ) -> int:
        own = to_fixed_tuple(hyperparameters, settings)
        bounded, finite = True, True
        for k in range(0, size, WIDTH):
            x, memory = load(old, k), recall(old_memory, size, k)
            stepped = update(*((x, load(gradient, k)) + memory + (t, rate) + own))  # noqa: RUF005
            bounded &= _within(_keep(new, k, stepped[0], x, trainable, held), bound)
            finite &= memorize(new_memory, size, k, stepped, memory, trainable, held)
        return (0 if bounded else 1) + (0 if finite else 2)

    return loop


update = _choice(
    (
        OPTIMIZER_CODES[key],
        _update_loop(lifted(rule.update), len(rule.memory), len(rule.hyperparameters)),
    )
    for key, rule in OPTIMIZERS.items()
)
"""Step from ``old`` to ``new`` parameters and memory, each ``size`` numbers.

Returns 1 if a parameter lies beyond ``bound``, plus 2 if the memory is not finite.
"""
