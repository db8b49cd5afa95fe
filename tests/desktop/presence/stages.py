"""Idle sources where they meet a person: one stage for each, with the same few things to do on it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import struct
import subprocess
import time
from pathlib import Path

from psoas_nudge.bus import Bus
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.ext_idle import ExtIdle
from psoas_nudge.presence.mutter import MutterIdle
from psoas_nudge.presence.port import DesktopSession
from psoas_nudge.presence.wayland import Compositor, text

NOBODY = 65534


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
    """A source, a session it works in, and a person.

    `silent`: it wakes for nothing while nothing changes. `remembers`: it can tell of a time before it was asked.
    """

    silent = True
    remembers = True

    def __init__(self, source, session):
        self.source, self.session, self.heard = source, session, Heard()

    async def open(self):
        await self.source.start(self.session, self.heard)

    async def close(self):
        await self.source.stop()

    async def idle(self, seconds):
        """Nobody touches anything for a while."""
        await asyncio.sleep(seconds)


class XStage(Stage):
    def __init__(self, source, xvfb):
        super().__init__(source, DesktopSession(environ=xvfb.environ))
        self.screen = xvfb

    async def input(self):
        await asyncio.to_thread(self.screen.type, "a")

    async def die(self):
        await asyncio.to_thread(self.screen.kill)


class FakeStage(Stage):
    def __init__(self, source):
        super().__init__(source, DesktopSession(environ={}))

    async def idle(self, seconds):
        self.source.pass_time(round(seconds * 1000))

    async def input(self):
        self.source.input()

    async def die(self):
        self.source.die()


class Shell(Stage):
    """A compositor as a process of its own, which ends with everything it started."""

    process = None

    def spawn(self, argv, environ):
        self.process = subprocess.Popen(
            argv,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    async def die(self):
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            await asyncio.to_thread(self.process.wait)
            self.process = None

    async def close(self):
        await super().close()
        await self.die()


class MutterStage(Shell):
    """GNOME's compositor without a screen; `input` is its own debugging call, an input event to it."""

    MONITOR = ("org.gnome.Mutter.IdleMonitor", "/org/gnome/Mutter/IdleMonitor/Core")

    def __init__(self, session_bus, folder):
        super().__init__(MutterIdle(), None)
        self.bus, self.folder = session_bus, folder

    async def open(self):
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder),
            "DBUS_SESSION_BUS_ADDRESS": self.bus.address,
            "MUTTER_DEBUG_RESET_IDLETIME": "1",
            "GSETTINGS_BACKEND": "memory",
        }
        self.spawn(["mutter", "--headless", "--wayland", "--no-x11", "--virtual-monitor", "800x600"], environ)
        await asyncio.to_thread(self.bus.wait_for, self.MONITOR[0])
        self.ours = Bus("session", self.bus.address)
        await self.ours.connect()
        self.session = DesktopSession(environ={}, session_bus=self.ours)
        await super().open()

    async def input(self):
        await self.ours.call(*self.MONITOR, self.MONITOR[0], "ResetIdletime")

    async def close(self):
        await super().close()
        await self.ours.close()


class KWinStage(Shell):
    """Plasma's compositor without a screen; `input` moves its pointer through org_kde_kwin_fake_input."""

    remembers = False

    def __init__(self, session_bus, folder):
        environ = {"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": str(folder)}
        super().__init__(ExtIdle(), DesktopSession(environ=environ))
        self.bus, self.folder, self.hand = session_bus, folder, None

    async def open(self):
        # Its file capability would be refused here; a copy under the same name has none.
        program = self.folder / "bin" / "kwin_wayland"
        program.parent.mkdir(exist_ok=True)
        shutil.copyfile("/usr/bin/kwin_wayland", program)
        program.chmod(0o700)
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder),
            "DBUS_SESSION_BUS_ADDRESS": self.bus.address,
            "KWIN_WAYLAND_NO_PERMISSION_CHECKS": "1",
        }
        self.spawn([str(program), "--virtual", "--no-lockscreen", "--socket", "wayland-9"], environ)
        self.hand = await self.connect()
        self.fake, _ = self.hand.bind("org_kde_kwin_fake_input", 4)
        self.hand.send(self.fake, 0, text("psoas-nudge tests") + text("to be a person"))
        await super().open()

    async def connect(self):
        end = time.monotonic() + 20
        while True:
            hand = Compositor(lambda _why: None)
            try:
                await hand.connect(self.session.environ)
            except Unavailable:
                await hand.close()
                if time.monotonic() > end:
                    raise
                await asyncio.sleep(0.05)
            else:
                return hand

    async def input(self):
        self.hand.send(self.fake, 1, struct.pack("=ii", 256, 256))
        await self.hand.round_trip()

    async def close(self):
        await super().close()
        if self.hand:
            await self.hand.close()


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


class SwayStage(Stage):
    """sway 1.7, which has only the predecessor of ext-idle-notify; `input` moves its pointer."""

    remembers = False

    def __init__(self, sway):
        super().__init__(ExtIdle(), DesktopSession(environ=sway.environ))
        self.sway = sway

    async def input(self):
        self.nudged = not getattr(self, "nudged", False)
        move = f"seat seat0 cursor move {5 if self.nudged else -5} 5"
        assert await self.sway.run("swaymsg", "--", move) == 0

    async def die(self):
        await asyncio.to_thread(self.sway.kill, self.sway.started[0])
