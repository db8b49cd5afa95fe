"""Lock, sleep, switch of user and clock changes on Windows, from the messages that it sends to the hidden window.

Idea: WTSRegisterSessionNotification, as in Workrave and ActivityWatch. Tested under Wine only, with posted messages.
"""

from __future__ import annotations

from psoas_nudge.core.events import ClockSet, SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.presence.guarded import GuardedSensor
from psoas_nudge.presence.port import DesktopSession
from psoas_nudge.system import shell
from psoas_nudge.system.shell import WM_POWERBROADCAST, WM_TIMECHANGE, WM_WTSSESSION_CHANGE

CHANGES: dict[tuple[int, int], tuple[Signal, bool]] = {
    # (message, wParam): names as in wtsapi32.h and winuser.h
    (WM_WTSSESSION_CHANGE, 0x1): (Signal.SWITCHED, False),  # WTS_CONSOLE_CONNECT
    (WM_WTSSESSION_CHANGE, 0x2): (Signal.SWITCHED, True),  # WTS_CONSOLE_DISCONNECT
    (WM_WTSSESSION_CHANGE, 0x3): (Signal.SWITCHED, False),  # WTS_REMOTE_CONNECT
    (WM_WTSSESSION_CHANGE, 0x4): (Signal.SWITCHED, True),  # WTS_REMOTE_DISCONNECT
    (WM_WTSSESSION_CHANGE, 0x7): (Signal.LOCKED, True),  # WTS_SESSION_LOCK
    (WM_WTSSESSION_CHANGE, 0x8): (Signal.LOCKED, False),  # WTS_SESSION_UNLOCK
    (WM_POWERBROADCAST, 0x4): (Signal.SUSPENDED, True),  # PBT_APMSUSPEND
    (WM_POWERBROADCAST, 0x7): (Signal.SUSPENDED, False),  # PBT_APMRESUMESUSPEND
    (WM_POWERBROADCAST, 0x12): (Signal.SUSPENDED, False),  # PBT_APMRESUMEAUTOMATIC
}


class WindowsSession(GuardedSensor):
    """Reports LOCKED, SUSPENDED, SWITCHED and ClockSet."""

    name = "windows-session"

    def __init__(self, open_shell: shell.Opener = shell.opened) -> None:
        super().__init__()
        self._open_shell = open_shell

    async def open(self, session: DesktopSession) -> None:  # noqa: ARG002 - the platform has one session
        """Raises Unavailable without a desktop."""
        opened = await self._open_shell()
        self.close_at_end(opened.release)
        self.at_end(opened.listen(self.guard(self._on_message)))

    def _on_message(self, message: int, about: int) -> None:
        if message == WM_TIMECHANGE:
            self.report(ClockSet())
        elif change := CHANGES.get((message, about)):
            signal, on = change
            self.report(SignalChanged(signal=signal, on=on))
