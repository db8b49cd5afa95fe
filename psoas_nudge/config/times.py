"""Kinds of values for times and places: lengths of time, hours, dates, time zones (also the system's), countries."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from psoas_nudge.config.kinds import LONGEST_GUESSED, UnusableValue, ValueKind, shown, toml
from psoas_nudge.core.durations import HOURS, MINUTES, SECONDS, meant, parse_duration
from psoas_nudge.core.hours import Range
from psoas_nudge.errors import BadInput

log = logging.getLogger(__name__)
LOCALTIME = Path("/etc/localtime")


class Duration(ValueKind):
    """A length of time. `zero`: what to write instead of zero; without it zero is allowed."""

    form = "a length of time"
    right = 'Write it like "45s", "30m" or "1h 15m".'

    def __init__(self, zero: str = "") -> None:
        self.zero = zero

    def value(self, raw: Any) -> float | None:
        """Seconds."""
        try:
            seconds = parse_duration(raw) if isinstance(raw, str) else None
        except BadInput:
            return None
        if seconds == 0 and self.zero:
            raise UnusableValue(f"{shown(raw)} is too short. {self.zero}")
        return seconds

    def meant(self, raw: Any) -> Iterable[str]:
        """A number without a unit, other spellings and separators."""
        return meant(str(raw)) if isinstance(raw, (str, int, float, time)) and not isinstance(raw, bool) else []

    def schema(self) -> dict[str, Any]:
        number = r"\d{1,9}(\.\d{1,3})?\s*"
        units = r"\s*".join(rf"({number}{unit})?" for unit in (HOURS, MINUTES, SECONDS))
        not_zero = "(?=.*[1-9])" if self.zero else ""
        return {"type": "string", "pattern": rf"^\s*(?=\d){not_zero}{units}\s*$"}


class Zone(ValueKind):
    """An IANA time zone; empty for the system's."""

    form = "a known time zone"
    right = 'Write for example "Europe/Berlin", or "" for the system\'s zone.'

    def value(self, raw: Any) -> str | None:
        try:
            return ZoneInfo(raw).key if raw != "" else ""
        except (OSError, ValueError, KeyError, TypeError):  # OSError: a name that the file system refuses
            return None

    def meant(self, raw: Any) -> Iterable[str]:
        """The zone of a city."""
        from psoas_nudge.config.guess import zones

        return zones(raw) if isinstance(raw, str) else []

    def schema(self) -> dict[str, Any]:
        return {"type": "string"}


class Hours(ValueKind):
    """A range of hours: "09:00-12:30"; a range that ends before it starts runs into the next day."""

    form = "a range of hours"
    right = 'Write it like "09:00-12:30"; "22:00-06:00" runs into the next day.'
    # The en dash is accepted too: word processors insert it.
    written = r"([01]?\d|2[0-3]):([0-5]\d)\s*[-\u2013]\s*([01]?\d|2[0-4]):([0-5]\d)"

    def value(self, raw: Any) -> Range | None:
        """The range in minutes after midnight."""
        found = re.fullmatch(self.written, raw.strip(), re.ASCII) if isinstance(raw, str) else None
        h1, m1, h2, m2 = (int(n) for n in found.groups()) if found else (0, 0, 0, 0)
        start, end = h1 * 60 + m1, h2 * 60 + m2
        if not found or end > 24 * 60:
            return None
        if start == end:
            raise UnusableValue(f'"{raw}" is empty: it ends when it starts. For the whole day write "00:00-24:00".')
        return Range(start, end if end > start else end + 24 * 60)

    def instead(self, raw: Any) -> str:
        """A suggestion for each range, if the text has several."""
        from psoas_nudge.config.guess import several

        found = several(raw) if isinstance(raw, str) and len(raw) <= LONGEST_GUESSED else []
        return f"Did you mean {', '.join(map(toml, found))}?" if found else super().instead(raw)

    def meant(self, raw: Any) -> Iterable[str]:
        """Hours in other notations."""
        from psoas_nudge.config.guess import ranges

        return ranges(raw) if isinstance(raw, str) else []

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": rf"^\s*{self.written}\s*$"}


class Date(ValueKind):
    """A local date, with or without quotes."""

    form = "a date"
    right = "Write it as year-month-day: 2026-12-24."

    def value(self, raw: Any) -> date | None:
        if isinstance(raw, date) and not isinstance(raw, datetime):
            return raw
        if not isinstance(raw, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", raw.strip(), re.ASCII):
            return None
        try:
            return date.fromisoformat(raw.strip())
        except ValueError:
            return None

    def meant(self, raw: Any) -> Iterable[date]:
        """Dates in other notations."""
        from psoas_nudge.core.written import dates

        if isinstance(raw, datetime):
            return [raw.date()]
        return dates(raw) if isinstance(raw, str) else []

    def schema(self) -> dict[str, Any]:
        """A string: validators for TOML pass dates on as strings."""
        return {"type": "string", "format": "date"}


class Region(ValueKind):
    """The ISO 3166 code of a country or subdivision, in upper or lower case; empty for none."""

    form = "a country code"
    right = 'Write for example "DE" or "DE-BY".'
    written = r"([A-Za-z]{2}(-[A-Za-z0-9]{1,3})?)?"

    def value(self, raw: Any) -> str | None:
        """The code in upper case."""
        fits = isinstance(raw, str) and re.fullmatch(self.written, raw.strip(), re.ASCII)
        return raw.strip().upper() if fits else None

    def meant(self, raw: Any) -> Iterable[str]:
        """The code of a country's name."""
        from psoas_nudge.config.guess import regions

        return regions(raw) if isinstance(raw, str) else []

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": rf"^\s*{self.written}\s*$"}


def system_zone(environ: Mapping[str, str], localtime: Path = LOCALTIME) -> str:
    """The IANA name of the system's time zone: from TZ, else from the link /etc/localtime, else from tzlocal, else UTC.

    It is read again each time, because it changes when a laptop travels.
    """
    named = environ.get("TZ", "").removeprefix(":")
    for candidate in (named, named.partition("zoneinfo/")[2], _pointed_at(localtime)):
        if candidate and Zone().accepts(candidate):
            return candidate
    try:
        import tzlocal

        tzlocal.reload_localzone()
        return tzlocal.get_localzone_name()
    except Exception as error:  # noqa: BLE001 - each platform's reader raises different errors; they are logged
        log.warning(
            "the system's time zone is unknown (%s), so UTC is used. Set hours.timezone in the configuration.", error
        )
        return "UTC"


def _pointed_at(localtime: Path) -> str:
    try:
        return str(localtime.readlink()).partition("zoneinfo/")[2]
    except OSError:
        return ""
