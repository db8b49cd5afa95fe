"""One daemon for each user: a file lock, taken before anything else.

The system releases it however the daemon ends, so there are no stale locks. The file itself is never removed: otherwise
two daemons could each hold a lock on a file of their own.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from types import TracebackType

import msgspec

from psoas_nudge.control.session import LoginSession
from psoas_nudge.errors import AlreadyRunning, PsoasNudgeError
from psoas_nudge.places import private_directory
from psoas_nudge.system.files import NEW
from psoas_nudge.system.locking import lock

LONGEST = 4096


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
