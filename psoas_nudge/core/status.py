"""The types of the current status. They stand alone, so that a command can decode them without importing the rules."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct


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
