"""The spoken cues in the terminal: speech-dispatcher's spd-say, else espeak-ng, whichever is installed.

What comes next cuts off what is still being said. The words are those on the screen, no secret.
"""

from __future__ import annotations

import shutil
import subprocess
import time

SPEAKERS: dict[str, tuple[str, ...]] = {
    # program: the words between it and the text
    "spd-say": ("--wait", "--language", "en", "--"),
    "espeak-ng": ("-v", "en", "--"),
}
SERVED = frozenset({"spd-say"})
"""Programs that only hand the text to a server. There the next text cuts off the last one, and ending the program does
not; ended in the middle, it makes the server lose the next text too (speech-dispatcher 0.11.4)."""
MISSING = "There is no voice here: spd-say (speech-dispatcher) or espeak-ng is needed."
LONGEST = 30.0
"""Seconds after which nothing waits for a sentence any more: a program that hangs says nothing."""


class Voice:
    """Says a text at once and does not wait for its end. `served`: see SERVED."""

    def __init__(self, command: tuple[str, ...], *, served: bool = False) -> None:
        self._command, self._served = command, served
        self._since = 0.0
        self._saying: list[subprocess.Popen[bytes]] = []

    def say(self, text: str) -> None:
        """Say it; a program that has gone meanwhile leaves it unsaid."""
        if not self._served:
            self.hush()
        self._saying = [each for each in self._saying if each.poll() is None]
        self._since = time.monotonic()
        try:
            self._saying.append(
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
        if time.monotonic() > self._since + LONGEST:
            return False
        return any(each.poll() is None for each in self._saying)

    def hush(self) -> None:
        """End the programs that speak."""
        for each in self._saying:
            if each.poll() is None:
                each.terminate()
                each.wait()
        self._saying = []

    def finish(self) -> None:
        """Wait for the last words, a few seconds at most."""
        end = time.monotonic() + 8
        for each in self._saying:
            try:
                each.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                break
        self.hush()


def find() -> Voice | None:
    """The voice of this machine; None without one."""
    for name, between in SPEAKERS.items():
        if path := shutil.which(name):
            return Voice((path, *between), served=name in SERVED)
    return None
