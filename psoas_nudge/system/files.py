"""Who a file belongs to, who else can change it, and how it is put in its place."""

from __future__ import annotations

import os
import stat
import sys
import time
from pathlib import Path

if sys.platform == "win32":
    # A profile's folder is its person's alone: what is made in it inherits that, and mode bits say nothing.

    PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2)
    """Seconds between tries, while another program has a file open: indexers and virus scanners look at new ones."""
    NEW = os.O_NOINHERIT | os.O_BINARY
    """Flags of `os.open` for a file that no child gets and that is no link."""

    def is_root() -> bool:
        """Whether this process may install programs for everybody; Windows asks the person for that each time."""
        return False

    def is_mine(found: os.stat_result) -> bool:  # noqa: ARG001 - see above
        """Whether it belongs to the person who runs this."""
        return True

    def others_may(found: os.stat_result) -> bool:  # noqa: ARG001 - see above
        """Whether anybody else may read, write or search it."""
        return False

    def give_mode(descriptor: int, mode: int) -> None:
        """Change the mode of an open file."""

    def put_new(part: Path, target: Path) -> None:
        """Put a finished file in its place; raises FileExistsError when there is one already."""
        part.rename(target)  # MoveFile, which replaces nothing

    def put_over(part: Path, target: Path) -> None:
        """Put a finished file in place of what is there; one that another program has open is waited for."""
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
    """Flags of `os.open` for a file that no child gets and that is no link."""

    def is_root() -> bool:
        """Whether this process may install programs for everybody."""
        return os.geteuid() == 0

    def is_mine(found: os.stat_result) -> bool:
        """Whether it belongs to the person who runs this."""
        return found.st_uid == os.getuid()

    def others_may(found: os.stat_result) -> bool:
        """Whether anybody else may read, write or search it."""
        return bool(found.st_mode & (stat.S_IRWXG | stat.S_IRWXO))

    def give_mode(descriptor: int, mode: int) -> None:
        """Change the mode of an open file."""
        os.fchmod(descriptor, mode)

    def put_new(part: Path, target: Path) -> None:
        """Put a finished file in its place; raises FileExistsError when there is one already."""
        os.link(part, target)  # unlike rename, fails if the target exists by now

    def put_over(part: Path, target: Path) -> None:
        """Put a finished file in place of what is there."""
        part.replace(target)


def write(target: Path, content: bytes, *, mode: int = 0o600, durable: bool = False, new: bool = False) -> None:
    """Write a whole file atomically: readers see the old content or all of the new one. Raises OSError.

    `durable`: it survives a power cut once this returns. `new`: raises FileExistsError when the file exists already.
    The module tempfile is not used: it would cost the daemon 4 MB, because it loads OpenSSL for its random names.
    """
    part = target.with_name(f".{target.name}.{os.urandom(8).hex()}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NEW, 0o600), "wb") as file:
            give_mode(file.fileno(), mode)
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
