"""The sensors of Windows, on the news and values that its documentation promises."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from psoas_nudge.core.events import ClockSet, SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence import windows
from psoas_nudge.presence.port import DesktopSession, Reading, SourceLost
from psoas_nudge.presence.table import IDLE_SOURCES, SENSORS, here
from psoas_nudge.presence.windows import HIVES, Capture, WindowsScreen, WindowsSession, camera, microphone
from psoas_nudge.system.shell import FRONT, WM_POWERBROADCAST, WM_TIMECHANGE, WM_WTSSESSION_CHANGE
from tests.windows_shell import FakeShell

HERE = DesktopSession(environ={})


@pytest.fixture
def heard() -> list[Reading]:
    return []


@pytest.fixture
def shell() -> FakeShell:
    return FakeShell()


@pytest.mark.parametrize(
    ("message", "begins", "ends", "signal"),
    [
        (WM_WTSSESSION_CHANGE, 0x7, 0x8, Signal.LOCKED),
        (WM_WTSSESSION_CHANGE, 0x2, 0x1, Signal.SWITCHED),
        (WM_WTSSESSION_CHANGE, 0x4, 0x3, Signal.SWITCHED),
        (WM_POWERBROADCAST, 0x4, 0x7, Signal.SUSPENDED),
        (WM_POWERBROADCAST, 0x4, 0x12, Signal.SUSPENDED),
    ],
)
async def test_leaving_and_coming_back(message, begins, ends, signal, shell: FakeShell, heard: list[Reading]) -> None:
    sensor = WindowsSession(shell.open)
    await sensor.start(HERE, heard.append)
    shell.news(message, begins)
    shell.news(message, ends)
    assert heard == [SignalChanged(signal=signal, on=True), SignalChanged(signal=signal, on=False)]
    await sensor.stop()
    assert (shell.users, shell.listeners) == (0, [])


async def test_a_clock_that_was_set_and_news_about_something_else(shell: FakeShell, heard: list[Reading]) -> None:
    sensor = WindowsSession(shell.open)
    await sensor.start(HERE, heard.append)
    shell.news(WM_TIMECHANGE)
    shell.news(WM_POWERBROADCAST, 0xA)  # the battery
    shell.news(WM_WTSSESSION_CHANGE, 0x5)
    assert heard == [ClockSet()]
    await sensor.stop()


async def test_without_a_desktop_the_session_sends_no_news(shell: FakeShell, heard: list[Reading]) -> None:
    shell.there = False
    with pytest.raises(Unavailable, match="no desktop"):
        await WindowsSession(shell.open).start(HERE, heard.append)


NOW, YESTERDAY = 3_000, 1_000
"""As FILETIME. The computer was started at 2000."""
USED = {"LastUsedTimeStart": NOW, "LastUsedTimeStop": 0}
IDLE = {"LastUsedTimeStart": NOW, "LastUsedTimeStop": NOW + 1}


@pytest.fixture(autouse=True)
def switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("psoas_nudge.presence.windows.switched_on", lambda: 2_000)


class Store:
    """The registry's account of who uses a device, in one hive or in both: {program: its numbers}."""

    def __init__(self, **hives: dict[str, dict[str, int]]) -> None:
        self.hives, self.watched = hives, dict[str, Callable[[], None]]()
        self.waits = set[str]()

    def numbers(self, hive: str, key: str) -> Iterator[dict[str, int]]:
        assert key.endswith(r"ConsentStore\microphone")
        yield from self._programs(hive).values()

    def watch(self, hive: str, key: str, on_change: Callable[[], None]) -> StoreWatch:
        watch = StoreWatch(self, hive)
        watch.again()
        self.watched[hive] = on_change
        return watch

    def _programs(self, hive: str) -> dict[str, dict[str, int]]:
        if hive not in self.hives:
            raise FileNotFoundError(2, "no such key")
        return self.hives[hive]

    def write(self, hive: str, program: str, numbers: dict[str, int]) -> None:
        self._programs(hive)[program] = numbers
        self.change(hive)

    def change(self, hive: str) -> None:
        if hive in self.waits:
            self.waits.remove(hive)
            self.watched[hive]()


class StoreWatch:
    """Like Windows it calls once, until it is asked again."""

    def __init__(self, store: Store, hive: str) -> None:
        self._store, self._hive = store, hive

    def again(self) -> None:
        self._store._programs(self._hive)
        self._store.waits.add(self._hive)

    def close(self) -> None:
        self._store.waits.discard(self._hive)
        del self._store.watched[self._hive]


@pytest.fixture
def capture(heard: list[Reading]):
    """Starts the sensor of the microphone on a store."""

    async def start(store: Store) -> Capture:
        sensor = Capture("windows-microphone", "microphone", store.numbers, store.watch)
        await sensor.start(HERE, heard.append)
        return sensor

    return start


def calls(heard: list[Reading]) -> list[bool]:
    assert all(isinstance(each, SignalChanged) and each.signal is Signal.CALL for each in heard)
    return [each.on for each in heard if isinstance(each, SignalChanged)]


@pytest.mark.parametrize("hive", HIVES)
async def test_a_program_that_has_not_stopped_to_record_is_a_call(hive, capture, heard: list[Reading]) -> None:
    store = Store(**{each: {"a": IDLE} for each in HIVES})
    sensor = await capture(store)
    store.write(hive, "b", USED)
    store.write(hive, "b", IDLE)
    store.write(hive, "c", {"Value": 1})  # a permission
    assert calls(heard) == [False, True, False, False]
    await sensor.stop()
    assert not store.watched


async def test_what_a_crash_of_the_computer_left_behind_is_no_call(capture, heard: list[Reading]) -> None:
    store = Store(HKEY_CURRENT_USER={"a": {"LastUsedTimeStart": YESTERDAY, "LastUsedTimeStop": 0}})
    sensor = await capture(store)
    store.write("HKEY_CURRENT_USER", "never used", {"LastUsedTimeStart": 0, "LastUsedTimeStop": 0})
    assert calls(heard) == [False, False]
    await sensor.stop()


async def test_an_old_windows_writes_nothing_down(capture) -> None:
    with pytest.raises(Unavailable, match="who uses a microphone"):
        await capture(Store())


@pytest.mark.parametrize("hive", HIVES)
async def test_an_account_that_goes_away_loses_the_source(hive, capture, heard: list[Reading]) -> None:
    store = Store(**{each: {} for each in HIVES})
    sensor = await capture(store)
    del store.hives[hive]
    store.change(hive)
    assert isinstance(heard[-1], SourceLost)
    await sensor.stop()


async def test_a_full_screen_program_and_its_end(shell: FakeShell, heard: list[Reading], monkeypatch) -> None:
    monkeypatch.setattr("psoas_nudge.presence.windows.AGAIN_SECONDS", 0.01)
    now = 5
    sensor = WindowsScreen(lambda: now, shell.open)
    await sensor.start(HERE, heard.append)
    assert heard == []
    now = 3
    shell.news(FRONT)
    now = 4
    shell.news(FRONT)
    shell.news(WM_TIMECHANGE)
    assert heard == [
        SignalChanged(signal=Signal.FULLSCREEN, on=True),
        SignalChanged(signal=Signal.FULLSCREEN, on=False),
        SignalChanged(signal=Signal.DO_NOT_DISTURB, on=True),
    ]
    await sensor.stop()
    assert (shell.users, shell.listeners) == (0, [])


@pytest.mark.parametrize("make", [WindowsSession, microphone, camera, WindowsScreen])
async def test_elsewhere_they_are_not_offered(make, heard: list[Reading]) -> None:
    with pytest.raises(Unavailable):
        await make().start(HERE, heard.append)


def test_no_system_tries_the_sensors_of_another() -> None:
    rows = here((*IDLE_SOURCES, *SENSORS))
    assert rows
    assert not [row.name for row in rows if "windows" in row.name]


def test_the_start_of_the_computer_is_told_in_the_units_of_the_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(time, "time_ns", lambda: 1_800_000_000 * 10**9)  # 2027-01-15 08:00:00 UTC
    monkeypatch.setattr(windows, "milliseconds", lambda: 3_600_000)
    begins = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=windows.switched_on() / 10)
    assert begins == datetime(2027, 1, 15, 6, 55, tzinfo=UTC)
