"""Makes HTML and SVG elements. The tree escapes every text and attribute when it is written out.

Charts are SVG without a viewBox, with positions in percent and sizes in em: they fill any width, from a phone to a
wall screen, and their text keeps the size of the page's. Colours are classes of the style sheet, which has dark, light
and paper.

Why no chart library (installed size, time and memory of one chart, measured on Python 3.11): matplotlib 3.11 takes
174 MB, 0.9 s and 71 MB, altair 6 with vl-convert 106 MB, 2 s and 126 MB, which leaves nothing of the 1.5 s and 80 MB
of a report. pygal 3.1 is small (2 MB, 0.3 s, 17 MB), but it writes colours into the picture and its text shrinks with
it, so there would be no dark theme and nothing to read on a phone, and it cannot draw the line of a day. drawsvg 2.4
and svgwrite 1.4 (1 MB each) only write SVG elements, which is what `el` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, tostring

Inside = Element | str | None


def el(tag: str, *inside: Inside, **attributes: str | float) -> Element:
    """An element; `class_` and `text_anchor` are class and text-anchor. None inside is left out."""
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
    """A position or size: 0.5 is half of the whole."""
    return f"{part * 100:.2f}".rstrip("0").rstrip(".") + "%"


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], caption: str) -> Element:
    """A table whose first column names its rows."""
    body = [el("tr", el("th", row[0], scope="row"), *(el("td", cell, dir="auto") for cell in row[1:])) for row in rows]
    head = el("tr", *(el("th", name, scope="col") for name in heads))
    return el("table", el("caption", caption), el("thead", head), el("tbody", *body))


def key(mark: Element) -> Element:
    """A mark of a chart in its legend; the words beside it say what it means."""
    return el("svg", mark, class_="key", aria_hidden="true")


def wide(what: Element) -> Element:
    """Something that scrolls sideways by itself where there is too little room, by keyboard too."""
    return el("div", what, class_="wide", tabindex="0")


def folded(what: Element, summary: str = "The same as a table") -> Element:
    """Something that is opened by whoever wants it; not printed."""
    return el("details", el("summary", summary), wide(what))


def written(tree: Element) -> str:
    """The text of a whole page."""
    return "<!doctype html>\n" + tostring(tree, encoding="unicode", method="html") + "\n"


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"
