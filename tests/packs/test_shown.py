"""The pictures of a pack appear wherever those of the built-in routines do."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from xml.etree import ElementTree

import pytest

from psoas_nudge.config import load
from psoas_nudge.core.catalogue import find
from psoas_nudge.core.routines import Routine
from psoas_nudge.guide.asking import begins
from psoas_nudge.guide.figures import in_terminal, printed, sheet, svg
from psoas_nudge.guide.player import Player
from psoas_nudge.guide.terminal import play
from psoas_nudge.notify import ICON
from psoas_nudge.notify import picture as notified
from tests.guide.test_terminal import FakeConsole
from tests.packs.plans import imported

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def lunge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Routine:
    """The desk worker's lunge, as the program finds it after the import."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    imported("desk-knee")
    return find("desk-lunge", load(None, {}).rules.routines)


def test_a_plans_routines_take_turns_like_the_built_in_ones(lunge: Routine) -> None:
    rules = load(None, {}).rules
    assert lunge.id in rules.rotation
    assert [routine.id for routine in rules.routines] == [lunge.id, "sitting-knee-straight"]


def test_a_notification_shows_the_picture_of_the_hold(lunge: Routine) -> None:
    assert notified(lunge).endswith("/desk-knee/pictures/hold.png.icon.png")
    assert Path(notified(lunge)).read_bytes().startswith(b"\x89PNG")
    Path(notified(lunge)).unlink()
    assert notified(lunge) == ICON


def test_print_has_the_picture_inside(lunge: Routine) -> None:
    [image] = ElementTree.fromstring(printed(lunge) or "").iter(f"{SVG}image")
    kind, _, data = (image.get("href") or "").partition(",")
    assert kind == "data:image/png;base64"
    assert b64decode(data).startswith(b"\x89PNG")
    whole = ElementTree.fromstring(sheet(lunge, "right"))
    assert len(list(whole.iter(f"{SVG}image"))) == 2
    assert all(step.text.split()[0] in "".join(whole.itertext()) for step in lunge.steps)


def test_the_other_side_is_mirrored(lunge: Routine) -> None:
    assert lunge.drawn_side == "left"
    assert "matrix(-1" not in (svg(lunge, "hold.png", "left") or "")
    assert "matrix(-1" in (svg(lunge, "hold.png", "right") or "")
    left, right = (in_terminal(lunge, "hold.png", side, (70, 18)) for side in ("left", "right"))
    assert left != right
    assert [len(row) for row in left] == [len(row) for row in right]


def test_a_terminal_shows_it_in_braille_as_large_as_there_is_room(lunge: Routine) -> None:
    large, small = (in_terminal(lunge, "hold.png", None, room) for room in ((70, 18), (30, 9)))
    assert len(large) > 10 >= len(small)
    assert all(set(row) <= {chr(0x2800 + dots) for dots in range(256)} for row in (*large, *small))
    assert in_terminal(lunge, "hold.png", None, (70, 5)) == [], "too little room to make it out"
    console = FakeConsole({}, screen=True, size=(80, 40))
    player = Player(lunge)
    play(player, console)
    assert player.ended == "finished"
    assert any(row in console.text for row in large)


def test_its_warnings_are_read_before_it_begins(lunge: Routine) -> None:
    console = FakeConsole()
    begins(Player(lunge), console)
    assert "your knee swells or locks" in console.text
    assert "No physiotherapist has reviewed" not in console.text
