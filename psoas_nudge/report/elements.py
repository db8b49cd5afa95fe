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
from xml.etree.ElementTree import Element, tostring

Inside = Element | str | None


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


def key(mark: Element) -> Element:
    """A symbol in a legend, hidden from screen readers."""
    return el("svg", mark, class_="key", aria_hidden="true")


def wide(what: Element) -> Element:
    """A container that scrolls horizontally, also by keyboard."""
    return el("div", what, class_="wide", tabindex="0")


def folded(what: Element, summary: str = "The same as a table") -> Element:
    """A collapsed container, which is not printed."""
    return el("details", el("summary", summary), wide(what))


def written(tree: Element) -> str:
    """The page as HTML."""
    return "<!doctype html>\n" + tostring(tree, encoding="unicode", method="html") + "\n"


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"
