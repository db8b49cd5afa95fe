"""Spoken cues in the terminal, with spd-say (speech-dispatcher) or espeak-ng.

A new text interrupts the previous one. The texts are those on the screen, so they may appear on a command line.
"""

from __future__ import annotations

import shutil
import subprocess
import time

SPEAKERS: dict[str, tuple[str, ...]] = {
    # program: its arguments before the text
    "spd-say": ("--wait", "--language", "en", "--"),
    "espeak-ng": ("-v", "en", "--"),
}
SERVED = frozenset({"spd-say"})
"""Programs that pass the text to a server. There the next text interrupts the previous one, and ending the program does
not. Ending it in the middle also makes the server lose the next text (speech-dispatcher 0.11.4)."""
MISSING = "Nothing is installed that can speak: spd-say (from speech-dispatcher) or espeak-ng is needed."
LONGEST = 30.0
"""Time limit for a sentence, in seconds, in case a program hangs."""


class Voice:
    """Speaks in the background. `served`: see SERVED."""

    def __init__(self, command: tuple[str, ...], *, served: bool = False) -> None:
        self._command, self._served = command, served
        self._started = 0.0
        self._processes: list[subprocess.Popen[bytes]] = []

    def say(self, text: str) -> None:
        """Speak the text, interrupting the previous one. Errors are ignored."""
        if not self._served:
            self.hush()
        self._processes = [each for each in self._processes if each.poll() is None]
        self._started = time.monotonic()
        try:
            self._processes.append(
                subprocess.Popen(  # noqa: S603 - see SPEAKERS
                    [*self._command, text],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
        except OSError:
            return

    @property
    def is_saying(self) -> bool:
        """Whether something is still being said."""
        if time.monotonic() > self._started + LONGEST:
            return False
        return any(each.poll() is None for each in self._processes)

    def hush(self) -> None:
        """End the programs that speak."""
        for each in self._processes:
            if each.poll() is None:
                each.terminate()
                each.wait()
        self._processes = []

    def finish(self) -> None:
        """Wait at most 8 s for the end of the last text."""
        end = time.monotonic() + 8
        for each in self._processes:
            try:
                each.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                break
        self.hush()


def find() -> Voice | None:
    """The first installed speaker; None if there is none."""
    for name, arguments in SPEAKERS.items():
        if path := shutil.which(name):
            return Voice((path, *arguments), served=name in SERVED)
    return None
