"""systemd's watchdog is fed by decisions, so that a daemon that decides nothing any more is started again."""

from __future__ import annotations

import asyncio

import pytest

from psoas_nudge.autostart import systemd
from psoas_nudge.core import model as m
from psoas_nudge.core.words import MINUTE
from psoas_nudge.engine import ready
from psoas_nudge.engine.engine import Engine
from psoas_nudge.engine.ready import Watchdog
from psoas_nudge.engine.timers import LONGEST_SLEEP


@pytest.fixture
def fed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    told: list[str] = []
    monkeypatch.setenv("WATCHDOG_USEC", "2400000000")
    monkeypatch.setattr(ready, "notify", told.append)
    return told


def test_each_minute_with_a_decision_feeds_it_once(engine: Engine, clock, fed: list[str]) -> None:
    engine.listen(Watchdog(lambda: clock.now().tick / 1000))
    for seconds in (0, 20, 20, 30, 600):
        clock.move(seconds)
        engine.feed(m.Woke())
    assert fed == ["WATCHDOG=1"] * 3


def test_without_a_decision_it_is_not_fed(engine: Engine, clock, fed: list[str], monkeypatch) -> None:
    engine.listen(Watchdog(lambda: clock.now().tick / 1000))

    def broken(*_: object) -> None:
        raise RuntimeError("a fault in the rules")

    monkeypatch.setattr("psoas_nudge.engine.engine.step", broken)
    clock.move(600)
    with pytest.raises(RuntimeError):
        engine.feed(m.Woke())
    assert fed == []


async def test_a_loop_that_runs_beside_an_engine_whose_queue_hangs_does_not_feed_it(
    engine: Engine, clock, fed: list[str]
) -> None:
    engine.listen(Watchdog(lambda: clock.now().tick / 1000))
    engine._stepping = True  # a step that never comes to its end
    for _ in range(10):
        clock.move(600)
        assert engine.feed(m.Woke()) is None
        await asyncio.sleep(0)
    assert fed == []
    assert engine.status().presence == "sitting", "it still answers"


@pytest.mark.parametrize(("microseconds", "expected"), [("4000000", 3), ("2400000000", 1), ("nonsense", 1)])
def test_it_is_fed_twice_within_its_time_where_that_is_short(
    engine: Engine, clock, fed: list[str], monkeypatch, microseconds: str, expected: int
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", microseconds)
    engine.listen(Watchdog(lambda: clock.now().tick / 1000))
    for seconds in (0, 1, 1, 1, 1):
        clock.move(seconds)
        engine.feed(m.Woke())
    assert fed == ["WATCHDOG=1"] * expected


def test_nobody_is_told_where_nobody_watches(engine: Engine, fed: list[str], monkeypatch) -> None:
    monkeypatch.delenv("WATCHDOG_USEC")
    engine.listen(Watchdog())
    engine.feed(m.Woke())
    assert fed == []


def test_an_empty_desk_does_not_starve_it() -> None:
    [line] = [line for line in systemd.render(["/x"], 254).splitlines() if line.startswith("WatchdogSec=")]
    assert int(line.removeprefix("WatchdogSec=").removesuffix("min")) * MINUTE > 2 * LONGEST_SLEEP
