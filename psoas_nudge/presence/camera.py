"""Whether the camera is in use: a program has a video device open.

The kernel sends an event when a device is opened, closed or plugged in (inotify). Only then /proc is searched for a
process of this user that has it open. No picture is read. Idea: the camera indicators of desktop shells.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import DesktopSession, Sensor

if TYPE_CHECKING:
    from asyncinotify import Inotify, Mask

SETTLE_SECONDS = 1.0
"""Programs open every camera briefly to query its capabilities."""
BROKERS = {"wireplumber", "pipewire-media-"}
"""Session managers that keep devices open without using them."""


class Camera(Sensor):
    """Reports CALL. `devices`: the folder of the video devices; `settle`: seconds after which an opening counts."""

    name = "camera"
    _inotify: Inotify
    _used: Mask
    _created: Mask

    def __init__(self, devices: Path = Path("/dev"), *, settle: float = SETTLE_SECONDS) -> None:
        super().__init__()
        self._devices, self._settle = devices, settle
        self._settling = False

    async def open(self, session: DesktopSession) -> None:  # noqa: ARG002 - the port's signature
        """Raises Unavailable where there is no inotify."""
        from asyncinotify import Inotify, Mask

        self._used, self._created = Mask.OPEN | Mask.CLOSE, Mask.CREATE
        try:
            self._inotify = Inotify()
            self.at_end(self._inotify.close)
            self._inotify.add_watch(self._devices, self._created)
        except OSError as error:
            raise Unavailable(f"{self._devices} cannot be watched: {error.strerror}") from error
        for device in self._cameras():
            self._watch(device)
        self.background(self._follow())
        self._read()

    def _cameras(self) -> list[Path]:
        return sorted(self._devices.glob("video[0-9]*"))

    def _watch(self, device: Path) -> None:
        try:
            self._inotify.add_watch(device, self._used)
        except (FileNotFoundError, PermissionError):
            return  # unplugged meanwhile, or owned by another user

    async def _follow(self) -> None:
        async for event in self._inotify:
            if event.mask & self._created:
                if event.path is None or not event.path.name.startswith("video"):
                    continue
                self._watch(event.path)
            if not self._settling:
                self._settling = True
                self.later(self._settle, self._read)

    def _read(self) -> None:
        self._settling = False
        self.report_signal(Signal.CALL, on=self._in_use())

    def _in_use(self) -> bool:
        devices = {str(device) for device in self._cameras()}
        return bool(devices) and any(_has_open(process, devices) for process in Path("/proc").glob("[0-9]*"))


def _has_open(process: Path, devices: set[str]) -> bool:
    """Whether the process has one of the devices open; False for other users' processes."""
    try:
        with os.scandir(process / "fd") as links:
            targets = {_target(link.path) for link in links}
        return not devices.isdisjoint(targets) and (process / "comm").read_text().strip() not in BROKERS
    except OSError:
        return False  # ended meanwhile, or another user's


def _target(link: str) -> str:
    try:
        return os.readlink(link)  # noqa: PTH115 - thousands of links, and Path objects take ten times as long
    except OSError:
        return ""  # closed meanwhile
