"""Holidays and busy times reach the rules while the daemon runs, and follow every change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from psoas_nudge import calendars, config
from psoas_nudge.calendars import Calendar
from psoas_nudge.config import watch
from psoas_nudge.core.model import Rules, Signal, SignalChanged, State, Timeline
from psoas_nudge.engine import schedule
from psoas_nudge.engine.schedule import Schedule

CHRISTMAS = date(2026, 12, 25)


class AnEngine:
    """As much of an engine as a schedule uses."""

    def __init__(self, world: World) -> None:
        self.world = world

    def state_now(self) -> State:
        return State(time=Timeline(at=self.world.now))

    def feed(self, reading: SignalChanged) -> None:
        self.world.note(self.world.readings, reading)

    def reload(self, rules: Rules) -> None:
        self.world.note(self.world.rules, rules)


class World:
    """What the schedule is told and tells; a file's text is its busy time, `holiday` what is off in every region."""

    def __init__(self) -> None:
        self.now = datetime(2026, 12, 24, 12, tzinfo=UTC)
        self.rules: list[Rules] = []
        self.readings: list[SignalChanged] = []
        self.told: list[str] = []
        self.reloads = 0
        self.asked: list[tuple[int, ...]] = []
        self.early: Calendar | None = None
        self.slow = asyncio.Event()
        self.event = asyncio.Event()
        engine: Any = AnEngine(self)
        self.schedule = Schedule(engine, lambda text: self.note(self.told, text), self.reload)

    def note(self, where: list[Any], what: Any) -> None:
        where.append(what)
        self.event.set()

    def reload(self) -> None:
        self.reloads += 1
        self.event.set()

    async def refresh(
        self, region: str, files: Any, zone: str, cache: Path, years: tuple[int, ...], *, so_far: Any
    ) -> Calendar:
        await asyncio.sleep(0)
        self.asked.append(years)
        self.event.set()
        if self.early:
            so_far(self.early)
            await self.slow.wait()
        texts = [path.read_text() for path in files]
        return Calendar(
            holidays=((CHRISTMAS, region),) if region else (),
            spans=tuple((int(t.split()[0]), int(t.split()[1])) for t in texts if t[0].isdigit()),
            problems=tuple(t for t in texts if not t[0].isdigit()),
        )

    async def until(self, met: Any) -> None:
        async with asyncio.timeout(5):
            while not met():
                self.event.clear()
                await self.event.wait()


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[World]:
    made = World()
    monkeypatch.setattr(calendars, "refresh", made.refresh)
    monkeypatch.setattr(watch, "SETTLE_SECONDS", 0.01)
    monkeypatch.setattr(schedule, "LOCALTIME", tmp_path / "localtime")
    yield made
    await made.schedule.stop()


def settings(text: str) -> config.Settings:
    return config.parse(text, "config.toml", {"TZ": "Europe/Berlin"})


def closed(rules: Rules) -> bool:
    return rules.hours.day_ranges(CHRISTMAS) == ()


BUSY, FREE = SignalChanged(signal=Signal.BUSY, on=True), SignalChanged(signal=Signal.BUSY, on=False)


async def test_a_holiday_closes_its_day_and_opens_it_again_when_it_is_no_longer_wanted(world: World) -> None:
    assert not closed(world.schedule.want(settings('calendar.holidays = "DE"')))
    await world.until(lambda: world.rules)
    assert closed(world.rules[-1])
    assert closed(world.schedule.want(settings('calendar.holidays = "FR"')))
    await world.until(lambda: len(world.rules) == 2)
    world.schedule.want(settings(""))
    await world.until(lambda: len(world.rules) == 3)
    assert not closed(world.rules[-1])


async def test_without_a_calendar_nothing_is_read_applied_or_reported(world: World) -> None:
    world.schedule.want(settings(""))
    await asyncio.sleep(0.05)
    assert (world.rules, world.readings, world.asked) == ([], [], [])


async def test_busy_begins_and_ends_with_the_event_and_when_its_file_changes(world: World, tmp_path: Path) -> None:
    file, now = tmp_path / "work.ics", int(world.now.timestamp())
    file.write_text(f"{now - 10} {now + 10}")
    wanted = settings(f'calendar.busy = ["{file}"]')
    world.schedule.want(wanted)
    await world.until(lambda: world.readings == [BUSY])
    world.now += timedelta(seconds=10)
    world.schedule.check()
    assert world.readings == [BUSY, FREE]
    file.write_text(f"{now} {now + 1000}")
    await world.until(lambda: world.readings == [BUSY, FREE, BUSY])
    world.schedule.want(settings(""))
    await world.until(lambda: world.readings == [BUSY, FREE, BUSY, FREE])


async def test_the_timer_looks_when_an_event_begins(world: World, tmp_path: Path) -> None:
    file, now = tmp_path / "work.ics", int(world.now.timestamp())
    file.write_text(f"{now + 1} {now + 1000}")
    world.now += timedelta(seconds=0.98)
    world.schedule.want(settings(f'calendar.busy = ["{file}"]'))
    await world.until(lambda: world.asked)
    world.now += timedelta(seconds=0.02)
    await world.until(lambda: world.readings == [BUSY])


async def test_a_broken_file_is_told_once_and_again_after_it_was_mended(world: World, tmp_path: Path) -> None:
    file = tmp_path / "work.ics"
    file.write_text("broken")
    wanted = settings(f'calendar.busy = ["{file}"]')
    world.schedule.want(wanted)
    await world.until(lambda: world.told == ["broken"])
    world.schedule.want(wanted)
    await world.until(lambda: len(world.asked) == 2)
    file.write_text("1 2")
    await world.until(lambda: len(world.asked) == 3)
    file.write_text("broken")
    await world.until(lambda: len(world.told) == 2)
    assert world.told == ["broken", "broken"]


async def test_a_new_year_is_read_when_it_comes(world: World) -> None:
    world.schedule.want(settings('calendar.holidays = "DE"'))
    await world.until(lambda: world.rules)
    world.now = datetime(2027, 1, 1, tzinfo=UTC)
    world.schedule.check()
    await world.until(lambda: len(world.asked) == 2)
    assert world.asked == [(2026, 2027), (2027, 2028)]


async def test_a_journey_to_another_zone_asks_for_a_reload_unless_the_zone_is_named(
    world: World, tmp_path: Path
) -> None:
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/Europe/Berlin")
    world.schedule.want(settings(""))
    await asyncio.sleep(0.02)
    (tmp_path / "next").symlink_to("/usr/share/zoneinfo/Asia/Tokyo")
    (tmp_path / "next").replace(link)
    await world.until(lambda: world.reloads == 1)
    world.schedule.want(settings('hours.timezone = "Asia/Tokyo"'))
    await asyncio.sleep(0.02)
    (tmp_path / "next").symlink_to("/usr/share/zoneinfo/Europe/Berlin")
    (tmp_path / "next").replace(link)
    await asyncio.sleep(0.1)
    assert world.reloads == 1


async def test_a_fault_in_reading_calendars_does_not_end_the_schedule(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: Any, so_far: Any) -> Calendar:
        world.event.set()
        raise RuntimeError("a bug")

    monkeypatch.setattr(calendars, "refresh", broken)
    world.schedule.want(settings('calendar.holidays = "DE"'))
    await world.until(lambda: "a bug" in caplog.text)
    monkeypatch.setattr(calendars, "refresh", world.refresh)
    world.schedule.want(settings('calendar.holidays = "DE"'))
    await world.until(lambda: world.rules)
    assert closed(world.rules[-1])
