"""Busy times from a calendar file (RFC 5545). Only the child imports this.

What counts as busy: an event with a length that is not cancelled, not transparent, not marked free by Outlook and not
declined by the calendar's owner. Recurrence (RRULE, RDATE, EXDATE, changed occurrences) is left to
recurring-ical-events, zones by any name (also Windows') to icalendar.
"""

from __future__ import annotations

import warnings
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from psoas_nudge.calendars.days import MISSING
from psoas_nudge.calendars.known import merged
from psoas_nudge.calendars.wire import Read

LARGEST = 50_000_000
"""Bytes; twenty years of a busy calendar have about a tenth."""
FREE = {"FREE", "WORKINGELSEWHERE"}


def read(name: str, years: tuple[int, ...], zone: str) -> Read:
    """The busy times in these years; `zone` for events that name none."""
    try:
        import icalendar
        import recurring_ical_events
    except ImportError:
        return Read(problem=MISSING)
    try:
        with Path(name).open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        return Read(problem=f"{name}: This cannot be read: {error.strerror}.")
    if len(data) > LARGEST:
        return Read(problem=f"{name}: This is larger than {LARGEST // 1_000_000} MB and was not read.")
    begin, end = datetime(min(years), 1, 1, tzinfo=UTC), datetime(max(years) + 1, 1, 1, tzinfo=UTC)
    spans: list[tuple[int, int]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the libraries warn of dialects that they understand all the same
        try:
            calendars = icalendar.Calendar.from_ical(data, multiple=True)
            if not any(calendar.name == "VCALENDAR" for calendar in calendars):
                return Read(problem=f"{name}: This holds no calendar.")
            for calendar in calendars:
                owner = str(calendar.get("X-WR-CALNAME", "")).strip().lower()
                query = recurring_ical_events.of(calendar, components=["VEVENT"], skip_bad_series=True)
                # A day more on both sides, for events that are meant in zones far from UTC.
                events = query.between(begin - timedelta(days=1), end + timedelta(days=1))
                spans.extend(_span(event, ZoneInfo(zone)) for event in events if _counts(event, owner))
        except Exception as error:  # noqa: BLE001 - whatever a broken file makes the parsers raise, it is told
            return Read(problem=f"{name}: This is not a calendar that can be read ({_first_line(error)}).")
    return Read(spans=merged(spans))


def _counts(event: Any, owner: str) -> bool:
    """Whether the event makes its owner busy."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED" or str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
        return False
    if str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() in FREE:
        return False
    # Google names a calendar after its owner's address and exports declined invitations as well.
    invited = event.get("ATTENDEE", [])
    for person in invited if isinstance(invited, list) else [invited]:
        if str(person).lower().removeprefix("mailto:") == owner and person.params.get("PARTSTAT") == "DECLINED":
            return False
    return True


def _span(event: Any, zone: ZoneInfo) -> tuple[int, int]:
    begin, end = event["DTSTART"].dt, event["DTEND"].dt
    if not isinstance(begin, datetime) and end <= begin:
        end = begin + timedelta(days=1)
    return _seconds(begin, zone), _seconds(end, zone)


def _seconds(moment: date | datetime, zone: ZoneInfo) -> int:
    """Seconds since 1970; a day begins at local midnight, a time without zone is local."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp())


def _first_line(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:100]
