"""Idle time on macOS: CGEventSourceSecondsSinceLastEventType, asked at deadlines.

Written from Apple's documentation and tested on recorded return values. Needs no permission: no event is read.
Idea: ActivityWatch's aw-watcher-afk.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import math
import sys
from typing import Any

from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.deadline import DeadlineSource, ReadFailed
from psoas_nudge.presence.port import Session

HARDWARE, ANY_INPUT = 1, 0xFFFFFFFF
"""kCGEventSourceStateHIDSystemState and kCGAnyInputEventType."""


def _library() -> Any:
    if sys.platform != "darwin":
        raise Unavailable("this is not macOS")
    path = ctypes.util.find_library("ApplicationServices")
    if path is None:
        raise Unavailable("macOS' ApplicationServices framework was not found")
    library = ctypes.CDLL(path)
    function = library.CGEventSourceSecondsSinceLastEventType
    function.restype, function.argtypes = ctypes.c_double, [ctypes.c_int32, ctypes.c_uint32]
    return library


class MacIdle(DeadlineSource):
    """The idle source on macOS."""

    name = "macos"

    def open(self, session: Session) -> None:  # noqa: ARG002 - the platform has one session
        """Load the framework; raises Unavailable elsewhere."""
        self._library = _library()

    def seconds(self) -> float:
        """See DeadlineSource; fails outside of a desktop session."""
        seconds = float(self._library.CGEventSourceSecondsSinceLastEventType(HARDWARE, ANY_INPUT))
        if not math.isfinite(seconds) or seconds < 0:
            raise ReadFailed("macOS does not tell when the last input was")
        return seconds


if __name__ == "__main__":
    from psoas_nudge.presence.probe import run

    run(MacIdle())
