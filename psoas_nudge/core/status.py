"""The current status: its types, in a word, and in one line, for tray, bars and scripts.

A command can decode it without importing the rules. Every time is shown in the zone of the working hours (Status.zone),
the same in all places.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from psoas_nudge.core.durations import elapsed

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class OpenPrompt(Struct, frozen=True, kw_only=True):
    """The prompt that waits for an answer; `shown_at` None: not on the screen yet."""

    number: int
    routine: str
    shown_at: datetime | None
    snooze: bool
    """Whether a snooze would be granted."""


class Status(Struct, frozen=True, kw_only=True):
    """Everything that surfaces show of the current moment. Durations in seconds, instants aware UTC."""

    presence: Literal["sitting", "standing", "away", "stretching"]
    sat_seconds: float
    """Sitting in this bout so far."""
    toward_next: float
    """The part of it that counts toward the next prompt, ..."""
    needed: float
    """... and how much of it the next prompt needs."""
    prompt: OpenPrompt | None
    paused: bool
    paused_until: datetime | None
    """None without a pause, or when it lasts until resumed."""
    quiet: tuple[str, ...]
    """Reasons for which a prompt would be held back now."""
    hours_open: bool
    hours_change: datetime | None
    zone: str
    """The time zone of the working hours; every time is shown in it."""
    prompts_today: int
    daily_limit: int
    backed_off: bool
    """Whether the interval is half as long again because the last two prompts were ignored."""
    next_prompt: datetime | None
    """The earliest instant at which a prompt could come; None when one is open or none is foreseeable."""
    why: tuple[str, ...]
    """Why there is no prompt now, a sentence for each reason, the decisive one first."""
    put_off: str | None = None
    """The pain, in words, because of which prompts suggest a walk."""
    trouble: str | None = None
    """Why nothing can be saved now, and what to do; None when saving works."""
    mistake: str | None = None
    """A mistake in the configuration file and which settings are in force instead, in a sentence; None without one."""


class Reason(Struct, frozen=True):
    """One reason why there is no prompt. `until`: when it ends by itself; None when that is not known."""

    kind: str
    text: str
    until: datetime | None = None


class Explanation(Struct, frozen=True):
    """Why there is no prompt at `at`, and the earliest instant at which one could come."""

    at: datetime
    reasons: tuple[Reason, ...]
    next_prompt: datetime | None
    zone: str
    """As in Status."""


class Look(StrEnum):
    """The status in one word, in order of priority."""

    PROMPT = "prompt"
    STRETCHING = "stretching"
    PAUSED = "paused"
    CLOSED = "closed"
    AWAY = "away"
    STANDING = "standing"
    QUIET = "quiet"
    SITTING = "sitting"


def look(status: Status) -> Look:
    holds = {
        Look.PROMPT: status.prompt is not None,
        Look.STRETCHING: status.presence == "stretching",
        Look.PAUSED: status.paused,
        Look.CLOSED: not status.hours_open,
        Look.AWAY: status.presence == "away",
        Look.STANDING: status.presence == "standing",
        Look.QUIET: bool(status.quiet),
    }
    return next((word for word, holding in holds.items() if holding), Look.SITTING)


def progress(status: Status) -> float:
    """The fraction of the sitting that the next prompt needs, 0 to 1."""
    return min(1.0, max(0.0, status.toward_next / status.needed)) if status.needed > 0 else 1.0


def headline(status: Status, at: datetime) -> str:
    """One line for a tooltip: "sat 24 min, next prompt about 10:42". `at` is the moment of the status."""
    zone = status.zone
    sat = f"sat {elapsed(status.sat_seconds)}"
    match look(status):
        case Look.PROMPT:
            line = f"{sat}: time to stretch"
        case Look.PAUSED:
            line = f"{sat}, paused until {when(status.paused_until, at, zone) if status.paused_until else 'you resume'}"
        case Look.CLOSED:
            until = f" until {when(status.hours_change, at, zone)}" if status.hours_change else ""
            line = f"outside working hours{until}"
        case Look.QUIET:
            line = f"{sat}, prompts on hold: {', '.join(reason.replace('-', ' ') for reason in status.quiet)}"
        case Look.SITTING:
            line = f"{sat}, next prompt about {when(status.next_prompt, at, zone)}" if status.next_prompt else sat
        case other:
            line = other.value
    return f"{line}; nothing can be saved" if status.trouble else line


def explained(reasons: Iterable[str], next_prompt: datetime | None, at: datetime, zone: str) -> str:
    """Why there is no prompt at `at`, a sentence per line, and when the next one can come."""
    lines = tuple(reasons) or ("Nothing delays a prompt.",)
    coming = (f"Next prompt: {when(next_prompt, at, zone)} at the earliest.",) if next_prompt else ()
    return "\n".join((*lines, *coming))


def when(instant: datetime, at: datetime, zone: str) -> str:
    """The instant as seen from `at`, in the zone of this IANA name: "10:42", "Mon 09:00" within a week, else
    "2026-12-24 09:00"."""
    from zoneinfo import ZoneInfo  # here: a status without a time to show need not load it

    here = ZoneInfo(zone)
    local, today = instant.astimezone(here), at.astimezone(here).date()
    days = (local.date() - today).days
    if days == 0:
        return f"{local:%H:%M}"
    return f"{DAYS[local.weekday()]} {local:%H:%M}" if 0 < days < 7 else f"{local:%Y-%m-%d %H:%M}"
