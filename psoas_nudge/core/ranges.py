"""The allowed range of lengths, instants, numbers and texts from outside: socket, D-Bus, merge, trace, page, journal.

The types are checked when a message is decoded; `instant` checks what the program puts together itself. Entries with
numbers that would break arithmetic (1e308 seconds held, the year 1) are refused where they come in. One that is in a
journal already counts nowhere and is shown as far as possible, so that it does not block the other entries.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, get_args, get_type_hints

from msgspec import Meta, Struct

from psoas_nudge.core.words import DAY

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""Instants outside of these two are mistakes, and arithmetic with them could overflow."""
LONGEST = 3650 * DAY
"""Milliseconds: the longest pause, snooze or forecast."""
MOST_HELD = 86_400.0
"""Seconds held in one stretch: a day."""
LONGEST_LINE = 64 * 1024
"""Bytes of an entry or a request as JSON."""
LONGEST_TEXT = 1000
"""Characters of a note or a reason: an entry of the journal fits on a line or two."""
MOST_SECONDS = LONGEST / 1000
HELD = {"left_seconds", "right_seconds", "other_seconds"}
MOST_NUMBER = 2**53
MOST_IN_STATE = 9000 * 365 * DAY
"""Milliseconds, about to the year 9999: uninterrupted working hours close then."""

Length = Annotated[int, Meta(ge=0, le=LONGEST, description="from 0 to 3650 days, in milliseconds")]
HeldSeconds = Annotated[float, Meta(ge=0.0, le=MOST_HELD, description="from 0 to 86400 seconds")]
"""Seconds in the stretched position, as the journal keeps them."""
Level = Annotated[int, Meta(ge=0, le=10, description="a whole number from 0 to 10")]
"""Discomfort: 0 is none, 10 the worst."""
Number = Annotated[int, Meta(ge=0, le=2**53, description="a prompt's number, 0 or more")]
Text = Annotated[str, Meta(max_length=LONGEST_TEXT, description="at most 1000 characters long")]
Name = Annotated[str, Meta(max_length=200, description="at most 200 characters long")]
"""Of a routine, or of the place where something was pressed."""
Instant = Annotated[datetime, Meta(tz=True)]


def instant(field: str, at: datetime) -> datetime:
    """`at`, if it lies between EARLIEST and LATEST; raises ValueError with a sentence that names the field."""
    if not EARLIEST <= at <= LATEST:
        raise ValueError(f"{field} must be between {EARLIEST.year} and {LATEST.year}, not {at.isoformat()}.")
    return at


def mistake(error: Exception, kind: type[Struct]) -> str | None:
    """The message for a field that `kind` does not have, or whose value is out of range: both limits, of which `error`
    (from msgspec) names one. None for another mistake."""
    if isinstance(error.__cause__, ValueError):  # from a __post_init__, see `instant`
        return str(error.__cause__)
    if unknown := re.fullmatch(r"Object contains unknown field `(.*)`", str(error), re.DOTALL):
        fields = ", ".join(sorted(kind.__struct_fields__))
        has = f"Its fields are: {fields}." if fields else "It has none."
        return f"{kind.__struct_config__.tag} has no field {unknown[1][:60]}. {has}"
    found = re.match(r"Expected `\w+` (?:of length )?[<>]= \S+ - at `\$\.(\w+)`", str(error))
    if found is None:
        return None
    hint = get_type_hints(kind, include_extras=True)[found[1]]
    [limits] = [meta for part in (hint, *get_args(hint)) for meta in get_args(part) if isinstance(meta, Meta)]
    return f"{found[1]} must be {limits.description}."


def out_of_range(entry: Struct) -> str:
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
