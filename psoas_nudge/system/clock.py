"""A clock for durations, which nobody can set and which goes on while the computer sleeps."""

from __future__ import annotations

import sys
import time

if sys.platform == "win32":
    import ctypes

    _ticks = ctypes.windll.kernel32.GetTickCount64
    _ticks.restype = ctypes.c_uint64

    def milliseconds() -> int:
        """Since the computer was started."""
        return int(_ticks())

elif sys.platform == "linux":

    def milliseconds() -> int:
        """Since the computer was started."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000

else:

    def milliseconds() -> int:
        """Since some moment; it may stop while the computer sleeps."""
        return time.monotonic_ns() // 1_000_000
