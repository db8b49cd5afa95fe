"""The one wake-up on APScheduler's own scheduler: once, at the time last asked for, and never lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobExecutionEvent

from psoas_nudge.core.words import HOUR, MINUTE, SECOND
from psoas_nudge.engine import timers
from psoas_nudge.engine.timers import JOB, LONGEST_SLEEP, SchedulerTimer

SOON = 20
"""Milliseconds that the real scheduler is given."""
LONG = 5.0
"""Seconds after which a test has failed."""


class Sleeper:
    """What the timer wakes."""

    def __init__(self) -> None:
        self.woken = 0
        self.fails = 0
        self.up = asyncio.Event()

    def wake(self) -> None:
        self.woken += 1
        if self.woken <= self.fails:
            raise RuntimeError("a fault")
        self.up.set()

    async def sleep(self) -> None:
        await asyncio.wait_for(self.up.wait(), LONG)
        self.up.clear()


@pytest.fixture
async def sleeper() -> Sleeper:
    return Sleeper()


@pytest.fixture
async def timer(sleeper: Sleeper) -> AsyncIterator[SchedulerTimer]:
    timer = SchedulerTimer(sleeper.wake)
    timer.start()
    yield timer
    timer.stop()


def asked(timer: SchedulerTimer) -> float:
    """Milliseconds until the wake-up."""
    [job] = timer._scheduler.get_jobs()
    return float((job.next_run_time - datetime.now(UTC)) / timedelta(milliseconds=1))


async def test_it_wakes_once(timer: SchedulerTimer, sleeper: Sleeper) -> None:
    timer.wake(SOON)
    await sleeper.sleep()
    await asyncio.sleep(3 * SOON / SECOND)
    assert sleeper.woken == 1
    assert timer._scheduler.get_jobs() == []


async def test_a_wish_takes_the_place_of_the_one_before(timer: SchedulerTimer, sleeper: Sleeper) -> None:
    timer.wake(SOON)
    timer.wake(5 * MINUTE)
    assert 5 * MINUTE - SECOND < asked(timer) <= 5 * MINUTE
    timer.wake(2 * SOON)
    await sleeper.sleep()
    assert sleeper.woken == 1


async def test_what_was_asked_for_before_the_start_is_kept(sleeper: Sleeper) -> None:
    timer = SchedulerTimer(sleeper.wake)
    timer.wake(0)
    timer.start()
    await sleeper.sleep()
    timer.stop()


@pytest.mark.parametrize("after", [None, 1000 * HOUR])
async def test_no_sleep_is_longer_than_a_quarter_of_an_hour(timer: SchedulerTimer, after: int | None) -> None:
    timer.wake(after)
    assert LONGEST_SLEEP - SECOND < asked(timer) <= LONGEST_SLEEP


async def test_a_moment_that_is_over_already_wakes_at_once(timer: SchedulerTimer, sleeper: Sleeper) -> None:
    timer.wake(-5 * SECOND)
    await sleeper.sleep()


async def test_a_wake_up_hours_late_after_a_sleep_of_the_machine_still_comes(
    timer: SchedulerTimer, sleeper: Sleeper
) -> None:
    timer.wake(5 * MINUTE)
    timer._scheduler.modify_job(JOB, next_run_time=datetime.now(UTC) - timedelta(hours=9))
    await sleeper.sleep()
    assert sleeper.woken == 1


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_step_after_the_clock_was_set_arms_it_anew(
    timer: SchedulerTimer, sleeper: Sleeper, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    timer.wake(5 * MINUTE)
    await asyncio.sleep(0)

    class Set(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(hours=hours)

    for module in ("apscheduler.schedulers.base", "apscheduler.executors.base", timers.__name__):
        monkeypatch.setattr(f"{module}.datetime", Set)
    await asyncio.sleep(SOON / SECOND)
    assert sleeper.woken == 0
    timer.wake(SOON)
    await sleeper.sleep()
    assert sleeper.woken == 1


async def test_a_fault_in_what_is_woken_is_told_in_one_line_and_tried_again(
    timer: SchedulerTimer, sleeper: Sleeper, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(timers, "RETRY", SOON)
    sleeper.fails = 1
    timer.wake(0)
    await sleeper.sleep()
    assert sleeper.woken == 2
    ours = [record for record in caplog.records if record.name == timers.__name__]
    assert [record.getMessage() for record in ours] == ["the wake-up did not run (a fault); trying again"]


@pytest.mark.parametrize("code", [EVENT_JOB_MISSED, EVENT_JOB_MAX_INSTANCES])
async def test_a_wake_up_that_the_scheduler_gave_up_is_armed_again(
    timer: SchedulerTimer, sleeper: Sleeper, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "RETRY", SOON)
    timer._scheduler._dispatch_event(JobExecutionEvent(code, JOB, "default", datetime.now(UTC)))
    await sleeper.sleep()
    assert sleeper.woken == 1


async def test_nothing_wakes_after_the_end(timer: SchedulerTimer, sleeper: Sleeper) -> None:
    timer.wake(SOON)
    timer.stop()
    timer.stop()
    timer.wake(SOON)
    await asyncio.sleep(3 * SOON / SECOND)
    assert sleeper.woken == 0


async def test_a_time_zone_that_does_not_exist_keeps_nobody_asleep(
    timer: SchedulerTimer, sleeper: Sleeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown() -> None:
        raise KeyError("TZ=Nonsense/Zone")

    monkeypatch.setattr("apscheduler.triggers.date.get_localzone", unknown)
    timer.wake(0)
    await sleeper.sleep()
