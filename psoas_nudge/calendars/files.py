"""Busy times from a calendar file (RFC 5545). Only the child imports this.

What counts as busy: an event with a length that is not cancelled, not transparent, not marked free by Outlook and not
declined by the calendar's owner; and the busy times of a VFREEBUSY. recurring-ical-events computes recurrences (RRULE,
RDATE, EXDATE, changed occurrences); icalendar resolves zone names, also those of Windows. Each event is computed
separately, so that a broken or far too large event is left out and named, and the others count.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from psoas_nudge.calendars.wire import MISSING, CalendarResult, Spans
from psoas_nudge.core.hours import merged
from psoas_nudge.core.words import counted

if TYPE_CHECKING:
    from icalendar import Component

EVENT_SECONDS = 2.0
"""CPU time for one event with all its occurrences; ten years of a daily meeting take 0.2."""
LARGEST = 10_000_000
"""Bytes; twenty years of a busy calendar have about half."""
MOST_TIMES = 10_000
"""Busy times per year, of one event and of one file: more than one an hour."""
MOST_NAMED = 5
"""Left-out events that are named; the others are counted."""
FREE = {"FREE", "WORKINGELSEWHERE"}
NEEDED = (
    *("UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SEQUENCE"),
    *("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS", "ATTENDEE"),
)
"""Properties that determine busy times. All properties of an event would be copied for each occurrence."""


class Unusable(Exception):
    """A file or an event cannot be used; the message completes the sentence 'This …' or 'The event "x" …'."""


class TookTooLong(Exception):
    """An event took more CPU time than `EVENT_SECONDS`."""


@contextmanager
def event_time() -> Iterator[None]:
    """Raise TookTooLong in the block when it takes too much CPU time. Only for the main thread."""
    if sys.platform == "win32":
        yield
        return
    import signal

    def stop(*_: object) -> None:
        raise TookTooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, EVENT_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


class Busy:
    """Collects the busy times of one file."""

    def __init__(self, years: tuple[int, ...], zone: str) -> None:
        self._begin, self._end = datetime(min(years), 1, 1, tzinfo=UTC), datetime(max(years) + 1, 1, 1, tzinfo=UTC)
        self._most = MOST_TIMES * (max(years) - min(years) + 1)
        self._zone = ZoneInfo(zone)
        self._spans: list[tuple[int, int]] = []
        self._left_out: dict[str, None] = {}

    def add(self, calendar: Component) -> None:
        """Add the events of one VCALENDAR."""
        if str(calendar.get("CALSCALE", "GREGORIAN")).upper() != "GREGORIAN":
            raise Unusable("uses a calendar other than the Gregorian one.")
        owner = str(calendar.get("X-WR-CALNAME", "")).strip().lower()
        events: dict[str, list[Component]] = {}
        for index, event in enumerate(calendar.walk("VEVENT")):
            events.setdefault(str(event.get("UID", index)), []).append(event)
        for some in events.values():
            self._gather(some, partial(self._of_event, some, owner))
        for free_busy in calendar.walk("VFREEBUSY"):
            self._gather([free_busy], partial(self._of_free_busy, free_busy))

    def _gather(self, parts: list[Component], spans: Callable[[], Iterator[tuple[int, int]]]) -> None:
        try:
            with event_time():
                found = merged(list(spans()))
            _refuse_more(len(found), self._most, "repeats more often than once an hour")
            self._spans.extend(found)
        except TookTooLong:
            self._leave_out(parts[0], f"repeats too often: it takes more than {EVENT_SECONDS:g} s to compute")
        except Unusable as error:
            self._leave_out(parts[0], str(error))
        except Exception as error:  # noqa: BLE001 - the libraries may raise anything for a broken event
            _raise_out_of_memory(error)
            self._leave_out(parts[0], f"cannot be read ({_first_line(error)})")

    def _leave_out(self, part: Component, why: str) -> None:
        title = "".join(c for c in str(part.get("SUMMARY", part.get("UID", ""))) if c.isprintable())[:60]
        self._left_out[f'The event "{title}" {why}, and was left out.'] = None

    def joined(self) -> Spans:
        """All busy times in order. Raises Unusable when there are too many."""
        spans = merged(self._spans)
        _refuse_more(len(spans), self._most, f"has too many busy times (the limit is {self._most}) and was not read.")
        return spans

    def left_out(self, name: str) -> tuple[str, ...]:
        """A sentence for each of the first MOST_NAMED events that were left out, and one for the rest."""
        all_ = [f"{name}: {each}" for each in self._left_out]
        more = len(all_) - MOST_NAMED
        rest = [f"{name}: Left out as well: {counted(more, 'event')}."] if more > 0 else []
        return (*all_[:MOST_NAMED], *rest)

    def _of_event(self, parts: list[Component], owner: str) -> Iterator[tuple[int, int]]:
        """The occurrences of an event; `parts`: the event and its changed occurrences."""
        import icalendar
        import recurring_ical_events

        alone = icalendar.Calendar()
        for part in parts:
            _refuse_broken(part)
            slim = icalendar.Event()
            for key in NEEDED:
                if key in part:
                    slim[key] = part[key]
            alone.add_component(slim)
        # One more day on both sides, for events in zones far from UTC.
        query = recurring_ical_events.of(alone, components=["VEVENT"])
        for event in query.between(self._begin - timedelta(days=1), self._end + timedelta(days=1)):
            if _counts(event, owner):
                yield self._span(event["DTSTART"].dt, event["DTEND"].dt)

    def _of_free_busy(self, part: Component) -> Iterator[tuple[int, int]]:
        for period in _listed(part.get("FREEBUSY", [])):
            if str(period.params.get("FBTYPE", "BUSY")).upper() == "FREE":
                continue
            span = self._span(period.start, period.end)
            if span[1] > self._begin.timestamp() and span[0] < self._end.timestamp():
                yield span

    def _span(self, begin: date, end: date) -> tuple[int, int]:
        if not isinstance(begin, datetime) and end <= begin:
            end = begin + timedelta(days=1)
        return self._seconds(begin), self._seconds(end)

    def _seconds(self, moment: date) -> int:
        """Seconds since 1970; a day begins at local midnight, a time without a zone is local."""
        if not isinstance(moment, datetime):
            moment = datetime.combine(moment, time())
        return int((moment if moment.tzinfo else moment.replace(tzinfo=self._zone)).timestamp())


def read(name: str, years: tuple[int, ...], zone: str) -> CalendarResult:
    """The busy times in these years; `zone`: for events without one."""
    try:
        import recurring_ical_events  # noqa: F401 - check that it is installed before the file is read
        from icalendar import Calendar
    except ImportError:
        return CalendarResult(problem=f"{name}: {MISSING}", transient=True)
    found = Busy(years, zone)
    try:
        data = _whole(name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the libraries warn about dialects that they can read
            for calendar in Calendar.from_ical(data, multiple=True):
                if calendar.name == "VCALENDAR":
                    found.add(calendar)
        return CalendarResult(spans=found.joined(), left_out=found.left_out(name))
    except OSError as error:
        return CalendarResult(problem=f"{name}: This cannot be read: {error.strerror}.", transient=True)
    except Unusable as error:
        return CalendarResult(problem=f"{name}: This {error}")
    except Exception as error:  # noqa: BLE001 - the parsers may raise anything for a broken file
        _raise_out_of_memory(error)
        return CalendarResult(problem=f"{name}: This is not a calendar that can be read ({_first_line(error)}).")


def _whole(name: str) -> bytes:
    """The content of the file. Raises OSError, or Unusable when it is not a complete calendar."""
    with Path(name).open("rb") as opened:
        data = opened.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Unusable(f"is larger than {LARGEST // 1_000_000} MB and was not read.")
    begun, ended = (len(re.findall(rb"(?im)^\W*" + word + rb":VCALENDAR\s*$", data)) for word in (b"BEGIN", b"END"))
    if not begun:
        raise Unusable("holds no calendar.")
    if ended < begun:
        raise Unusable('is cut off: the line "END:VCALENDAR" is missing. Export or download it again.')
    return data


def _refuse_more(count: int, most: int, why: str) -> None:
    if count > most:
        raise Unusable(why)


def _counts(event: Component, owner: str) -> bool:
    """Whether the event makes its owner busy."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED" or str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
        return False
    if str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() in FREE:
        return False
    # Google names a calendar after its owner's address and exports declined invitations too.
    return not any(
        str(person).lower().removeprefix("mailto:") == owner and person.params.get("PARTSTAT") == "DECLINED"
        for person in _listed(event.get("ATTENDEE", []))
    )


def _refuse_broken(event: Component) -> None:
    for key, why in event.errors:
        if key in NEEDED:
            raise Unusable(f"cannot be read ({key}: {why[:100]})")
    begin, end = event.get("DTSTART"), event.get("DTEND")
    if begin is None or end is None:
        return
    # The library compares different forms of time (a date and a time, with and without a zone).
    with suppress(TypeError):
        if end.dt < begin.dt:
            raise Unusable(f"on {begin.dt:%Y-%m-%d} ends before it begins")


def _listed(found: Any) -> list[Any]:
    """The values of a property that may occur once or several times."""
    return found if isinstance(found, list) else [found]


def _raise_out_of_memory(error: BaseException | None) -> None:
    """Raise MemoryError if it caused this error: the libraries wrap it in errors of their own."""
    while error is not None:
        if isinstance(error, MemoryError):
            raise error
        error = error.__context__


def _first_line(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:100]
