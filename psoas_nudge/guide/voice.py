"""Spoken cues in the terminal, with spd-say (speech-dispatcher) or espeak-ng.

A new text interrupts the previous one. The texts are those on the screen, so they may appear on a command line.
"""

from __future__ import annotations

import shutil
import subprocess

SPEAKERS: dict[str, tuple[str, ...]] = {
    # program: the arguments between it and the text
    "spd-say": ("--wait", "--language", "en", "--"),
    "espeak-ng": ("-v", "en", "--"),
}
MISSING = "The cues are not spoken, because neither spd-say (from speech-dispatcher) nor espeak-ng is installed."


class Voice:
    """Speaks in the background."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command
        self._saying: subprocess.Popen[bytes] | None = None

    def say(self, text: str) -> None:
        """Speak the text, interrupting the previous one. Errors are ignored."""
        self.hush()
        try:
            self._saying = subprocess.Popen(  # noqa: S603 - see SPEAKERS
                [*self._command, text], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        except OSError:
            self._saying = None

    def hush(self) -> None:
        """Stop speaking."""
        if self._saying and self._saying.poll() is None:
            self._saying.terminate()
            self._saying.wait()
        self._saying = None

    def finish(self) -> None:
        """Wait at most 8 s for the end of the last text."""
        if self._saying:
            try:
                self._saying.wait(8)
            except subprocess.TimeoutExpired:
                self.hush()


def find() -> Voice | None:
    """The first installed speaker; None if there is none."""
    for name, between in SPEAKERS.items():
        if path := shutil.which(name):
            return Voice((path, *between))
    return None
