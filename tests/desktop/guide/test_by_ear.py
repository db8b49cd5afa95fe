"""A stretch followed with eyes closed: what really comes out of a sound server while it is played in a terminal."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import wave
from array import array
from collections.abc import Iterator
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from psoas_nudge.core.entries import FeelEntry, StretchEntry, WarningsReadEntry
from psoas_nudge.errors import PsoasNudgeError
from psoas_nudge.guide import voice
from psoas_nudge.guide.ear import press
from psoas_nudge.journal import Journal
from tests.desktop.presence.test_microphone import PulseAudio
from tests.guide.test_console import PROJECT, Terminal
from tests.guide.test_voice import Ear as Hearing

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


@pytest.fixture
def dispatcher(speakers: PulseAudio, desktop_need: Any) -> Iterator[dict[str, str]]:
    """The environment in which spd-say starts a real speech-dispatcher of its own."""
    desktop_need("spd-say", "/usr/share/doc/speech-dispatcher-espeak-ng")
    yield speakers.environ | {"PULSE_SERVER": f"unix:{speakers.folder}/pulse/native", "PATH": os.environ["PATH"]}
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        pid = speakers.folder / "speech-dispatcher" / "pid" / "speech-dispatcher.pid"
        os.kill(int(pid.read_text()), signal.SIGTERM)


def loud(listening: Ear, since: int = 0) -> int:
    """Tenths of a second with something to hear."""
    return sum(level > LOUD for level in listening.heard()[since:])


def test_with_speech_dispatcher_the_next_words_are_heard_and_the_last_ones_are_not(
    dispatcher: dict[str, str], listening: Ear, monkeypatch: pytest.MonkeyPatch, eventually: Any
) -> None:
    for name in ("PULSE_SERVER", "XDG_RUNTIME_DIR", "HOME"):
        monkeypatch.setenv(name, dispatcher[name])
    monkeypatch.delenv("DISPLAY", raising=False)
    speaker = voice.find()
    assert speaker is not None
    assert speaker._served, "spd-say is there, so it is the one"
    speaker.say("One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen.")
    eventually(lambda: loud(listening) > 10, within=15)
    before = len(listening.heard())
    speaker.say("Change over: now the right side.")
    eventually(lambda: not speaker.is_saying, within=15)
    assert 8 < loud(listening, before) < 40, "the second sentence alone"
    end = len(listening.heard())
    eventually(lambda: len(listening.heard()) > end + 10, within=5)
    assert loud(listening, end + 3) == 0, "and silence after it"
    speaker.finish()


SHORT = """[stretch]
voice = true
chime = false
[[stretch.routines]]
id = "short"
title = "A short one"
sided = false
steps = [
    { text = "Stand up.", seconds = "1s" },
    { text = "Squeeze both buttocks and grow tall.", seconds = "6s", hold = true },
]
"""


def test_a_stretch_is_played_by_speech_dispatcher_where_there_is_no_browser_and_no_terminal(
    dispatcher: dict[str, str], listening: Ear, tmp_path: Path, eventually: Any
) -> None:
    (tmp_path / "config.toml").write_text(SHORT)
    more = {"PYTHONPATH": str(PROJECT), "PSOAS_NUDGE_CONFIG": f"{tmp_path}/config.toml", "XDG_DATA_HOME": str(tmp_path)}
    socket = Path(dispatcher["XDG_RUNTIME_DIR"], "psoas-nudge", "guide.sock")

    def pressed(word: str) -> bool:
        try:
            return bool(press(word, socket))
        except PsoasNudgeError:
            return False

    with subprocess.Popen(
        [sys.executable, "-m", "psoas_nudge.guide", "short", "--page"],
        env=dispatcher | more, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL,
    ) as guide:  # fmt: skip
        eventually(lambda: pressed("fine"), within=45)
        eventually(lambda: pressed("no"), within=15)
        assert (guide.communicate(timeout=30)[1], guide.returncode) == ("", 0)
    assert loud(listening) > 40, "title, two steps, count-down and the end"
    found = Journal.open_reading(tmp_path / "psoas-nudge" / "journal.db")
    assert found is not None
    with found:
        [stretch] = [line.entry for line in found.read(kinds=("stretch",))]
    assert isinstance(stretch, StretchEntry)
    assert stretch.other_seconds == 6.0


def test_a_stretch_that_is_only_heard_is_paused_and_answered_on_a_notification(
    dunst: Any, tmp_path: Path, eventually: Any
) -> None:
    heard = Hearing(tmp_path, hold=8, DBUS_SESSION_BUS_ADDRESS=dunst.bus.address)

    def press(label: str) -> None:
        eventually(dunst.count, within=15)
        eventually(lambda: any(line.startswith(f"#{label} ") for line in dunst.buttons()), within=15)
        dunst.press(label)

    try:
        press("None of this applies to me")
        heard.says("Hold it.")
        press("Pause")
        heard.says("Paused.")
        time.sleep(8.5)  # longer than the hold
        assert not heard.heard("Well done.")
        press("Go on")
        heard.says("How does it feel? fine, tight or pain?")
        press("Fine")
        press("No")
        assert heard.ends() == (0, "", "")
    finally:
        heard.guide.kill()
        heard.guide.communicate()
    assert [each.other_seconds for each in heard.entries(StretchEntry)] == [8.0]
    assert [each.routine for each in heard.entries(WarningsReadEntry)] == ["short"]
    assert [each.afterwards for each in heard.entries(FeelEntry)] == ["fine"]
    assert dunst.count() == 0, "nothing is left on the screen"
