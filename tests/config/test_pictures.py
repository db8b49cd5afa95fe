"""Pictures of routines in config.toml: equal to those of a pack, and what is wrong with one is said at its place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from psoas_nudge import config
from psoas_nudge.config import pictures
from psoas_nudge.core.catalogue import find
from psoas_nudge.core.routines import Routine
from psoas_nudge.errors import ConfigInvalid
from psoas_nudge.guide.figures import in_terminal, printed, sheet, svg
from psoas_nudge.guide.player import Player
from psoas_nudge.guide.terminal import play
from psoas_nudge.notify import ICON
from psoas_nudge.notify import picture as notified
from tests.guide.test_terminal import FakeConsole
from tests.packs.plans import SVG, lying, photo
from tests.packs.test_hostile import PICTURES, png

LUNGE = """\
[[stretch.routines]]
id = "my-lunge"
title = "My lunge"
drawn_side = "left"
not_for = ["your knee swells"]
steps = [
    { text = "Kneel.", seconds = "10s", picture = "pictures/start.png" },
    { text = "Hold.", seconds = "40s", hold = true, picture = "hold.svg" },
    { text = "Rock.", seconds = "4s", reps = 6, picture = "hold.svg", returns_to = "pictures/start.png" },
]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where config.toml is, with the two pictures that LUNGE names."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = tmp_path / "config"
    (made / "pictures").mkdir(parents=True)
    (made / "pictures" / "start.png").write_bytes(photo("#223344"))
    (made / "hold.svg").write_bytes(lying("150 92"))
    return made


def lunge(folder: Path, text: str = LUNGE) -> Routine:
    """The routine, as every command finds it."""
    (folder / "config.toml").write_text(text)
    return find("my-lunge", config.load(folder / "config.toml", {}).rules.routines)


def mistakes(folder: Path, text: str = LUNGE) -> list[str]:
    with pytest.raises(ConfigInvalid) as caught:
        lunge(folder, text)
    return [each.removeprefix(f"{folder}/") for each in caught.value.problems]


def test_a_routine_of_ones_own_shows_its_pictures_wherever_the_built_in_ones_do(folder: Path) -> None:
    mine = lunge(folder)
    assert notified(mine) != ICON
    assert Path(notified(mine)).read_bytes().startswith(b"\x89PNG")
    assert "data:image/png;base64," in (printed(mine) or "")
    assert sheet(mine, "right").count("<image") == 2
    assert "matrix(-1" not in (svg(mine, "hold.svg", "left") or "")
    assert "matrix(-1" in (svg(mine, "hold.svg", "right") or ""), "mirrored for the other side"
    large = in_terminal(mine, "pictures/start.png", "left", (70, 18))
    assert len(large) > 8
    console, player = FakeConsole({}, screen=True, size=(80, 40)), Player(mine)
    play(player, console)
    assert player.ended == "finished"
    assert any(row in console.text for row in large)


def test_only_the_picture_drawn_anew_is_kept_and_only_for_its_owner(folder: Path, tmp_path: Path) -> None:
    lunge(folder)
    kept = [each for each in (tmp_path / "cache").rglob("*") if each.is_file()]
    assert sorted("".join(each.suffixes[-2:]) for each in kept) == [
        ".icon.png", ".icon.png", ".png.dots", ".png.png", ".svg.dots", ".svg.png",
    ]  # fmt: skip
    assert all(each.stat().st_mode & 0o777 == 0o600 for each in kept)
    assert not list((tmp_path / "cache").rglob(".drawing-*"))


def test_a_picture_is_drawn_once_and_again_when_it_has_changed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = lunge(folder)
    with monkeypatch.context() as broken:
        broken.setattr(pictures, "_draw", lambda files: pytest.fail(f"drawn again: {list(files)}"))
        assert lunge(folder) == before
        # What was drawn before works without the libraries, as an imported pack does.
    (folder / "hold.svg").write_bytes(lying("100 30"))
    assert lunge(folder).pictures != before.pictures


def test_it_can_be_read_inside_a_running_loop_as_the_daemon_does(folder: Path) -> None:
    import asyncio

    async def daemon() -> Routine:
        return lunge(folder)

    assert Path(asyncio.run(daemon()).pictures).is_dir()


def test_a_picture_that_is_not_there_is_said_with_the_one_that_may_be_meant(folder: Path) -> None:
    (folder / "hold.svg").rename(folder / "holds.svg")
    assert mistakes(folder) == [
        f'config.toml:8:63: stretch.routines[1].steps[2].picture: There is no file "hold.svg" in {folder}. '
        'Did you mean "holds.svg"?',
        f'config.toml:9:59: stretch.routines[1].steps[3].picture: There is no file "hold.svg" in {folder}. '
        'Did you mean "holds.svg"?',
    ]
    (folder / "holds.svg").unlink()
    assert mistakes(folder)[0].endswith("Put the picture there, or delete this key.")


@pytest.mark.parametrize(
    "name", ["../hold.svg", "/etc/hold.svg", "a/../../hold.svg", "C:hold.svg", "~/hold.svg", "hold.gif"]
)
def test_a_name_that_leaves_the_folder_or_is_no_picture_is_refused(folder: Path, name: str) -> None:
    [first, *_] = mistakes(folder, LUNGE.replace("hold.svg", name))
    assert f'"{name}" is not the name of a picture. Write for example "lunge.png".' in first


def test_links_folders_and_pipes_are_refused(folder: Path, tmp_path: Path) -> None:
    hold = folder / "hold.svg"
    hold.rename(tmp_path / "elsewhere.svg")
    hold.symlink_to(tmp_path / "elsewhere.svg")
    assert "hold.svg is a link. Put the file itself there." in mistakes(folder)[0]
    hold.unlink()
    os.mkfifo(hold)
    assert "hold.svg is not an ordinary file." in mistakes(folder)[0]
    hold.unlink()
    hold.mkdir()
    assert "hold.svg is not an ordinary file." in mistakes(folder)[0]
    hold.rmdir()
    (tmp_path / "elsewhere.svg").rename(hold)
    (folder / "pictures").rename(tmp_path / "pictures")
    (folder / "pictures").symlink_to(tmp_path / "pictures")
    assert "pictures is a link. Put the folder itself there." in mistakes(folder)[0]


@pytest.mark.parametrize("what", ["a script", "a file of this machine", "a nested drawing", "a style from elsewhere"])
def test_an_svg_that_is_more_than_a_picture_is_refused_as_in_a_pack(folder: Path, tmp_path: Path, what: str) -> None:
    inside, why = PICTURES[what]
    (folder / "hold.svg").write_bytes(SVG.format(inside).encode())
    [first, _] = mistakes(folder)
    assert first.startswith("config.toml:8:63: stretch.routines[1].steps[2].picture: It")
    assert why in first
    assert not [each for each in (tmp_path / "cache").rglob("*") if each.is_file()], "nothing is kept"


def test_the_limits_are_those_of_a_pack(folder: Path) -> None:
    (folder / "pictures" / "start.png").write_bytes(png(20_000, 20_000))
    assert "It has 20000 by 20000 pixels; the limit is 25 million." in mistakes(folder)[0]
    with (folder / "pictures" / "start.png").open("wb") as large:
        large.truncate(30_000_000)
    assert "With this one the pictures are larger than 20 MB." in mistakes(folder)[0]
    steps = ", ".join(f'{{ text = "t", seconds = "9s", hold = true, picture = "{n}.svg" }}' for n in range(101))
    for n in range(101):
        (folder / f"{n}.svg").write_bytes(lying("150 92"))
    many = f'[[stretch.routines]]\nid = "my-lunge"\ntitle = "t"\nsteps = [{steps}]\n'
    assert mistakes(folder, many) == [
        "config.toml:4:" + mistakes(folder, many)[0].split(":")[2] + ": stretch.routines[1].steps[101].picture: "
        "There are 101 pictures; 100 is the limit."
    ]


def test_what_uses_up_its_time_is_refused_and_ends(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "SECONDS", 0.01)
    assert "Reading this took longer than 0.01 s, so it was stopped." in mistakes(folder)[0]


def test_without_the_libraries_it_says_how_to_get_them(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "find_spec", lambda _name: None)
    assert mistakes(folder)[0].endswith("First: pip install 'psoas-nudge[packs]'")


def test_a_cache_that_cannot_be_written_is_said(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    assert "It cannot be kept: " in mistakes(folder)[0]


def test_other_mistakes_are_said_beside_those_of_pictures(folder: Path) -> None:
    (folder / "hold.svg").unlink()
    found = mistakes(folder, "[prompt]\nlull = 8\n" + LUNGE)
    assert len(found) == 3
    assert "prompt.lull" in found[0]


def test_routines_without_pictures_need_nothing_of_this(folder: Path, tmp_path: Path) -> None:
    plain = (
        '[[stretch.routines]]\nid = "my-lunge"\ntitle = "t"\nsteps = [{ text = "t", seconds = "9s", hold = true }]\n'
    )
    mine = lunge(folder, plain)
    assert (mine.pictures, notified(mine)) == ("", ICON)
    assert not (tmp_path / "cache").exists()
