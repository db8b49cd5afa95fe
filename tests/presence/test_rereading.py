"""A burst of changes is read once more, not once each."""

from __future__ import annotations

import asyncio
import logging

from psoas_nudge.presence.rereading import Rereading
from psoas_nudge.tasks import Tasks

log = logging.getLogger("rereading")


async def turns(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_changes_during_a_reading_cost_one_more_reading():
    gate, readings = asyncio.Event(), []

    async def read() -> None:
        readings.append(1)
        await gate.wait()

    rereading = Rereading(Tasks(log, "it").start, read)
    for _ in range(50):
        rereading.request()
        await turns(1)
    gate.set()
    await turns()
    assert len(readings) == 2


async def test_a_reading_that_fails_is_told_in_the_log_and_the_next_one_is_tried(caplog):
    outcomes = [ValueError("gone"), None]

    async def read() -> None:
        if outcome := outcomes.pop(0):
            raise outcome

    rereading = Rereading(Tasks(log, "the switch").start, read)
    rereading.request()
    await turns()
    rereading.request()
    await turns()
    assert "the switch: unexpected error, please report it: ValueError: gone" in caplog.text
    assert outcomes == []
