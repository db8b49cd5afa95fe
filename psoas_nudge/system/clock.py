"""A clock for durations that cannot be set and continues while the computer sleeps."""

from __future__ import annotations

import sys
import time

if sys.platform == "win32":
    import ctypes

    _ticks = ctypes.windll.kernel32.GetTickCount64
    _ticks.restype = ctypes.c_uint64

    def milliseconds() -> int:
        """Since the boot."""
        return int(_ticks())

elif sys.platform == "linux":

    def milliseconds() -> int:
        """Since the boot."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000

else:

    def milliseconds() -> int:
        """Since an unspecified time; it may stop while the computer sleeps."""
        return time.monotonic_ns() // 1_000_000
