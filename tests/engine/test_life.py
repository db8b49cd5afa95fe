"""The daemon ends with the session it was started in, and takes up what comes later."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from psoas_nudge.control.session import LoginSession
from psoas_nudge.engine.life import Life

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux has pidfds")

DISPLAY_SERVER = """
import socket, sys, time
listening = socket.socket(socket.AF_UNIX)
listening.bind(sys.argv[1])
listening.listen()
print("ready", flush=True)
time.sleep(60)
"""


class FakeBus:
    """As much of a bus as is listened to."""

    def __init__(self) -> None:
        self.subscribers: list[Callable[[bool], None]] = []

    def watch_connection(self, on_connection: Callable[[bool], None]) -> None:
        self.subscribers.append(on_connection)

    def connected(self, is_connected: bool) -> None:
        for subscriber in self.subscribers:
            subscriber(is_connected)


class Told:
    """What the life of the session has led to."""

    def __init__(self) -> None:
        self.ended: list[str] = []
        self.anew: list[str] = []
        self.happened = asyncio.Event()

    def end(self, why: str) -> None:
        self.ended.append(why)
        self.happened.set()

    def begin_anew(self, why: str) -> None:
        self.anew.append(why)
        self.happened.set()

    async def soon(self) -> None:
        async with asyncio.timeout(10):
            await self.happened.wait()


@pytest.fixture
async def told() -> Told:
    return Told()


@pytest.fixture
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pn-") as folder:
        yield Path(folder) / "display"


@pytest.fixture
async def display_server(place: Path) -> AsyncIterator[Callable[[], subprocess.Popen[bytes]]]:
    running: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        place.unlink(missing_ok=True)
        server = subprocess.Popen([sys.executable, "-c", DISPLAY_SERVER, str(place)], stdout=subprocess.PIPE)
        running.append(server)
        assert server.stdout
        assert server.stdout.readline() == b"ready\n"
        return server

    yield start
    for server in running:
        server.kill()
        server.communicate()


async def life(told: Told, session: LoginSession, bus: FakeBus | None = None, lost_seconds: float = 0.05) -> Life:
    life = Life(session, told.end, told.begin_anew, lost_seconds)
    await life.start(bus)  # type: ignore[arg-type]
    return life


async def test_it_ends_when_the_display_is_gone_for_good(told, place, display_server):
    server = display_server()
    watching = await life(told, LoginSession(display=str(place)))
    server.kill()
    await told.soon()
    assert told.ended == ["the display of this session has not come back within 0.05 s"]
    await watching.stop()


async def test_a_compositor_that_crashed_and_came_back_is_followed_on(told, place, display_server):
    first = display_server()
    watching = await life(told, LoginSession(display=str(place)), lost_seconds=1.0)
    first.kill()
    second = display_server()
    await asyncio.sleep(1.3)
    assert told.ended == []
    second.kill()
    await told.soon()
    assert len(told.ended) == 1
    await watching.stop()


async def test_it_ends_when_the_bus_is_gone_for_good(told):
    bus = FakeBus()
    watching = await life(told, LoginSession(bus="/run/bus"), bus)
    bus.connected(False)
    await told.soon()
    assert told.ended == ["the session bus of this session has not come back within 0.05 s"]
    await watching.stop()


async def test_a_bus_that_comes_back_in_time_changes_nothing(told):
    bus = FakeBus()
    watching = await life(told, LoginSession(bus="/run/bus"), bus)
    bus.connected(False)
    bus.connected(True)
    await asyncio.sleep(0.1)
    assert told.ended == []
    await watching.stop()


async def test_nothing_ends_it_once_it_is_ending(told, place, display_server):
    bus = FakeBus()
    server = display_server()
    watching = await life(told, LoginSession(display=str(place)), bus)
    bus.connected(False)
    await watching.stop()
    server.kill()
    await asyncio.sleep(0.1)
    assert told.ended == []


@pytest.mark.parametrize("what", ["display", "bus"])
async def test_a_daemon_that_was_there_first_takes_up_what_comes(told, place, what):
    watching = await life(told, LoginSession(**{what: str(place)}))
    with socket.socket(socket.AF_UNIX) as late:
        late.bind(str(place))
        late.listen()
        await told.soon()
    assert told.anew == [f"the {'session bus' if what == 'bus' else what} is there now"]
    await watching.stop()


async def test_a_socket_that_nobody_listens_on_is_no_display(told, place):
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(place))
    watching = await life(told, LoginSession(display=str(place)))
    await asyncio.sleep(0.3)
    assert told.anew == told.ended == []
    await watching.stop()
