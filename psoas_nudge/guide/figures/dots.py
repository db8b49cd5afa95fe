"""The figures in a terminal, drawn with Braille characters of two by four dots. Idea: drawille."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, hypot

from psoas_nudge.core.routines import Side
from psoas_nudge.guide.figures.body import FLOOR, Limb, Point, Skeleton, placed, solve
from psoas_nudge.guide.figures.poses import FIGURES
from psoas_nudge.guide.figures.shapes import HIP_BONE

BLANK = 0x2800
BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of a dot, by its row and column in the character."""
LEAST = (16, 8)
"""Smallest size, columns and lines, in which a figure is recognizable."""
COMMAND = re.compile(r"([MHVLQAZa])([^MHVLQAZa]*)")
Line = tuple[Sequence[Point], float]
"""A polyline and its thickness in units."""


def dots(routine_id: str, pose: str, side: Side | None, size: tuple[int, int]) -> list[str]:
    """A pose in at most `size` (columns, lines); empty without a figure or if LEAST does not fit."""
    figure, (columns, lines) = FIGURES.get(routine_id), size
    if figure is None or pose not in figure.poses or lines < LEAST[1] or columns < LEAST[0]:
        return []
    _, _, width, height = figure.box
    scale = min((columns * 2 - 1) / width, (lines * 4 - 1) / (height + 4))
    across = ceil(width * scale / 2)
    cells = [[0] * across for _ in range(ceil((height + 4) * scale / 4))]
    skeleton = solve(figure.poses[pose])
    for points, thick in _lines(skeleton, [path for kind, path in (*figure.behind, *figure.between) if kind != "ball"]):
        for begin, end in pairwise(points):
            _draw(cells, (_cell(begin, figure.box, scale), _cell(end, figure.box, scale)), thick * scale)
    _fill(cells, [_cell(skeleton.pelvic(at), figure.box, scale) for at in HIP_BONE])
    drawn = [[chr(BLANK + cell) for cell in row] for row in cells]
    marks = [(placed(skeleton.hip, (-26, 2), 0), "↺")] if pose in figure.tucked[:1] else []
    marks += [(tip, _arrow(begin, tip)) for begin, tip in figure.moves.get(pose, ())]
    for at, mark in marks:
        x, y = _cell(at, figure.box, scale)
        drawn[min(len(drawn) - 1, int(y // 4))][max(0, min(across - 1, int(x // 2)))] = mark
    if side == "left":
        return ["".join(row).translate(MIRROR)[::-1] for row in drawn]
    return ["".join(row) for row in drawn]


def braille(rows: Sequence[str], room: tuple[int, int]) -> list[str]:
    """A raster ("#" is ink) in at most `room` (columns, lines), without its blank margins."""
    inked = [y for y, row in enumerate(rows) if "#" in row]
    if not inked or room[1] < LEAST[1] or room[0] < LEAST[0]:
        return []
    left = min(row.find("#") for row in rows if "#" in row)
    kept = [row[left : max(row.rfind("#") for row in rows) + 1] for row in rows[inked[0] : inked[-1] + 1]]
    width, height = len(kept[0]), len(kept)
    scale = min(1.0, room[0] * 2 / width, room[1] * 4 / height)
    cells = [[0] * ceil(width * scale / 2) for _ in range(ceil(height * scale / 4))]
    for y, row in enumerate(kept):
        for x, dot in enumerate(row):
            if dot == "#":
                _set(cells, int(x * scale), int(y * scale))
    return ["".join(chr(BLANK + cell) for cell in row) for row in cells]


def _mirrored(cell: int) -> int:
    return sum(BITS[row][1 - column] for row in range(4) for column in range(2) if cell & BITS[row][column])


MIRROR = {BLANK + cell: BLANK + _mirrored(cell) for cell in range(256)} | {ord("↺"): "↻", ord("→"): "←", ord("←"): "→"}


def _arrow(begin: Point, tip: Point) -> str:
    x, y = tip[0] - begin[0], tip[1] - begin[1]
    if abs(x) > abs(y):
        return "→" if x > 0 else "←"
    return "↓" if y > 0 else "↑"


def _lines(skeleton: Skeleton, props: Sequence[str]) -> Iterator[Line]:
    yield ((0, FLOOR + 2), (240, FLOOR + 2)), 0
    for path in props:
        yield _outline(path), 0
    limbs: tuple[Limb, Limb] = ("far", "near")
    for limb in limbs:
        thick = 8.0 if limb == "near" else 0.0
        yield (*skeleton.leg(limb), skeleton.foot(limb, (16, 1))), thick
        yield skeleton.arm(limb), thick / 2
    yield (*skeleton.lumbar, *skeleton.thoracic), 7
    yield (skeleton.thoracic[-1], skeleton.skull), 3
    yield (placed(skeleton.skull, (-1, 4), skeleton.head), placed(skeleton.skull, (2, -4), skeleton.head)), 15
    yield (placed(skeleton.skull, (6, -2), skeleton.head), placed(skeleton.skull, (12, -2), skeleton.head)), 0


def _outline(path: str) -> list[Point]:
    """The corners of a prop's path; curves become straight lines."""
    points: list[Point] = []
    for command, rest in COMMAND.findall(path):
        numbers = [float(number) for number in rest.replace(",", " ").split()]
        x, y = points[-1] if points else (0.0, 0.0)
        if command == "H":
            points.append((numbers[0], y))
        elif command == "V":
            points.append((x, numbers[0]))
        elif command == "Z":
            points.append(points[0])
        else:
            points.append((numbers[-2], numbers[-1]))
    return points


def _cell(at: Point, box: tuple[float, float, float, float], scale: float) -> Point:
    return (at[0] - box[0]) * scale, (at[1] - box[1]) * scale


def _draw(cells: list[list[int]], ends: tuple[Point, Point], thick: float) -> None:
    (x, y), (to_x, to_y) = ends
    steps = max(1, ceil(hypot(to_x - x, to_y - y) * 2))
    for step in range(steps + 1):
        at = x + (to_x - x) * step / steps, y + (to_y - y) * step / steps
        reach = range(-ceil(thick / 2), ceil(thick / 2) + 1)
        for right, down in ((right, down) for right in reach for down in reach):
            if hypot(right, down) <= thick / 2:
                _set(cells, at[0] + right, at[1] + down)


def _fill(cells: list[list[int]], polygon: Sequence[Point]) -> None:
    """Fill the polygon and clear a margin around it, so that the pelvis stands out."""
    middle = sum(x for x, _ in polygon) / len(polygon), sum(y for _, y in polygon) / len(polygon)
    for grown, on in ((1.45, False), (1.0, True)):
        shape = [(middle[0] + (x - middle[0]) * grown, middle[1] + (y - middle[1]) * grown) for x, y in polygon]
        for y in range(int(min(y for _, y in shape)), ceil(max(y for _, y in shape)) + 1):
            for x in range(int(min(x for x, _ in shape)), ceil(max(x for x, _ in shape)) + 1):
                if _inside((x + 0.01, y + 0.01), shape):
                    _set(cells, x, y, on=on)


def _inside(at: Point, polygon: Sequence[Point]) -> bool:
    """Even-odd rule."""
    found = False
    for (x, y), (to_x, to_y) in pairwise((*polygon, polygon[0])):
        if (y > at[1]) != (to_y > at[1]) and at[0] < (to_x - x) * (at[1] - y) / (to_y - y) + x:
            found = not found
    return found


def _set(cells: list[list[int]], x: float, y: float, *, on: bool = True) -> None:
    column, row = round(x), round(y)
    if 0 <= row < len(cells) * 4 and 0 <= column < len(cells[0]) * 2:
        bit = BITS[row % 4][column % 2]
        cells[row // 4][column // 2] = cells[row // 4][column // 2] & ~bit | (bit if on else 0)
