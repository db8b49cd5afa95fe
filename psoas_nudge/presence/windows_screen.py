"""A full-screen program, a presentation or quiet hours on Windows: SHQueryUserNotificationState.

It is queried when another window comes to the front, and again shortly after, because a window may become full-screen
then. While a state is on it is polled, because its end is not announced. Never seen on: Wine always reports that
notifications are accepted.
"""

from __future__ import annotations

import asyncio
import ctypes
import sys
from collections.abc import Callable

from psoas_nudge.core.events import SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.guarded import GuardedSensor
from psoas_nudge.presence.port import DesktopSession
from psoas_nudge.system import shell
from psoas_nudge.system.shell import FRONT

STATES: dict[int, Signal] = {
    2: Signal.FULLSCREEN,  # QUNS_BUSY: a full-screen program
    3: Signal.FULLSCREEN,  # QUNS_RUNNING_D3D_FULL_SCREEN
    4: Signal.DO_NOT_DISTURB,  # QUNS_PRESENTATION_MODE
    6: Signal.DO_NOT_DISTURB,  # QUNS_QUIET_TIME
    7: Signal.FULLSCREEN,  # QUNS_APP
}
SETTLE_SECONDS, AGAIN_SECONDS = 2.0, 15.0


def state() -> int:
    """The current QUERY_USER_NOTIFICATION_STATE. Raises Unavailable."""
    if sys.platform == "win32":
        found = ctypes.c_int()
        if code := ctypes.windll.shell32.SHQueryUserNotificationState(ctypes.byref(found)):
            raise Unavailable(f"Windows does not say which window is in front (error {code & 0xFFFFFFFF:#x})")
        return found.value
    raise Unavailable("this is not Windows")


class WindowsScreen(GuardedSensor):
    """Reports FULLSCREEN and DO_NOT_DISTURB."""

    name = "windows-screen"

    def __init__(self, ask: Callable[[], int] = state, open_shell: shell.Opener = shell.opened) -> None:
        super().__init__()
        self._ask, self._open_shell = ask, open_shell
        self._on: Signal | None = None
        self._again: asyncio.TimerHandle | None = None

    async def open(self, session: DesktopSession) -> None:  # noqa: ARG002 - the platform has one session
        """Raises Unavailable without a desktop, or where Windows does not report the state."""
        self._ask()
        opened = await self._open_shell()
        self.close_at_end(opened.release)
        self.at_end(opened.listen(self.guard(self._on_message)))
        self._query()

    def _on_message(self, message: int, _about: int) -> None:
        if message == FRONT:
            self._query()
            self._query_later(SETTLE_SECONDS)

    def _query(self) -> None:
        on = STATES.get(self._ask())
        if on != self._on:
            for signal in (self._on, on):
                if signal:
                    self.report(SignalChanged(signal=signal, on=signal is on))
            self._on = on
        if on:
            self._query_later(AGAIN_SECONDS)

    def _query_later(self, seconds: float) -> None:
        if self._again:
            self._again.cancel()
        self._again = self.later(seconds, self._query)
