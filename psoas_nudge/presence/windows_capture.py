"""Whether a microphone or a camera is in use on Windows, from the registry values behind the icon in the task bar.

Windows records when each program started and stopped using one; a stop time of 0 means that it still does. The names of
the programs are not read. Available since Windows 10 version 1903.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from psoas_nudge.core.events import SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.guarded import GuardedSensor
from psoas_nudge.presence.port import DesktopSession
from psoas_nudge.system import registry

STORE = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
STOPPED = "LastUsedTimeStop"
ReadNumbers = Callable[[str, str], Iterator[int]]
Watching = Callable[[str, Callable[[], None]], registry.RegistryWatch]


class Capture(GuardedSensor):
    """Reports CALL while a `device`, "microphone" or "webcam", is in use."""

    def __init__(
        self, name: str, device: str, numbers: ReadNumbers = registry.numbers, watch: Watching = registry.watch
    ) -> None:
        self.name = name
        super().__init__()
        self._device, self._key = device, rf"{STORE}\{device}"
        self._numbers, self._watch = numbers, watch

    async def open(self, session: DesktopSession) -> None:  # noqa: ARG002 - the platform has one session
        """Raises Unavailable where Windows does not record it."""
        try:
            self.at_end(self._watch(self._key, self.guard(self._read)).close)
        except OSError as error:
            raise Unavailable(f"Windows does not write down who uses a {self._device} ({error.strerror})") from error
        self._read()

    def _read(self) -> None:
        in_use = any(stopped == 0 for stopped in self._numbers(self._key, STOPPED))
        self.report(SignalChanged(signal=Signal.CALL, on=in_use))


def microphone() -> Capture:
    return Capture("windows-microphone", "microphone")


def camera() -> Capture:
    return Capture("windows-camera", "webcam")


if __name__ == "__main__":
    from psoas_nudge.presence.probe import run

    run(microphone())
