"""The sensors of Windows, on the news and values that its documentation promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from psoas_nudge.core.events import ClockSet, SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import DesktopSession, Reading, SourceLost
from psoas_nudge.presence.table import IDLE_SOURCES, SENSORS, here
from psoas_nudge.presence.windows_capture import Capture, camera, microphone
from psoas_nudge.presence.windows_screen import WindowsScreen
from psoas_nudge.presence.windows_session import WindowsSession
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


class Store:
    """The registry's account of who uses a device: {program: when it stopped}."""

    def __init__(self, stops: dict[str, int] | None) -> None:
        self.stops, self.closed = stops, False
        self._on_change: Callable[[], None] = print

    def numbers(self, key: str, name: str) -> Iterator[int]:
        assert key.endswith(r"ConsentStore\microphone")
        assert name == "LastUsedTimeStop"
        if self.stops is None:
            raise FileNotFoundError(2, "no such key")
        yield from self.stops.values()

    def watch(self, key: str, on_change: Callable[[], None]) -> Store:
        if self.stops is None:
            raise FileNotFoundError(2, "no such key")
        self._on_change = on_change
        return self

    def close(self) -> None:
        self.closed = True

    def write(self, **stops: int) -> None:
        assert self.stops is not None
        self.stops |= stops
        self._on_change()


async def test_a_program_that_has_not_stopped_to_record_is_a_call(heard: list[Reading]) -> None:
    store = Store({"a": 133_000_000_000})
    sensor = Capture("windows-microphone", "microphone", store.numbers, store.watch)
    await sensor.start(HERE, heard.append)
    store.write(b=0)
    store.write(b=133_000_000_001)
    assert heard == [SignalChanged(signal=Signal.CALL, on=on) for on in (False, True, False)]
    await sensor.stop()
    assert store.closed


async def test_an_old_windows_writes_nothing_down(heard: list[Reading]) -> None:
    store = Store(None)
    with pytest.raises(Unavailable, match="who uses a microphone"):
        await Capture("windows-microphone", "microphone", store.numbers, store.watch).start(HERE, heard.append)


async def test_an_account_that_goes_away_loses_the_source(heard: list[Reading]) -> None:
    store = Store({})
    sensor = Capture("windows-microphone", "microphone", store.numbers, store.watch)
    await sensor.start(HERE, heard.append)
    store.stops = None
    store._on_change()
    assert isinstance(heard[-1], SourceLost)
    await sensor.stop()


async def test_a_full_screen_program_and_its_end(shell: FakeShell, heard: list[Reading], monkeypatch) -> None:
    monkeypatch.setattr("psoas_nudge.presence.windows_screen.AGAIN_SECONDS", 0.01)
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
