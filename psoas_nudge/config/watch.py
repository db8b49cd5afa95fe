"""Notices that a file changed, however it was written: in place, by replacing it, through links, or after it was gone.

inotify on the directories in which its name and the names of all links on the way to it stand, read by the event
loop: no polling, and no wake-up while nothing happens there. Measured: ctypes adds 0.4 MB to the daemon, asyncinotify
2 MB, watchfiles a thread that wakes 21 times a second.
"""

from __future__ import annotations

import asyncio
import ctypes
import errno
import logging
import os
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from psoas_nudge.errors import Unavailable

log = logging.getLogger(__name__)

CLOSE_WRITE, MOVED_FROM, MOVED_TO, CREATE, DELETE = 0x8, 0x40, 0x80, 0x100, 0x200
DELETE_SELF, MOVE_SELF, UNMOUNT, OVERFLOW, IGNORED = 0x400, 0x800, 0x2000, 0x4000, 0x8000
ONLYDIR = 0x0100_0000
ASKED = CLOSE_WRITE | MOVED_FROM | MOVED_TO | CREATE | DELETE | DELETE_SELF | MOVE_SELF | ONLYDIR
ELSEWHERE = DELETE_SELF | MOVE_SELF | UNMOUNT | OVERFLOW | IGNORED
EVENT = struct.Struct("iIII")
MOST_LINKS = 40
"""As many as Linux itself follows."""

QUIET = 0.2
"""Seconds without another event after which a change is told, ..."""
LONGEST = 2.0
"""... or so long after the first, while events keep coming."""


class Watch:
    """Calls `on_change` in the event loop after `path` has become another file, other content, or has gone."""

    def __init__(self, path: Path, on_change: Callable[[], None]) -> None:
        self.path = Path(os.path.abspath(path))  # noqa: PTH100 - absolute() keeps "..", which is walked differently
        self._on_change = on_change
        self._inotify = -1
        self._names: dict[int, set[bytes]] = {}
        self._seen: tuple[int, ...] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._first = 0.0

    async def start(self) -> None:
        """Begin; raises Unavailable where there is no inotify or its limits are reached."""
        if not sys.platform.startswith("linux"):
            raise Unavailable("Changes to the configuration cannot be noticed here. After one: psoas-nudge reload")
        self._inotify = _libc("inotify_init1", os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            self._arm()
        except Unavailable:
            await self.stop()
            raise
        self._seen = _signature(self.path)
        asyncio.get_running_loop().add_reader(self._inotify, self._read)

    async def stop(self) -> None:
        """End; nothing is told any more."""
        if self._timer:
            self._timer.cancel()
        if self._inotify >= 0:
            asyncio.get_running_loop().remove_reader(self._inotify)
            os.close(self._inotify)
            self._inotify = -1

    def _arm(self) -> None:
        """Lay watches for the way to the file as it is now; twice, because it can change meanwhile."""
        for _ in range(2):
            names: dict[int, set[bytes]] = {}
            for directory, name in _names(self.path):
                try:
                    wd = _libc("inotify_add_watch", self._inotify, os.fsencode(directory), ASKED)
                except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
                    log.debug("%s cannot be watched: %s", directory, error)
                    continue
                names.setdefault(wd, set()).add(os.fsencode(name))
            for gone in self._names.keys() - names.keys():
                try:
                    _libc("inotify_rm_watch", self._inotify, gone)
                except OSError as error:  # it ended by itself together with its directory
                    log.debug("watch %d: %s", gone, error)
            self._names = names

    def _read(self) -> None:
        data = os.read(self._inotify, 65536)
        if any(mask & ELSEWHERE or name in self._names.get(wd, ()) for wd, mask, name in _events(data)):
            loop = asyncio.get_running_loop()
            now = loop.time()
            if self._timer is None:
                self._first = now
            else:
                self._timer.cancel()
            self._timer = loop.call_at(min(now + QUIET, self._first + LONGEST), self._settle)

    def _settle(self) -> None:
        self._timer = None
        try:
            self._arm()
        except Unavailable as error:
            log.warning("%s", error)
        signature = _signature(self.path)
        if signature != self._seen:
            self._seen = signature
            self._on_change()


def _names(path: Path) -> Iterator[tuple[Path, str]]:
    """(directory, name) of the file and of every link on the way to it, up to the first name that does not exist."""
    here, ahead, links = Path("/"), list(path.parts[1:]), 0
    while ahead and links <= MOST_LINKS:
        name = ahead.pop(0)
        if name == "..":
            here = here.parent
            continue
        step = here / name
        target = _target(step)
        there = os.path.lexists(step)
        if target is not None or not ahead or not there:
            yield here, name
        if not there:
            return
        if target is None:
            here = step
            continue
        links += 1
        here = Path("/") if target.is_absolute() else here
        ahead[:0] = target.parts[1:] if target.is_absolute() else target.parts


def _target(link: Path) -> Path | None:
    try:
        return link.readlink()
    except OSError:
        return None


def _events(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at < len(data):
        wd, mask, _, length = EVENT.unpack_from(data, at)
        at += EVENT.size + length
        yield wd, mask, data[at - length : at].rstrip(b"\0")


def _signature(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _libc(function: str, *arguments: int | bytes) -> int:
    """Call libc; raises Unavailable when a limit of inotify is reached, else OSError."""
    result = int(getattr(ctypes.CDLL(None, use_errno=True), function)(*arguments))
    if result >= 0:
        return result
    number = ctypes.get_errno()
    if number in (errno.EMFILE, errno.ENOSPC, errno.ENOMEM, errno.ENOSYS):
        limits = "see /proc/sys/fs/inotify; after a change of the configuration: psoas-nudge reload"
        raise Unavailable(f"Files cannot be watched: {os.strerror(number)} ({limits})")
    raise OSError(number, os.strerror(number))
