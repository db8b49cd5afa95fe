"""One suite for every idle source: what the port promises, on the real component and in memory."""

from __future__ import annotations

import asyncio

from psoas_nudge.core.events import Active, Idle
from psoas_nudge.presence.port import SourceLost


async def test_nothing_is_said_before_anyone_watches(stage):
    await stage.input()
    await stage.idle(0.2)
    assert stage.heard == []


async def test_whoever_types_is_seen_at_once(stage):
    await stage.input()
    await stage.source.watch(30000)
    assert stage.heard == [Active()]


async def test_whoever_is_away_already_is_told_at_once(stage):
    await stage.input()
    await stage.idle(0.4)
    await stage.source.watch(200)
    if stage.remembers:
        [reading] = stage.heard
        assert isinstance(reading, Idle)
        assert 400 <= reading.idle_for < 5000
    else:
        await stage.heard.until(Active)
        assert await stage.heard.until(Idle) == Idle(idle_for=200)


async def test_leaving_and_coming_back_alternate(stage):
    await stage.input()
    await stage.source.watch(500)
    for _ in range(3):
        await stage.idle(0.5)
        stopped = await stage.heard.until(Idle)
        assert stopped.idle_for >= 500
        await stage.input()
        await stage.heard.until(Active)
    kinds = [type(reading) for reading in stage.heard]
    assert kinds in ([], [Idle])


async def test_a_shorter_threshold_counts_from_the_last_input(stage):
    await stage.input()
    await stage.source.watch(600000)
    await stage.heard.until(Active)
    await stage.idle(0.3)
    await stage.source.watch(200)
    if stage.remembers:
        [reading] = stage.heard
        assert isinstance(reading, Idle)
    else:
        await stage.heard.until(Idle)


async def test_a_longer_threshold_in_flight_replaces_the_shorter(stage):
    await stage.input()
    await stage.source.watch(1500)
    await stage.heard.until(Active)
    await stage.source.watch(600000)
    await stage.idle(1.7)
    assert stage.heard == []


async def test_coming_back_is_seen_even_if_the_threshold_was_raised_while_away(stage):
    await stage.input()
    await stage.idle(0.3)
    await stage.source.watch(200)
    await stage.heard.until(Idle)
    await stage.source.watch(600000)
    await stage.idle(0.1)
    await stage.input()
    await stage.heard.until(Active)
    await stage.source.watch(500)
    await stage.idle(0.5)
    await stage.heard.until(Idle)


async def test_steady_input_says_nothing(stage):
    await stage.input()
    await stage.source.watch(5000)
    await stage.heard.until(Active)
    for _ in range(5):
        await stage.input()
        await stage.idle(0.02)
    assert stage.heard == []


async def test_a_source_that_dies_says_so_once_and_works_again_later(stage):
    await stage.input()
    await stage.source.watch(600000)
    await stage.heard.until(Active)
    await stage.die()
    if not stage.silent:
        await stage.source.watch(1000)
    lost = await stage.heard.until(SourceLost)
    assert lost.why
    await stage.source.watch(1000)
    await asyncio.sleep(0.05)
    assert stage.heard == []


async def test_after_stop_nothing_is_heard(stage):
    await stage.input()
    await stage.source.watch(300)
    await stage.heard.until(Active)
    await stage.source.stop()
    await stage.idle(0.5)
    await stage.input()
    assert stage.heard == []


async def test_no_wake_up_while_nothing_changes(stage, count_wakeups):
    await stage.input()
    await stage.source.watch(600000)
    await stage.heard.until(Active)
    await asyncio.sleep(0.05)
    sleep_alone = 1
    assert await count_wakeups(1.0) <= sleep_alone + 1
    await stage.input()
    await stage.source.watch(200)
    await stage.idle(0.3)
    await stage.heard.until(Idle)
    assert await count_wakeups(1.0) <= sleep_alone + 1 + (not stage.silent)
