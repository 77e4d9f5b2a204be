"""The training kernel: n iterations of any experiment over flat vectors, without Python.

Numbers of a layer are kept unit by unit, the samples of a tile side by side, so that each
instruction works on eight samples; the last eight of a batch are filled up with its first sample,
whose error there is 0. Products are summed with one rounding (fused multiply–add), and sums over
the samples in a fixed order: the states do not depend on how many iterations a call computes.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from engine.kernels import arithmetic
from engine.kernels.lanes import (
    WIDTH,
    each,
    fused,
    load,
    pointer,
    put,
    put_totals,
    store,
    total,
)
from engine.kernels.layers import forward_layer, gather, log_softmax, softmax, sum_of_terms
from engine.kernels.plan import (
    ACTIVATION,
    ALPHA,
    BIAS,
    FAN_IN,
    FAN_OUT,
    GOES_ON,
    NOT_FINITE,
    TO_CHECK,
    UNITS,
    WEIGHTS,
)
from engine.kernels.rules import (
    activate,
    by_alpha,
    compiled,
    fused_errors,
    loss_slopes,
    pull_back,
    update,
)
from engine.splitmix import GAMMA, mix

_mix = compiled(mix)
_GAMMA = np.uint64(GAMMA)


@compiled
def shuffle(order: Any, seed_key: int, epoch: int) -> None:
    """Fill ``order`` with the permutation of ``engine.training.shuffle.batch_order``."""
    n = order.size
    for place in range(n):
        order[place] = place
    key = _mix(seed_key ^ (np.uint64(epoch) * _GAMMA))
    for step in range(1, n):
        last = n - step
        left = np.uint64(last + 1)
        other = np.intp(_mix(key + _GAMMA * np.uint64(step)) % left)
        kept = order[last]
        order[last] = order[other]
        order[other] = kept


@compiled
def _carry_back(
    parameters: Any,
    weights: int,
    fan_in: int,
    fan_out: int,
    delta: Any,
    error: Any,
    stride: int,
    samples: int,
) -> None:
    """∂L/∂a = δ Wᵀ for the samples of a tile."""
    for s in range(0, samples, WIDTH):
        i = 0
        while i + 4 <= fan_in:
            e_0 = each(error, 0.0)
            e_1, e_2, e_3 = e_0, e_0, e_0
            w = weights + i * fan_out
            for j in range(fan_out):
                d = load(delta, j * stride + s)
                e_0 = fused(d, parameters[w + j], e_0)
                e_1 = fused(d, parameters[w + fan_out + j], e_1)
                e_2 = fused(d, parameters[w + 2 * fan_out + j], e_2)
                e_3 = fused(d, parameters[w + 3 * fan_out + j], e_3)
            store(error, i * stride + s, e_0)
            store(error, (i + 1) * stride + s, e_1)
            store(error, (i + 2) * stride + s, e_2)
            store(error, (i + 3) * stride + s, e_3)
            i += 4
        while i < fan_in:
            e_0 = each(error, 0.0)
            w = weights + i * fan_out
            for j in range(fan_out):
                e_0 = fused(load(delta, j * stride + s), parameters[w + j], e_0)
            store(error, i * stride + s, e_0)
            i += 1


@compiled
def _collect(
    gradient: Any,
    weights: int,
    bias: int,
    fan_in: int,
    fan_out: int,
    a: Any,
    delta: Any,
    stride: int,
    samples: int,
) -> None:
    """Write ∂L/∂W = aᵀ δ and ∂L/∂b = Σ δ, summed over the samples of a tile."""
    j = 0
    while j + 4 <= fan_out:
        d_0, d_1, d_2, d_3 = j * stride, (j + 1) * stride, (j + 2) * stride, (j + 3) * stride
        for i in range(fan_in):
            g_0 = each(a, 0.0)
            g_1, g_2, g_3 = g_0, g_0, g_0
            for s in range(0, samples, WIDTH):
                x = load(a, i * stride + s)
                g_0 = fused(x, load(delta, d_0 + s), g_0)
                g_1 = fused(x, load(delta, d_1 + s), g_1)
                g_2 = fused(x, load(delta, d_2 + s), g_2)
                g_3 = fused(x, load(delta, d_3 + s), g_3)
            put_totals(gradient, weights + i * fan_out + j, g_0, g_1, g_2, g_3)
        if bias >= 0:
            g_0 = each(a, 0.0)
            g_1, g_2, g_3 = g_0, g_0, g_0
            for s in range(0, samples, WIDTH):
                g_0 = g_0 + load(delta, d_0 + s)
                g_1 = g_1 + load(delta, d_1 + s)
                g_2 = g_2 + load(delta, d_2 + s)
                g_3 = g_3 + load(delta, d_3 + s)
            put_totals(gradient, bias + j, g_0, g_1, g_2, g_3)
        j += 4
    while j < fan_out:
        for i in range(fan_in):
            g_0 = each(a, 0.0)
            for s in range(0, samples, WIDTH):
                g_0 = fused(load(a, i * stride + s), load(delta, j * stride + s), g_0)
            put(gradient, weights + i * fan_out + j, total(g_0))
        if bias >= 0:
            g_0 = each(a, 0.0)
            for s in range(0, samples, WIDTH):
                g_0 = g_0 + load(delta, j * stride + s)
            put(gradient, bias + j, total(g_0))
        j += 1


@compiled
def _softmax_back(a: Any, error: Any, units: int, stride: int, samples: int) -> None:
    for s in range(0, samples, WIDTH):
        together = each(a, 0.0)
        for j in range(units):
            together = together + load(error, j * stride + s) * load(a, j * stride + s)
        for j in range(units):
            k = j * stride + s
            store(error, k, load(a, k) * (load(error, k) - together))


@compiled
def _pass_tile(
    parameters: Any,
    gradient: Any,
    plan: Any,
    alphas: Any,
    softmax_code: int,
    loss_code: int,
    from_logarithms: bool,
    is_fused: bool,
    share: float,
    inputs: Any,
    targets: Any,
    order: Any,
    first: int,
    count: int,
    z_all: Any,
    a_all: Any,
    delta_all: Any,
    wanted: Any,
) -> float:
    """Take the samples of a tile forward and back; return their loss, write their gradient."""
    layers = plan.shape[0]
    samples = -(-count // WIDTH) * WIDTH
    stride = samples
    gather(inputs, order, first, count, pointer(a_all, 0), stride)
    gather(targets, order, first, count, wanted, stride)
    for number in range(layers):
        layer = plan[number]
        fan_out, units = layer[FAN_OUT], layer[UNITS]
        source = (units - layer[FAN_IN]) * stride
        z, a = pointer(z_all, units * stride), pointer(a_all, units * stride)
        forward_layer(
            parameters,
            layer[WEIGHTS],
            layer[BIAS],
            layer[FAN_IN],
            fan_out,
            pointer(a_all, source),
            z,
            stride,
            samples,
            WIDTH,
        )
        if layer[ACTIVATION] == softmax_code:
            softmax(z, a, fan_out, stride, samples, WIDTH)
        else:
            alpha = alphas[number] if layer[ALPHA] < 0 else parameters[layer[ALPHA]]
            activate(layer[ACTIVATION], z, a, fan_out * stride, WIDTH, alpha)
    outputs, units = plan[layers - 1, FAN_OUT], plan[layers - 1, UNITS]
    end = outputs * stride
    z, a = pointer(z_all, units * stride), pointer(a_all, units * stride)
    delta = pointer(delta_all, units * stride)
    if is_fused:
        for s in range(0, samples, WIDTH):
            fused_errors(loss_code, a, wanted, delta, s, end, stride, share)
    else:
        loss_slopes(loss_code, a, wanted, delta, end, share)
    if from_logarithms:
        log_softmax(z, outputs, stride, samples, WIDTH)
    # The inputs have no z: their room is free.
    room = pointer(z_all, 0)
    lost = sum_of_terms(loss_code, z, a, wanted, end, stride, count, WIDTH, room)
    for j in range(outputs):
        for s in range(count, samples):
            put(delta, j * stride + s, 0.0)
    for number in range(layers - 1, -1, -1):
        layer = plan[number]
        fan_in, fan_out, units = layer[FAN_IN], layer[FAN_OUT], layer[UNITS]
        z, a = pointer(z_all, units * stride), pointer(a_all, units * stride)
        delta = pointer(delta_all, units * stride)
        if number < layers - 1 or not is_fused:
            if layer[ALPHA] >= 0:
                lanes = by_alpha(layer[ACTIVATION], z, delta, fan_out * stride)
                put(gradient, layer[ALPHA], total(lanes))
            if layer[ACTIVATION] == softmax_code:
                _softmax_back(a, delta, fan_out, stride, samples)
            else:
                alpha = alphas[number] if layer[ALPHA] < 0 else parameters[layer[ALPHA]]
                pull_back(layer[ACTIVATION], z, a, delta, fan_out * stride, alpha)
        below = (units - fan_in) * stride
        _collect(
            gradient,
            layer[WEIGHTS],
            layer[BIAS],
            fan_in,
            fan_out,
            pointer(a_all, below),
            delta,
            stride,
            samples,
        )
        if number > 0:
            _carry_back(
                parameters,
                layer[WEIGHTS],
                fan_in,
                fan_out,
                delta,
                pointer(delta_all, below),
                stride,
                samples,
            )
    return lost


_ARRAY = numba.types.Array(numba.float64, 1, "C")
_TABLE = numba.types.Array(numba.float64, 2, "C", readonly=True)
SIGNATURE = numba.types.Tuple((numba.int64, numba.int64, numba.int64))(
    numba.types.Array(numba.int64, 2, "C"),  # plan
    _ARRAY,  # alphas
    numba.types.Array(numba.int64, 1, "C"),  # codes
    _ARRAY,  # numbers
    _ARRAY,  # hyperparameters
    _TABLE,  # inputs
    _TABLE,  # targets
    _ARRAY,  # weight_mask
    _ARRAY,  # trainable
    numba.types.Array(numba.int64, 1, "C"),  # order
    _ARRAY,  # scratch
    numba.uint64,  # seed_key
    numba.types.Array(numba.int64, 1, "C"),  # counters
    _ARRAY,  # rates
    numba.int64,  # every
    _ARRAY,  # states
    _ARRAY,  # memories
    _ARRAY,  # losses
)


def train(
    plan: Any,
    alphas: Any,
    codes: Any,
    numbers: Any,
    hyperparameters: Any,
    inputs: Any,
    targets: Any,
    weight_mask: Any,
    trainable: Any,
    order: Any,
    scratch: Any,
    seed_key: int,
    counters: Any,
    rates: Any,
    every: int,
    states: Any,
    memories: Any,
    losses: Any,
) -> Any:
    """Compute ``rates.size`` iterations, and stop where a number has to be looked at.

    Parameters
    ----------
    plan
        See ``plan_of``.
    alphas
        The fixed α of each layer.
    codes
        Softmax, loss, optimizer, memories of the optimizer; whether the loss takes logarithms, is
        fused, whether anything is held; batch size, padded size of the flat vector, samples that
        go through together.
    numbers
        Divisor of the loss of a sample, l1, l2, bound beyond which parameters are looked at.
    scratch
        Room for z, a and δ of every unit, the targets and two gradients.
    counters
        Epoch, position and updates at the start; iterations since the last state that was kept.
    rates
        Learning rate of each iteration.
    every
        Keep every so manyth state.
    states, memories
        Rows of padded vectors, flat; the first row is the start, the kept states follow.
    losses
        Filled with the batch loss of each iteration.

    Returns
    -------
    tuple
        Iterations done, why the call ends (GOES_ON, TO_CHECK, NOT_FINITE), and rows filled behind
        the first. After TO_CHECK and NOT_FINITE the last row is the state after the last
        iteration; NOT_FINITE counts that iteration as not done.
    """
    softmax_code, loss_code, optimizer_code, remembered = codes[0], codes[1], codes[2], codes[3]
    from_logarithms, is_fused, held = codes[4] != 0, codes[5] != 0, codes[6] != 0
    batch_size, size, tile = codes[7], codes[8], codes[9]
    share, l1, l2, bound = numbers[0], numbers[1], numbers[2], numbers[3]
    epoch, position, updates, phase = counters[0], counters[1], counters[2], counters[3]
    n = inputs.shape[0]
    layers = plan.shape[0]
    stride = min(tile, -(-batch_size // WIDTH) * WIDTH)
    all_units = (plan[layers - 1, UNITS] + plan[layers - 1, FAN_OUT]) * stride
    z_all, a_all = scratch[:all_units], scratch[all_units : 2 * all_units]
    delta_all = scratch[2 * all_units : 3 * all_units]
    wanted = pointer(scratch, 3 * all_units)
    after = 3 * all_units + plan[layers - 1, FAN_OUT] * stride
    gradient, tile_gradient = pointer(scratch, after), pointer(scratch, after + size)
    mask, is_trainable = pointer(weight_mask, 0), pointer(trainable, 0)
    if batch_size == n:
        for place in range(n):
            order[place] = place
    else:
        shuffle(order, seed_key, epoch)
    row = 0
    for done in range(rates.size):
        count = min(batch_size, n - position)
        old = pointer(states, row * size)
        lost = 0.0
        for first in range(0, count, tile):
            lost += _pass_tile(
                old,
                gradient if first == 0 else tile_gradient,
                plan,
                alphas,
                softmax_code,
                loss_code,
                from_logarithms,
                is_fused,
                share,
                inputs,
                targets,
                order,
                position + first,
                min(tile, count - first),
                z_all,
                a_all,
                delta_all,
                wanted,
            )
            if first > 0:
                for k in range(0, size, WIDTH):
                    store(gradient, k, load(gradient, k) + load(tile_gradient, k))
        lost /= share * count
        divisor = each(gradient, float(count))
        if l1 > 0.0 or l2 > 0.0:
            for k in range(0, size, WIDTH):
                w = load(old, k) * load(mask, k)
                pull = l2 * w + l1 * arithmetic.sign(w)
                store(gradient, k, load(gradient, k) / divisor + pull)
        else:
            for k in range(0, size, WIDTH):
                store(gradient, k, load(gradient, k) / divisor)
        # A state that is kept is left standing, any other is overwritten.
        following = row + 1 if (done + phase) % every == 0 else row
        updates += 1
        found = update(
            optimizer_code,
            old,
            pointer(states, following * size),
            gradient,
            pointer(memories, row * size * remembered),
            pointer(memories, following * size * remembered),
            is_trainable,
            held,
            size,
            float(updates),
            rates[done],
            hyperparameters,
            bound,
        )
        row = following
        losses[done] = lost
        if found >= 2 or not abs(lost) < np.inf:
            return done, NOT_FINITE, row
        position += count
        if position >= n:
            position = 0
            epoch += 1
            if batch_size < n:
                shuffle(order, seed_key, epoch)
        if found:
            return done + 1, TO_CHECK, row
    return rates.size, GOES_ON, row
