"""What a length, an instant or a number may be, wherever one comes in: socket, D-Bus, merge, trace, page.

The types are checked when a message is decoded; `instant` is for what a program puts together itself.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""Instants outside of these two are mistakes, and arithmetic with them would overflow."""
LONGEST = 3650 * 86_400_000
"""Milliseconds: no pause, snooze or forecast reaches further."""
MOST_HELD = 86_400.0
"""Seconds that one stretch can hold: a day."""
LONGEST_LINE = 64 * 1024
"""Bytes of an entry or a request as JSON."""
LONGEST_TEXT = 1000
"""Characters of a note or a reason; a line of the journal is for a glance."""

Length = Annotated[int, Meta(ge=0, le=LONGEST)]
"""Milliseconds."""
Held = Annotated[float, Meta(ge=0.0, le=MOST_HELD)]
"""Seconds in the stretched position, as the journal keeps them."""
Level = Annotated[int, Meta(ge=0, le=10)]
"""Discomfort: 0 is none, 10 the worst."""
Number = Annotated[int, Meta(ge=0, le=2**53)]
"""Of a prompt."""
Text = Annotated[str, Meta(max_length=LONGEST_TEXT)]
Name = Annotated[str, Meta(max_length=200)]
"""Of a routine, a notifier or a place where something was pressed."""
Instant = Annotated[datetime, Meta(tz=True)]


def instant(at: datetime) -> datetime:
    """The same, if it lies between EARLIEST and LATEST; raises ValueError."""
    if not EARLIEST <= at <= LATEST:
        raise ValueError(f"{at.isoformat()} is not between {EARLIEST.year} and {LATEST.year}")
    return at
