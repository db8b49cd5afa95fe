"""Constants and literal types that events, entries and state share: units, signals, answers, outcomes, pain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
"""The core counts time in whole milliseconds: with floats, deadlines were lost to rounding."""


def milliseconds(seconds: float) -> int:
    return round(seconds * SECOND)


def counted(count: int, one: str, many: str = "") -> str:
    """ "1 prompt", "3 prompts". `many`: the plural where it is not `one` with an s."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def times(count: int) -> str:
    """ "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def harmless(text: str) -> str:
    """Text that a person typed, safe for a terminal: control characters are escaped."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


class Signal(StrEnum):
    """A condition that a sensor reports as on or off."""

    LOCKED = "locked"
    SUSPENDED = "suspended"
    SWITCHED = "switched"
    CALL = "call"
    PLAYING = "playing"
    DO_NOT_DISTURB = "do-not-disturb"
    FULLSCREEN = "fullscreen"
    SCREEN_SHARE = "screen-share"
    BUSY = "busy"


LEAVING = frozenset({Signal.LOCKED, Signal.SUSPENDED, Signal.SWITCHED})
QUIETING = frozenset({Signal.DO_NOT_DISTURB, Signal.FULLSCREEN, Signal.CALL, Signal.SCREEN_SHARE, Signal.BUSY})

Answer = Literal["accept", "snooze", "skip"]
Outcome = Literal["accepted", "skipped", "snoozed", "missed", "taken", "withdrawn"]
Afterwards = Literal["fine", "tight", "pain"]
Pain = Literal[
    "sharp",
    "throbbing",
    "shooting",
    "radiating",
    "front-of-hip",
    "groin",
    "pinching",
    "catching",
    "lower-back",
    "numbness",
    "worse",
    "other",
]
"""Kinds of pain; all but "other" put stretches off, see core/advice.py. "worse": than before the stretch."""
EndedBy = Literal["idle", "locked", "suspended", "switched", "gap", "restart", "accepted", "stretch"]
AdviceReason = Literal["pain", "long"]
