"""The sensors of Windows: idle time, session, devices in use, and the screen.

Written from Microsoft's documentation; tested with recorded values, and under Wine.
"""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from psoas_nudge.core.events import ClockSet
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.deadline import DeadlineSource
from psoas_nudge.presence.port import DesktopSession, Sensor
from psoas_nudge.system import registry, shell
from psoas_nudge.system.clock import milliseconds
from psoas_nudge.system.registry import Hive
from psoas_nudge.system.shell import FRONT, WM_POWERBROADCAST, WM_TIMECHANGE, WM_WTSSESSION_CHANGE

# --- idle time ------------------------------------------------------------------------------------------------------

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
    """GetLastInputInfo, queried at deadlines, because Windows sends no events for it."""

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


# --- session --------------------------------------------------------------------------------------------------------

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


class WindowsSession(Sensor):
    """Reports LOCKED, SUSPENDED, SWITCHED and ClockSet, from the messages that Windows sends to the hidden window.

    Idea: WTSRegisterSessionNotification, as in Workrave and ActivityWatch. Tested under Wine only with posted messages.
    """

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
            self.report_signal(signal, on=on)


# --- microphone and camera ------------------------------------------------------------------------------------------

STORE = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
STARTED, STOPPED = "LastUsedTimeStart", "LastUsedTimeStop"
HIVES: tuple[Hive, ...] = ("HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE")
UNIX_EPOCH = 116_444_736_000_000_000
"""As a FILETIME: 100 ns since 1601."""
SET_SECONDS = 300
"""Tolerance for a clock that is corrected after the boot."""
ReadNumbers = Callable[[Hive, str], Iterator[dict[str, int]]]
Watching = Callable[[Hive, str, Callable[[], None]], registry.RegistryWatch]


def switched_on() -> int:
    """The time of the last boot less SET_SECONDS, as a FILETIME."""
    return UNIX_EPOCH + (time.time_ns() - (milliseconds() + SET_SECONDS * 1000) * 1_000_000) // 100


class Capture(Sensor):
    """Reports CALL while a `device`, "microphone" or "webcam", is in use, from the registry values behind the icon in
    the task bar.

    Windows records when each program started and stopped using one; a stop time of 0 means that it still does. The
    names of the programs are not read. Available since Windows 10 version 1903; some versions record it for the whole
    computer (https://github.com/sleevezipper/hass-workstation-service/issues/18). After a crash of the computer the 0
    stays (https://github.com/hass-agent/HASS.Agent/issues/195), so entries older than the last boot are ignored.
    """

    def __init__(
        self, name: str, device: str, numbers: ReadNumbers = registry.numbers, watch: Watching = registry.watch
    ) -> None:
        self.name = name
        super().__init__()
        self._device, self._key = device, rf"{STORE}\{device}"
        self._numbers, self._watch = numbers, watch
        self._watches: dict[Hive, registry.RegistryWatch] = {}

    async def open(self, session: DesktopSession) -> None:  # noqa: ARG002 - the platform has one session
        """Raises Unavailable where Windows does not record it."""
        self._watches.clear()
        why: str | None = None
        for hive in HIVES:
            try:
                watch = self._watch(hive, self._key, self.guard(partial(self._changed, hive)))
            except OSError as error:
                why = error.strerror
            else:
                self._watches[hive] = watch
                self.at_end(watch.close)
        if not self._watches:
            raise Unavailable(f"Windows does not record who uses a {self._device} ({why})")
        self._read()

    def _changed(self, hive: Hive) -> None:
        self._watches[hive].again()
        self._read()

    def _read(self) -> None:
        since = switched_on()
        entries = (entry for hive in self._watches for entry in self._numbers(hive, self._key))
        in_use = any(entry.get(STOPPED) == 0 and entry.get(STARTED, 0) > since for entry in entries)
        self.report_signal(Signal.CALL, on=in_use)


def microphone() -> Capture:
    return Capture("windows-microphone", "microphone")


def camera() -> Capture:
    return Capture("windows-camera", "webcam")


# --- screen ---------------------------------------------------------------------------------------------------------

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


class WindowsScreen(Sensor):
    """Reports FULLSCREEN and DO_NOT_DISTURB, from SHQueryUserNotificationState.

    It is queried when another window comes to the front, and again shortly after, because a window may become
    full-screen then. While a state is on it is polled, because its end is not announced. Never seen on: Wine always
    reports that notifications are accepted.
    """

    name = "windows-screen"

    def __init__(self, ask: Callable[[], int] = state, open_shell: shell.Opener = shell.opened) -> None:
        super().__init__()
        self._ask, self._open_shell = ask, open_shell

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
            self.later(SETTLE_SECONDS, self._query)

    def _query(self) -> None:
        on = STATES.get(self._ask())
        for signal in (Signal.FULLSCREEN, Signal.DO_NOT_DISTURB):
            self.report_change(signal, on=signal is on)
        if on:
            self.later(AGAIN_SECONDS, self._query)
