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
from psoas_nudge.presence.deadline import DeadlinePoll, ReadFailed
from psoas_nudge.presence.port import Report, Session

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


class MacIdle:
    """The idle source on macOS."""

    name = "macos"

    def __init__(self) -> None:
        self._poll: DeadlinePoll | None = None

    async def start(self, session: Session, report: Report) -> None:  # noqa: ARG002 - the port's signature
        """Ask once; raises Unavailable elsewhere, or outside of a desktop session."""
        self._library = _library()
        try:
            self._seconds()
        except ReadFailed as error:
            raise Unavailable(str(error)) from error
        self._poll = DeadlinePoll(self._seconds, report)

    async def stop(self) -> None:
        """Ask no more."""
        if self._poll:
            self._poll.stop()
            self._poll = None

    async def watch(self, threshold: float) -> None:
        """See port.IdleSource."""
        if self._poll:
            self._poll.watch(threshold)

    def _seconds(self) -> float:
        seconds = float(self._library.CGEventSourceSecondsSinceLastEventType(HARDWARE, ANY_INPUT))
        if not math.isfinite(seconds) or seconds < 0:
            raise ReadFailed("macOS does not tell when the last input was")
        return seconds


if __name__ == "__main__":
    from psoas_nudge.presence.probe import run

    run(MacIdle())
