"""Reports changes of a file, however it is written: in place, by replacing it, through links, or after it was deleted.

It watches the directories of the file and of all links on the path to it with inotify (through asyncinotify), without
polling or wake-ups while nothing happens there. On Windows it watches the file's folder, or the nearest one that exists
(system/waits.py).
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from psoas_nudge.errors import Unavailable
from psoas_nudge.tasks import Tasks

if TYPE_CHECKING:
    from asyncinotify import Inotify, Mask, Watch

    if sys.platform == "win32":
        from psoas_nudge.system.waits import FolderWatch

log = logging.getLogger(__name__)

MOST_LINKS = 40
"""The limit of Linux itself."""

SETTLE_SECONDS = 0.2
"""A change is reported after this time without another event, ..."""
LONGEST_SECONDS = 2.0
"""... or after this time since the first event, while events continue."""


class FileWatch:
    """Calls `on_change` on the event loop after `path`, its content or permissions have changed or it was deleted."""

    _inotify: Inotify
    _in_directory: Mask
    _elsewhere: Mask
    if sys.platform == "win32":
        _folder: FolderWatch | None = None

    def __init__(self, path: Path, on_change: Callable[[], None]) -> None:
        self.path = Path(os.path.abspath(path))  # noqa: PTH100 - absolute() keeps "..", which is walked differently
        self._on_change = on_change
        self._names: dict[Watch, set[str]] = {}
        self._seen: tuple[int | None, ...] = ()
        self._timer: asyncio.TimerHandle | None = None
        self._first = 0.0
        self._tasks = Tasks(log, f"Changes to {path} are no longer noticed; after one: psoas-nudge reload")

    async def start(self) -> None:
        """Begin; raises Unavailable where the system cannot watch files, or its limits are reached."""
        if sys.platform == "win32":
            self._arm()
            self._seen = _signature(self.path)
            return
        if not sys.platform.startswith("linux"):
            raise Unavailable("Changes to the configuration cannot be noticed here. After one: psoas-nudge reload")
        from asyncinotify import Inotify, Mask

        gone = Mask.DELETE_SELF | Mask.MOVE_SELF
        files = Mask.CLOSE_WRITE | Mask.ATTRIB | Mask.MOVE | Mask.CREATE | Mask.DELETE
        self._in_directory = files | gone | Mask.ONLYDIR
        self._elsewhere = gone | Mask.UNMOUNT | Mask.Q_OVERFLOW | Mask.IGNORED
        try:
            self._inotify = Inotify()
        except OSError as error:
            raise _limit(error) from error
        try:
            self._arm()
        except Unavailable:
            self._inotify.close()
            raise
        self._seen = _signature(self.path)
        self._tasks.start(self._follow())

    async def stop(self) -> None:
        """Stop; `on_change` is not called any more."""
        if self._timer:
            self._timer.cancel()
        await self._tasks.cancel()
        if sys.platform == "win32" and self._folder:
            self._folder.close()
        if hasattr(self, "_inotify"):
            self._inotify.close()

    if sys.platform == "win32":

        def _arm(self) -> None:
            from psoas_nudge.system.waits import FolderWatch

            nearest = next(each for each in self.path.parents if each.is_dir())
            if self._folder and self._folder.folder == nearest:
                return
            if self._folder:
                self._folder.close()
            try:
                self._folder = FolderWatch(nearest, self._settle_later)
            except OSError as error:
                self._folder = None
                raise _limit(error) from error

    else:

        def _arm(self) -> None:
            """Watch the current path to the file; twice, because it can change meanwhile."""
            for _ in range(2):
                names: dict[Watch, set[str]] = {}
                for directory, name in _names(self.path):
                    try:
                        watch = self._inotify.add_watch(directory, self._in_directory)
                    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
                        log.debug("%s cannot be watched: %s", directory, error)
                        continue
                    except OSError as error:
                        raise _limit(error) from error
                    names.setdefault(watch, set()).add(name)
                for gone in self._names.keys() - names.keys():
                    try:
                        self._inotify.rm_watch(gone)
                    except OSError as error:  # the watch ended with its directory
                        log.debug("%s: %s", gone, error)
                self._names = names

    async def _follow(self) -> None:
        async for event in self._inotify:
            names = self._names.get(event.watch, set()) if event.watch else set()
            if event.mask & self._elsewhere or event.name is None or str(event.name) in names:
                self._settle_later()

    def _settle_later(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        if self._timer is None:
            self._first = now
        else:
            self._timer.cancel()
        self._timer = loop.call_at(min(now + SETTLE_SECONDS, self._first + LONGEST_SECONDS), self._settle)

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


def _limit(error: OSError) -> Unavailable:
    """The error for a person when files cannot be watched."""
    known = {errno.EMFILE, errno.ENOSPC, errno.ENOMEM, errno.ENOSYS}
    limits = "see /proc/sys/fs/inotify; after a change" if error.errno in known else "after a change"
    return Unavailable(f"Files cannot be watched: {error.strerror} ({limits} of the configuration: psoas-nudge reload)")


def _names(path: Path) -> Iterator[tuple[Path, str]]:
    """(directory, name) of the file and of every link on the path to it, up to the first name that does not exist."""
    here, ahead, links = Path("/"), list(path.parts[1:]), 0
    while ahead and links <= MOST_LINKS:
        name = ahead.pop(0)
        if name == "..":
            here = here.parent
            continue
        step = here / name
        target = _target(step)
        passable = target is not None or os.path.isdir(step)  # noqa: PTH112 - Path.is_dir raises PermissionError
        if target is not None or not ahead or not passable:
            yield here, name
        if not passable:
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


def _signature(path: Path) -> tuple[int | None, ...]:
    """The identity of the file, its last change, and the folder's owner and mode, because hooks are refused in a folder
    that others can write. Without a file, the error number."""
    try:
        found = path.stat()
        folder = path.resolve().parent.stat()
    except OSError as error:
        return (error.errno,)
    file = found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
    return *file, folder.st_mode, folder.st_uid, folder.st_gid
