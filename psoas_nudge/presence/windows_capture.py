"""Whether a microphone or a camera is in use on Windows, from the registry values behind the icon in the task bar.

Windows records when each program started and stopped using one; a stop time of 0 means that it still does. The names of
the programs are not read. Available since Windows 10 version 1903; some versions record it for the whole computer
(https://github.com/sleevezipper/hass-workstation-service/issues/18). After a crash of the computer the 0 stays
(https://github.com/hass-agent/HASS.Agent/issues/195), so entries that are older than the last boot are ignored.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

from psoas_nudge.core.events import SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.guarded import GuardedSensor
from psoas_nudge.presence.port import DesktopSession
from psoas_nudge.system import registry
from psoas_nudge.system.clock import milliseconds
from psoas_nudge.system.registry import Hive

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


class Capture(GuardedSensor):
    """Reports CALL while a `device`, "microphone" or "webcam", is in use."""

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
        self.report(SignalChanged(signal=Signal.CALL, on=in_use))


def microphone() -> Capture:
    return Capture("windows-microphone", "microphone")


def camera() -> Capture:
    return Capture("windows-camera", "webcam")
