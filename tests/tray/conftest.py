"""Moments to show."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from psoas_nudge.core.status import OpenPrompt, Status
from tests.moments import PROMPT, SITTING


@pytest.fixture
def moment() -> Callable[..., Status]:
    """`moment(paused=True)`: the status of a person who has sat 24 of 30 minutes, but for what is given."""
    return lambda **other: replace(SITTING, **other)


@pytest.fixture
def open_prompt() -> OpenPrompt:
    return PROMPT
