"""Suggestions for values that cannot be read. Imported only when there is a mistake to report.

`ValueKind.wrong` shows only suggestions that the same kind accepts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from psoas_nudge.config.table import DAYS
from psoas_nudge.core.written import plain

CLOCK = r"(\d{1,2})(?:[:.h]?(\d\d))?\s*(?:uhr|h)?\s*(a\.?m\.?|p\.?m\.?)?"
HOURS = re.compile(rf"(?:from\s+)?{CLOCK}\s*(?:[-\u2010-\u2015/~]+|to|until|till|bis)\s*{CLOCK}", re.ASCII)
CLOSED = ("", "-", "0", "closed", "false", "free", "no", "none", "off")

SYNONYMS = {
    "auto": ("automatic", "default"),
    "page": ("browser", "web"),
    "terminal": ("console", "tty"),
    "freedesktop": ("dbus", "d-bus", "desktop", "libnotify", "notify-send", "notification", "notifications"),
    "none": CLOSED,
}
"""Other words for the choices of settings."""
OFFSET = re.compile(r"(?:utc|gmt) ?([+-]) ?0?(\d{1,2})(?::?00)?")

GROUPS = {
    **dict.fromkeys(("weekday", "workday", "default"), DAYS[:5]),
    "weekend": DAYS[5:],
    **dict.fromkeys(("everyday", "daily", "day"), DAYS),
}

COUNTRY_TABLES = (Path("/usr/share/zoneinfo/iso3166.tab"), Path("/usr/share/lib/zoneinfo/tab/country.tab"))
NAMES = {
    "AT": ("österreich",),
    "BR": ("brasil",),
    "CH": ("schweiz", "suisse"),
    "CZ": ("czechia",),
    "DE": ("deutschland", "germany"),
    "DE-BE": ("berlin",),
    "DE-BY": ("bavaria", "bayern"),
    "DK": ("danmark",),
    "ES": ("españa",),
    "ES-CT": ("catalonia",),
    "FI": ("suomi",),
    "FR": ("france",),
    "GB": ("great britain", "uk", "united kingdom"),
    "GB-ENG": ("england",),
    "GB-NIR": ("northern ireland",),
    "GB-SCT": ("scotland",),
    "GB-WLS": ("wales",),
    "IT": ("italia",),
    "NL": ("holland", "nederland", "the netherlands"),
    "NO": ("norge",),
    "PL": ("polska",),
    "SE": ("sverige",),
    "US": ("america", "united states", "united states of america", "usa"),
    "US-CA": ("california",),
    "US-NY": ("new york",),
}
"""Names that tzdata's table of countries does not have, and the most common ones for systems without the table."""


def ranges(text: str) -> Iterator[str]:
    """ "09:00-17:00" from "9-5", "9am-5pm", "9.00 to 17.00", "0900-1700"."""
    found = HOURS.fullmatch(plain(text))
    if not found:
        return
    start, minute, half, end, end_minute, end_half = found.groups()
    begin, finish = int(start), int(end)
    later = (end_half or "").startswith("p")
    if end_half and not half:  # "9-5pm", but "1-5pm" is all in the afternoon
        half = "am" if not later or begin % 12 > finish % 12 else "pm"
    begin, finish = _of_day(begin, half), _of_day(finish, end_half)
    if not end_half and finish <= begin <= 12 and finish < 12:  # "9-5" ends in the afternoon
        finish += 12
    if begin < 24 and finish <= 24:
        yield f"{begin:02}:{minute or '00'}-{finish:02}:{end_minute or '00'}"


def several(text: str) -> list[str]:
    """The ranges in a text with more than one; [] when a part is not a range."""
    parts = [list(ranges(part)) for part in re.split(r"[,;+&]|\band\b", text)]
    return [found[0] for found in parts if found] if len(parts) > 1 and all(parts) else []


def zones(text: str) -> Iterator[str]:
    """The time zone of a city or of a UTC offset; the names of offsets in tzdata have the opposite sign."""
    from difflib import get_close_matches
    from zoneinfo import available_timezones

    if found := OFFSET.fullmatch(plain(text)):
        yield f"Etc/GMT{'-' if found[1] == '+' else '+'}{found[2]}"
        return
    cities: dict[str, list[str]] = {}
    for name in sorted(available_timezones()):
        cities.setdefault(name.rpartition("/")[2].lower(), []).append(name)
    wanted = plain(text)[:60].replace(" ", "_")
    for city in get_close_matches(wanted.rpartition("/")[2], cities, 1, 0.75):
        same = {name.lower(): name for name in cities[city]}
        yield same[next(iter(get_close_matches(wanted, same, 1, 0)))]


def _of_day(hour: int, half: str | None) -> int:
    if not half or not 1 <= hour <= 12:
        return hour
    return hour % 12 + (12 if half.startswith("p") else 0)


def daytime(start: int, end: int) -> str | None:
    """The daytime range that a range into the next day may be a typo of; in minutes after midnight.

    None below 14 hours, which may be a night shift.
    """
    if end <= 1440 or end - start < 14 * 60:
        return None
    first, last = (start, end - 720) if start < 720 else (end - 1440, start)
    return f"{first // 60:02}:{first % 60:02}-{last // 60:02}:{last % 60:02}" if first < last <= 1440 else None


def days(word: str) -> tuple[str, ...]:
    """The days that a key such as weekdays, mon or mo_fr means; () when it does not name days."""
    name = plain(word).replace("_", "-")
    for group in (name, name.removesuffix("s"), name.removeprefix("all-").removesuffix("s").replace("-", "")):
        if group in GROUPS:
            return GROUPS[group]
    ends = [
        [index for index, day in enumerate(DAYS) if len(part) > 1 and day.startswith(part)]
        for part in re.split(r"-to-|-", name.replace("thurs", "thu").replace("tues", "tue"))
    ]
    if not 1 <= len(ends) <= 2 or any(len(found) != 1 for found in ends):
        return ()
    return DAYS[ends[0][0] : ends[-1][0] + 1]


def regions(text: str) -> Iterator[str]:
    """Codes such as DE or DE-BY from a country's name."""
    from difflib import get_close_matches

    name = plain(text)
    yield name.upper().replace("_", "-").replace(" ", "-").replace("/", "-")
    known = dict(_countries()) | {each: code for code, names in NAMES.items() for each in names}
    for near in get_close_matches(name[:60], known, 1, 0.8):
        yield known[near]


def _countries() -> Iterator[tuple[str, str]]:
    for file in COUNTRY_TABLES:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, ValueError):
            continue
        for line in text.splitlines():
            code, _, name = line.partition("\t")
            if not line.startswith("#") and name:
                yield name.lower(), code
        return
