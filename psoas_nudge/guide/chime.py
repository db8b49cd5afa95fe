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
from functools import cache
from math import exp, pi, sin
from tempfile import TemporaryFile

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

    `bell` is called when no player works. The players read temporary files without a name, which end with them.
    """

    def __init__(self, players: list[str], bell: Callable[[], None]) -> None:
        self._players, self._bell = players, bell
        self._playing: list[subprocess.Popen[bytes]] = []

    def ring(self, times: int) -> None:
        """Play a chime of as many strokes."""
        failed = {each.args[0] for each in self._playing if each.poll()}  # type: ignore[index] # a list, see below
        self._players = [each for each in self._players if each not in failed]
        self._playing = [each for each in self._playing if each.poll() is None]
        if not self._players:
            self._bell()
            return
        null = subprocess.DEVNULL
        with TemporaryFile() as file:
            file.write(wav(times))
            file.seek(0)
            number = file.fileno()
            command = [self._players[0], f"/dev/fd/{number}"]
            playing = subprocess.Popen(command, stdin=null, stdout=null, stderr=null, pass_fds=(number,))  # noqa: S603 - see PLAYERS
        self._playing.append(playing)

    def finish(self) -> None:
        """Wait at most 4 s for each player."""
        for each in self._playing:
            try:
                each.wait(4)
            except subprocess.TimeoutExpired:
                each.terminate()
                each.wait()


def find(bell: Callable[[], None]) -> Chime:
    """A chime with the players that are installed."""
    return Chime([path for name in PLAYERS if (path := shutil.which(name))], bell)


@cache
def wav(times: int) -> bytes:
    """A chime of `times` strokes as the bytes of a WAV file."""
    samples = array("h", bytes(2 * int(RATE * (SECONDS + APART * (times - 1)))))
    for stroke in range(times):
        begin = int(RATE * APART * stroke)
        for n in range(int(RATE * SECONDS)):
            seconds = n / RATE
            envelope = min(1.0, seconds / 0.015) * exp(-5 * seconds)
            level = LOUDNESS * envelope * sum(sin(2 * pi * tone * seconds) for tone in TONES) / len(TONES)
            samples[begin + n] = max(-32768, min(32767, samples[begin + n] + round(32767 * level)))
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()
