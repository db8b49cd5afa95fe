"""The schedule of the coming days: working hours, what changes them, and when the first prompt can come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from psoas_nudge import places
from psoas_nudge.calendars import Calendar, refresh
from psoas_nudge.config import Settings
from psoas_nudge.core.hours import Range, Span, WorkingHours, written
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.words import Signal


class Day(Struct, frozen=True, kw_only=True):
    """A local date. `open`: working hours after exceptions and holidays; `prompt`: the earliest instant of a prompt."""

    date: date
    open: tuple[Span, ...]
    busy: tuple[Span, ...]
    why: tuple[str, ...]
    prompt: datetime | None


async def calendar_of(
    settings: Settings,
    begin: date,
    end: date,
    now: datetime,
    reading: Callable[[str], None] = lambda _name: None,
) -> Calendar:
    """Holidays and busy times from `begin` to `end`, from the daemon's cache if it covers them. `reading`: called with
    the name of each file before it is read."""
    wanted, kept = range(begin.year, end.year + 1), (now.year, now.year + 1)
    usual = set(wanted) <= set(kept)
    cache = places.cache_directory() if usual else places.cache_directory() / "preview"
    source, zone = settings.calendar, settings.rules.hours.zone
    years = kept if usual else tuple(wanted)
    return await refresh(source.holidays, source.busy, zone, cache, years, reading=reading)


def day(rules: Rules, calendar: Calendar, on: date, now: datetime) -> Day:
    """The schedule of a local date. `now`: no prompt is announced before this instant."""
    hours = calendar.close(rules.hours)
    counts = Signal.BUSY in rules.quiet
    # hours that a range of a previous day covers belong to that day
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
    yield from (f"busy: {clock(span, own)}" for span in busy)
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
    return ", ".join(written(each) for each in sorted(ranges))


def clock(span: Span, hours: WorkingHours) -> str:
    opens, closes = hours.local(span.opens), hours.local(span.closes)
    midnight = closes.time() == time() and (closes - timedelta(microseconds=1)).date() == opens.date()
    return f"{opens:%H:%M}-{'24:00' if midnight else f'{closes:%H:%M}'}"
