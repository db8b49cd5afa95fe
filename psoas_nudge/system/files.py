"""Owners and modes of files, and atomic writes."""

from __future__ import annotations

import os
import stat
import sys
import time
from pathlib import Path

if sys.platform == "win32":
    # Files in a profile folder inherit its access list, which excludes other users; mode bits mean nothing.

    PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2)
    """Seconds between tries while another program has a file open: indexers and virus scanners open new files."""
    NEW = os.O_NOINHERIT | os.O_BINARY
    """Flags of `os.open` for a file that children do not inherit and that is not a link."""

    def is_root() -> bool:
        """Whether this process may install programs for all users; Windows asks the person each time."""
        return False

    def is_mine(found: os.stat_result) -> bool:  # noqa: ARG001 - see above
        """Whether it belongs to the current user."""
        return True

    def others_may(found: os.stat_result) -> bool:  # noqa: ARG001 - see above
        """Whether other users may read, write or search it."""
        return False

    def put_new(part: Path, target: Path) -> None:
        """Move a complete file to `target`; raises FileExistsError when that exists."""
        part.rename(target)  # MoveFile does not replace files

    def put_over(part: Path, target: Path) -> None:
        """Move a complete file to `target`, replacing it; waits while another program has it open."""
        for pause in PAUSES:
            try:
                part.replace(target)
            except PermissionError:
                time.sleep(pause)
            else:
                return
        part.replace(target)

else:
    NEW = os.O_CLOEXEC | os.O_NOFOLLOW
    """Flags of `os.open` for a file that children do not inherit and that is not a link."""

    def is_root() -> bool:
        """Whether this process may install programs for all users."""
        return os.geteuid() == 0

    def is_mine(found: os.stat_result) -> bool:
        """Whether it belongs to the current user."""
        return found.st_uid == os.getuid()

    def others_may(found: os.stat_result) -> bool:
        """Whether other users may read, write or search it."""
        return bool(found.st_mode & (stat.S_IRWXG | stat.S_IRWXO))

    def put_new(part: Path, target: Path) -> None:
        """Move a complete file to `target`; raises FileExistsError when that exists."""
        os.link(part, target)  # unlike rename, it fails if the target exists

    def put_over(part: Path, target: Path) -> None:
        """Move a complete file to `target`, replacing it."""
        part.replace(target)


def write(target: Path, content: bytes, *, mode: int = 0o600, durable: bool = False, new: bool = False) -> None:
    """Write a whole file atomically: readers see the old content or all of the new one. Raises OSError.

    `durable`: it survives a power cut once this returns. `new`: raises FileExistsError when the file exists already.
    The module tempfile is not used: it would cost the daemon 4 MB, because it loads OpenSSL for its random names.
    """
    part = target.with_name(f".{target.name}.{os.urandom(8).hex()}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NEW, 0o600), "wb") as file:
            if sys.platform != "win32":
                os.fchmod(file.fileno(), mode)
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        (put_new if new else put_over)(part, target)
    finally:
        part.unlink(missing_ok=True)
    if durable and os.name == "posix":
        directory = os.open(target.parent, os.O_RDONLY)  # the directory has the new name
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
