"""The days of the last weeks, one line each: hours, sitting, standing, delays of prompts, prompts, stretches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil, floor
from typing import NamedTuple
from xml.etree.ElementTree import Element

from psoas_nudge.core.history import DAY_MINUTES, Piece, PieceKind, PromptMark, Track
from psoas_nudge.core.statistics import monday
from psoas_nudge.core.words import OUTCOMES, Outcome, counted, times
from psoas_nudge.report import words
from psoas_nudge.report.elements import el, folded, key, legend, percent, table
from psoas_nudge.report.record import ReportData


class Band(NamedTuple):
    """How a kind of piece is drawn within the line of a day; `top` and `height` in em."""

    top: float
    height: float
    name: str


BANDS: dict[PieceKind, Band] = {
    "hours": Band(0.0, 2.2, "working hours"),
    "sitting": Band(0.95, 0.6, "sitting"),
    "standing": Band(0.97, 0.56, "standing"),
    "held-back": Band(1.65, 0.28, "a prompt was delayed, for example by a call"),
    "stretch": Band(0.75, 1.0, "stretch"),
}
"""In the order in which they are drawn."""
MARK_AT = 0.42
"""Vertical position of prompts within a line, in em."""

# SVG path of each outcome in a box of 12 by 12, so that outcomes differ not only by color.
SHAPES: dict[Outcome, str] = {
    "accepted": "M6 1.2a4.8 4.8 0 1 0 .01 0z",
    "taken": "M6 1 11 10.5H1z",
    "snoozed": "M6 .8 11.2 6 6 11.2 .8 6z",
    "skipped": "M2 2 10 10M10 2 2 10",
    "missed": "M6 1.8a4.2 4.2 0 1 0 .01 0z",
    "withdrawn": "M2 6H10",
}


def shapes() -> Element:
    """Definitions used by all days: the symbols of prompts, and the CSS of bands."""
    bands = "".join(f".line .{kind}{{y:{top}em;height:{height}em}}" for kind, (top, height, _) in BANDS.items())
    symbols = [
        el("symbol", el("path", d=path), id=f"prompt-{outcome}", viewBox="0 0 12 12", class_=f"prompt {outcome}")
        for outcome, path in SHAPES.items()
    ]
    return el("svg", el("style", bands), *symbols, width=0, height=0, class_="definitions", aria_hidden="true")


def mark(outcome: Outcome, x: str, y: str, title: str) -> Element:
    """A prompt's symbol at a position of a chart; the style sheet centers it there."""
    return el(
        "use", el("title", title), href=f"#prompt-{outcome}", x=x, y=y, width="0.72em", height="0.72em", class_="mark"
    )


def _legends() -> Element:
    bands = legend(*((_swatch(kind), band.name) for kind, band in BANDS.items()))
    prompts = legend(*((key(el("use", href=f"#prompt-{each}")), OUTCOMES[each]) for each in SHAPES))
    prompts.insert(0, el("li", "Prompts:"))
    return el("div", bands, prompts, class_="legends")


def _swatch(kind: PieceKind) -> Element:
    height = min(BANDS[kind].height, 1.0)
    return el(
        "svg", el("rect", width="100%", height="100%", class_=kind),
        class_="swatch", style=f"height:{height}em", aria_hidden="true",
    )  # fmt: skip


def chart(record: ReportData) -> Element:
    """All days, latest first, grouped by week, with the same data as a table below."""
    tracks, sat = record.tracks, {day.first: round(day.sitting_seconds * 1000) for day in record.days}
    begin, end = _window(tracks)
    lines: list[Element] = []
    week = None
    for track in reversed(tracks):
        if monday(track.day) != week:
            week = monday(track.day)
            lines.append(el("li", el("h3", words.week(week)), _axis(begin, end), class_="week"))
        sitting = words.length(sat.get(track.day, 0))
        name, amount = el("span", words.day(track.day), class_="day"), el("span", sitting, class_="sat")
        lines.append(el("li", name, _line(track, begin, end, _in_words(track, sitting)), amount))
    return el("div", el("ol", *lines, class_="days"), _legends(), folded(_table(tracks)))


def _window(tracks: Sequence[Track]) -> tuple[float, float]:
    """The part of the day to draw, in whole hours, from the earliest to the latest piece or prompt."""
    minutes = [minute for track in tracks for piece in track.pieces for minute in (piece.begin, piece.end)]
    minutes += [prompt.minute for track in tracks for prompt in track.prompts]
    begin, end = min(minutes, default=9 * 60), max(minutes, default=17 * 60)
    return floor(begin / 60) * 60, min(DAY_MINUTES, max(ceil(end / 60) * 60, floor(begin / 60) * 60 + 60))


def _hours(begin: float, end: float) -> range:
    """The labeled hours, as minutes; at most seven, which fit on a phone."""
    step = next(step for step in (1, 2, 3, 4, 6) if (end - begin) / 60 / step <= 7)
    return range(ceil(begin / 60 / step) * step * 60, int(end) + 1, step * 60)


def _axis(begin: float, end: float) -> Element:
    names = []
    for minute in _hours(begin, end):
        part = (minute - begin) / (end - begin)
        anchor = "start" if part < 0.02 else "end" if part > 0.98 else "middle"
        names.append(el("text", words.clock(minute), x=percent(part), y="1.2em", text_anchor=anchor))
    return el("svg", *names, class_="axis", aria_hidden="true")


def _line(track: Track, begin: float, end: float, text: str) -> Element:
    def at(minute: float) -> str:
        return percent((minute - begin) / (end - begin))

    grid = [el("line", x1=at(m), x2=at(m), y1=0, y2="2.2em", class_="grid") for m in _hours(begin, end)]
    pieces = [
        el(
            "rect", el("title", _title(piece)), x=at(piece.begin),
            width=percent((piece.end - piece.begin) / (end - begin)), class_=kind,
        )
        for kind in BANDS for piece in track.pieces if piece.kind == kind
    ]  # fmt: skip
    prompts = [mark(p.outcome, at(p.minute), f"{MARK_AT}em", _prompt(p)) for p in track.prompts]
    return el("svg", *pieces[:1], *grid, *pieces[1:], *prompts, role="img", aria_label=text, class_="line")


def _title(piece: Piece) -> str:
    detail = f" ({piece.words})" if piece.words else ""
    return f"{words.clock(piece.begin)}–{words.clock(piece.end)} {BANDS[piece.kind].name}{detail}"


def _prompt(prompt: PromptMark) -> str:
    return f"{words.clock(prompt.minute)} prompt: {OUTCOMES[prompt.outcome]}"


def _in_words(track: Track, sat: str) -> str:
    """The line as text, for screen readers."""
    sitting = [piece for piece in track.pieces if piece.kind == "sitting"]
    parts = [f"{words.day(track.day)}: sitting {sat}"]
    if sitting:
        parts.append(f"between {words.clock(sitting[0].begin)} and {words.clock(sitting[-1].end)}")
    parts += filter(None, _rest(track))
    return ", ".join(parts) + "."


def _rest(track: Track) -> Iterator[str]:
    """A text for each column of the table except hours and sitting."""
    standing = track.minutes("standing")
    yield f"standing {words.length(standing * 60_000)}" if standing else ""
    held = [piece.words for piece in track.pieces if piece.kind == "held-back"]
    why = ", ".join(dict.fromkeys(", ".join(held).split(", ")))
    yield f"prompts delayed {times(len(held))} ({why})" if held else ""
    outcomes = Counter(prompt.outcome for prompt in track.prompts)
    text = ", ".join(f"{outcomes[each]} {OUTCOMES[each]}" for each in SHAPES if outcomes[each])
    yield f"prompts: {text}" if text else ""
    stretches = sum(piece.kind == "stretch" for piece in track.pieces)
    yield counted(stretches, "stretch", "stretches") if stretches else ""


def _table(tracks: Sequence[Track]) -> Element:
    rows = [
        (
            words.day(track.day),
            ", ".join(_span(piece) for piece in track.pieces if piece.kind == "hours"),
            ", ".join(_span(piece) for piece in track.pieces if piece.kind == "sitting"),
            *_rest(track),
        )
        for track in reversed(tracks)
    ]
    heads = ("Day", "Working hours", "Sitting", "Standing", "Delayed", "Prompts", "Stretches")
    return table(heads, rows, "Each day of the last weeks")


def _span(piece: Piece) -> str:
    return f"{words.clock(piece.begin)}–{words.clock(piece.end)}"


def summary(record: ReportData) -> str:
    """Sentences above the chart."""
    first = min((track.day for track in record.tracks), default=record.today)
    recent = [day for day in record.days if day.first >= first and day.bouts]
    if not record.tracks:
        return "Nothing is recorded in the last four weeks."
    gap = f"A bar is a stretch of sitting; a gap is a break of at least {words.length(record.rules.shortest_break)}."
    if not recent:
        return gap
    longest = max(recent, key=lambda day: day.longest_bout_seconds)
    lasted = words.length(longest.longest_bout_seconds * 1000)
    return f"{gap} You sat longest without a break on {words.day(longest.first)}: {lasted}."
