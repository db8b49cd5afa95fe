"""Sitting per day: the last four weeks, compared with the twelve before."""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from xml.etree.ElementTree import Element

from psoas_nudge.core.shares import ENOUGH, mean, mean_difference
from psoas_nudge.core.statistics import Totals, monday
from psoas_nudge.core.words import counted
from psoas_nudge.report import words
from psoas_nudge.report.elements import (
    across,
    circle,
    el,
    folded,
    key,
    legend,
    level,
    months,
    plot,
    rounded_up,
    table,
)
from psoas_nudge.report.record import ReportData

LEAST_MS = 3_600_000
"""Days with less sitting do not count as working days and are left out of the comparison."""
LATELY_WEEKS, BEFORE_WEEKS = 4, 12
LEAST_DAYS = 3
"""Days of a week for which its median is drawn."""


def sat(day: Totals) -> int:
    """Sitting of a day, in milliseconds."""
    return round(day.sitting_seconds * 1000)


def working(record: ReportData) -> list[Totals]:
    """The past days with at least LEAST_MS of sitting."""
    return [day for day in record.days if day.first < record.today and sat(day) >= LEAST_MS]


def lately(record: ReportData) -> tuple[list[float], list[float]]:
    """Sitting on each day of the last four weeks, and of the twelve weeks before, in milliseconds."""
    split = record.today - timedelta(weeks=LATELY_WEEKS)
    begin = split - timedelta(weeks=BEFORE_WEEKS)
    days = working(record)
    return (
        [float(sat(day)) for day in days if day.first >= split],
        [float(sat(day)) for day in days if begin <= day.first < split],
    )


def summary(record: ReportData) -> str:
    """Sentences that compare the last four weeks with the weeks before."""
    now, before = lately(record)
    if len(now) < ENOUGH:
        return f"{counted(len(now), 'working day')} in the last four weeks; {words.TOO_FEW}."
    text = f"In the last four weeks you sat {words.length(mean(now))} a day, on {counted(len(now), 'day')}."
    if (difference := mean_difference(now, before)) is None:
        return f"{text} Before that there are too few days to compare with."
    middle = mean(now) - mean(before)
    sizes = f"{words.length(abs(middle))} {'more' if middle > 0 else 'less'}"
    between = f"between {_signed(difference.low)} and {_signed(difference.high)}"
    if difference.significant:
        return f"{text} That is {sizes} than in the twelve weeks before ({between})."
    was = words.length(mean(before))
    return f"{text} In the twelve weeks before it was {was}: chance could explain the difference ({between})."


def chart(record: ReportData) -> Element:
    """A dot for each day, and a line at each week's median."""
    weeks, days = record.weeks, working(record)
    shown = [day for day in days if day.first >= record.first_week]
    top = rounded_up(max((sat(day) for day in shown), default=8 * LEAST_MS), (2.0 * LEAST_MS, 3.0 * LEAST_MS))
    step = 2 if top <= 8 * LEAST_MS else 3
    scale = [(hours * LEAST_MS / top, f"{hours} h") for hours in range(0, round(top / LEAST_MS) + 1, step)]
    split = record.today - timedelta(weeks=LATELY_WEEKS)
    dots = []
    for day in shown:
        title = f"{words.day(day.first)}: {words.length(sat(day))}"
        dots.append(_dot(across(day.first, weeks), 1 - sat(day) / top, title, now=day.first >= split))
    by_week = [[sat(day) for day in shown if monday(day.first) == week] for week in weeks]
    lines = [
        level(1 - median(some) / top, "middle", (number + 0.1) / len(weeks), (number + 0.9) / len(weeks))
        for number, some in enumerate(by_week)
        if len(some) >= LEAST_DAYS
    ]
    label = f"Sitting a day over {counted(len(weeks), 'week')}. {summary(record)}"
    drawn = plot(*dots, *lines, label=label, scale=scale, below=months(weeks))
    rows = [
        (words.week(week), str(len(some)), words.length(min(some)), words.length(median(some)), words.length(max(some)))
        for week, some in zip(weeks, by_week, strict=True)
        if some
    ]
    heads = ("Week", "Days", "Least", "Median", "Most")
    keys = legend(
        (key(_dot(0.5, 0.5)), "a day"),
        (key(_dot(0.5, 0.5, now=True)), "a day of the last four weeks"),
        (key(level(0.5, "middle")), "the middle day of a week (median)"),
    )
    return el("div", drawn, keys, folded(table(heads, rows, "Sitting a day, by week")))


def _dot(x: float, y: float, title: str = "", *, now: bool = False) -> Element:
    return circle(x, y, "dot now" if now else "dot", title, r="0.2em")


def _signed(milliseconds: float) -> str:
    amount = words.length(abs(milliseconds))
    return f"{amount} {'more' if milliseconds > 0 else 'less'}"
