"""A lock on an open file, which the system lets go of however its process ends."""

from __future__ import annotations

import os
import sys

if sys.platform == "win32":
    import msvcrt

    FAR = 1 << 30
    """The byte that is locked, far past the end: others cannot read what is locked, and they have to read the file."""

    def lock(descriptor: int) -> bool:
        """Take it; False when another process has it. Raises OSError."""
        os.lseek(descriptor, FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def lock(descriptor: int) -> bool:
        """Take it; False when another process has it. Raises OSError."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
