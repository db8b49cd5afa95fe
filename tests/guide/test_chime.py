"""The chime in the terminal: what it sounds like, and what rings where nothing can play it."""

from __future__ import annotations

import io
import sys
import wave
from array import array
from pathlib import Path

import pytest

from psoas_nudge.guide.chime import RATE, find, wav


def samples(times: int) -> array[int]:
    with wave.open(io.BytesIO(wav(times))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        return array("h", file.readframes(file.getnframes()))


def test_it_is_soft_begins_without_a_click_and_fades() -> None:
    once = samples(1)
    assert 3000 < max(once) < 8000, "a quarter of full loudness at most"
    assert max(abs(level) for level in once[:5]) < 600
    assert max(abs(level) for level in once[-200:]) < 60


def test_two_and_three_strokes_are_told_apart_by_their_length() -> None:
    assert [round(len(samples(times)) / RATE, 2) for times in (1, 2, 3)] == [1.1, 1.45, 1.8]


def test_a_chime_is_computed_once() -> None:
    """It takes a tenth of a second, in which the countdown stands still."""
    assert wav(2) is wav(2)


@pytest.mark.skipif(sys.platform == "win32", reason="none of the players exists there")
def test_a_guide_that_is_killed_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    player, folder = tmp_path / "paplay", tmp_path / "tmp"
    player.write_text(f'#!/bin/sh\n/bin/cat "$1" > {tmp_path}/played\n')
    player.chmod(0o755)
    folder.mkdir()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    chime = find(lambda: pytest.fail("the player works"))
    for times in (1, 2):
        chime.ring(times)
        assert list(folder.iterdir()) == [], "nothing that a kill could leave there"
        assert chime._playing[-1].wait(10) == 0
        assert (tmp_path / "played").read_bytes() == wav(times)
    chime.finish()


def test_a_player_without_its_sound_server_is_given_up_and_the_terminal_rings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, status in (("paplay", 1), ("pw-play", 0)):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {name} >> {tmp_path}/played\nexit {status}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    rung: list[str] = []
    chime = find(lambda: rung.append("bell"))
    for times in (1, 2, 2):
        chime.ring(times)
        for each in chime._playing:
            each.wait()
    played = (tmp_path / "played").read_text().split()
    assert played == ["paplay", "pw-play", "pw-play"]
    chime.finish()
    monkeypatch.setenv("PATH", "")
    without = find(lambda: rung.append("bell"))
    without.ring(1)
    without.finish()
    assert rung == ["bell"]
