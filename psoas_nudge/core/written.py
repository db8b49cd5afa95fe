"""Parses instants and pauses as people type them: "14:00", "tomorrow", "2026-12-24", "2026-12-24 10:30", RFC 3339, and
guesses what a mistyped date means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo

from psoas_nudge.core.durations import parse_duration
from psoas_nudge.core.events import Pause
from psoas_nudge.core.ranges import LONGEST
from psoas_nudge.core.words import milliseconds
from psoas_nudge.errors import BadInput

LOOKS = 'Write a time like "14:00", "tomorrow", "2026-12-24 10:30" or "2026-12-24T10:30+01:00".'
QUOTES = dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u00ab\u00bb"), '"') | dict.fromkeys(
    range(0x2018, 0x201C), "'"
)
"""The quotation marks that word processors and chat programs put in place of straight ones."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def parse_moment(text: str, now: datetime, zone: tzinfo, *, future: bool = False) -> datetime:
    """An aware instant. A time of day is today's, or with `future` the next one; a day means its midnight."""
    local, words = now.astimezone(zone), text.strip().lower()
    days = {"yesterday": -1, "today": 0, "tomorrow": 1}
    if words == "now":
        return local
    if words in days:
        return datetime.combine(local.date() + timedelta(days=days[words]), time(), zone)
    if re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", words):
        try:
            moment = datetime.combine(local.date(), time.fromisoformat(words if words[2] == ":" else f"0{words}"), zone)
        except ValueError as error:
            raise BadInput(f'"{text}" is not a time of day. {LOOKS}') from error
        return moment + timedelta(days=1) if future and moment <= local else moment
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        near = " or ".join(f'"{each}"' for each in dates(text))
        raise BadInput(f'"{text}" is not a time. {f"Did you mean {near}?" if near else LOOKS}') from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def parse_length(text: str) -> int:
    """Milliseconds, at most LONGEST; raises BadInput."""
    length = milliseconds(parse_duration(text))
    if length > LONGEST:
        raise BadInput(f'"{text[:40]}" is longer than ten years.')
    return length


def parse_pause(words: tuple[str, ...], now: datetime, zone: tzinfo, *, via: str) -> Pause:
    """The arguments of `pause`: a length (a number without a unit is minutes: 90 seconds are of no use), "until" and an
    instant, or nothing for "until resumed". Raises BadInput."""
    if not words:
        return Pause(via=via)
    text = " ".join(words).lower()
    if text == "until tomorrow":
        return Pause(via=via, until_tomorrow=True)
    if words[0].lower() != "until":
        length = parse_length(f"{text}m" if re.fullmatch(r"\d{1,4}", text, re.ASCII) else text)
        if length == 0:
            raise BadInput("A pause has to be longer than 0. Write it like: psoas-nudge pause 30m")
        return Pause(via=via, length=length)
    until = parse_moment(" ".join(words[1:]), now, zone, future=True)
    if until <= now:
        raise BadInput(f"{until:%Y-%m-%d %H:%M} is in the past. {LOOKS}")
    try:
        return Pause(via=via, until=until)
    except ValueError as error:
        raise BadInput(str(error)) from error


def plain(text: str) -> str:
    """The text in lower case, without quotation marks around it and with single ordinary spaces."""
    return " ".join(text.translate(QUOTES).replace('"', " ").replace("'", " ").lower().split())


def dates(text: str) -> Iterator[date]:
    """Dates in other notations: 24.12.2026, 12/24/2026, 24 December 2026; where the order is unclear, both readings."""
    words = re.findall(r"\d+|[a-zäé]+", plain(text))
    numbers = [int(word) for word in words if word.isdecimal()]
    months = [MONTHS.index(word[:3]) + 1 for word in words if word[:3] in MONTHS]
    if len(words) != 3 or len(numbers) + len(months) != 3:
        return
    if months:
        day, year = numbers if numbers[0] <= 31 else reversed(numbers)
        orders = [(year, months[0], day)]
    elif numbers[0] > 31:
        orders = [(numbers[0], numbers[1], numbers[2])]
    else:
        first, second, year = numbers
        orders = [(year, second, first), (year, first, second)]
        orders = orders[::-1] if "/" in text else orders
    seen = set()
    for year, month, day in orders:
        try:
            found = date(year + 2000 if year < 100 else year, month, day)
        except (ValueError, OverflowError):
            continue
        if found not in seen:
            seen.add(found)
            yield found
