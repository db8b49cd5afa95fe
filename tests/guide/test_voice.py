"""The stretch by ear: what is said and when, and the program that says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from psoas_nudge.core.catalogue import find
from psoas_nudge.guide import voice
from psoas_nudge.guide.player import Player
from psoas_nudge.guide.terminal import spoken


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


def test_without_a_voice_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert voice.find() is None
    voice.Voice((str(tmp_path / "gone"),)).say("unsaid")
