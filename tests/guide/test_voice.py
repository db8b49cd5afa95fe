"""The stretch by ear: what is said and when, and the program that says it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from psoas_nudge.core.catalogue import CATALOGUE, find
from psoas_nudge.core.entries import StretchEntry, WarningsReadEntry
from psoas_nudge.core.routines import Routine
from psoas_nudge.guide import voice
from psoas_nudge.guide.player import Player
from psoas_nudge.guide.terminal import heard_first, play, spoken
from psoas_nudge.journal import Journal
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
    unread, read = heard_first(Player(ball), unread=True), heard_first(Player(ball), unread=False)
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
    {{ text = "Hold it.", seconds = "2s", hold = true }},
]
"""


def guide(home: Path, *, voice: bool, speaker: bool) -> subprocess.CompletedProcess[str]:
    """The guide as the daemon starts it, where there is no display and no terminal."""
    (home / "config.toml").write_text(SHORT.format(voice=str(voice).lower()))
    if speaker:
        program = home / "espeak-ng"
        program.write_text(f'#!/bin/sh\nfor last; do :; done\necho "$last" >> {home}/said\n')
        program.chmod(0o755)
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "PSOAS_NUDGE_", "DISPLAY", "WAYLAND_"))}
    environ |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), "PYTHONPATH": str(PROJECT), "PATH": str(home)}
    environ |= {"PSOAS_NUDGE_CONFIG": str(home / "config.toml")}
    return subprocess.run(
        [sys.executable, "-m", "psoas_nudge.guide", "short", "--prompt", "4", "--page"],
        env=environ, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, cwd=home,
    )  # fmt: skip


def test_without_a_browser_or_a_terminal_a_stretch_is_played_by_ear(tmp_path: Path) -> None:
    done = guide(tmp_path, voice=True, speaker=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    said = (tmp_path / "said").read_text().splitlines()
    assert said[0] == ("A short one, 3 s. Skip it, or ask a physiotherapist or doctor first, if your knee swells.")
    assert said[1] == "Get into place. Stand up."
    assert said[-1] == "Well done."
    found = Journal.open_reading(tmp_path / ".local/share/psoas-nudge/journal.db")
    assert found is not None
    with found:
        entries = [line.entry for line in found.read()]
    [stretch] = [entry for entry in entries if isinstance(entry, StretchEntry)]
    assert (stretch.routine, stretch.prompt, stretch.other_seconds) == ("short", 4, 2.0)
    assert not [entry for entry in entries if isinstance(entry, WarningsReadEntry)], "hearing them is not reading them"


@pytest.mark.parametrize(
    ("voice", "why"), [(False, "stretch.voice is off"), (True, "Nothing is installed that can speak")]
)
def test_without_any_of_them_it_says_what_is_missing(tmp_path: Path, voice: bool, why: str) -> None:
    done = guide(tmp_path, voice=voice, speaker=False)
    assert done.returncode == 1
    assert "there is no display" in done.stderr
    assert why in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_voice_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert voice.find() is None
    voice.Voice((str(tmp_path / "gone"),)).say("unsaid")
