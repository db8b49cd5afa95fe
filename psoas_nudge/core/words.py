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


def capitalized(text: str) -> str:
    """Only the first letter changes, unlike str.capitalize."""
    return text[:1].upper() + text[1:]


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


QUIETING = frozenset({Signal.DO_NOT_DISTURB, Signal.FULLSCREEN, Signal.CALL, Signal.SCREEN_SHARE, Signal.BUSY})

Answer = Literal["accept", "snooze", "skip"]
Outcome = Literal["accepted", "skipped", "snoozed", "missed", "taken", "withdrawn"]
OUTCOMES: dict[Outcome, str] = {
    "accepted": "accepted",
    "taken": "you got up instead",
    "snoozed": "snoozed",
    "skipped": "skipped",
    "missed": "no answer",
    "withdrawn": "cancelled",
}
"""The words for each outcome, in the order in which they are shown."""
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
EndedBy = Literal["idle", "locked", "suspended", "switched", "gap", "restart", "accepted", "stretch", "moved"]
LEAVING: dict[Signal, EndedBy] = {
    Signal.LOCKED: "locked",
    Signal.SUSPENDED: "suspended",
    Signal.SWITCHED: "switched",
}
"""The signals that mean that the person is leaving, and what then has ended the bout."""
ENDINGS: dict[EndedBy, str] = {
    "idle": "then you left",
    "locked": "then the screen was locked",
    "suspended": "then the computer slept",
    "switched": "then another user took over",
    "gap": "then the computer was off or asleep",
    "restart": "then psoas-nudge was not running",
    "accepted": "then a stretch",
    "stretch": "then a stretch",
    "moved": "then you moved, as you said",
}
AdviceReason = Literal["pain", "long"]
