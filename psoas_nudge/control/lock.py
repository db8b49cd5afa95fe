"""One daemon for each person: a lock on a file, taken before anything else.

The system lets go of it however the daemon ends, so it can never be left behind. The file itself stays: whoever
removed it could let two daemons in, each with a lock on a file of its own.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from psoas_nudge.errors import AlreadyRunning, PsoasNudgeError
from psoas_nudge.places import private_directory


class Lock:
    """The lock, held from the moment this exists until `release`. Raises AlreadyRunning."""

    def __init__(self, path: Path) -> None:
        private_directory(path.parent)
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise PsoasNudgeError(f"The lock {path} cannot be opened: {error.strerror}.") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            written = os.pread(self._file, 32, 0).strip()
            os.close(self._file)
            raise AlreadyRunning(int(written) if written.isdigit() else None) from None
        except OSError as error:
            os.close(self._file)
            raise PsoasNudgeError(f"The lock {path} cannot be taken: {error.strerror}.") from error
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)
        self.held = True

    def release(self) -> None:
        """Let another daemon start."""
        if self.held:
            self.held = False
            os.ftruncate(self._file, 0)
            os.close(self._file)

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()
