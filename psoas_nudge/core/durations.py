"""Lengths of time as people write them: "45s", "30m", "1h 15m". One way for file, command line and explanations."""

from __future__ import annotations

import re

from psoas_nudge.errors import BadInput

NUMBER = r"(\d{1,9}(?:\.\d{1,3})?)"
WRITTEN = re.compile(rf"(?=\S)(?:{NUMBER}\s*h)?\s*(?:{NUMBER}\s*m)?\s*(?:{NUMBER}\s*s)?", re.ASCII)
MILLISECONDS = (3_600_000, 60_000, 1_000)


def parse_duration(text: str) -> float:
    """Seconds, exact to a millisecond, from hours, minutes and seconds in that order; raises BadInput."""
    found = WRITTEN.fullmatch(text.strip())
    if not found:
        raise BadInput(f'"{text}" is not a length of time. Write it like "45s", "30m" or "1h 15m".')
    return sum(round(float(n) * unit) for n, unit in zip(found.groups(), MILLISECONDS, strict=True) if n) / 1000


def format_duration(seconds: float) -> str:
    """The shortest text that `parse_duration` reads back as the same seconds, to a millisecond; below 0 counts as 0."""
    left = max(0, round(seconds * 1000))
    parts = []
    for unit, letter in zip(MILLISECONDS, "hms", strict=True):
        count, left = divmod(left, unit) if unit > 1000 else (left / 1000, 0)
        if count:
            parts.append(f"{count:.3f}".rstrip("0").rstrip(".") + letter if letter == "s" else f"{count}{letter}")
    return " ".join(parts) or "0s"


def duration(seconds: float) -> str:
    """A length for reading at a glance: seconds under a minute, else whole minutes, from an hour on with hours."""
    if seconds < 59.5:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")


def elapsed(seconds: float) -> str:
    """The same for time that is still passing: a minute counts when it is over."""
    return duration(seconds if seconds < 60 else seconds - seconds % 60)
