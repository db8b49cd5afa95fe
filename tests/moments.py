"""A moment to show, for every surface's tests: a person who has sat 24 of 30 minutes on a Tuesday morning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from psoas_nudge.core.status import OpenPrompt, Status

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PROMPT = OpenPrompt(number=7, routine="standing-hip-flexor", shown_at=AT, snooze=True)
SITTING = Status(
    presence="sitting",
    sat_seconds=1460.0,
    toward_next=1460.0,
    needed=1800.0,
    prompt=None,
    paused=False,
    paused_until=None,
    quiet=(),
    hours_open=True,
    zone="UTC",
    hours_change=AT + timedelta(hours=7),
    prompts_today=3,
    daily_limit=8,
    backed_off=False,
    next_prompt=AT + timedelta(minutes=6),
    why=("You have sat for 24m of the 30m after which a prompt comes.",),
)
