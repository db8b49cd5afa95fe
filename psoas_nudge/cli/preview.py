"""`preview`: the schedule of the coming days."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import click

from psoas_nudge.cli.output import columns, hanging, progress
from psoas_nudge.config import load
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.core.written import parse_moment
from psoas_nudge.errors import BadInput
from psoas_nudge.simulation.coming import Day, calendar_of, clock, day

BEFORE = 16
"""Columns before the bar of a day."""
HALF_HOURS, HOURS = 48, 24
"""Slots of the bar; a narrow terminal gets whole hours."""
WIDE = 110
"""Columns from which the words of a day are on the same line as its bar."""
FIRST_YEAR, LAST_YEAR = 1970, 2199


@click.command()
@click.option("--from", "first", default="today", metavar="DATE", help="The first day. The default is today.")
@click.option("--days", default=7, type=click.IntRange(1, 3660), metavar="N", help="Number of days. The default is 7.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per day.")
@click.pass_obj
def preview(config_file: Path | None, first: str, days: int, as_json: bool) -> None:
    """Show the coming days: working hours, days off, busy times, and when the first prompt can come.

    Hours that run past midnight belong to the day on which they begin.

    \b
    Example: psoas-nudge preview --from 2026-12-21 --days 14
    """
    settings = load(config_file, os.environ)
    hours, now = settings.rules.hours, datetime.now(UTC)
    begin = parse_moment(first, now, hours.local(now).tzinfo or UTC).date()
    end = begin.toordinal() + days
    if begin.year < FIRST_YEAR or end > date(LAST_YEAR, 12, 31).toordinal():
        raise BadInput(f"The days have to be between {FIRST_YEAR} and {LAST_YEAR}.")
    with progress() as show:
        end_day = date.fromordinal(end)
        calendar = asyncio.run(calendar_of(settings, begin, end_day, now, lambda name: show(f"Reading {name} …")))
    for problem in calendar.problems:
        click.echo(f"psoas-nudge: {problem}", err=True)
    # also the two days before, because their ranges can run into the first day
    coming = [day(settings.rules, calendar, begin + timedelta(days=ahead), now) for ahead in range(-2, days)]
    if as_json:
        for each in coming[2:]:
            click.echo(json.dumps(as_json_object(each, hours), ensure_ascii=False))
    else:
        click.echo("\n".join(_calendar(coming, hours, blocks=_has_blocks())))


def as_json_object(each: Day, hours: WorkingHours) -> dict[str, object]:
    """A day as `preview --json` prints it."""
    ranges = [{"from": hours.local(s.opens).isoformat(), "to": hours.local(s.closes).isoformat()} for s in each.open]
    return {"date": each.date.isoformat(), "ranges": ranges, "why": list(each.why)}


def _has_blocks() -> bool:
    """Whether the encoding of standard output has block characters."""
    try:
        "█▒·".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _calendar(coming: list[Day], hours: WorkingHours, *, blocks: bool) -> Iterator[str]:
    """The lines of the schedule: a legend, the hours, and one bar per day."""
    full, half, empty = "█▒·" if blocks else "#-."
    legend = f"open {full}  busy {half}  closed {empty}"
    width = columns()
    slots = HALF_HOURS if width >= BEFORE + HALF_HOURS else HOURS
    scale = "".join(f"{hour:<{slots // 8}}" for hour in range(0, 24, 3))
    if wide := width >= WIDE:
        yield f"{hours.zone[:15]:<16}{scale}  {legend}"
    else:
        yield from (legend, f"{hours.zone[:15]:<16}{scale}".rstrip())
    for each in coming[2:]:
        bar = f"{each.date:%a %Y-%m-%d}  {_bar(each, coming, hours, slots, (full, half, empty))}"
        if wide:
            yield hanging(f"{bar}  ", _words(each, hours), width)
        else:
            yield from (bar, hanging(" " * BEFORE, _words(each, hours), width))


def _bar(each: Day, coming: list[Day], hours: WorkingHours, slots: int, marks: tuple[str, str, str]) -> str:
    """The day in slots of local time, including ranges that began on the days before."""
    full, half, empty = marks
    length = 24 * 60 // slots
    shown = [d for d in coming if timedelta() <= each.date - d.date <= timedelta(days=2)]
    bar = ""
    zone = hours.local(datetime.combine(each.date, time(12), UTC)).tzinfo
    for slot in range(slots):
        local = datetime.combine(each.date, time(*divmod(slot * length + length // 2, 60)), zone)
        moment = local.astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
            bar += " "  # the clocks skip this slot
        elif any(span.opens <= moment < span.closes for d in shown for span in d.busy):
            bar += half
        else:
            bar += full if any(span.opens <= moment < span.closes for d in shown for span in d.open) else empty
    return bar


def _words(each: Day, hours: WorkingHours) -> str:
    parts = [", ".join(clock(span, hours) for span in each.open) or "closed"]
    usual = each.date.strftime("%A")
    parts += [reason for reason in each.why if not reason.startswith(usual)]
    if each.prompt:
        parts.append(f"first prompt from {hours.local(each.prompt):%H:%M}")
    return "; ".join(parts)
