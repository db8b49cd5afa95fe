"""What is particular to X servers: sessions in which they must not be trusted, servers without SYNC, no server."""

from __future__ import annotations

import asyncio
import ctypes

import pytest

from psoas_nudge.errors import Unavailable
from psoas_nudge.presence import xcb
from psoas_nudge.presence.chooser import Presence
from psoas_nudge.presence.port import InputSeen, InputStopped, Session
from psoas_nudge.presence.x11 import X11Idle
from psoas_nudge.presence.xcb import Connection
from psoas_nudge.presence.xscreensaver import XScreenSaverIdle


@pytest.mark.parametrize("source", [X11Idle, XScreenSaverIdle])
@pytest.mark.parametrize("wayland", [{"WAYLAND_DISPLAY": "wayland-0"}, {"XDG_SESSION_TYPE": "wayland"}])
async def test_xwayland_is_never_trusted(xvfb, heard, source, wayland):
    with pytest.raises(Unavailable, match="Wayland"):
        await source().start(Session(environ=xvfb.environ | wayland), heard)


@pytest.mark.parametrize("source", [X11Idle, XScreenSaverIdle])
async def test_a_display_that_nobody_serves_is_said_so(heard, source, desktop_need):
    desktop_need("libxcb.so.1")
    with pytest.raises(Unavailable, match="no X server answers on display :987"):
        await source().start(Session(environ={"DISPLAY": ":987"}), heard)
    with pytest.raises(Unavailable, match="DISPLAY is not set"):
        await source().start(Session(environ={}), heard)


@pytest.mark.parametrize("source", [X11Idle, XScreenSaverIdle])
async def test_without_libxcb_it_is_said_what_to_install(heard, source, monkeypatch):
    there = ctypes.CDLL

    def missing(name, *args, **more):
        if name == "libxcb.so.1":
            raise OSError(f"{name}: cannot open shared object file")
        return there(name, *args, **more)

    monkeypatch.setattr(ctypes, "CDLL", missing)
    xcb._library.cache_clear()
    with pytest.raises(Unavailable, match="libxcb is missing; install libxcb1"):
        await source().start(Session(environ={"DISPLAY": ":987"}), heard)


async def test_a_server_without_sync_is_asked_at_deadlines(xvfb, heard, monkeypatch):
    """Xvfb cannot switch SYNC off: here it is only hidden from the one who looks for it."""
    there = Connection.extension
    monkeypatch.setattr(Connection, "extension", lambda self, name: there(self, "NONE" if name == "SYNC" else name))
    presence = Presence()
    await presence.start(Session(environ=xvfb.environ), heard)
    try:
        chosen = {c.name: c for c in presence.choices() if c.port == "idle"}
        assert chosen["x11"].why == "the X server has no NONE extension"
        assert chosen["xscreensaver"].state == "chosen"
        xvfb.type()
        await presence.watch(0.3)
        await heard.until(InputSeen)
        await heard.until(InputStopped)
        await asyncio.to_thread(xvfb.type)
        await heard.until(InputSeen)
    finally:
        await presence.stop()


async def test_the_server_restarts_and_the_idle_source_comes_back(xvfb, heard, caplog):
    presence = Presence(retry_seconds=(0.1,))
    await presence.start(Session(environ=xvfb.environ), heard)
    try:
        await presence.watch(600)
        await heard.until(InputSeen)
        await asyncio.to_thread(xvfb.kill)
        await heard.until(InputSeen)
        assert [r.message for r in caplog.records if "you count as present" in r.message]
        await asyncio.to_thread(xvfb.start)
        await heard.until(InputSeen)
        assert next(c for c in presence.choices() if c.name == "x11").state == "chosen"
        await presence.watch(0.3)
        await heard.until(InputStopped)
    finally:
        await presence.stop()
