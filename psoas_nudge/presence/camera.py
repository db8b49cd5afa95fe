"""The camera is in use: somebody has a video device open.

The kernel tells when a device is opened or closed, or plugged in (inotify); only then is it looked up which process
holds it, in /proc, as far as this user may see. No picture is ever read. Idea: the camera lights of desktop shells.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import struct
import sys
from pathlib import Path

from psoas_nudge.core.model import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import Report, Session, SignalChanged

IN_OPEN, IN_CLOSE, IN_CREATE = 0x20, 0x18, 0x100
SETTLE_SECONDS = 1.0
"""Programs open every camera for a moment to see what it can do."""
BROKERS = {"wireplumber", "pipewire-media-"}
"""Hold devices open to announce them, without using them."""


class Camera:
    """Reports CALL. `devices`: the folder of the video devices; `settle`: seconds after which an opening counts."""

    name = "camera"

    def __init__(self, devices: Path = Path("/dev"), *, settle: float = SETTLE_SECONDS) -> None:
        self._devices, self._settle = devices, settle
        self._fd: int | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def start(self, session: Session, report: Report) -> None:  # noqa: ARG002 - the port's signature
        """Watch the devices and look once; raises Unavailable where the kernel cannot tell."""
        if sys.platform != "linux":
            raise Unavailable("only Linux tells who opens a camera")
        self._report = report
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._fd = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._fd < 0:
            self._fd = None
            raise Unavailable(f"no inotify: {os.strerror(ctypes.get_errno())}")
        if not self._watch(self._devices, IN_CREATE):
            await self.stop()
            raise Unavailable(f"{self._devices} cannot be watched: {os.strerror(ctypes.get_errno())}")
        for device in self._cameras():
            self._watch(device, IN_OPEN | IN_CLOSE)
        asyncio.get_running_loop().add_reader(self._fd, self._on_readable)
        self._look()

    async def stop(self) -> None:
        """Watch no more."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._fd is not None:
            asyncio.get_running_loop().remove_reader(self._fd)
            os.close(self._fd)
            self._fd = None

    def _cameras(self) -> list[Path]:
        return sorted(self._devices.glob("video[0-9]*"))

    def _watch(self, path: Path, mask: int) -> bool:
        return bool(self._libc.inotify_add_watch(self._fd, os.fsencode(path), mask) >= 0)

    def _on_readable(self) -> None:
        if self._fd is None:
            return
        data, at, relevant = os.read(self._fd, 65536), 0, False
        while at < len(data):
            _, mask, _, length = struct.unpack_from("iIII", data, at)
            name = data[at + 16 : at + 16 + length].rstrip(b"\0").decode(errors="replace")
            at += 16 + length
            if mask & IN_CREATE and name.startswith("video"):
                self._watch(self._devices / name, IN_OPEN | IN_CLOSE)
            relevant = relevant or not mask & IN_CREATE or name.startswith("video")
        if relevant and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._settle, self._look)

    def _look(self) -> None:
        self._timer = None
        self._report(SignalChanged(Signal.CALL, self._in_use()))

    def _in_use(self) -> bool:
        devices = {str(device) for device in self._cameras()}
        return bool(devices) and any(_holds(process, devices) for process in Path("/proc").glob("[0-9]*"))


def _holds(process: Path, devices: set[str]) -> bool:
    """Whether this process has one of the devices open. Other users' processes cannot be seen."""
    try:
        with os.scandir(process / "fd") as links:
            targets = {_target(link.path) for link in links}
        return not devices.isdisjoint(targets) and (process / "comm").read_text().strip() not in BROKERS
    except OSError:
        return False  # it ended meanwhile, or belongs to another user


def _target(link: str) -> str:
    try:
        return os.readlink(link)  # noqa: PTH115 - thousands of links; Path objects cost ten times as much
    except OSError:
        return ""  # closed meanwhile


if __name__ == "__main__":
    from psoas_nudge.presence.probe import run

    run(Camera())
