"""One page to print for a physiotherapist: hold time, what was done and skipped, discomfort, routines with pictures.

For privacy it contains nothing else: no sitting, no working hours, no times of day.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from textwrap import shorten
from xml.etree.ElementTree import Element

from psoas_nudge.core.advice import is_discomfort
from psoas_nudge.core.catalogue import CATALOGUE
from psoas_nudge.core.durations import duration
from psoas_nudge.core.followed import COUNTED
from psoas_nudge.core.history import PastPrompt, PastReport, PastStretch
from psoas_nudge.core.routines import WALK, Routine
from psoas_nudge.core.words import capitalized, counted, times
from psoas_nudge.report import dose, feeling, words
from psoas_nudge.report.days import shapes
from psoas_nudge.report.elements import el, table, wide
from psoas_nudge.report.feeling import tells_pain
from psoas_nudge.report.page import document
from psoas_nudge.report.record import ReportData

WEEKS = 8
REPORTS = 6
"""Maximum number of notes and reports of pain: pain first, then the latest."""
LONGEST_NOTE = 130
"""Characters of a note, so that everything fits on one sheet."""
PICTURES = 6
ROWS = 8
"""Maximum number of routines in the table."""

DrawRoutine = Callable[[Routine], str | None]
"""Returns the SVG picture of a routine, or None."""


def therapist(record: ReportData, figure: DrawRoutine) -> str:
    """The page for the last WEEKS weeks."""
    weeks, held = dose.in_weeks(record, WEEKS)
    since = datetime.combine(weeks[0], time())
    asked = [prompt for prompt in record.history.prompts if prompt.at >= since]
    felt = [each for each in record.history.reports if each.at >= since]
    used = _used(record, asked, held)
    sections = (_dose(record, weeks, held), _done(used, asked, held), _discomfort(felt), _routines(used, figure))
    header = el(
        "header",
        el("h1", "Hip-flexor stretching at the desk"),
        el("p", f"{words.full_day(weeks[0])} to {words.full_day(record.today)}, as recorded by psoas-nudge, a reminder "
                "program. Hold times are seconds counted during guided stretches; what was done without the guide is "
                "not in it.", class_="summary"),
    )  # fmt: skip
    return document("For your therapist", "paper", el("main", header, *sections), shapes())


def _dose(record: ReportData, weeks: Sequence[date], held: Sequence[PastStretch]) -> Element:
    sides = dose.by_week(held, weeks)
    rows = [("Left", *(_short(left) for left, _ in sides)), ("Right", *(_short(right) for _, right in sides))]
    heads = ("Side", *(f"{week.day} {words.MONTHS[week.month - 1]}" for week in weeks))
    caption = f"Hold time by week from Monday, minutes:seconds; goal {words.length(record.target)} a side and week"
    return el("section", el("h2", "Hold time per side"), wide(table(heads, rows, caption)))


def _short(milliseconds: int) -> str:
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    return f"{minutes}:{seconds:02}" if milliseconds else "–"


def _used(record: ReportData, asked: Sequence[PastPrompt], held: Sequence[PastStretch]) -> list[Routine]:
    """The routines that were suggested or done, most often done first."""
    known = {routine.id: routine for routine in (*CATALOGUE, *record.rules.routines)}
    done = Counter(stretch.routine for stretch in held)
    suggested = Counter(prompt.routine for prompt in asked)
    ids = sorted((suggested.keys() | done.keys()) & known.keys() - {WALK}, key=lambda i: (-done[i], -suggested[i], i))
    return [known[each] for each in ids]


def _done(used: Sequence[Routine], asked: Sequence[PastPrompt], held: Sequence[PastStretch]) -> Element:
    rows = [_row(routine, asked, held) for routine in used[:ROWS]]
    heads = ("Routine", "Done", "Left", "Right", "Suggested", "Skipped", "No answer")
    nothing = el("p", "Nothing was suggested or done.")
    shown = wide(table(heads, rows, "How often, and hold time in all")) if rows else nothing
    return el("section", el("h2", "Done and skipped"), shown)


def _row(routine: Routine, asked: Sequence[PastPrompt], held: Sequence[PastStretch]) -> tuple[str, ...]:
    outcomes = Counter(prompt.outcome for prompt in asked if prompt.routine == routine.id)
    stretches = [stretch for stretch in held if stretch.routine == routine.id]
    left, right = sum(stretch.left for stretch in stretches), sum(stretch.right for stretch in stretches)
    suggested = sum(outcomes[each] for each in COUNTED)
    return (
        routine.title,
        str(len(stretches)),
        words.length(left) if left else "–",
        words.length(right) if right else "–",
        str(suggested),
        str(outcomes["skipped"]),
        str(outcomes["missed"]),
    )


def _discomfort(felt: Sequence[PastReport]) -> Element:
    levels = [each.report.level for each in felt if each.report.level is not None]
    days = len({each.at.date() for each in felt if is_discomfort(each.report)})
    text = f"Discomfort or pain was reported on {counted(days, 'day')}."
    if levels:
        text += f" Numbers from 0 to 10: n = {len(levels)}, lowest {min(levels)}, highest {max(levels)}."
    if said := feeling.afterwards(felt):
        text += f" Right after a stretch: {said}."
    telling = sorted(
        (each for each in felt if each.report.note or tells_pain(each)), key=lambda each: (tells_pain(each), each.at)
    )
    latest = sorted(telling[-REPORTS:], key=lambda each: each.at)
    reports = [(each.at.date(), shorten(feeling.described(each), LONGEST_NOTE, placeholder=" …")) for each in latest]
    left_out = len(telling) - len(latest)
    more = f"Reports of pain come first; {counted(left_out, 'other')} left out." if left_out else None
    return el(
        "section", el("h2", "Discomfort, in the person's own words"), el("p", text),
        feeling.listed(reports), el("p", more, class_="note") if more else None,
    )  # fmt: skip


def _routines(used: Sequence[Routine], figure: DrawRoutine) -> Element:
    shown = [_routine(routine, figure(routine)) for routine in used[:PICTURES]]
    more = ", ".join(routine.title for routine in used[PICTURES:])
    return el(
        "section", el("h2", "Routines in use"), el("ul", *shown, class_="routines"),
        el("p", f"Also: {more}.", class_="note") if more else None,
    )  # fmt: skip


def _routine(routine: Routine, drawn: str | None) -> Element:
    hold, reps = sum(step.seconds for step in routine.steps if step.hold), sum(step.reps for step in routine.steps)
    once = [f"hold {duration(hold)}"] if hold else []
    once += [counted(reps, "repetition")] if reps else []
    dosed = " and ".join(once) + (f", {times(routine.repeats)}" if routine.repeats > 1 else "")
    return el(
        "li", _picture(drawn) if drawn else None, el("strong", routine.title),
        el("span", f"{capitalized(dosed)}{' a side' if routine.sided else ''}"),
    )  # fmt: skip


def _picture(drawn: str) -> Element:
    """The figure as a separate image, so that its CSS does not mix with the page's. The title below names it."""
    return el("img", src=f"data:image/svg+xml;base64,{b64encode(drawn.encode()).decode()}", alt="")
