"""A microphone or a camera is in use on Windows: what the system itself shows in the panel, from the registry.

Windows writes down when each program began and stopped to use one; a stop of 0 means that it still does. The names of
the programs are not read. There since Windows 10 version 1903; some versions write for the whole computer, not for the
person (https://github.com/sleevezipper/hass-workstation-service/issues/18). After a crash of the computer the 0 stays
(https://github.com/hass-agent/HASS.Agent/issues/195), so what began before the computer was started is over.
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
"""By which the clock may be set after the start."""
Numbers = Callable[[Hive, str], Iterator[dict[str, int]]]
Watching = Callable[[Hive, str, Callable[[], None]], registry.Watch]


def switched_on() -> int:
    """When the computer was started at the latest, less SET_SECONDS, as a FILETIME."""
    return UNIX_EPOCH + (time.time_ns() - (milliseconds() + SET_SECONDS * 1000) * 1_000_000) // 100


class Capture(GuardedSensor):
    """Reports CALL while a `device`, "microphone" or "webcam", is in use."""

    def __init__(
        self, name: str, device: str, numbers: Numbers = registry.numbers, watch: Watching = registry.watch
    ) -> None:
        self.name = name
        super().__init__()
        self._device, self._key = device, rf"{STORE}\{device}"
        self._numbers, self._watch = numbers, watch
        self._watches: dict[Hive, registry.Watch] = {}

    async def open(self, session: DesktopSession) -> None:  # noqa: ARG002 - the platform has one session
        """Raises Unavailable where Windows writes nothing down."""
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
            raise Unavailable(f"Windows does not write down who uses a {self._device} ({why})")
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
    """The sensor of the microphone."""
    return Capture("windows-microphone", "microphone")


def camera() -> Capture:
    """The sensor of the camera."""
    return Capture("windows-camera", "webcam")


if __name__ == "__main__":
    from psoas_nudge.presence.probe import run

    run(microphone())
