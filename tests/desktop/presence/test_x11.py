"""What is particular to X servers: sessions in which they must not be trusted, servers without SYNC, no server."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from psoas_nudge.core.events import Active, Idle
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.chooser import Presence
from psoas_nudge.presence.port import DesktopSession
from psoas_nudge.presence.table import IDLE_SOURCES
from psoas_nudge.presence.x11 import X11Idle
from psoas_nudge.presence.xscreensaver import XScreenSaverIdle
from psoas_nudge.presence.xserver import XConnection


@pytest.mark.parametrize("name", ["x11", "xscreensaver"])
@pytest.mark.parametrize("wayland", [{"WAYLAND_DISPLAY": "wayland-0"}, {"XDG_SESSION_TYPE": "wayland"}])
async def test_xwayland_is_never_trusted(xvfb, heard, name, wayland):
    presence = Presence([row for row in IDLE_SOURCES if row.name == name], ())
    await presence.start(DesktopSession(environ=xvfb.environ | wayland), heard)
    await presence.watch(100)
    await asyncio.sleep(0.2)
    [choice] = presence.choices()
    assert choice.state == "missing"
    assert "this is a Wayland session" in choice.why
    assert heard == [Active()]
    await presence.stop()


@pytest.mark.parametrize("source", [X11Idle, XScreenSaverIdle])
async def test_a_display_that_nobody_serves_is_said_so(heard, source):
    with pytest.raises(Unavailable, match="no X server answers on display :987"):
        await source().start(DesktopSession(environ={"DISPLAY": ":987"}), heard)
    with pytest.raises(Unavailable, match="DISPLAY is not set"):
        await source().start(DesktopSession(environ={}), heard)


async def test_a_server_without_sync_is_asked_at_deadlines(xvfb, heard, monkeypatch):
    """Xvfb cannot switch SYNC off: here it is only hidden from the one who looks for it."""
    there = XConnection.extension
    monkeypatch.setattr(XConnection, "extension", lambda self, name: there(self, "NONE" if name == "SYNC" else name))
    presence = Presence()
    await presence.start(DesktopSession(environ=xvfb.environ), heard)
    try:
        chosen = {c.name: c for c in presence.choices() if c.port == "idle"}
        assert chosen["x11"].why == "the X server has no NONE extension"
        assert chosen["xscreensaver"].state == "chosen"
        xvfb.type()
        await presence.watch(300)
        await heard.until(Active)
        await heard.until(Idle)
        await asyncio.to_thread(xvfb.type)
        await heard.until(Active)
    finally:
        await presence.stop()


async def test_the_server_restarts_and_the_idle_source_comes_back(xvfb, heard, caplog):
    presence = Presence(retry_seconds=(0.1,))
    await presence.start(DesktopSession(environ=xvfb.environ), heard)
    try:
        await presence.watch(600_000)
        await heard.until(Active)
        await asyncio.to_thread(xvfb.kill)
        async with asyncio.timeout(10):
            while not [r for r in caplog.records if "you count as away" in r.message]:  # noqa: ASYNC110 - a log
                await asyncio.sleep(0.01)
        assert heard == []
        await asyncio.to_thread(xvfb.start)
        await heard.until(Active)
        assert next(c for c in presence.choices() if c.name == "x11").state == "chosen"
        await presence.watch(300)
        await heard.until(Idle)
    finally:
        await presence.stop()


GRABBED_SECONDS = float(os.environ.get("PSOAS_NUDGE_GRAB_SECONDS", "1.5"))
PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
async def grab(xvfb):
    """Another client, which lets nobody else talk to the server for a while."""
    running = []

    async def begin(seconds=GRABBED_SECONDS):
        argv = [sys.executable, Path(__file__).with_name("grab.py"), str(seconds)]
        environ = xvfb.environ | {"PYTHONPATH": str(PROJECT)}
        process = await asyncio.to_thread(subprocess.Popen, argv, env=environ, stdout=subprocess.PIPE)
        running.append(process)
        assert await asyncio.to_thread(process.stdout.readline) == b"grabbed\n"

    yield begin
    for process in running:
        await asyncio.to_thread(process.wait)
        process.stdout.close()


class Pulse:
    """The longest time for which the event loop did nothing."""

    def __init__(self):
        self.longest = 0.0

    async def beat(self):
        loop = asyncio.get_running_loop()
        before = loop.time()
        while True:
            await asyncio.sleep(0.01)
            self.longest, before = max(self.longest, loop.time() - before), loop.time()


@pytest.fixture
async def pulse():
    pulse = Pulse()
    task = asyncio.create_task(pulse.beat())
    yield pulse
    task.cancel()


@pytest.mark.parametrize("source", [X11Idle, XScreenSaverIdle])
async def test_a_client_that_grabs_the_server_does_not_stop_the_daemon(xvfb, heard, grab, pulse, source, capsys):
    await asyncio.to_thread(xvfb.type)
    idle = source()
    await idle.start(DesktopSession(environ=xvfb.environ), heard)
    try:
        await grab()
        pulse.longest = 0.0
        watching = asyncio.create_task(idle.watch(200))
        await asyncio.sleep(GRABBED_SECONDS / 2)
        assert not watching.done()
        await watching
        assert await heard.until(Idle)
        with capsys.disabled():
            print(
                f" [{source.name}: grabbed for {GRABBED_SECONDS:g} s, loop blocked for {pulse.longest * 1000:.0f} ms]"
            )
        assert pulse.longest < GRABBED_SECONDS / 2
    finally:
        await idle.stop()


async def test_a_server_that_is_grabbed_at_the_start_is_passed_over_and_used_later(
    xvfb, heard, grab, pulse, monkeypatch
):
    monkeypatch.setattr("psoas_nudge.presence.xserver.CONNECT_SECONDS", 0.2)
    await grab()
    presence = Presence(retry_seconds=(0.1,))
    pulse.longest = 0.0
    await presence.start(DesktopSession(environ=xvfb.environ), heard)
    try:
        [x11] = [choice for choice in presence.choices() if choice.name == "x11"]
        assert "does not answer within 0.2 s" in x11.why
        assert pulse.longest < GRABBED_SECONDS / 2
        await presence.watch(200)
        await heard.until(Idle)
    finally:
        await presence.stop()
