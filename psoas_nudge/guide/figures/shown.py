"""The pictures of a routine: generated drawings for the catalogue, PNG files for a person's own routines."""

from __future__ import annotations

import struct
from base64 import b64encode
from html import escape
from textwrap import wrap

from psoas_nudge.core.routines import Routine, Side
from psoas_nudge.guide.figures import dots, drawing
from psoas_nudge.guide.figures.drawing import STYLE
from psoas_nudge.pictures import kept

SIZE = struct.Struct(">16xII")
"""Width and height in the IHDR chunk of a PNG (https://www.w3.org/TR/png-3/#11IHDR)."""

LINE = 15
"""Line height of the text on a sheet, in units."""


def svg(routine: Routine, name: str, side: Side | None, address: str | None = None) -> str | None:
    """The picture `name` as SVG; None without one. `address`: URL of a person's picture; without it, it is embedded."""
    if not routine.pictures:
        return drawing.svg(routine.id, name, side)
    if (png := _png(routine, name)) is None:
        return None
    width, height = SIZE.unpack_from(png)
    link = address or f"data:image/png;base64,{b64encode(png).decode()}"
    mirrored = f' transform="matrix(-1 0 0 1 {width} 0)"' if _is_mirrored(routine, side) else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" class="figure">'
        f'<rect class="card" width="{width}" height="{height}"/>'
        f'<image width="{width}" height="{height}" href="{escape(link)}"{mirrored}/></svg>'
    )


def printed(routine: Routine) -> str | None:
    """The picture that shows the routine best, for use outside the page; None without one."""
    if not routine.pictures:
        return drawing.picture(routine.id)
    return svg(routine, routine.picture, None)


def in_terminal(routine: Routine, name: str, side: Side | None, room: tuple[int, int]) -> list[str]:
    """The picture `name` in Braille, in at most `room` (columns, lines); empty without one, or if it does not fit."""
    if not routine.pictures:
        return dots.dots(routine.id, name, side, room)
    try:
        rows = kept.dots(routine.pictures, name).read_text("ascii").split("\n")
    except (OSError, UnicodeDecodeError):
        return []
    return dots.braille([row[::-1] for row in rows] if _is_mirrored(routine, side) else rows, room)


def sheet(routine: Routine, side: Side | None) -> str:
    """All pictures of a routine in a row, each with its steps below, for printing."""
    names = dict.fromkeys(step.picture for step in routine.steps)
    steps = {
        name: [f"{n}. {s.text} {s.cue}" for n, s in enumerate(routine.steps, 1) if s.picture == name] for name in names
    }
    words = {name: [line for text in texts for line in wrap(text, 38)] for name, texts in steps.items()}
    each, high = 260, 270 + LINE * max(len(lines) for lines in words.values())
    panels = ""
    for number, name in enumerate(names):
        place = f'<svg x="{number * each + 10}" y="40" width="{each - 20}" height="200" '
        panels += (svg(routine, name, side) or "").replace("<svg ", place, 1) if name else ""
        panels += "".join(
            f'<text x="{number * each + 12}" y="{262 + LINE * row}">{escape(line)}</text>'
            for row, line in enumerate(words[name])
        )
    width = each * len(names)
    title = escape(routine.title + (f", {side} side" if side else ""))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {high}"><style>{STYLE}'
        f"text{{font:12px sans-serif;fill:#1d2b36}}.title{{font:bold 18px sans-serif}}</style>"
        f'<rect class="card" width="{width}" height="{high}"/><text class="title" x="12" y="26">{title}</text>'
        f"{panels}</svg>"
    )


def _is_mirrored(routine: Routine, side: Side | None) -> bool:
    return side is not None and routine.drawn_side is not None and side != routine.drawn_side


def _png(routine: Routine, name: str) -> bytes | None:
    try:
        png = kept.png(routine.pictures, name).read_bytes()
    except OSError:
        return None
    return png if len(png) > SIZE.size else None
