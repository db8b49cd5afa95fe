"""Idle time on Windows: GetLastInputInfo, asked at deadlines, because Windows tells nobody by itself.

Written from Microsoft's documentation and tested on recorded return values.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.deadline import DeadlinePoll, ReadFailed
from psoas_nudge.presence.port import Report, Session

WRAPS_AT = 1 << 32
"""Both counts are milliseconds since the start in 32 bits; they begin again every 49.7 days."""


class LastInput(ctypes.Structure):
    """LASTINPUTINFO."""

    _fields_ = (("size", ctypes.c_uint32), ("time", ctypes.c_uint32))


def _libraries() -> tuple[Any, Any]:
    if sys.platform != "win32":
        raise Unavailable("this is not Windows")
    return ctypes.windll.user32, ctypes.windll.kernel32


class WindowsIdle:
    """The idle source on Windows."""

    name = "windows"

    def __init__(self) -> None:
        self._poll: DeadlinePoll | None = None

    async def start(self, session: Session, report: Report) -> None:  # noqa: ARG002 - the port's signature
        """Ask once; raises Unavailable elsewhere, or where there is no desktop to ask (a service)."""
        self._user32, self._kernel32 = _libraries()
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
        last = LastInput(ctypes.sizeof(LastInput), 0)
        if not self._user32.GetLastInputInfo(ctypes.byref(last)):
            raise ReadFailed("Windows does not tell when the last input was")
        return float((self._kernel32.GetTickCount() - last.time) % WRAPS_AT) / 1000


if __name__ == "__main__":
    from psoas_nudge.presence.probe import run

    run(WindowsIdle())
