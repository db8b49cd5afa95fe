"""What is particular to X servers: sessions in which they must not be trusted, servers without SYNC, no server."""

from __future__ import annotations

import asyncio

import pytest

from psoas_nudge.core.events import Active, Idle
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.chooser import Presence
from psoas_nudge.presence.port import DesktopSession
from psoas_nudge.presence.x11 import X11Idle
from psoas_nudge.presence.xscreensaver import XScreenSaverIdle
from psoas_nudge.presence.xserver import XConnection


@pytest.mark.parametrize("source", [X11Idle, XScreenSaverIdle])
@pytest.mark.parametrize("wayland", [{"WAYLAND_DISPLAY": "wayland-0"}, {"XDG_SESSION_TYPE": "wayland"}])
async def test_xwayland_is_never_trusted(xvfb, heard, source, wayland):
    with pytest.raises(Unavailable, match="Wayland"):
        await source().start(DesktopSession(environ=xvfb.environ | wayland), heard)


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
