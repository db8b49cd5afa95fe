"""Hold time per side and week, compared with the weekly goal: left above the axis, right below it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from xml.etree.ElementTree import Element

from psoas_nudge.core.history import PastStretch
from psoas_nudge.core.shares import mean, mean_difference
from psoas_nudge.core.statistics import monday
from psoas_nudge.core.words import counted
from psoas_nudge.report import words
from psoas_nudge.report.elements import column, el, folded, key, legend, level, months, percent, plot, rounded_up, table
from psoas_nudge.report.record import ReportData

MINUTE = 60_000
WEEKS_SAID = 12


def by_week(held: Sequence[PastStretch], weeks: Sequence[date]) -> list[tuple[int, int]]:
    """(left, right) held in each of the weeks, in milliseconds."""
    sums = {week: [0, 0] for week in weeks}
    for stretch in held:
        if (week := monday(stretch.at.date())) in sums:
            sums[week][0] += stretch.left
            sums[week][1] += stretch.right
    return [(left, right) for left, right in sums.values()]


def summary(record: ReportData) -> str:
    """Sentences: hold time compared with the goal, and whether one side gets less."""
    weeks = [week for week in record.weeks if week < monday(record.today)][-WEEKS_SAID:]
    if not weeks:
        return "The first week is not over yet."
    sides = by_week(record.history.stretches, weeks)
    left, right = [float(one) for one, _ in sides], [float(two) for _, two in sides]
    reached = sum(min(pair) >= record.target for pair in sides)
    when, each = (
        (f"In the last {counted(len(weeks), 'whole week')}", " a week") if len(weeks) > 1 else ("Last week", "")
    )
    text = (
        f"{when} you held {words.length(mean(left))}{each} on the left and {words.length(mean(right))} on the right. "
        f"The goal is {words.length(record.target)} a side."
    )
    text += f" Both sides reached it in {reached or 'none'} of {counted(len(weeks), 'week')}."
    apart = mean_difference([a - b for a, b in zip(left, right, strict=True)], [0.0] * len(weeks))
    if apart is not None and apart.significant:
        low, high = sorted(abs(end) for end in apart)
        side = "right" if apart.low > 0 else "left"
        text += f" The {side} side gets less, by {words.length(low)} to {words.length(high)} a week."
    elif apart is not None:
        text += " Neither side gets clearly less."
    return text


def chart(record: ReportData) -> Element:
    """Bars for each week, up for the left and down for the right side, with dashed lines at the goal."""
    weeks = record.weeks
    sides = by_week(record.history.stretches, weeks)
    steps = (2.0 * MINUTE, 4.0 * MINUTE, 10.0 * MINUTE, 20.0 * MINUTE, 60.0 * MINUTE)  # half of each is whole minutes
    top = rounded_up(max([record.target * 1.1, *(max(pair) for pair in sides)]), steps)
    bars: list[Element] = []
    for number, (week, pair) in enumerate(zip(weeks, sides, strict=True)):
        bars += _week(*column(number, len(weeks)), week, pair, top)
    step = top / 2
    scale = [(0.5 + n * step / top / 2, words.length(abs(n) * step) if n else "0") for n in range(-2, 3)]
    target = record.target / top / 2
    lines = [level(0.5 + way * target, "target") for way in (-1, 1) if target]
    label = f"Hold time per side over {counted(len(weeks), 'week')}. {summary(record)}"
    drawn = plot(*bars, *lines, label=label, scale=scale, below=months(weeks))
    rows = [
        (words.week(week), words.length(left), words.length(right))
        for week, (left, right) in zip(weeks, sides, strict=True)
    ]
    keys = legend(
        (key(el("rect", width="100%", height="100%", class_="left")), "left side, upwards"),
        (key(el("rect", width="100%", height="100%", class_="right")), "right side, downwards"),
        (key(level(0.5, "target")), f"the goal, {words.length(record.target)} a side and week"),
    )
    return el("div", drawn, keys, folded(table(("Week", "Left", "Right"), rows, "Hold time per side and week")))


def _week(x: str, width: str, week: date, sides: tuple[int, int], top: float) -> list[Element]:
    left, right = (side / top / 2 for side in sides)
    title = f"{words.week(week)}: left {words.length(sides[0])}, right {words.length(sides[1])}"
    return [
        el("rect", el("title", title), x=x, width=width, y=percent(y), height=percent(height), class_=side)
        for side, y, height in (("left", 0.5 - left, left), ("right", 0.5, right))
        if height
    ]


def in_weeks(record: ReportData, count: int) -> tuple[list[date], list[PastStretch]]:
    """The last `count` weeks, including this one, and what was held in them."""
    first = max(record.first_week, monday(record.today) - timedelta(weeks=count - 1))
    weeks = [week for week in record.weeks if week >= first]
    return weeks, [stretch for stretch in record.history.stretches if stretch.at.date() >= first]
