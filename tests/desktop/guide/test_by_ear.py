"""A stretch followed with eyes closed: what really comes out of a sound server while it is played in a terminal."""

from __future__ import annotations

import os
import subprocess
import time
import wave
from array import array
from collections.abc import Iterator
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from tests.desktop.presence.test_microphone import PulseAudio
from tests.guide.test_console import Terminal

pytestmark = pytest.mark.heavy
RATE = 8000
QUIET, LOUD = 20, 300
"""Root mean square of 16-bit samples: nothing but the server's dither, and something to hear."""


class Ear:
    """A recording of all that the speakers of a private sound server play."""

    def __init__(self, server: PulseAudio, file: Path) -> None:
        self.file = file
        options = ["--raw", "--format=s16le", f"--rate={RATE}", "--channels=1", "--latency-msec=50"]
        self.process = server.spawn("parec", *options, "-d", "out.monitor", str(file))

    def heard(self) -> list[int]:
        """How loud each tenth of a second was so far."""
        data = self.file.read_bytes()
        samples = array("h", data[: len(data) // 2 * 2])
        step = RATE // 10
        return [
            round(sqrt(sum(s * s for s in samples[at : at + step]) / step))
            for at in range(0, len(samples) - step, step)
        ]


@pytest.fixture
def speakers(folder: Path, session_bus: Any, desktop_need: Any, eventually: Any) -> Iterator[PulseAudio]:
    """A PulseAudio of its own whose speakers nobody hears."""
    desktop_need(*PulseAudio.needs, "paplay", "espeak-ng")
    server = PulseAudio(folder, session_bus)
    server.start()
    eventually(server.ready)
    yield server
    server.stop()


@pytest.fixture
def listening(speakers: PulseAudio, folder: Path, eventually: Any) -> Ear:
    ear = Ear(speakers, folder / "heard.raw")
    eventually(lambda: ear.file.exists() and len(ear.heard()) > 5)
    return ear


def playing(speakers: PulseAudio, home: Path, settings: str) -> Terminal:
    """`psoas-nudge stretch glute-squeeze` in a terminal, begun."""
    file = home / "config" / "psoas-nudge" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(settings)
    return Terminal(
        home,
        "xterm",
        PATH=os.environ["PATH"],
        PULSE_SERVER=f"unix:{speakers.folder}/pulse/native",
        XDG_CONFIG_HOME=str(home / "config"),
    )


def begin(terminal: Terminal) -> None:
    terminal.until("y: I have read this")
    terminal.type("y")
    terminal.until("Get into place")


def sentence(text: str, file: Path) -> float:
    """Seconds that espeak-ng takes to say it."""
    subprocess.run(["espeak-ng", "-v", "en", "-w", str(file), text], check=True)
    with wave.open(str(file)) as spoken:
        return spoken.getnframes() / spoken.getframerate()


def test_the_cue_is_heard_when_the_voice_is_on(
    speakers: PulseAudio, listening: Ear, tmp_path: Path, eventually: Any
) -> None:
    terminal = playing(speakers, tmp_path, "[stretch]\nvoice = true\nchime = false\n")
    try:
        assert max(listening.heard()) < QUIET, "silence before it begins"
        begin(terminal)
        words = "Get into place. Stand up with your feet as far apart as your hips. Put your weight on both feet."
        expected = sentence(words, tmp_path / "words.wav")
        eventually(lambda: sum(level > LOUD for level in listening.heard()) > 0.5 * expected * 10, within=12)
        terminal.type("n")
        terminal.until("Hold 1 of 3")
        before = len(listening.heard())
        eventually(lambda: sum(level > LOUD for level in listening.heard()[before:]) > 10, within=8)
    finally:
        terminal.end_now()


def test_a_gentle_chime_is_all_that_is_heard_by_default(
    speakers: PulseAudio, listening: Ear, tmp_path: Path, eventually: Any
) -> None:
    terminal = playing(speakers, tmp_path, "")
    try:
        begin(terminal)
        time.sleep(1.0)
        assert max(listening.heard()) < QUIET, "no voice, and no chime before something changes"
        terminal.type("n")
        terminal.until("Hold 1 of 3")
        eventually(lambda: max(listening.heard()) > LOUD, within=8)
        eventually(lambda: max(listening.heard()[-5:]) < QUIET, within=8)
        assert sum(level > QUIET for level in listening.heard()) < 15, "over after a second"
    finally:
        terminal.end_now()
