"""Draws the icon as pixels: a ring that fills up from below while sitting, another shape for every other look.

Hosts differ in the icon themes and formats that they can read, but all of them draw pixels. Shapes are signed distances
(negative inside), so edges are smooth at every size; each shape is drawn once for each size and cached. The filled ring
is joined from rows of an empty and a full picture, because it changes every few minutes.
Every colour has a contrast of at least 3:1 against light and dark panels.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from psoas_nudge.core.status import Look

SIZES = (16, 22, 24, 32, 48)
STEPS = 10
"""Levels to which the ring fills: with the default of 45 min, one more every 4.5 min."""
Shape = Callable[[float, float], float]
RING, INSIDE = 0.84, 0.58
GREY, TEAL, BLUE, GREEN, ORANGE = (128, 128, 128), (20, 140, 152), (59, 125, 216), (46, 150, 70), (217, 95, 2)


class Pixmap(NamedTuple):
    """One size of an icon: `pixels` are ARGB32, row by row, most significant byte first (StatusNotifierItem)."""

    width: int
    height: int
    pixels: bytes


def disc(x: float, y: float, radius: float) -> Shape:
    """A disc around (x, y). Coordinates are from -1 to 1, y downwards."""
    return lambda a, b: math.hypot(a - x, b - y) - radius


def ring(radius: float, half: float) -> Shape:
    """A circle as a line of width 2 `half`."""
    return lambda a, b: abs(math.hypot(a, b) - radius) - half


def stroke(x0: float, y0: float, x1: float, y1: float, half: float) -> Shape:
    """A line with round ends."""
    dx, dy = x1 - x0, y1 - y0
    squared = dx * dx + dy * dy

    def distance(a: float, b: float) -> float:
        along = min(1.0, max(0.0, ((a - x0) * dx + (b - y0) * dy) / squared))
        return math.hypot(a - x0 - along * dx, b - y0 - along * dy) - half

    return distance


def both(*shapes: Shape) -> Shape:
    """The union of shapes."""
    return lambda a, b: min(shape(a, b) for shape in shapes)


def cut(shape: Shape, *out: Shape) -> Shape:
    """A shape without the area of others."""
    hole = both(*out)
    return lambda a, b: max(shape(a, b), -hole(a, b))


OUTLINE = ring(RING, 0.1)
LOOKS: dict[Look, tuple[tuple[int, int, int], Shape]] = {
    Look.SITTING: (TEAL, OUTLINE),
    Look.PROMPT: (ORANGE, cut(disc(0, 0, 0.96), stroke(0, -0.5, 0, 0.1, 0.14), disc(0, 0.5, 0.17))),
    Look.STRETCHING: (
        GREEN,
        cut(disc(0, 0, 0.96), stroke(-0.45, 0.05, -0.12, 0.4, 0.13), stroke(-0.12, 0.4, 0.46, -0.34, 0.13)),
    ),
    Look.PAUSED: (GREY, both(stroke(-0.4, -0.6, -0.4, 0.6, 0.22), stroke(0.4, -0.6, 0.4, 0.6, 0.22))),
    Look.CLOSED: (GREY, cut(disc(-0.05, 0.05, 0.88), disc(0.42, -0.3, 0.74))),
    Look.AWAY: (GREY, both(OUTLINE, disc(0, 0, 0.24))),
    Look.STANDING: (
        BLUE,
        both(
            OUTLINE,
            stroke(0, 0.42, 0, -0.42, 0.12),
            stroke(-0.34, -0.08, 0, -0.42, 0.12),
            stroke(0.34, -0.08, 0, -0.42, 0.12),
        ),
    ),
    Look.QUIET: (GREY, both(OUTLINE, stroke(-0.38, 0, 0.38, 0, 0.16))),
}
FULL = both(OUTLINE, disc(0, 0, INSIDE))


def pictures(kind: Look, step: int = 0) -> tuple[Pixmap, ...]:
    """The icon in all sizes; `step` of STEPS is how full the ring of SITTING is."""
    if kind is not Look.SITTING or step == 0:
        return _whole(kind)
    made = []
    for (size, _, empty), full in zip(_whole(kind), _filled(), strict=True):
        inside = round(size * INSIDE)
        top = (size + inside) // 2 - round(inside * step / STEPS)
        made.append(Pixmap(size, size, empty[: top * 4 * size] + full[top * 4 * size :]))
    return tuple(made)


@cache
def _whole(kind: Look) -> tuple[Pixmap, ...]:
    colour, shape = LOOKS[kind]
    return tuple(Pixmap(size, size, draw(shape, colour, size)) for size in SIZES)


@cache
def _filled() -> tuple[bytes, ...]:
    return tuple(draw(FULL, TEAL, size) for size in SIZES)


def draw(shape: Shape, colour: tuple[int, int, int], size: int) -> bytes:
    """The pixels of a shape; the alpha of a pixel is the fraction that the shape covers."""
    half = size / 2
    centres = [(i + 0.5 - half) / half for i in range(size)]
    kinds = [bytes((alpha, *colour)) if alpha else b"\0\0\0\0" for alpha in range(256)]
    return b"".join(kinds[round(255 * min(1.0, max(0.0, 0.5 - shape(x, y) * half)))] for y in centres for x in centres)
