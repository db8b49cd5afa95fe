"""Discomfort over time, and notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import get_args
from xml.etree.ElementTree import Element

from psoas_nudge.core.advice import KINDS
from psoas_nudge.core.history import PastReport
from psoas_nudge.core.shares import mean, mean_difference
from psoas_nudge.core.words import Afterwards, counted, times
from psoas_nudge.report import words
from psoas_nudge.report.days import mark
from psoas_nudge.report.elements import across, circle, el, folded, key, legend, months, percent, plot, table
from psoas_nudge.report.record import ReportData

LATELY_WEEKS = 12
NOTES = 12
"""How many of the latest notes are shown; the table has all."""


def summary(record: ReportData) -> str:
    """Sentences: how much discomfort was reported, and whether it has changed."""
    felt = record.history.reports
    levels = [(each.at, each.report.level) for each in felt if each.report.level is not None]
    text = f"You rated your discomfort {times(len(levels))}." if levels else "You have not rated your discomfort yet."
    if said := afterwards(felt):
        text += f" Right after a stretch you said {said}."
    if not levels:
        return text
    split = record.now - timedelta(weeks=LATELY_WEEKS)
    lately = [float(level) for at, level in levels if at >= split]
    before = [float(level) for at, level in levels if at < split]
    difference = mean_difference(lately, before)
    if difference is None:
        return f"{text} That is too few to tell whether it has changed."
    figures = f"{_mean(lately)} in the last {LATELY_WEEKS} weeks and {_mean(before)} before"
    low, high = difference
    if not difference.significant:
        between = f"between {abs(low):.1f} lower and {high:.1f} higher"
        return f"{text} The average was {figures}: chance could explain the difference ({between})."
    between = f"between {max(map(abs, difference)):.1f} and {min(map(abs, difference)):.1f}"
    text += f" The average was {figures}. The difference is {between} {'higher' if low > 0 else 'lower'}."
    return f"{text} These figures cannot say what changed it."


def afterwards(felt: Sequence[PastReport]) -> str:
    """How often each answer was given right after a stretch, in words."""
    after = Counter(each.report.afterwards for each in felt)
    return ", ".join(f"{name} {times(after[name])}" for name in get_args(Afterwards) if after[name])


def tells_pain(each: PastReport) -> bool:
    return bool(each.report.pain) or each.report.afterwards == "pain"


def _mean(levels: Sequence[float]) -> str:
    return f"{mean(levels):.1f} (n{words.SPACE}={words.SPACE}{len(levels)})"


def chart(record: ReportData) -> Element:
    """A dot for each level, and a cross at the top for each report of pain."""
    weeks, felt = record.weeks, record.history.reports
    marks = []
    for each in felt:
        x, level = across(each.at.date(), weeks), each.report.level
        if tells_pain(each):
            marks.append(mark("skipped", percent(x), "-0.9em", described(each)))
        if level is not None:
            marks.append(circle(x, 1 - level / 10, "felt", described(each)))
    scale = [(0.0, "0 none"), (0.5, "5"), (1.0, "10")]
    label = f"Discomfort over {counted(len(weeks), 'week')}. {summary(record)}"
    drawn = plot(*marks, label=label, scale=scale, below=months(weeks))
    cross = key(el("use", href="#prompt-skipped", class_="pain"))
    keys = legend((key(circle(0.5, 0.5, "felt")), "discomfort, 0 to 10"), (cross, "pain"))
    rows = [(words.full_day(each.at.date()), described(each)) for each in reversed(felt)]
    everything = folded(table(("Day", "Report"), rows, "Everything you reported"))
    notes = [(each.at.date(), each.report.note) for each in felt if each.report.note]
    return el("div", drawn, keys, listed(notes[-NOTES:]), everything)


def described(each: PastReport) -> str:
    report = each.report
    parts = [
        f"discomfort {report.level}" if report.level is not None else "",
        f"{report.afterwards} after {report.routine or 'a stretch'}" if report.afterwards else "",
        KINDS[report.pain] if report.pain else "",
        f"“{report.note}”" if report.note else "",
    ]
    return "; ".join(part for part in parts if part) or "nothing"


def listed(lines: Sequence[tuple[date, str]]) -> Element | None:
    """A list of dated lines, latest first; None if empty."""
    if not lines:
        return None
    items = [el("div", el("dt", words.full_day(when)), el("dd", line, dir="auto")) for when, line in reversed(lines)]
    return el("dl", *items, class_="notes")
