"""The chime of the terminal player: one bell at each change, two at a change of sides, three at the end.

It sounds like that of the page (static/sound.js). A command-line player plays it; without one, the terminal bell rings.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import wave
from array import array
from collections.abc import Callable
from math import exp, pi, sin
from pathlib import Path
from tempfile import TemporaryDirectory

PLAYERS = ("paplay", "pw-play", "aplay")
"""Programs that play a WAV file: of PulseAudio (also with PipeWire), PipeWire and ALSA."""
RATE = 11_025
SECONDS, APART = 1.1, 0.35
"""Length of one stroke, and the time from one stroke to the next."""
LOUDNESS = 0.22
"""Share of full scale."""
TONES = (660.0, 1320.0)
"""Hz: a tone and its octave."""


class Chime:
    """Plays chimes in the background. A player that fails, for example without a sound server, is not tried again.

    `bell` is called when no player works. `finish` removes the temporary files.
    """

    def __init__(self, players: list[str], bell: Callable[[], None]) -> None:
        self._players, self._bell = players, bell
        self._folder = TemporaryDirectory(prefix="psoas-nudge-")
        self._playing: list[subprocess.Popen[bytes]] = []

    def ring(self, times: int) -> None:
        """Play a chime of as many strokes."""
        failed = {each.args[0] for each in self._playing if each.poll()}  # type: ignore[index] # a list, see below
        self._players = [each for each in self._players if each not in failed]
        self._playing = [each for each in self._playing if each.poll() is None]
        if not self._players:
            self._bell()
            return
        file = Path(self._folder.name) / f"{times}.wav"
        if not file.exists():
            file.write_bytes(wav(times))
        words = [self._players[0], str(file)]
        nowhere = subprocess.DEVNULL
        self._playing.append(subprocess.Popen(words, stdin=nowhere, stdout=nowhere, stderr=nowhere))  # noqa: S603 - see PLAYERS

    def finish(self) -> None:
        """Wait at most 4 s for each player, and remove the files."""
        for each in self._playing:
            try:
                each.wait(4)
            except subprocess.TimeoutExpired:
                each.terminate()
                each.wait()
        self._folder.cleanup()


def find(bell: Callable[[], None]) -> Chime:
    """A chime with the players that are installed."""
    return Chime([path for name in PLAYERS if (path := shutil.which(name))], bell)


def wav(times: int) -> bytes:
    """A chime of `times` strokes as the bytes of a WAV file."""
    samples = array("h", bytes(2 * int(RATE * (SECONDS + APART * (times - 1)))))
    for stroke in range(times):
        begin = int(RATE * APART * stroke)
        for n in range(int(RATE * SECONDS)):
            at = n / RATE
            swell = min(1.0, at / 0.015) * exp(-5 * at)
            level = LOUDNESS * swell * sum(sin(2 * pi * tone * at) for tone in TONES) / len(TONES)
            samples[begin + n] = max(-32768, min(32767, samples[begin + n] + round(32767 * level)))
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return made.getvalue()
