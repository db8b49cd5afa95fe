"""Where idle sources meet a person: one stage for each source, with the same few things to do on it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from psoas_nudge.bus import Bus
from psoas_nudge.presence.port import Session
from psoas_nudge.presence.x11 import X11Idle
from psoas_nudge.presence.xscreensaver import XScreenSaverIdle


class Heard(list):
    """The readings, and a way to wait for the next one."""

    def __call__(self, reading):
        self.append(reading)

    async def until(self, wanted, within=10.0):
        """Wait until a reading is equal to, or of the type, that is wanted; it and all before it are taken away."""
        async with asyncio.timeout(within):
            while True:
                for index, reading in enumerate(self):
                    if reading == wanted or (isinstance(wanted, type) and isinstance(reading, wanted)):
                        del self[: index + 1]
                        return reading
                await asyncio.sleep(0.005)


def voluntary_switches() -> int:
    """How often this thread has gone to sleep and was woken."""
    for line in Path("/proc/thread-self/status").read_text().splitlines():
        if line.startswith("voluntary_ctxt_switches"):
            return int(line.split()[1])
    raise AssertionError


async def wakeups(seconds: float) -> int:
    """How often this process wakes in a while in which it has nothing to do but to sleep once."""
    before = voluntary_switches()
    await asyncio.sleep(seconds)
    return voluntary_switches() - before


class Stage:
    """A source, a session it works in, and a person. `silent`: it wakes for nothing while nothing changes."""

    silent = True

    def __init__(self, source, session):
        self.source, self.session, self.heard = source, session, Heard()

    async def open(self):
        await self.source.start(self.session, self.heard)

    async def idle(self, seconds):
        """Nobody touches anything for a while."""
        await asyncio.sleep(seconds)


class XStage(Stage):
    def __init__(self, source, xvfb):
        super().__init__(source, Session(environ=xvfb.environ))
        self.screen = xvfb

    async def input(self):
        await asyncio.to_thread(self.screen.type, "a")

    async def die(self):
        await asyncio.to_thread(self.screen.kill)


class FakeStage(Stage):
    def __init__(self, source):
        super().__init__(source, Session(environ={}))

    async def idle(self, seconds):
        self.source.pass_time(seconds)

    async def input(self):
        self.source.input()

    async def die(self):
        self.source.die()


def x11(request):
    return XStage(X11Idle(), request.getfixturevalue("xvfb"))


def xscreensaver(request):
    stage = XStage(XScreenSaverIdle(), request.getfixturevalue("xvfb"))
    stage.silent = False
    return stage


def fake(request):
    return FakeStage(request.getfixturevalue("fake_idle")())


STAGES = [fake, x11, xscreensaver]


@pytest.fixture(params=STAGES, ids=lambda stage: stage.__name__)
async def stage(request):
    stage = request.param(request)
    await stage.open()
    yield stage
    await stage.source.stop()


@pytest.fixture
def heard():
    return Heard()


@pytest.fixture
def count_wakeups():
    return wakeups


@pytest.fixture
async def on_session_bus(session_bus):
    """A Session on the private session bus."""
    bus = Bus("session", session_bus.address)
    await bus.connect()
    yield Session(environ={}, session_bus=bus)
    await bus.close()


@pytest.fixture
async def on_system_bus(system_bus):
    """A Session on the private system bus."""
    bus = Bus("system", system_bus.address, negotiate_fds=True)
    await bus.connect()
    yield Session(environ={"XDG_SESSION_ID": "c1"}, system_bus=bus)
    await bus.close()
