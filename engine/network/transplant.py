"""Carry parameters and optimizer memory over from one architecture to another."""

from __future__ import annotations

from engine.network.architecture import Architecture
from engine.network.layout import Vector


def transplant(old: Architecture, new: Architecture, vector: Vector, fresh: Vector) -> Vector:
    """Return a vector for ``new``: what survives comes from ``vector``, the rest from ``fresh``.

    A parameter survives if both its ends do; units and layers are told by their ids.

    Parameters
    ----------
    vector
        Parameters, or one memory of an optimizer, of ``old``; shape ``(old.layout.size,)``.
    fresh
        Values for what is new; shape ``(new.layout.size,)``.
    """
    result = fresh.copy()
    pairs = [(new.index[key], i) for key, i in old.index.items() if key in new.index]
    if pairs:
        targets, sources = zip(*pairs, strict=True)
        result[list(targets)] = vector[list(sources)]
    result[list(new.cut_indices)] = 0.0
    result.flags.writeable = False
    return result


def rejoined(old: Architecture, new: Architecture) -> dict[int, float]:
    """Return restored weights by index in ``new``: of what is cut in ``old`` but not in ``new``."""
    still_cut = {cut.key for cut in new.cut}
    return {
        new.index[cut.key]: cut.weight
        for cut in old.cut
        if cut.key not in still_cut and cut.key in new.index
    }
