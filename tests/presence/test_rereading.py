"""A burst of changes is read once more, not once each, and a stop gives up what is under way."""

from __future__ import annotations

import asyncio
import logging

import pytest

from psoas_nudge.presence.rereading import Rereading


async def turns(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_changes_during_a_reading_cost_one_more_reading():
    gate, readings = asyncio.Event(), []

    async def read() -> None:
        readings.append(1)
        await gate.wait()

    rereading = Rereading("it", read, ())
    for _ in range(50):
        rereading.ask()
        await turns(1)
    gate.set()
    await turns()
    assert len(readings) == 2


async def test_a_reading_that_fails_is_told_in_the_log_and_the_next_one_is_tried(caplog):
    outcomes = [ValueError("gone"), None]

    async def read() -> None:
        if outcome := outcomes.pop(0):
            raise outcome

    rereading = Rereading("the switch", read, (ValueError,))
    with caplog.at_level(logging.DEBUG):
        rereading.ask()
        await turns()
        rereading.ask()
        await turns()
    assert "the switch could not be read again: gone" in caplog.text
    assert outcomes == []


@pytest.mark.parametrize("from_inside", [False, True])
async def test_a_stop_ends_the_reading_also_when_the_reading_itself_asks_for_it(from_inside):
    ended = []

    async def read() -> None:
        if from_inside:
            await rereading.stop()
        else:
            await asyncio.Event().wait()
        ended.append(1)

    rereading = Rereading("it", read, ())
    rereading.ask()
    await turns()
    await rereading.stop()
    assert ended == ([1] if from_inside else [])
