"""On a real sway without a screen: a terminal goes fullscreen, mako and swaync fall silent.

Its idle time is held to the suite of idle sources.
"""

from __future__ import annotations

import asyncio

import pytest

from psoas_nudge.core.events import SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.presence import switches
from psoas_nudge.presence.port import DesktopSession, SourceLost
from psoas_nudge.presence.toplevels import Toplevels

pytestmark = pytest.mark.heavy


FULL, NOT_FULL = SignalChanged(signal=Signal.FULLSCREEN, on=True), SignalChanged(signal=Signal.FULLSCREEN, on=False)
QUIET, LOUD = (
    SignalChanged(signal=Signal.DO_NOT_DISTURB, on=True),
    SignalChanged(signal=Signal.DO_NOT_DISTURB, on=False),
)


async def test_a_terminal_goes_fullscreen_and_back_and_is_closed(sway, heard):
    sensor = Toplevels()
    await sensor.start(DesktopSession(environ=sway.environ), heard)
    sway.spawn("foot", "sleep", "60")
    while await sway.run("swaymsg", "[app_id=foot] fullscreen enable"):  # noqa: ASYNC110 - another program's window
        await asyncio.sleep(0.05)
    await heard.until(FULL)
    await sway.run("swaymsg", "[app_id=foot] fullscreen disable")
    await heard.until(NOT_FULL)
    await sway.run("swaymsg", "[app_id=foot] fullscreen enable")
    await heard.until(FULL)
    await sway.run("swaymsg", "[app_id=foot] kill")
    await heard.until(NOT_FULL)
    sway.kill(sway.started[0])
    await heard.until(SourceLost)
    await sensor.stop()


async def test_mako_falls_silent(sway, on_session_bus, session_bus, heard, folder):
    config = folder / "mako"
    config.write_text("[mode=do-not-disturb]\ninvisible=1\n")
    sway.spawn("mako", "-c", str(config))
    await asyncio.to_thread(session_bus.wait_for, "org.freedesktop.Notifications")
    sensor = switches.switch("mako")
    await sensor.start(on_session_bus, heard)
    assert heard == [LOUD]
    await sway.run("makoctl", "mode", "-a", "do-not-disturb")
    sensor.read_again()
    await heard.until(QUIET)
    await sway.run("makoctl", "mode", "-r", "do-not-disturb")
    sensor.read_again()
    await heard.until(LOUD)
    await sensor.stop()


async def test_swaync_falls_silent(sway, on_session_bus, session_bus, heard):
    sway.spawn("swaync")
    await asyncio.to_thread(session_bus.wait_for, "org.erikreider.swaync.cc")
    sensor = switches.switch("swaync")
    await sensor.start(on_session_bus, heard)
    await heard.until(LOUD)
    await sway.run("swaync-client", "--dnd-on")
    await heard.until(QUIET)
    await sway.run("swaync-client", "--dnd-off")
    await heard.until(LOUD)
    await sensor.stop()
