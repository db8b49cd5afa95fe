"""A lock on an open file, which the system releases however its process ends."""

from __future__ import annotations

import os
import sys

if sys.platform == "win32":
    import errno
    import msvcrt

    FAR = 1 << 30
    """The offset of the locked byte, far past the end: other processes read the file, and cannot read a locked byte."""

    def lock(descriptor: int) -> bool:
        """Take the lock; returns False when another process holds it. Raises OSError."""
        os.lseek(descriptor, FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno not in {errno.EACCES, 0}:  # 0: Wine sets no error
                raise
            return False
        return True

else:
    import fcntl

    def lock(descriptor: int) -> bool:
        """Take the lock; returns False when another process holds it. Raises OSError."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
