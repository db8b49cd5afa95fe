"""The spoken cues in the terminal: speech-dispatcher's spd-say, else espeak-ng, whichever is installed.

One program at a time; what comes next cuts off what is still being said. The words are those on the screen, no secret.
"""

from __future__ import annotations

import shutil
import subprocess

SPEAKERS: dict[str, tuple[str, ...]] = {
    # program: the words between it and the text
    "spd-say": ("--wait", "--language", "en", "--"),
    "espeak-ng": ("-v", "en", "--"),
}
MISSING = "The cues are not spoken, because neither spd-say (from speech-dispatcher) nor espeak-ng is installed."


class Voice:
    """Says a text at once and does not wait for its end."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command
        self._saying: subprocess.Popen[bytes] | None = None

    def say(self, text: str) -> None:
        """Say it; a program that has gone meanwhile leaves it unsaid."""
        self.hush()
        try:
            self._saying = subprocess.Popen(  # noqa: S603 - see SPEAKERS
                [*self._command, text], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        except OSError:
            self._saying = None

    def hush(self) -> None:
        """Say no more."""
        if self._saying and self._saying.poll() is None:
            self._saying.terminate()
            self._saying.wait()
        self._saying = None

    def finish(self) -> None:
        """Wait for the last words, a few seconds at most."""
        if self._saying:
            try:
                self._saying.wait(8)
            except subprocess.TimeoutExpired:
                self.hush()


def find() -> Voice | None:
    """The voice of this machine; None without one."""
    for name, between in SPEAKERS.items():
        if path := shutil.which(name):
            return Voice((path, *between))
    return None
