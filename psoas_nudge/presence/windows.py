"""Idle time on Windows: GetLastInputInfo, queried at deadlines, because Windows sends no events for it.

Written from Microsoft's documentation and tested with recorded return values.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.deadline import DeadlineSource
from psoas_nudge.presence.port import DesktopSession

WRAPS_AT = 1 << 32
"""Both counters are 32-bit milliseconds since the start and wrap every 49.7 days."""


class LastInput(ctypes.Structure):
    """LASTINPUTINFO."""

    _fields_ = (("size", ctypes.c_uint32), ("time", ctypes.c_uint32))


def _libraries() -> tuple[Any, Any]:
    if sys.platform != "win32":
        raise Unavailable("this is not Windows")
    return ctypes.windll.user32, ctypes.windll.kernel32


class WindowsIdle(DeadlineSource):
    name = "windows"

    async def open(self, session: DesktopSession) -> None:  # noqa: ARG002 - the platform has one session
        """Raises Unavailable on other systems, and without a desktop (in a service)."""
        self._user32, self._kernel32 = _libraries()
        await self.since_input()

    async def since_input(self) -> int:
        last = LastInput(ctypes.sizeof(LastInput), 0)
        if not self._user32.GetLastInputInfo(ctypes.byref(last)):
            raise Unavailable("Windows does not report when the last input was")
        return int((self._kernel32.GetTickCount() - last.time) % WRAPS_AT)
