"""Choosing among sources: the best that works, the next when it dies, back when it returns."""

from __future__ import annotations

import asyncio
import logging

import pytest

from psoas_nudge.core.events import Active, Idle, SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.chooser import Presence
from psoas_nudge.presence.port import DesktopSession, SourceLost
from psoas_nudge.presence.table import IDLE_SOURCES, SENSORS, SensorRow

HERE = DesktopSession(environ={})


class FakeSensor:
    """Reports signals when told to."""

    def __init__(self, name, works=True):
        self.name, self.works, self.report = name, works, None

    async def start(self, session, report):
        if not self.works:
            raise Unavailable(f"{self.name} is not installed")
        self.report = report

    async def stop(self):
        self.report = None


def row(name, made):
    return SensorRow(name, f"about {name}", "linux", lambda: made)


@pytest.fixture
def heard():
    return []


@pytest.fixture
def best(fake_idle):
    return fake_idle()


@pytest.fixture
def second(fake_idle):
    return fake_idle()


@pytest.fixture
async def presence(best, second):
    presence = Presence((row("best", best), row("second", second)), (), retry_seconds=(0.02,))
    yield presence
    await presence.stop()


def states(presence):
    return {choice.name: choice.state for choice in presence.choices()}


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - the condition is anything at all
            await asyncio.sleep(0.005)


async def test_the_best_source_that_works_is_used(presence, best, second, heard):
    await presence.start(HERE, heard.append)
    await presence.watch(300)
    best.pass_time(300)
    assert heard == [Active(), Idle(idle_for=300)]
    assert second.starts == 0
    assert states(presence) == {"best": "chosen", "second": "available"}


async def test_why_a_better_one_was_passed_over_is_kept(presence, best, heard):
    best.works = False
    await presence.start(HERE, heard.append)
    first, second = presence.choices()
    assert (first.state, first.why) == ("missing", "the fake is switched off")
    assert second.state == "chosen"


async def test_the_next_takes_over_when_the_source_dies_and_the_better_comes_back(presence, best, second, heard):
    await presence.start(HERE, heard.append)
    await presence.watch(300)
    best.works = False
    best.die("the server crashed")
    await until(lambda: second.threshold == 300)
    assert states(presence) == {"best": "lost", "second": "chosen"}
    heard.clear()
    second.pass_time(300)
    assert heard == [Idle(idle_for=300)]
    best.works = True
    await until(lambda: best.threshold == 300)
    assert states(presence)["best"] == "chosen"
    heard.clear()
    second.input()
    best.pass_time(300)
    assert heard == [Idle(idle_for=300)]


async def test_with_no_source_at_all_the_person_counts_as_present_and_it_is_said_once(
    presence, best, second, heard, caplog
):
    caplog.set_level(logging.WARNING)
    best.works = second.works = False
    await presence.start(HERE, heard.append)
    await presence.watch(300)
    await asyncio.sleep(0.1)
    assert heard == [Active()]
    assert len([r for r in caplog.records if "you count as present" in r.message]) == 1
    second.works = True
    await until(lambda: second.threshold == 300)
    second.pass_time(300)
    assert heard[-1] == Idle(idle_for=300)


async def test_losing_the_last_source_that_worked_is_never_input_and_the_person_counts_as_away(
    presence, best, second, heard, caplog
):
    second.works = False
    await presence.start(HERE, heard.append)
    await presence.watch(300)
    assert heard == [Active()]
    best.works = False
    best.die("the display is gone")
    await asyncio.sleep(0.1)
    assert heard == [Active()]
    await until(lambda: len(heard) > 1)
    assert heard == [Active(), Idle(idle_for=300)]
    assert not [r for r in caplog.records if "you count as present" in r.message]
    assert [r for r in caplog.records if "you count as away" in r.message]
    best.works = True
    await until(lambda: best.threshold == 300)
    assert heard == [Active(), Idle(idle_for=300), Active()]


async def test_a_display_that_comes_back_before_the_threshold_is_no_absence(presence, best, second, heard):
    second.works = False
    await presence.start(HERE, heard.append)
    await presence.watch(400)
    best.die("restarted")
    await until(lambda: best.threshold == 400)
    await asyncio.sleep(0.5)
    assert heard == [Active(), Active()]


async def test_whoever_was_away_when_the_display_went_is_not_reported_as_away_again(presence, best, second, heard):
    second.works = False
    await presence.start(HERE, heard.append)
    await presence.watch(50)
    best.pass_time(60)
    best.works = False
    best.die("the display is gone")
    await presence.watch(70)
    await asyncio.sleep(0.2)
    assert heard == [Active(), Idle(idle_for=60)]


async def test_a_mistake_of_the_engine_is_no_failure_of_the_sensor(presence, best, caplog):
    def report(event):
        raise ZeroDivisionError("oops")

    await presence.start(HERE, report)
    await presence.watch(300)
    best.pass_time(300)
    assert states(presence)["best"] == "chosen"
    assert "Idle was not handled: unexpected error, please report it: ZeroDivisionError: oops" in caplog.text


async def test_a_signal_is_on_while_any_sensor_says_so(heard):
    one, other = FakeSensor("one"), FakeSensor("other")
    presence = Presence((), (row("one", one), row("other", other)))
    await presence.start(HERE, heard.append)
    heard.clear()
    one.report(SignalChanged(signal=Signal.LOCKED, on=True))
    other.report(SignalChanged(signal=Signal.LOCKED, on=True))
    one.report(SignalChanged(signal=Signal.LOCKED, on=False))
    assert heard == [SignalChanged(signal=Signal.LOCKED, on=True)]
    other.report(SignalChanged(signal=Signal.LOCKED, on=False))
    assert heard[1:] == [SignalChanged(signal=Signal.LOCKED, on=False)]
    await presence.stop()


async def test_a_sensor_that_dies_takes_its_signals_with_it_and_comes_back(heard):
    one = FakeSensor("one")
    presence = Presence((), (row("one", one),), retry_seconds=(0.02,))
    await presence.start(HERE, heard.append)
    heard.clear()
    one.report(SignalChanged(signal=Signal.CALL, on=True))
    one.report(SourceLost("the server crashed"))
    assert heard == [SignalChanged(signal=Signal.CALL, on=True), SignalChanged(signal=Signal.CALL, on=False)]
    await until(lambda: one.report is not None and states(presence)["one"] == "chosen")
    one.report(SignalChanged(signal=Signal.CALL, on=True))
    assert heard[-1] == SignalChanged(signal=Signal.CALL, on=True)
    await presence.stop()
    assert one.report is None


async def test_a_sensor_with_a_bug_takes_nobody_along(heard, caplog):
    broken, one = FakeSensor("broken"), FakeSensor("one")

    async def start(session, report):
        raise ZeroDivisionError("oops")

    broken.start = start
    presence = Presence((), (row("broken", broken), row("one", one)))
    await presence.start(HERE, heard.append)
    assert {c.name: (c.state, c.why) for c in presence.choices()} == {
        "broken": ("missing", "failed: ZeroDivisionError: oops"),
        "one": ("chosen", ""),
    }
    assert "broken failed: ZeroDivisionError: oops; please report it" in caplog.messages
    await presence.stop()


async def test_what_starts_later_than_this_is_tried_twice_more(heard, monkeypatch):
    monkeypatch.setattr("psoas_nudge.presence.chooser.LATE_STARTER_SECONDS", (0.01, 0.02))
    late, never = FakeSensor("late", works=False), FakeSensor("never", works=False)
    tried = []
    start = never.start

    async def count(session, report):
        tried.append(1)
        await start(session, report)

    never.start = count
    presence = Presence((), (row("late", late), row("never", never)))
    await presence.start(HERE, heard.append)
    late.works = True
    await until(lambda: late.report)
    await asyncio.sleep(0.2)
    assert len(tried) == 3
    assert states(presence) == {"late": "chosen", "never": "missing"}
    await presence.stop()


async def test_a_source_that_dies_while_everything_stops_is_no_trouble(presence, best, heard):
    await presence.start(HERE, heard.append)
    await presence.watch(300)
    heard.clear()
    stopping = asyncio.ensure_future(presence.stop())
    await asyncio.sleep(0)
    best.die()
    await stopping
    assert heard == []


async def test_what_cannot_be_in_this_session_is_not_even_imported():
    row = SensorRow("nothing", "nothing", "wayland", "no_such_module:Nothing")
    presence = Presence((row,), ())
    await presence.start(HERE, lambda _reading: None)
    [choice] = presence.choices()
    assert choice.why == "no Wayland session: WAYLAND_DISPLAY is not set"
    await presence.stop()


@pytest.mark.parametrize("row", [*IDLE_SOURCES, *SENSORS], ids=lambda row: row.name)
async def test_every_row_of_the_table_loads_a_sensor_of_its_name(row):
    sensor = row.load()
    assert sensor.name == row.name
    assert hasattr(sensor, "watch") == (row in IDLE_SOURCES)


@pytest.mark.parametrize(
    "row", [r for r in (*IDLE_SOURCES, *SENSORS) if r.name not in {"clock", "camera"}], ids=lambda row: row.name
)
async def test_every_sensor_says_so_where_it_cannot_work(row):
    sensor = row.load()
    with pytest.raises(Unavailable):
        await sensor.start(HERE, lambda _reading: None)
