"""The one table of primitive operations: every derivative is put together from these."""

from __future__ import annotations

from engine.autodiff.elementwise import ELEMENTWISE
from engine.autodiff.primitive import Primitive
from engine.autodiff.structural import STRUCTURAL

TABLE: dict[str, Primitive] = {primitive.key: primitive for primitive in ELEMENTWISE + STRUCTURAL}
