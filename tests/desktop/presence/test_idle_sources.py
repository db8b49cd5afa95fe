"""One suite for every idle source: what the port promises, on the real component and in memory."""

from __future__ import annotations

import asyncio

from psoas_nudge.presence.port import InputSeen, InputStopped, SourceLost


async def test_nothing_is_said_before_anyone_watches(stage):
    await stage.input()
    await stage.idle(0.2)
    assert stage.heard == []


async def test_whoever_types_is_seen_at_once(stage):
    await stage.input()
    await stage.source.watch(30)
    assert stage.heard == [InputSeen()]


async def test_whoever_is_away_already_is_told_at_once(stage):
    await stage.input()
    await stage.idle(0.4)
    await stage.source.watch(0.2)
    if stage.remembers:
        [reading] = stage.heard
        assert isinstance(reading, InputStopped)
        assert 0.4 <= reading.seconds < 5
    else:
        await stage.heard.until(InputSeen)
        assert await stage.heard.until(InputStopped) == InputStopped(0.2)


async def test_leaving_and_coming_back_alternate(stage):
    await stage.input()
    await stage.source.watch(0.5)
    for _ in range(3):
        await stage.idle(0.5)
        stopped = await stage.heard.until(InputStopped)
        assert stopped.seconds >= 0.5
        await stage.input()
        await stage.heard.until(InputSeen)
    kinds = [type(reading) for reading in stage.heard]
    assert kinds in ([], [InputStopped])


async def test_a_shorter_threshold_counts_from_the_last_input(stage):
    await stage.input()
    await stage.source.watch(600)
    await stage.heard.until(InputSeen)
    await stage.idle(0.3)
    await stage.source.watch(0.2)
    if stage.remembers:
        [reading] = stage.heard
        assert isinstance(reading, InputStopped)
    else:
        await stage.heard.until(InputStopped)


async def test_a_longer_threshold_in_flight_replaces_the_shorter(stage):
    await stage.input()
    await stage.source.watch(1.5)
    await stage.heard.until(InputSeen)
    await stage.source.watch(600)
    await stage.idle(1.7)
    assert stage.heard == []


async def test_coming_back_is_seen_even_if_the_threshold_was_raised_while_away(stage):
    await stage.input()
    await stage.idle(0.3)
    await stage.source.watch(0.2)
    await stage.heard.until(InputStopped)
    await stage.source.watch(600)
    await stage.idle(0.1)
    await stage.input()
    await stage.heard.until(InputSeen)
    await stage.source.watch(0.5)
    await stage.idle(0.5)
    await stage.heard.until(InputStopped)


async def test_steady_input_says_nothing(stage):
    await stage.input()
    await stage.source.watch(5)
    await stage.heard.until(InputSeen)
    for _ in range(5):
        await stage.input()
        await stage.idle(0.02)
    assert stage.heard == []


async def test_a_source_that_dies_says_so_once_and_works_again_later(stage):
    await stage.input()
    await stage.source.watch(600)
    await stage.heard.until(InputSeen)
    await stage.die()
    if not stage.silent:
        await stage.source.watch(1)
    lost = await stage.heard.until(SourceLost)
    assert lost.why
    await stage.source.watch(1)
    await asyncio.sleep(0.05)
    assert stage.heard == []


async def test_after_stop_nothing_is_heard(stage):
    await stage.input()
    await stage.source.watch(0.3)
    await stage.heard.until(InputSeen)
    await stage.source.stop()
    await stage.idle(0.5)
    await stage.input()
    assert stage.heard == []


async def test_no_wake_up_while_nothing_changes(stage, count_wakeups):
    await stage.input()
    await stage.source.watch(600)
    await stage.heard.until(InputSeen)
    await asyncio.sleep(0.05)
    sleep_alone = 1
    assert await count_wakeups(1.0) <= sleep_alone + 1
    await stage.input()
    await stage.source.watch(0.2)
    await stage.idle(0.3)
    await stage.heard.until(InputStopped)
    assert await count_wakeups(1.0) <= sleep_alone + 1 + (not stage.silent)
