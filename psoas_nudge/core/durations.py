"""Lengths of time as people write them: "45s", "30m", "1h 15m", "45 minutes". For file and command line."""

from __future__ import annotations

import re

from psoas_nudge.errors import BadInput

NUMBER = r"(\d{1,9}(?:\.\d{1,3})?)"
HOURS, MINUTES, SECONDS = "h(?:ours?|rs?)?", "m(?:in(?:ute)?s?)?", "s(?:ec(?:ond)?s?)?"
PATTERN = rf"(?=\S)(?:{NUMBER}\s*{HOURS})?\s*(?:{NUMBER}\s*{MINUTES})?\s*(?:{NUMBER}\s*{SECONDS})?"
WRITTEN = re.compile(PATTERN, re.ASCII)
MILLISECONDS = (3_600_000, 60_000, 1_000)


def parse_duration(text: str) -> float:
    """Seconds, exact to a millisecond, from hours, minutes and seconds in that order; raises BadInput."""
    found = WRITTEN.fullmatch(text.strip())
    if not found:
        near = " or ".join(f'"{each}"' for each in meant(text))
        right = f"Did you mean {near}?" if near else 'Write it like "45s", "30m" or "1h 15m".'
        raise BadInput(f'"{text}" is not a length of time. {right}')
    return sum(round(float(n) * unit) for n, unit in zip(found.groups(), MILLISECONDS, strict=True) if n) / 1000


def meant(text: str) -> list[str]:
    """What a text that `parse_duration` refuses may mean, likeliest first; `parse_duration` accepts each of them."""
    words = " ".join(text.lower().strip("\"'\u201c\u201d\u201e ").split())
    words = re.sub(r"(?<=\d)\s+(?:and|&)\s+|(?<=[a-z]),?\s+(?:and|&)\s+|(?<=[a-z]),\s*", " ", words)
    words = re.sub(r"(?<=\d),(?=\d)", ".", words).removeprefix("pt")
    if clock := re.fullmatch(r"(\d{1,3}):(\d\d)(?::(\d\d))?", words, re.ASCII):
        words = f"{clock[1]}h {clock[2]}m {clock[3] or 0}s"
    if days := re.fullmatch(r"(\d{1,3})\s*d(?:ays?)?", words, re.ASCII):
        words = f"{int(days[1]) * 24}h"
    candidates = [f"{words}m", f"{words}s"] if re.fullmatch(NUMBER, words, re.ASCII) else [words]
    return [format_duration(parse_duration(each)) for each in candidates if WRITTEN.fullmatch(each)]


def format_duration(seconds: float) -> str:
    """The shortest text that `parse_duration` reads back as the same seconds, to a millisecond; below 0 counts as 0."""
    hours, left = divmod(max(0, round(seconds * 1000)), 3_600_000)
    minutes, left = divmod(left, 60_000)
    parts = ((hours, "h"), (minutes, "m"), (left / 1000, "s"))
    return " ".join(f"{count:.3f}".rstrip("0").rstrip(".") + letter for count, letter in parts if count) or "0s"


def duration(seconds: float) -> str:
    """A length for reading at a glance: seconds under a minute, else whole minutes, from an hour on with hours."""
    if seconds < 59.5:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")


def spelled(seconds: float) -> str:
    """`duration` in full words: "45 minutes", "1 hour 5 minutes"."""
    units = {"s": "second", "min": "minute", "h": "hour"}
    numbers = duration(seconds).split()
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return " ".join(f"{number} {units[unit]}{'' if number == '1' else 's'}" for number, unit in pairs)


def elapsed(seconds: float) -> str:
    """`duration` for time that is still passing: rounded down, so that a minute counts when it is over."""
    return duration(seconds if seconds < 60 else seconds - seconds % 60)
