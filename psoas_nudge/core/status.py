"""What a person is shown of the present moment: types alone, so that a command can read them without the rules."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct


class OpenPrompt(Struct, frozen=True, kw_only=True):
    """The prompt that waits for an answer."""

    number: int
    routine: str
    shown_at: datetime | None
    snooze: bool
    """Whether a snooze would be granted."""


class Status(Struct, frozen=True, kw_only=True):
    """All a person is shown of the present moment. Durations in seconds, instants aware UTC."""

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
    """None also when the pause lasts until it is ended."""
    quiet: tuple[str, ...]
    """Reasons for which a prompt would be held back now."""
    hours_open: bool
    hours_change: datetime | None
    zone: str
    """The time zone of the working hours, in which every time is shown to the person."""
    prompts_today: int
    daily_limit: int
    backed_off: bool
    """Whether the next prompt takes half as long again because the last two were ignored."""
    next_prompt: datetime | None
    """The earliest instant at which a prompt could come; None when one is open or none is foreseeable."""
    why: tuple[str, ...]
    """Why there is no prompt now, one sentence a reason, the one that decides first."""
    put_off: str | None = None
    """The pain for which prompts suggest a walk in place of a stretch, in words."""
    trouble: str | None = None
    """Why nothing can be saved now, and what to do; None when all is well."""


class Reason(Struct, frozen=True):
    """One thing that stands between now and a prompt. `until` is None where only the person can end it."""

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
