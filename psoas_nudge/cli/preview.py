"""`preview`: what the schedule will do on the coming days, before it does it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import click
from msgspec import Struct

from psoas_nudge import places
from psoas_nudge.calendars import Calendar, refresh
from psoas_nudge.config import Settings, load
from psoas_nudge.core.hours import Range, Span, WorkingHours
from psoas_nudge.core.model import Rules, Signal
from psoas_nudge.core.written import parse_moment
from psoas_nudge.errors import BadInput

SLOTS = 48
"""Half hours that the picture of a day has."""
FIRST_YEAR, LAST_YEAR = 1970, 2199


class Day(Struct, frozen=True, kw_only=True):
    """A local date. `open` is what is truly open; `prompt` the earliest moment at which a prompt could come."""

    date: date
    open: tuple[Span, ...]
    busy: tuple[Span, ...]
    why: tuple[str, ...]
    prompt: datetime | None


@click.command()
@click.option("--from", "first", default="today", metavar="DATE", help="The first day; today, if left out.")
@click.option("--days", default=7, type=click.IntRange(1, 3660), metavar="N", help="How many days; 7, if left out.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a day.")
@click.pass_obj
def preview(config_file: Path | None, first: str, days: int, as_json: bool) -> None:
    """The coming days: open hours, exceptions, holidays, busy times, and the earliest possible prompts.

    A range that runs past midnight belongs to the day on which it begins.

    \b
    Example: psoas-nudge preview --from 2026-12-21 --days 14
    """
    settings = load(config_file, os.environ)
    hours, now = settings.rules.hours, datetime.now(UTC)
    begin = parse_moment(first, now, hours.local(now).tzinfo or UTC).date()
    end = begin.toordinal() + days
    if begin.year < FIRST_YEAR or end > date(LAST_YEAR, 12, 31).toordinal():
        raise BadInput(f"The days have to be between {FIRST_YEAR} and {LAST_YEAR}.")
    calendar = _calendar(settings, begin, date.fromordinal(end), now)
    for problem in calendar.problems:
        click.echo(f"psoas-nudge: {problem}", err=True)
    # Two days before as well: what begins there can run into the first day of the picture.
    coming = [day(settings.rules, calendar, begin + timedelta(days=ahead), now) for ahead in range(-2, days)]
    if as_json:
        for each in coming[2:]:
            click.echo(json.dumps(as_json_object(each, hours), ensure_ascii=False))
    else:
        click.echo("\n".join(_picture(coming, hours, fine=_can_draw())))


def _calendar(settings: Settings, begin: date, end: date, now: datetime) -> Calendar:
    """What is known of these days; the daemon's own cache is used when it covers them."""
    wanted, kept = range(begin.year, end.year + 1), (now.year, now.year + 1)
    usual = set(wanted) <= set(kept)
    cache = places.cache_directory() if usual else places.cache_directory() / "preview"
    source, zone = settings.calendar, settings.rules.hours.zone
    years = kept if usual else tuple(wanted)
    with _progress() as reading:
        return asyncio.run(refresh(source.holidays, source.busy, zone, cache, years, reading=reading))


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Shows on a terminal what is being read, on one line that is gone in the end."""
    if not sys.stderr.isatty():
        yield lambda _name: None
        return
    columns = shutil.get_terminal_size().columns

    def show(name: str) -> None:
        line = "".join(c for c in f"Reading {name} …" if c.isprintable())
        click.echo(f"\r\x1b[K{line[: columns - 1]}", err=True, nl=False)

    try:
        yield show
    finally:
        click.echo("\r\x1b[K", err=True, nl=False)


def day(rules: Rules, calendar: Calendar, on: date, now: datetime) -> Day:
    """A local date as it will be; `now` only matters for the earliest prompt of the present."""
    hours = calendar.close(rules.hours)
    counts = Signal.BUSY in rules.quiet
    # What a range of the days before already covers is theirs.
    before = [span for ago in (2, 1) for span in hours.ranges(on - timedelta(days=ago))]
    planned = _without(list(hours.ranges(on)), before)
    busy = [b for span in planned for b in calendar.busy(*span)] if counts else []
    truly_open = tuple(_without(planned, busy))
    prompts = (_earliest(span, rules, hours, calendar if counts else Calendar(), now) for span in planned)
    return Day(
        date=on,
        open=truly_open,
        busy=tuple(busy),
        why=tuple(_why(rules.hours, calendar, on, busy)),
        prompt=min((moment for moment in prompts if moment), default=None),
    )


def _without(spans: list[Span], taken: list[Span]) -> list[Span]:
    """The spans less the times that are taken."""
    for opens, closes in taken:
        spans = [
            part
            for span in spans
            for part in (Span(span.opens, min(span.closes, opens)), Span(max(span.opens, closes), span.closes))
            if part.opens < part.closes
        ]
    return spans


def _earliest(span: Span, rules: Rules, hours: WorkingHours, calendar: Calendar, now: datetime) -> datetime | None:
    """The first moment of the span at which a prompt could come, for a person who has sat for long enough by then."""
    whole = hours.span(span.opens) or span
    last = whole.closes - min(timedelta(milliseconds=rules.wind_down), whole.closes - whole.opens)
    moment = max(whole.opens + timedelta(milliseconds=rules.settle_in), span.opens, now)
    while calendar.is_busy(moment) and (end := calendar.next_change(moment)):
        moment = end + timedelta(milliseconds=rules.after_quiet)
    return moment if moment < min(last, span.closes) else None


def _why(own: WorkingHours, calendar: Calendar, on: date, busy: list[Span]) -> Iterator[str]:
    exception = own.exception(on)
    holiday = dict(calendar.holidays).get(on)
    if exception:
        ranges = _ranges(exception.ranges) or "closed"
        yield f"exception: {exception.note} ({ranges})" if exception.note else f"exception: {ranges}"
    if holiday:
        yield f"holiday: {holiday}" + (" (the exception decides)" if exception else "")
    if not exception and not holiday:
        name = on.strftime("%A")
        ranges = _ranges(own.week[on.weekday()])
        yield f"{name}: {ranges}" if ranges else f"{name} is a day off"
    yield from (f"busy: {_clock(span, own)}" for span in busy)
    yield from _clock_change(own, on)


def _clock_change(hours: WorkingHours, on: date) -> Iterator[str]:
    midnight = datetime.combine(on, time(12), UTC)
    begin, end = hours.local(midnight - timedelta(hours=26)), hours.local(midnight + timedelta(hours=26))
    if begin.utcoffset() == end.utcoffset():
        return
    at = begin
    while at < end:
        then = hours.local(at.astimezone(UTC) + timedelta(minutes=15))
        change = (then.utcoffset() or timedelta()) - (at.utcoffset() or timedelta())
        if change and (then - change).date() == on:
            way = "forward" if change > timedelta() else "back"
            yield f"clocks go {way}: {(then.replace(tzinfo=None) - change):%H:%M} becomes {then:%H:%M}"
        at = then


def _ranges(ranges: tuple[Range, ...]) -> str:
    from psoas_nudge.config.advice import written

    return ", ".join(written(each) for each in sorted(ranges))


def _clock(span: Span, hours: WorkingHours) -> str:
    opens, closes = hours.local(span.opens), hours.local(span.closes)
    midnight = closes.time() == time() and (closes - timedelta(microseconds=1)).date() == opens.date()
    return f"{opens:%H:%M}-{'24:00' if midnight else f'{closes:%H:%M}'}"


def as_json_object(each: Day, hours: WorkingHours) -> dict[str, object]:
    """A day as `preview --json` prints it."""
    ranges = [{"from": hours.local(s.opens).isoformat(), "to": hours.local(s.closes).isoformat()} for s in each.open]
    return {"date": each.date.isoformat(), "ranges": ranges, "why": list(each.why)}


def _can_draw() -> bool:
    """Whether the output can hold block characters."""
    try:
        "█▒·".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _picture(coming: list[Day], hours: WorkingHours, *, fine: bool) -> Iterator[str]:
    full, half, empty = "█▒·" if fine else "#-."
    scale = "".join(f"{hour:<6}" for hour in range(0, 24, 3))
    yield f"{hours.zone[:15]:<16}{scale}  open {full}  busy {half}  closed {empty}"
    for each in coming[2:]:
        yield f"{each.date:%a %Y-%m-%d}  {_bar(each, coming, hours, full, half, empty)}  {_words(each, hours)}"


def _bar(each: Day, coming: list[Day], hours: WorkingHours, full: str, half: str, empty: str) -> str:
    """The day in half hours of its wall clock, with what runs into it from the days before."""
    shown = [d for d in coming if timedelta() <= each.date - d.date <= timedelta(days=2)]
    bar = ""
    zone = hours.local(datetime.combine(each.date, time(12), UTC)).tzinfo
    for slot in range(SLOTS):
        local = datetime.combine(each.date, time(slot // 2, slot % 2 * 30 + 15), zone)
        moment = local.astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
            bar += " "  # this half hour is skipped
        elif any(span.opens <= moment < span.closes for d in shown for span in d.busy):
            bar += half
        else:
            bar += full if any(span.opens <= moment < span.closes for d in shown for span in d.open) else empty
    return bar


def _words(each: Day, hours: WorkingHours) -> str:
    parts = [", ".join(_clock(span, hours) for span in each.open) or "closed"]
    usual = each.date.strftime("%A")
    parts += [reason for reason in each.why if not reason.startswith(usual)]
    if each.prompt:
        parts.append(f"first prompt from {hours.local(each.prompt):%H:%M}")
    return "; ".join(parts)
