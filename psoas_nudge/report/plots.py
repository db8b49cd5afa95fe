"""Shared by the charts over weeks: a frame with a scale on the left and months below."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from xml.etree.ElementTree import Element

from psoas_nudge.report.elements import el, percent
from psoas_nudge.report.words import MONTHS


def plot(*inside: Element | None, label: str, scale: Sequence[tuple[float, str]], below: Sequence[Element]) -> Element:
    """A chart. `label`: its text alternative; `scale`: (share of the height from the bottom, text)."""
    grid = [
        part
        for height, text in scale
        for part in (
            el("line", x1=0, x2="100%", y1=percent(1 - height), y2=percent(1 - height), class_="grid"),
            el("text", text, x="-0.66em", y=percent(1 - height), dy="0.32em", text_anchor="end", class_="scale"),
        )
    ]
    drawn = [part for part in inside if part is not None]
    return el("svg", *grid, *drawn, *below, role="img", aria_label=label, class_="plot")


def months(weeks: Sequence[date]) -> list[Element]:
    """A label below the first week of each month. Narrow screens hide every second one (class "minor")."""
    names: list[Element] = []
    for number, monday in enumerate(weeks):
        if number and monday.month == weeks[number - 1].month:
            continue
        if not number and monday.day > 21:  # would overlap the next label
            continue
        minor = "minor" if len(names) % 2 and len(weeks) > 20 else "major"
        text = MONTHS[monday.month - 1] + (f" {monday.year}" if monday.month == 1 else "")
        names.append(el("text", text, x=percent(number / len(weeks)), y="100%", dy="2em", class_=minor))
    return names


def centre(number: int, count: int) -> float:
    """The center of column `number` of `count` equal columns, as a share of the width."""
    return (number + 0.5) / count


def column(number: int, count: int, filled: float = 0.62) -> tuple[str, str]:
    """(x, width) of a bar in column `number` of `count` equal columns."""
    return percent((number + (1 - filled) / 2) / count), percent(filled / count)


def rounded_up(value: float, steps: Sequence[float]) -> float:
    """The top of a scale: `value` rounded up to a multiple of a suitable step."""
    step = next((step for step in steps if value <= step * 4), steps[-1])
    return max(step, -(-value // step) * step)
