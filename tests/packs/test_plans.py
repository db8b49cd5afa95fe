"""Plans from a physiotherapist: imported, played, exported byte for byte and removed, as a person types it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.packs.plans import AFTER_SURGERY, PLANS, RUNNER, zipped

PROJECT = Path(__file__).resolve().parents[2]
TypeIn = Callable[..., str]


@pytest.fixture
def type_in(tmp_path: Path) -> TypeIn:
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "PSOAS_NUDGE_", "DBUS_", "DISPLAY"))}
    environ |= {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path / "run"), "XDG_DATA_HOME": str(tmp_path / "data"),
                "PYTHONPATH": str(PROJECT), "TZ": "UTC"}  # fmt: skip

    def type_in(*words: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "psoas_nudge", *words],
            env=environ, check=False, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, cwd=tmp_path,
        )  # fmt: skip
        assert done.returncode == code, done.stderr + done.stdout
        assert "Traceback" not in done.stderr
        return done.stderr if code else done.stdout

    return type_in


def folder_of(plan: dict[str, bytes], at: Path) -> Path:
    at.mkdir()
    for name, data in plan.items():
        (at / name).write_bytes(data)
    return at


@pytest.mark.parametrize("pack_id", PLANS)
def test_a_plan_is_checked_imported_listed_exported_byte_for_byte_and_removed(
    pack_id: str, type_in: TypeIn, tmp_path: Path
) -> None:
    plan = PLANS[pack_id]
    file = tmp_path / "plan.zip"
    file.write_bytes(zipped(plan, "My plan/"))
    assert "Nothing is wrong with it." in type_in("routines", "check", "plan.zip")
    assert not (tmp_path / "data" / "psoas-nudge" / "packs").exists()
    said = type_in("routines", "import", "plan.zip")
    assert said.startswith("Imported: ")
    assert "Prompts suggest them in turn from now on." in said
    floor = "To get those on the floor too: psoas-nudge config set stretch.floor true"
    assert (floor in said) == (pack_id != "desk-knee")
    kept = tmp_path / "data" / "psoas-nudge" / "packs" / pack_id
    assert kept.stat().st_mode & 0o777 == 0o700
    assert all(each.stat().st_mode & 0o777 == 0o600 for each in kept.rglob("*") if each.is_file())

    listed = [json.loads(line) for line in type_in("routines", "--json").splitlines()]
    mine = [routine for routine in listed if routine["pack"] == pack_id]
    assert mine
    for routine in mine:
        shown = type_in("routines", "show", routine["id"])
        assert routine["title"] in shown
        assert f"From the pack {pack_id}." in shown
        assert all(each in shown for each in routine["not_for"])
        assert "No physiotherapist has reviewed" not in shown, "somebody else answers for it"

    type_in("routines", "export", pack_id, "copy.zip")
    assert (tmp_path / "copy.zip").read_bytes() == file.read_bytes()
    type_in("routines", "export", pack_id, "copy")
    assert {each.name: each.read_bytes() for each in (tmp_path / "copy").iterdir()} == plan
    assert "already" in type_in("routines", "export", pack_id, "copy.zip", code=1)

    assert type_in("routines", "remove", pack_id) == f"Removed: {pack_id}.\n"
    assert pack_id not in type_in("routines")
    assert list((tmp_path / "data" / "psoas-nudge").iterdir()) == [kept.parent]


def test_a_folder_makes_the_same_pack_as_its_zip(type_in: TypeIn, tmp_path: Path) -> None:
    folder_of(AFTER_SURGERY, tmp_path / "plan")
    (tmp_path / "plan" / ".DS_Store").write_bytes(b"left by a desktop")
    type_in("routines", "import", "plan")
    type_in("routines", "export", "after-disc-surgery", "copy")
    assert {each.name: each.read_bytes() for each in (tmp_path / "copy").iterdir()} == AFTER_SURGERY


def test_its_pictures_are_drawn_anew_and_nothing_else_of_the_files_is_kept_for_showing(
    type_in: TypeIn, tmp_path: Path
) -> None:
    said = io.BytesIO()
    Image.new("RGB", (4000, 3000), "#335577").save(said, "PNG", pnginfo=_note("made at 12 Long Street"))
    (tmp_path / "plan.zip").write_bytes(zipped(PLANS["desk-knee"] | {"hold.png": said.getvalue()}))
    type_in("routines", "import", "plan.zip")
    pictures = tmp_path / "data" / "psoas-nudge" / "packs" / "desk-knee" / "pictures"
    with Image.open(pictures / "hold.png.png") as shown:
        assert shown.size == (1600, 1200)
        assert shown.getpixel((800, 600)) == (0x33, 0x55, 0x77, 255)
        assert "note" not in shown.info
    with Image.open(pictures / "hold.png.icon.png") as icon:
        assert icon.size == (192, 192)
        assert icon.getpixel((96, 5)) == (255, 255, 255, 255), "on a white card"
    assert "#" in (pictures / "start.png.dots").read_text()


def _note(text: str) -> object:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("note", text)
    return info


def test_a_pack_whose_routine_takes_turns_in_the_configuration_is_not_removed(type_in: TypeIn, tmp_path: Path) -> None:
    (tmp_path / "plan.zip").write_bytes(zipped(RUNNER))
    type_in("routines", "import", "plan.zip")
    own = tmp_path / "own.toml"
    own.write_text('[stretch]\nrotation = ["band-march", "standing-hip-flexor"]\n')
    said = type_in("--config", "own.toml", "routines", "remove", "runner", code=1)
    assert said == (
        "psoas-nudge: stretch.rotation in your configuration names band-march of this pack. Nothing was removed. "
        "First take it out: psoas-nudge config edit\n"
    )
    assert "band-march" in type_in("routines")
    own.write_text("")
    type_in("--config", "own.toml", "routines", "remove", "runner")


def test_where_a_rotation_is_set_the_import_says_how_to_get_the_routines_in_prompts(
    type_in: TypeIn, tmp_path: Path
) -> None:
    (tmp_path / "plan.zip").write_bytes(zipped(RUNNER))
    (tmp_path / "own.toml").write_text('[stretch]\nrotation = ["standing-hip-flexor"]\n')
    said = type_in("--config", "own.toml", "routines", "import", "plan.zip")
    assert "To get them in prompts, add to stretch.rotation: band-march, couch-stretch." in said


def test_a_taken_name_is_refused(type_in: TypeIn, tmp_path: Path) -> None:
    (tmp_path / "plan.zip").write_bytes(zipped(RUNNER))
    type_in("routines", "import", "plan.zip")
    again = type_in("routines", "import", "plan.zip", code=2)
    assert again.endswith("To replace it: psoas-nudge routines remove runner\n")
    other = {**RUNNER, "pack.toml": RUNNER["pack.toml"].replace(b'"runner"', b'"other"')}
    (tmp_path / "other.zip").write_bytes(zipped(other))
    assert "You already have a routine called band-march, couch-stretch." in type_in(
        "routines", "import", "other.zip", code=2
    )
    built_in = RUNNER["pack.toml"].replace(b'"band-march"', b'"standing-march"')
    (tmp_path / "third.zip").write_bytes(zipped({**RUNNER, "pack.toml": built_in}))
    assert '"standing-march" is a built-in routine.' in type_in("routines", "check", "third.zip", code=2)


def test_a_pack_that_is_not_there_is_said(type_in: TypeIn) -> None:
    assert 'There is no pack "plan". You have not imported any.' in type_in("routines", "remove", "plan", code=2)
    assert "There is no such file or folder." in type_in("routines", "check", "plan.zip", code=2)


def test_a_damaged_pack_is_named_and_can_be_removed(type_in: TypeIn, tmp_path: Path) -> None:
    (tmp_path / "plan.zip").write_bytes(zipped(RUNNER))
    type_in("routines", "import", "plan.zip")
    kept = tmp_path / "data" / "psoas-nudge" / "packs" / "runner" / "pack.toml"
    kept.write_text("id = 7\n")
    assert f"{kept}:1:" in type_in("routines", code=2)
    type_in("routines", "remove", "runner")
    assert "band-march" not in type_in("routines")
