"""A fullscreen window on a real X server; the window manager's notes are written by the test, as EWMH asks for."""

from __future__ import annotations

import asyncio
import struct
import subprocess

import pytest

from psoas_nudge.core.events import SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.presence.fullscreen import Fullscreen, atom, numbers
from psoas_nudge.presence.port import DesktopSession, SourceLost
from psoas_nudge.presence.xserver import XConnection

FULL, NOT_FULL = SignalChanged(signal=Signal.FULLSCREEN, on=True), SignalChanged(signal=Signal.FULLSCREEN, on=False)
CREATE_WINDOW, DESTROY_WINDOW, MAP_WINDOW, CHANGE_PROPERTY, SEND_EVENT = 1, 4, 8, 18, 25
CLIENT_MESSAGE, TO_THE_MANAGER = 33, 0x180000
ATOM, WINDOW = 4, 33


class WindowManager:
    """Opens windows and keeps the two notes."""

    def __init__(self):
        self.x = XConnection(lambda _event: None, lambda _why: None)

    async def connect(self, environ):
        await self.x.connect(environ)
        names = ("_NET_ACTIVE_WINDOW", "_NET_WM_STATE", "_NET_WM_STATE_FULLSCREEN")
        self.atoms = {name: await atom(self.x, name) for name in names}

    def open(self):
        window = self.x.new_id()
        self.x.send(CREATE_WINDOW, 0, struct.pack("<IIhhHHHHII", window, self.x.root, 0, 0, 99, 99, 0, 1, 0, 0))
        return window

    def note(self, window, name, kind, *numbers):
        head = struct.pack("<IIIBxxxI", window, self.atoms[name], kind, 32, len(numbers))
        self.x.send(CHANGE_PROPERTY, 0, head + struct.pack(f"<{len(numbers)}I", *numbers))

    async def managed(self):
        """Whether a window manager has announced itself."""
        return await numbers(self.x, self.x.root, await atom(self.x, "_NET_SUPPORTING_WM_CHECK"))

    def front(self, window):
        self.note(self.x.root, "_NET_ACTIVE_WINDOW", WINDOW, window)

    def fullscreen(self, window, on=True):
        self.note(window, "_NET_WM_STATE", ATOM, *([self.atoms["_NET_WM_STATE_FULLSCREEN"]] if on else []))

    def ask(self, window, name, *numbers):
        """What a program sends to a real window manager."""
        data = (numbers + (0,) * 5)[:5]
        event = struct.pack("<BBHII5I", CLIENT_MESSAGE, 32, 0, window, self.atoms[name], *data)
        self.x.send(SEND_EVENT, 0, struct.pack("<II", self.x.root, TO_THE_MANAGER) + event)

    def ask_to_be_fullscreen(self, window, on):
        self.ask(window, "_NET_WM_STATE", int(on), self.atoms["_NET_WM_STATE_FULLSCREEN"], 0, 1)

    async def in_front(self, window):
        return await numbers(self.x, self.x.root, self.atoms["_NET_ACTIVE_WINDOW"]) == (window,)

    def close(self, window):
        self.x.send(DESTROY_WINDOW, 0, struct.pack("<I", window))


@pytest.fixture
async def manager(xvfb):
    manager = WindowManager()
    await manager.connect(xvfb.environ)
    yield manager
    await manager.x.close()


@pytest.fixture
async def sensor(xvfb, heard, manager):
    sensor = Fullscreen()
    await sensor.start(DesktopSession(environ=xvfb.environ), heard)
    yield sensor
    await sensor.stop()


async def test_a_talk_goes_fullscreen_and_back(sensor, manager, heard):
    talk = manager.open()
    manager.front(talk)
    manager.fullscreen(talk)
    await heard.until(FULL)
    manager.fullscreen(talk, False)
    await heard.until(NOT_FULL)


async def test_only_the_window_in_front_counts(sensor, manager, heard):
    film, mail = manager.open(), manager.open()
    manager.fullscreen(film)
    manager.front(mail)
    await asyncio.sleep(0.1)
    assert heard == []
    manager.front(film)
    await heard.until(FULL)
    manager.front(mail)
    await heard.until(NOT_FULL)


async def test_a_window_that_closes_ends_it(sensor, manager, heard):
    film = manager.open()
    manager.fullscreen(film)
    manager.front(film)
    await heard.until(FULL)
    manager.close(film)
    manager.front(0)
    await heard.until(NOT_FULL)


async def test_a_window_that_is_fullscreen_already_is_seen_at_the_start(xvfb, manager, heard):
    film = manager.open()
    manager.fullscreen(film)
    manager.front(film)
    sensor = Fullscreen()
    await sensor.start(DesktopSession(environ=xvfb.environ), heard)
    assert heard == [FULL]
    await sensor.stop()


async def test_typing_wakes_nothing(sensor, xvfb, heard, count_wakeups):
    await asyncio.sleep(0.05)
    await asyncio.to_thread(xvfb.type, "hello")
    await asyncio.sleep(0.05)
    assert await count_wakeups(0.5) <= 2
    assert heard == []


async def test_the_x_server_dies(sensor, xvfb, heard):
    await asyncio.to_thread(xvfb.kill)
    await heard.until(SourceLost)


@pytest.fixture
def openbox(xvfb, folder, desktop_need):
    desktop_need("openbox")
    environ = {**xvfb.environ, "HOME": str(folder)}
    process = subprocess.Popen(["openbox"], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    yield
    process.terminate()
    process.wait()


@pytest.mark.heavy
async def test_a_real_window_manager_makes_a_window_fullscreen(xvfb, openbox, sensor, manager, heard):
    async with asyncio.timeout(20):
        talk = manager.open()
        while not await manager.managed():  # noqa: ASYNC110 - another program's doing
            await asyncio.sleep(0.02)
        manager.x.send(MAP_WINDOW, 0, struct.pack("<I", talk))
        while not await manager.in_front(talk):
            manager.ask(talk, "_NET_ACTIVE_WINDOW", 2, 0)
            await asyncio.sleep(0.05)
    manager.ask_to_be_fullscreen(talk, True)
    await heard.until(FULL)
    manager.ask_to_be_fullscreen(talk, False)
    await heard.until(NOT_FULL)
    manager.ask_to_be_fullscreen(talk, True)
    await heard.until(FULL)
    manager.close(talk)
    await heard.until(NOT_FULL)
