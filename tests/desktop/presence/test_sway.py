"""On a real sway without a screen: a terminal goes fullscreen, mako and swaync fall silent.

Debian 12's sway has no ext-idle-notify; that is held to the suite of idle sources on KWin.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess

import pytest

from psoas_nudge.core.model import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence import switches
from psoas_nudge.presence.ext_idle import ExtIdle
from psoas_nudge.presence.port import Session, SignalChanged, SourceLost
from psoas_nudge.presence.toplevels import Toplevels

pytestmark = pytest.mark.heavy

NOBODY = 65534
FULL, NOT_FULL = SignalChanged(Signal.FULLSCREEN, on=True), SignalChanged(Signal.FULLSCREEN, on=False)
QUIET, LOUD = SignalChanged(Signal.DO_NOT_DISTURB, on=True), SignalChanged(Signal.DO_NOT_DISTURB, on=False)


class Sway:
    """sway refuses to run as root, so it runs as nobody there; its clients run as the tests do."""

    def __init__(self, folder, bus):
        self.runtime = folder / "run"
        self.runtime.mkdir(mode=0o700)
        config = folder / "sway.conf"
        config.write_text("default_border none\n")
        self.started = []
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.runtime),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "DBUS_SESSION_BUS_ADDRESS": bus.address,
            "WLR_BACKENDS": "headless",
            "WLR_LIBINPUT_NO_DEVICES": "1",
            "WLR_RENDERER": "pixman",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "GSETTINGS_BACKEND": "memory",
            "LC_ALL": "C.UTF-8",
        }
        argv = ["sway", "-c", str(config)]
        if os.getuid() == 0:
            folder.chmod(0o711)
            os.chown(self.runtime, NOBODY, NOBODY)
            argv = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *argv]
        self.spawn(*argv)

    def ready(self):
        for socket in self.runtime.glob("wayland-*"):
            if socket.is_socket():
                for ipc in self.runtime.glob("sway-ipc.*.sock"):
                    self.environ |= {"WAYLAND_DISPLAY": socket.name, "SWAYSOCK": str(ipc)}
                    return True
        return False

    def spawn(self, *argv):
        process = subprocess.Popen(
            argv,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    async def run(self, *argv):
        child = await asyncio.create_subprocess_exec(*argv, env=self.environ, stdout=subprocess.DEVNULL)
        return await child.wait()

    def kill(self, process):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self):
        for process in reversed(self.started):
            self.kill(process)


@pytest.fixture
def sway(folder, session_bus, desktop_need, eventually):
    desktop_need("sway", "foot", "mako", "makoctl", "swaync", "swaync-client")
    sway = Sway(folder, session_bus)
    try:
        eventually(sway.ready, within=20)
        yield sway
    finally:
        sway.stop()
        shutil.rmtree(sway.runtime, ignore_errors=True)


async def test_a_terminal_goes_fullscreen_and_back_and_is_closed(sway, heard):
    sensor = Toplevels()
    await sensor.start(Session(environ=sway.environ), heard)
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
    sensor = switches.mako()
    await sensor.start(on_session_bus, heard)
    assert heard == [LOUD]
    await sway.run("makoctl", "mode", "-a", "do-not-disturb")
    sensor._on_change([])
    await heard.until(QUIET)
    await sway.run("makoctl", "mode", "-r", "do-not-disturb")
    sensor._on_change([])
    await heard.until(LOUD)
    await sensor.stop()


async def test_swaync_falls_silent(sway, on_session_bus, session_bus, heard):
    sway.spawn("swaync")
    await asyncio.to_thread(session_bus.wait_for, "org.erikreider.swaync.cc")
    sensor = switches.swaync()
    await sensor.start(on_session_bus, heard)
    await heard.until(LOUD)
    await sway.run("swaync-client", "--dnd-on")
    await heard.until(QUIET)
    await sway.run("swaync-client", "--dnd-off")
    await heard.until(LOUD)
    await sensor.stop()


async def test_a_compositor_that_cannot_tell_idle_time_is_said_so(sway, heard):
    with pytest.raises(Unavailable, match="does not offer ext_idle_notifier_v1"):
        await ExtIdle().start(Session(environ=sway.environ), heard)
