"""Moments to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from psoas_nudge.core.status import OpenPrompt, Status

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)  # a Tuesday


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture
def moment():
    """`moment(paused=True)`: the status of a person who has sat 24 of 30 minutes, but for what is given."""

    def make(**other: object) -> Status:
        usual: dict[str, object] = {
            "presence": "sitting",
            "sat_seconds": 24 * 60 + 20.0,
            "toward_next": 24 * 60 + 20.0,
            "needed": 1800.0,
            "prompt": None,
            "paused": False,
            "paused_until": None,
            "quiet": (),
            "hours_open": True,
            "hours_change": AT + timedelta(hours=7),
            "prompts_today": 3,
            "daily_limit": 8,
            "next_prompt": AT + timedelta(minutes=6),
            "why": ("You have sat for 24m of the 30m after which a prompt comes.",),
        }
        return Status(**{**usual, **other})  # type: ignore[arg-type]

    return make


@pytest.fixture
def open_prompt() -> OpenPrompt:
    return OpenPrompt(number=7, routine="standing-hip-flexor", shown_at=AT, snooze=True)
