"""Builds HTML and SVG elements with ElementTree, which escapes all texts and attributes.

Charts are SVG without a viewBox, with positions in percent and sizes in em. So they fill any width and their text has
the size of the page's text. Colors are classes of the style sheet, which has themes for dark, light and paper.

Why no chart library (installed size, time and memory of one chart, measured with Python 3.11; a report has a budget of
1.5 s and 80 MB): matplotlib 3.11 takes 174 MB, 0.9 s and 71 MB; altair 6 with vl-convert 106 MB, 2 s and 126 MB. pygal
3.1 is small (2 MB, 0.3 s, 17 MB), but has fixed colors, so no dark theme, scales its text down on a phone, and cannot
draw the line of a day. drawsvg 2.4 and svgwrite 1.4 (1 MB each) only build SVG elements, as `el` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from xml.etree.ElementTree import Element, tostring

from psoas_nudge.report.words import MONTHS

Inside = Element | str | None
BAR = 0.62
"""The share of a column that its bar fills."""


def el(tag: str, *inside: Inside, **attributes: str | float) -> Element:
    """An element. Attributes: `class_` becomes class, `text_anchor` text-anchor. None among the children is skipped."""
    made = Element(tag, {name.rstrip("_").replace("_", "-"): _text(value) for name, value in attributes.items()})
    for each in inside:
        if isinstance(each, Element):
            made.append(each)
        elif each is not None and len(made):
            made[-1].tail = (made[-1].tail or "") + each
        elif each is not None:
            made.text = (made.text or "") + each
    return made


def percent(part: float) -> str:
    """A share as a CSS percentage."""
    return f"{part * 100:.2f}".rstrip("0").rstrip(".") + "%"


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], caption: str) -> Element:
    """A table whose first column has row headers."""
    body = [el("tr", el("th", row[0], scope="row"), *(el("td", cell, dir="auto") for cell in row[1:])) for row in rows]
    head = el("tr", *(el("th", name, scope="col") for name in heads))
    return el("table", el("caption", caption), el("thead", head), el("tbody", *body))


def circle(x: float, y: float, kind: str, title: str = "", r: str = "0.25em") -> Element:
    """A dot; its position in shares of the width and of the height, from the top left."""
    return el("circle", el("title", title) if title else None, cx=percent(x), cy=percent(y), r=r, class_=kind)


def level(y: float, kind: str, begin: float = 0, end: float = 1) -> Element:
    """A horizontal line, in the same shares."""
    return el("line", x1=percent(begin), x2=percent(end), y1=percent(y), y2=percent(y), class_=kind)


def key(mark: Element) -> Element:
    """A symbol in a legend, hidden from screen readers."""
    return el("svg", mark, class_="key", aria_hidden="true")


def legend(*entries: tuple[Element, str]) -> Element:
    return el("ul", *(el("li", mark, f" {what}") for mark, what in entries), class_="legend")


def plot(*inside: Element, label: str, scale: Sequence[tuple[float, str]], below: Sequence[Element]) -> Element:
    """A chart. `label`: its text alternative; `scale`: (share of the height from the bottom, text)."""
    grid: list[Element] = []
    for height, text in scale:
        name = el("text", text, x="-0.66em", y=percent(1 - height), dy="0.32em", text_anchor="end", class_="scale")
        grid += (level(1 - height, "grid"), name)
    return el("svg", *grid, *inside, *below, role="img", aria_label=label, class_="plot")


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


def column(number: int, count: int) -> tuple[str, str]:
    """(x, width) of a bar in column `number` of `count` equal columns, of which it fills BAR."""
    return percent((number + (1 - BAR) / 2) / count), percent(BAR / count)


def across(day: date, weeks: Sequence[date]) -> float:
    """The center of a day in a chart over weeks, as a share of the width."""
    return ((day - weeks[0]).days + 0.5) / (7 * len(weeks))


def rounded_up(value: float, steps: Sequence[float]) -> float:
    """The top of a scale: `value` rounded up to a multiple of a suitable step."""
    step = next((step for step in steps if value <= step * 4), steps[-1])
    return max(step, -(-value // step) * step)


def wide(what: Element) -> Element:
    """A container that scrolls horizontally, also by keyboard."""
    return el("div", what, class_="wide", tabindex="0")


def folded(what: Element, summary: str = "The same as a table") -> Element:
    """A collapsed container, which is not printed."""
    return el("details", el("summary", summary), wide(what))


def written(tree: Element) -> str:
    return "<!doctype html>\n" + tostring(tree, encoding="unicode", method="html") + "\n"


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"
