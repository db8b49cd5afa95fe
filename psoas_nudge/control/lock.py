"""One daemon for each user: a file lock, taken before anything else.

The system releases it however the daemon ends, so there are no stale locks. The file itself is never removed: otherwise
two daemons could each hold a lock on a file of their own.

A new daemon takes the lock also from a daemon whose session has ended. The old one is asked to stop over the socket. If
it does not listen it gets SIGTERM, but only when its command line shows that it is psoas-nudge.
"""

from __future__ import annotations

import logging
import os
import signal
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import msgspec

from psoas_nudge.control.client import ask
from psoas_nudge.control.messages import Stop
from psoas_nudge.control.session import LoginSession, gone
from psoas_nudge.errors import AlreadyRunning, PsoasNudgeError
from psoas_nudge.places import private_directory
from psoas_nudge.system.files import NEW, is_mine
from psoas_nudge.system.locking import lock

log = logging.getLogger(__name__)

LONGEST = 4096
END_SECONDS = 4.0
"""Timeout for the old daemon to end; it needs at most two seconds."""
PROGRAM = b"psoas_nudge.engine"
"""An argument in every daemon's command line."""


class Holder(msgspec.Struct, frozen=True):
    """The owner of the lock, from the content of the file."""

    pid: int
    session: LoginSession = LoginSession()
    momentary: bool = False
    """Whether it is a guide without a daemon, which releases the lock after its report."""


class Lock:
    """Takes the lock and holds it until `release`. Raises AlreadyRunning."""

    def __init__(self, path: Path, session: LoginSession = LoginSession(), *, momentary: bool = False) -> None:  # noqa: B008 - it is frozen
        private_directory(path.parent)
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | NEW, 0o600)
        except OSError as error:
            raise PsoasNudgeError(f"The lock {path} cannot be opened: {error.strerror}.") from error
        if not stat.S_ISREG(os.fstat(self._file).st_mode):
            os.close(self._file)
            raise PsoasNudgeError(f"The lock {path} is not a regular file. Remove it and try again.")
        try:
            free = lock(self._file)
        except OSError as error:
            os.close(self._file)
            raise PsoasNudgeError(f"The lock {path} cannot be taken: {error.strerror}.") from error
        os.lseek(self._file, 0, os.SEEK_SET)
        if not free:
            holder = holder_in(os.read(self._file, LONGEST))
            os.close(self._file)
            raise AlreadyRunning(holder.pid if holder else None)
        os.ftruncate(self._file, 0)
        os.write(self._file, msgspec.json.encode(Holder(os.getpid(), session, momentary)) + b"\n")
        self.held = True

    def release(self) -> None:
        if self.held:
            self.held = False
            os.ftruncate(self._file, 0)
            os.close(self._file)

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()


def holder_in(content: bytes) -> Holder | None:
    """The owner from the content of the lock file; None when there is none in it."""
    try:
        return msgspec.json.decode(content, type=Holder)
    except (msgspec.DecodeError, ValueError):
        return None


def _holder(path: Path) -> Holder | None:
    """The owner of the lock; None too while the lock is being taken or released."""
    with path.open("rb") as file:
        return holder_in(file.read(LONGEST))


def take(path: Path, socket: Path, session: LoginSession) -> Lock:
    """The lock, after waiting for a guide that holds it for a moment.

    Raises AlreadyRunning when a daemon holds it whose session may still exist, or that does not end.
    """
    if free := _once_free(path, session, lambda holder: holder is None or holder.momentary):
        return free
    holder = _holder(path)
    error = AlreadyRunning(holder.pid if holder else None)
    why = gone(holder.session) if holder and holder.session != session else ""
    if holder is None or not why:
        raise error
    log.warning("taking over from process %d, which was left behind: %s", holder.pid, why)
    for stop in (_ask, _terminate):
        if stop(holder, socket) and (free := _once_free(path, session, lambda _holder: True)):
            return free
    raise error


def _once_free(path: Path, session: LoginSession, worth_waiting: Callable[[Holder | None], bool]) -> Lock | None:
    end = time.monotonic() + END_SECONDS
    while True:
        try:
            return Lock(path, session)
        except AlreadyRunning:
            if not worth_waiting(_holder(path)) or time.monotonic() > end:
                return None
        time.sleep(0.05)


def _ask(_holder: Holder, socket: Path) -> bool:
    try:
        ask(Stop(), socket)
    except PsoasNudgeError as error:
        log.info("the old process could not be asked to stop: %s", error)
        return False
    return True


def _terminate(holder: Holder, _socket: Path) -> bool:
    """Send SIGTERM through a pidfd, so that it cannot reach another process that gets the same number."""
    if sys.platform != "linux" or not hasattr(os, "pidfd_open"):  # on Windows no process outlives its session
        return False
    try:
        process = os.pidfd_open(holder.pid)
    except OSError:
        return False
    try:
        entry = Path(f"/proc/{holder.pid}")
        if not is_mine(entry.stat()) or PROGRAM not in (entry / "cmdline").read_bytes().split(b"\0"):
            log.warning("process %d does not look like psoas-nudge, so it is left alone", holder.pid)
            return False
        signal.pidfd_send_signal(process, signal.SIGTERM)
    except OSError as error:
        log.info("it was not ended: %s", error)
        return False
    finally:
        os.close(process)
    return True
