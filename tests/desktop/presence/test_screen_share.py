"""The screen shared through a real PipeWire: by a real Mutter and KWin, and by a program that offers what portals do."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import struct
import subprocess

import pytest

from psoas_nudge.bus import Bus
from psoas_nudge.core.events import SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.chooser import Presence
from psoas_nudge.presence.port import DesktopSession, SourceLost
from psoas_nudge.presence.screen_share import CAST, SOURCE, ScreenShare
from psoas_nudge.presence.table import SensorRow
from tests.desktop.presence.stages import KWinStage

pytestmark = pytest.mark.heavy

SHARED, NOT_SHARED = (
    SignalChanged(signal=Signal.SCREEN_SHARE, on=True),
    SignalChanged(signal=Signal.SCREEN_SHARE, on=False),
)
PLUGINS = [f"/usr/share/doc/gstreamer1.0-{name}" for name in ("pipewire", "plugins-base")]
STREAM_OUTPUT, CLOSE_STREAM, HIDDEN_POINTER = 0, 0, 1
"""Of zkde_screencast_unstable_v1."""
MUTTER, MUTTER_PATH = "org.gnome.Mutter.ScreenCast", "/org/gnome/Mutter/ScreenCast"


class PipeWire:
    """The server without a session manager, and programs that offer something through it."""

    def __init__(self, folder, bus):
        self.socket = folder / "pipewire-0"
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "DBUS_SESSION_BUS_ADDRESS": bus.address,
            "GSETTINGS_BACKEND": "memory",
            "LC_ALL": "C.UTF-8",
        }
        self.session = DesktopSession(environ=self.environ)
        self.started = []

    def start(self):
        self.server = self.spawn("pipewire")

    def spawn(self, *argv):
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(argv, env=self.environ, start_new_session=True, **quiet)
        self.started.append(process)
        return process

    def offer(self, media_class, name, pattern="videotestsrc"):
        """A program that offers pictures, or sound, in this class and under this name."""
        about = f"props,media.class=(string){media_class},node.name=(string){name}"
        sink = ["pipewiresink", "mode=provide", f"stream-properties={about}"]
        return self.spawn("gst-launch-1.0", pattern, "is-live=true", "!", *sink)

    async def end(self, process, signum=signal.SIGINT):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signum)
        await asyncio.to_thread(process.wait)

    def names(self):
        """Of everything that is offered now."""
        told = subprocess.run(["pw-cli", "ls", "Node"], env=self.environ, check=False, capture_output=True, text=True)
        return told.stdout

    async def offered(self, name):
        async with asyncio.timeout(10):
            while f'"{name}"' not in await asyncio.to_thread(self.names):  # noqa: ASYNC110 - another program's list
                await asyncio.sleep(0.05)

    def stop(self):
        for process in reversed(self.started):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def pipewire(folder, session_bus, desktop_need, eventually):
    desktop_need("pipewire", "pw-cli", "gst-launch-1.0", *PLUGINS)
    pipewire = PipeWire(folder, session_bus)
    pipewire.start()
    eventually(pipewire.socket.is_socket)
    yield pipewire
    pipewire.stop()


@pytest.fixture
async def sensor(pipewire, heard):
    sensor = ScreenShare(settle=0.3)
    await sensor.start(pipewire.session, heard)
    await heard.until(NOT_SHARED)
    yield sensor
    await sensor.stop()


@pytest.mark.parametrize(
    ("media_class", "name"),
    [
        (CAST, "niri"),
        (SOURCE, "xdg-desktop-portal-wlr"),
        (SOURCE, "xdpw-stream-aBcDeF"),
        (SOURCE, "xdg-desktop-portal-hyprland"),
        (SOURCE, "xdph-streaming-aBcDeF"),
    ],
)
async def test_sharing_begins_and_ends(sensor, pipewire, heard, media_class, name):
    cast = pipewire.offer(media_class, name)
    await heard.until(SHARED)
    await pipewire.end(cast)
    await heard.until(NOT_SHARED)


async def test_gnomes_compositor_shares_its_screen(sensor, pipewire, session_bus, desktop_need, heard):
    desktop_need("mutter")
    pipewire.spawn("mutter", "--headless", "--wayland", "--no-x11", "--virtual-monitor", "800x600")
    await asyncio.to_thread(session_bus.wait_for, MUTTER)
    bus = Bus("session", session_bus.address)
    await bus.connect()
    (cast,) = await bus.call(MUTTER, MUTTER_PATH, MUTTER, "CreateSession", "a{sv}", {})
    await bus.call(MUTTER, cast, f"{MUTTER}.Session", "RecordMonitor", "sa{sv}", "", {})
    assert SHARED not in heard
    await bus.call(MUTTER, cast, f"{MUTTER}.Session", "Start")
    await heard.until(SHARED)
    await bus.call(MUTTER, cast, f"{MUTTER}.Session", "Stop")
    await heard.until(NOT_SHARED)
    await bus.close()


async def test_plasmas_compositor_shares_its_screen(sensor, pipewire, session_bus, folder, desktop_need, heard):
    desktop_need("kwin_wayland")
    kwin = KWinStage(session_bus, folder)
    try:
        await kwin.open()
        output, _ = kwin.hand.bind("wl_output", 2)
        screencast, _ = kwin.hand.bind("zkde_screencast_unstable_v1", 1)
        assert SHARED not in heard
        stream = kwin.hand.new(lambda _opcode, _arguments: None)
        kwin.hand.send(screencast, STREAM_OUTPUT, struct.pack("=III", stream, output, HIDDEN_POINTER))
        await heard.until(SHARED)
        kwin.hand.send(stream, CLOSE_STREAM)
        await heard.until(NOT_SHARED)
    finally:
        await kwin.close()


async def test_a_camera_and_music_are_no_shared_screen(sensor, pipewire, heard):
    pipewire.offer(SOURCE, "v4l2_input.usb-webcam")
    pipewire.offer("Stream/Output/Audio", "player", "audiotestsrc")
    await pipewire.offered("v4l2_input.usb-webcam")
    await pipewire.offered("player")
    cast = pipewire.offer(CAST, "gnome-shell")
    await heard.until(SHARED)
    await pipewire.end(cast)
    await heard.until(NOT_SHARED)


async def test_two_screens_are_shared_and_one_ends(sensor, pipewire, heard):
    first, second = pipewire.offer(CAST, "first"), pipewire.offer(CAST, "second")
    await heard.until(SHARED)
    await heard.until(SHARED)
    await pipewire.end(first)
    await asyncio.sleep(0.6)
    assert NOT_SHARED not in heard
    await pipewire.end(second)
    await heard.until(NOT_SHARED)


async def test_what_is_shared_already_is_known_at_the_start(pipewire, heard):
    pipewire.offer(CAST, "gnome-shell")
    await pipewire.offered("gnome-shell")
    sensor = ScreenShare()
    await sensor.start(pipewire.session, heard)
    assert heard == [SHARED]
    await sensor.stop()


async def test_pipewire_is_killed_and_comes_back_while_the_screen_is_shared_again(pipewire, heard, eventually):
    row = SensorRow("screen-share", "the screen is shared", "linux", "screen_share:ScreenShare")
    lost = []
    presence = Presence((), (row,), retry_seconds=(0.1,), listen=lambda name, reading: lost.append((name, reading)))
    await presence.start(pipewire.session, heard)
    pipewire.offer(CAST, "gnome-shell")
    await heard.until(SHARED)
    await pipewire.end(pipewire.server, signal.SIGKILL)
    await heard.until(NOT_SHARED)
    assert ("screen-share", SourceLost("PipeWire went away")) in lost
    pipewire.start()
    await asyncio.to_thread(eventually, lambda: "Dummy-Driver" in pipewire.names())
    cast = pipewire.offer(CAST, "gnome-shell")
    await heard.until(SHARED)
    await pipewire.end(cast)
    await heard.until(NOT_SHARED)
    await presence.stop()


async def test_a_share_that_goes_on_wakes_nothing(sensor, pipewire, heard, count_wakeups):
    pipewire.offer(CAST, "gnome-shell")
    await heard.until(SHARED)
    await asyncio.sleep(0.5)
    assert await count_wakeups(0.5) <= 2


async def test_without_pipewire_it_is_said_so(folder, heard):
    with pytest.raises(Unavailable, match="pipewire is not running"):
        await ScreenShare().start(DesktopSession(environ={"XDG_RUNTIME_DIR": str(folder)}), heard)
