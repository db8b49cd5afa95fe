"""Entries with numbers or instants that would break arithmetic: 1e308 seconds held, the year 1.

They are refused where they come in. One that is in a journal already counts nowhere and is shown as far as possible, so
that it does not block the other entries.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from psoas_nudge.core.entries import AnyEntry
from psoas_nudge.core.ranges import EARLIEST, LATEST, LONGEST, MOST_HELD
from psoas_nudge.core.words import DAY

MOST_SECONDS = LONGEST / 1000
HELD = {"left_seconds", "right_seconds", "other_seconds"}
MOST_NUMBER = 2**53
MOST_IN_STATE = 9000 * 365 * DAY
"""Milliseconds, about to the year 9999: uninterrupted working hours close then."""


def out_of_range(entry: AnyEntry) -> str:
    """Which field is out of its range, and the range; empty when none is."""
    for name in entry.__struct_fields__:
        value = getattr(entry, name)
        if isinstance(value, datetime):
            if value.tzinfo is None:
                return f"{name} has no UTC offset"
            if not EARLIEST <= value <= LATEST:
                return f"{name} is not between the years {EARLIEST.year} and {LATEST.year}"
        elif isinstance(value, int | float):
            low, high = _range(name)
            if not low <= value <= high:
                return f"{name} is not between {low} and {high:.0f}"
    return ""


def invalid_value(part: object) -> str:
    """The first number or instant in a stored state that no rule can compute with; empty when there is none."""
    if isinstance(part, Struct):
        return next((why for name in part.__struct_fields__ if (why := invalid_value(getattr(part, name)))), "")
    if isinstance(part, tuple | frozenset | dict):
        return next(
            (why for each in (part.values() if isinstance(part, dict) else part) if (why := invalid_value(each))), ""
        )
    if isinstance(part, datetime):
        return "" if part.tzinfo and part >= EARLIEST else f"{part.isoformat()} is not a valid time"
    if isinstance(part, int | float) and not -MOST_IN_STATE <= part <= MOST_IN_STATE:
        return f"{part} is not a valid number"
    return ""


def _range(name: str) -> tuple[int, float]:
    if name == "level":
        return 0, 10
    if name in HELD:
        return 0, MOST_HELD
    return 0, MOST_SECONDS if name.endswith("_seconds") else MOST_NUMBER
