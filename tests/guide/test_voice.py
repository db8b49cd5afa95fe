"""The stretch by ear: what is said and when, and the program that says it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

from psoas_nudge.core.catalogue import CATALOGUE, find
from psoas_nudge.core.entries import AnyEntry, FeelEntry, StretchEntry, UndoneEntry, WarningsReadEntry
from psoas_nudge.core.routines import Routine
from psoas_nudge.errors import Refused, Unavailable
from psoas_nudge.guide import ear as module
from psoas_nudge.guide import voice
from psoas_nudge.guide.ear import EarConsole, heard_first, press
from psoas_nudge.guide.player import Player
from psoas_nudge.guide.terminal import play, spoken
from psoas_nudge.journal import Journal
from psoas_nudge.system.channel import connect
from tests.guide.test_terminal import FakeConsole

PROJECT = Path(__file__).resolve().parents[2]


def heard(routine_id: str) -> list[str]:
    """All that is said, second by second, each thing once."""
    player, said = Player(find(routine_id)), [""]
    while not player.ended:
        if (words := spoken(player)) != said[-1]:
            said.append(words)
        player.advance(1)
    return [words for words in said if words]


def test_a_stretch_can_be_followed_with_eyes_closed() -> None:
    said = heard("standing-hip-flexor")
    assert said[0].startswith("Left side, get into place. Put one hand on the desk.")
    hold = said.index(
        "Left side, hold 1 of 2. Hold, and keep the tuck. Feel a mild pull at the front of the hip. "
        "Breathe into your belly."
    )
    assert said[hold + 1 : hold + 5] == ["10 seconds", "3", "2", "1"]
    assert "Change sides. Now the right side." in said
    assert (
        sum(words.startswith(("Left side, get into place. Tuck", "Right side, get into place. Tuck")) for words in said)
        == 4
    )


def test_repetitions_are_counted_aloud() -> None:
    said = heard("standing-march")
    assert [words for words in said if words.isdigit()] == [str(number) for number in range(2, 9)] * 2


def test_a_pause_is_said() -> None:
    player = Player(find("standing-march"))
    player.command("pause")
    assert spoken(player) == "Paused."


@pytest.mark.parametrize("name", voice.SPEAKERS)
def test_what_is_installed_speaks_and_the_text_is_no_option(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / name
    program.write_text(f"#!/bin/sh\nprintf '%s|' \"$@\" >> {tmp_path}/said\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = voice.find()
    assert found is not None
    found.say("--help me")
    found.finish()
    assert (tmp_path / "said").read_text().endswith("|--|--help me|")


def test_the_next_words_cut_off_the_last_ones(tmp_path: Path) -> None:
    program = tmp_path / "slow"
    program.write_text(f'#!/bin/sh\n[ "$1" = long ] && exec sleep 60\necho "$1" >> {tmp_path}/said\n')
    program.chmod(0o755)
    speaker = voice.Voice((str(program),))
    speaker.say("long")
    speaker.say("short")
    speaker.finish()
    assert (tmp_path / "said").read_text() == "short\n"


def test_a_program_with_a_server_is_not_ended_because_its_server_cuts_off_the_last_words_itself(tmp_path: Path) -> None:
    program = tmp_path / "client"
    program.write_text(f'#!/bin/sh\n[ "$1" = long ] && sleep 1\necho "$1" >> {tmp_path}/said\n')
    program.chmod(0o755)
    speaker = voice.Voice((str(program),), served=True)
    speaker.say("long")
    speaker.say("short")
    assert speaker.is_saying
    speaker.finish()
    assert not speaker.is_saying
    assert (tmp_path / "said").read_text() == "short\nlong\n"


def test_nothing_waits_for_a_program_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "LONGEST", 0.0)
    speaker = voice.Voice(("/bin/sleep",))
    speaker.say("60")
    assert not speaker.is_saying
    speaker.hush()


class FakeVoice:
    """Speaks as fast as people do, by the clock of a console."""

    def __init__(self, console: FakeConsole) -> None:
        self.console, self.until = console, 0.0
        self.said: list[str] = []
        self.cut_off: list[str] = []

    @property
    def is_saying(self) -> bool:
        return self.console.now < self.until

    def say(self, text: str) -> None:
        if self.is_saying:
            self.cut_off.append(self.said[-1])
        self.said.append(text)
        self.until = self.console.now + len(text) / 14


@pytest.mark.parametrize("routine", CATALOGUE, ids=lambda routine: routine.id)
def test_no_instruction_is_cut_off_and_the_dose_is_what_it_is_without_a_voice(routine: Routine) -> None:
    console, player = FakeConsole(), Player(routine)
    speaker = FakeVoice(console)
    play(player, console, speaker)
    assert player.ended == "finished"
    assert speaker.cut_off == []
    assert player.held.total == pytest.approx(sum(each.seconds for each in player.segments if each.counts))
    for segment in player.segments:
        assert any(segment.text in words for words in speaker.said)


def test_where_nothing_can_be_shown_the_warnings_are_heard_until_they_were_read() -> None:
    ball = find("ball-release")
    unread, read = heard_first(ball, unread=True), heard_first(ball, unread=False)
    assert all(words in unread for words in (*ball.not_for, *ball.cautions))
    assert all(words in read for words in ball.cautions)
    assert ball.not_for[0] not in read


SHORT = """[stretch]
voice = {voice}
chime = false
[[stretch.routines]]
id = "short"
title = "A short one"
sided = false
not_for = ["your knee swells"]
steps = [
    {{ text = "Stand up.", seconds = "1s" }},
    {{ text = "Hold it.", seconds = "{hold}s", hold = true }},
]
"""


GUIDE = ("psoas_nudge.guide", "short", "--prompt", "4", "--page")


def guide(
    home: Path, *, voice: bool, speaker: bool, hold: int = 2, words: Sequence[str] = GUIDE, **more: str
) -> subprocess.Popen[str]:
    """The guide as the daemon starts it, where there is no display and no terminal."""
    (home / "config.toml").write_text(SHORT.format(voice=str(voice).lower(), hold=hold))
    if speaker:
        program = home / "espeak-ng"
        program.write_text(f'#!/bin/sh\nfor last; do :; done\necho "$last" >> {home}/said\n')
        program.chmod(0o755)
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "PSOAS_NUDGE_", "DISPLAY", "WAYLAND_"))}
    environ |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), "PYTHONPATH": str(PROJECT), "PATH": str(home)}
    environ |= {"PSOAS_NUDGE_CONFIG": str(home / "config.toml")} | more
    return subprocess.Popen(
        [sys.executable, "-m", *words],
        env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL, cwd=home,
    )  # fmt: skip


E = TypeVar("E", bound=AnyEntry)


class Ear:
    """A stretch that is only heard, and who hears it."""

    def __init__(self, home: Path, hold: int = 2, words: Sequence[str] = GUIDE, **more: str) -> None:
        self.home, self.socket = home, home / "run" / "psoas-nudge" / "guide.sock"
        self.start(hold, words, **more)

    def start(self, hold: int = 2, words: Sequence[str] = GUIDE, **more: str) -> None:
        self.guide = guide(self.home, voice=True, speaker=True, hold=hold, words=words, **more)

    @property
    def said(self) -> list[str]:
        file = self.home / "said"
        return file.read_text().splitlines() if file.exists() else []

    def heard(self, text: str) -> bool:
        return any(text in line for line in self.said)

    def says(self, text: str) -> None:
        """Wait until it is said."""
        end = time.monotonic() + 30
        while not self.heard(text):
            assert time.monotonic() < end, f"{text!r} was not said: {self.said}"
            time.sleep(0.02)

    def press(self, word: str) -> str:
        """Press as soon as there is such a button."""
        end = time.monotonic() + 15
        while True:
            try:
                return press(word, self.socket)
            except (Refused, Unavailable):
                assert time.monotonic() < end
                time.sleep(0.05)

    def ends(self) -> tuple[int, str, str]:
        out, err = self.guide.communicate(timeout=30)
        return self.guide.returncode, out, err

    def entries(self, kind: type[E]) -> list[E]:
        found = Journal.open_reading(self.home / ".local/share/psoas-nudge/journal.db")
        assert found is not None
        with found:
            return [line.entry for line in found.read() if isinstance(line.entry, kind)]


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    heard = Ear(tmp_path)
    yield heard
    heard.guide.kill()
    heard.guide.communicate()


def test_without_a_browser_or_a_terminal_a_stretch_is_played_by_ear(ear: Ear) -> None:
    ear.says("A short one, 3 s. Skip it, or ask a physiotherapist or doctor first, if your knee swells. If none of ")
    ear.says("Well done.")  # it begins by itself
    ear.press("fine")
    ear.press("no")
    assert ear.ends() == (0, "", "")
    assert "Get into place. Stand up." in ear.said
    [stretch] = ear.entries(StretchEntry)
    assert (stretch.routine, stretch.prompt, stretch.other_seconds) == ("short", 4, 2.0)
    assert [(each.afterwards, each.routine) for each in ear.entries(FeelEntry)] == [("fine", "short")]
    assert ear.entries(WarningsReadEntry) == [], "hearing them is not reading them"


def test_who_only_hears_a_stretch_can_confirm_the_warnings_pause_and_take_an_answer_back(ear: Ear) -> None:
    ear.says("A short one")
    assert ear.press("read") == "None of this applies to me"
    ear.says("Hold it.")
    assert ear.press("pause") == "Pause"
    ear.says("Paused.")
    with pytest.raises(Refused, match=r"^Now you can press pause or stop\.$"):
        press("fine", ear.socket)
    time.sleep(2.5)  # longer than the hold
    assert not ear.heard("Well done.")
    assert ear.press("pause") == "Go on"
    ear.says("How does it feel? fine, tight or pain?")
    assert ear.press("pain") == "pain"
    ear.says("You reported pain after stretching.")
    assert ear.press("undo") == "I pressed the wrong key"
    ear.press("tight")
    ear.says("Can you kneel on the floor where you work?")
    ear.press("no")
    assert ear.ends() == (0, "", "")
    assert [each.other_seconds for each in ear.entries(StretchEntry)] == [2.0]
    assert [each.routine for each in ear.entries(WarningsReadEntry)] == ["short"]
    assert [each.afterwards for each in ear.entries(FeelEntry)] == ["pain", "tight"]
    assert len(ear.entries(UndoneEntry)) == 1
    with pytest.raises(Unavailable, match="No stretch is being spoken now"):
        press("pause", ear.socket)


def command(home: Path, *words: str) -> tuple[int, str, str]:
    """`psoas-nudge` as a keyboard shortcut of the desktop starts it: without a terminal."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "PSOAS_NUDGE_", "DISPLAY", "WAYLAND_"))}
    environ |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), "PYTHONPATH": str(PROJECT), "PATH": str(home)}
    environ |= {"PSOAS_NUDGE_CONFIG": str(home / "config.toml")}
    done = subprocess.run(
        [sys.executable, "-m", "psoas_nudge", *words],
        env=environ, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, cwd=home,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def test_the_command_presses_and_says_what_can_be_pressed_now(ear: Ear) -> None:
    ear.says("A short one")
    ear.press("read")
    ear.says("Get into place")
    assert command(ear.home, "stretch", "--press", "pause") == (0, "Pressed: Pause\n", "")
    status, _, why = command(ear.home, "stretch", "--press", "tight")
    assert (status, why) == (1, "psoas-nudge: Now you can press pause or stop.\n")
    status, _, why = command(ear.home, "stretch", "short", "--press", "stop")
    assert (status, why) == (2, "psoas-nudge: Use --press alone. It is for the stretch that is being spoken now.\n")
    assert command(ear.home, "stretch", "--press", "stop") == (0, "Pressed: Stop\n", "")
    assert ear.ends()[0] == 0
    nothing = (1, "", "psoas-nudge: No stretch is being spoken now.\n")
    assert command(ear.home, "stretch", "--press", "pause") == nothing


def test_a_stretch_that_a_keyboard_shortcut_starts_can_be_stopped_too(tmp_path: Path) -> None:
    ear = Ear(tmp_path, words=("psoas_nudge", "stretch", "short"))
    ear.says("A short one")
    ear.press("read")
    ear.says("Hold it.")
    ear.press("stop")
    status, lines, _ = ear.ends()
    assert status == 0
    assert "[Take your time, 2 s] Hold it.\n" in lines, "the lines of a terminal, for a log"
    assert "Stopped: A short one." in lines


def test_a_connection_that_says_nothing_leaves_no_message_behind(ear: Ear) -> None:
    ear.says("A short one")
    ear.press("read")
    with connect(ear.socket, 5):
        ear.press("stop")
        assert ear.ends() == (0, "", "")


class Quiet(voice.Voice):
    """A voice that is never heard."""

    def say(self, text: str) -> None:
        pass


@pytest.mark.parametrize(("routine_id", "begun"), [("standing-hip-flexor", True), ("ball-release", False)])
def test_only_a_routine_that_needs_no_care_begins_before_its_warnings_were_confirmed(
    routine_id: str, begun: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CONFIRM_WITHIN", 0.1)
    monkeypatch.setattr(module, "BEGIN_WITHIN", 0.5)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    player = Player(find(routine_id))
    with EarConsole(player.routine, Quiet(()), tmp_path / "guide.sock") as console:
        assert console.begins(player, unread=True, warned=lambda: pytest.fail("nobody confirmed them")) is begun
    assert bool(player.ended) is not begun


def test_a_stretch_that_is_only_heard_can_be_stopped_while_its_warnings_are_spoken(ear: Ear) -> None:
    ear.says("A short one")
    assert ear.press("stop") == "Stop"
    assert ear.ends() == (0, "", "")
    assert [each.performed for each in ear.entries(StretchEntry)] == [False]
    assert not ear.heard("Get into place")


def test_warnings_that_were_confirmed_are_not_spoken_again(ear: Ear) -> None:
    ear.says("A short one")
    ear.press("read")
    ear.says("Get into place")
    ear.press("stop")
    ear.ends()
    (ear.home / "said").unlink()
    ear.start()
    ear.says("A short one, 3 s.")
    ear.press("stop")
    assert not ear.heard("physiotherapist")


@pytest.mark.parametrize(
    ("voice", "why"), [(False, "stretch.voice is off"), (True, "Nothing is installed that can speak")]
)
def test_without_any_of_them_it_says_what_is_missing(tmp_path: Path, voice: bool, why: str) -> None:
    done = guide(tmp_path, voice=voice, speaker=False)
    _, said = done.communicate(timeout=60)
    assert done.returncode == 1
    assert "there is no display" in said
    assert why in said
    assert "Traceback" not in said


def test_without_a_voice_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert voice.find() is None
    voice.Voice((str(tmp_path / "gone"),)).say("unsaid")
