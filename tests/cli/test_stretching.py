"""`stretch`, `routines`, `dose` and `feel` as a person types them, with no daemon running."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from psoas_nudge.core.catalogue import CATALOGUE
from psoas_nudge.core.evidence import SOURCES
from psoas_nudge.core.model import State, StretchEntry
from psoas_nudge.journal import Journal

PROJECT = Path(__file__).resolve().parents[2]
OWN = """
[stretch]
floor = true
weekly_dose = "4m"
[[stretch.routines]]
id = "my-lunge"
title = "My lunge"
steps = [{ text = "Lunge.", seconds = "1s" }, { text = "Hold it.", seconds = "1s", hold = true }]
sided = false
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def type_in(home: Path):
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "PSOAS_NUDGE_", "DBUS_", "DISPLAY"))}
    environ |= {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "XDG_DATA_HOME": str(home / "data"),
        "PYTHONPATH": str(PROJECT),
        "TZ": "UTC",
    }

    def type_in(*words: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "psoas_nudge", *words],
            env=environ, check=False, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, cwd=home,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr if code else done.stdout

    return type_in


@pytest.fixture
def own(home: Path) -> str:
    path = home / "own.toml"
    path.write_text(OWN)
    return str(path)


def journal(home: Path) -> Path:
    return home / "data" / "psoas-nudge" / "journal.db"


def test_the_list_names_every_routine_and_marks_those_that_take_turns(type_in, own: str) -> None:
    listed = type_in("routines")
    assert all(f" {routine.id} " in listed for routine in CATALOGUE)
    marked = [line.split()[1] for line in listed.splitlines() if line.startswith("* ")]
    assert marked == [
        "standing-hip-flexor", "standing-march", "chair-edge-hip-flexor", "split-stance-raise",
    ]  # fmt: skip
    assert "* kneeling-hip-flexor" in type_in("--config", own, "routines")
    assert "* my-lunge " in type_in("--config", own, "routines")
    assert [json.loads(line)["id"] for line in type_in("routines", "--json").splitlines()] == [r.id for r in CATALOGUE]


@pytest.mark.parametrize("routine", CATALOGUE, ids=lambda routine: routine.id)
def test_one_routine_is_shown_in_full(type_in, routine) -> None:
    shown = " ".join(type_in("routines", "show", routine.id).split())
    for words in (
        routine.title,
        routine.purpose,
        *routine.cues,
        *routine.cautions,
        *routine.not_for,
        routine.feel,
        routine.feel_not,
        routine.easier,
        routine.harder,
        routine.check,
        routine.why,
        "No physiotherapist has reviewed these routines yet.",
        *(step.text for step in routine.steps),
    ):
        assert words in shown
    assert ("does not count toward the weekly goal" in shown) == (routine.aim != "stretch")


def test_the_reason_why_is_one_command_away_with_all_its_sources(type_in) -> None:
    shown = " ".join(type_in("routines", "why").split())
    assert "The psoas runs from the sides of the lower spine" in shown
    assert "Some studies speak against it." in shown
    assert all(f"[{source.id}] {source.cite}" in shown and source.url in shown for source in SOURCES)


def test_a_routine_can_be_printed(type_in) -> None:
    assert type_in("routines", "picture", "chair-edge-hip-flexor", "--side", "left").startswith("<svg ")
    assert "There is no routine 'x'" in type_in("routines", "picture", "x", code=2)


def test_a_piped_stretch_of_ones_own_plays_in_lines_and_is_recorded(type_in, own: str, home: Path) -> None:
    shown = type_in("--config", own, "stretch", "my-lunge")
    assert shown.splitlines() == [
        "My lunge, 2 s",
        "[Get into place, 1 s] Lunge.",
        "[Take your time, 1 s] Hold it.",
        "Done: My lunge. 1 s done. This one does not count toward the weekly goal.",
    ]
    with Journal.open(journal(home)) as found:
        (entry,) = [line.entry for line in found.read()]
    assert isinstance(entry, StretchEntry)
    assert (entry.routine, entry.performed, entry.prompt) == ("my-lunge", True, None)
    assert entry.other_seconds == pytest.approx(1, abs=0.3)


def test_a_routine_that_does_not_exist_is_refused(type_in) -> None:
    told = "psoas-nudge: There is no routine 'standing-flexor'. Did you mean 'standing-hip-flexor'?\n"
    assert type_in("stretch", "standing-flexor", code=2) == told
    assert type_in("routines", "show", "standing-flexor", code=2) == told


def test_the_page_says_why_it_cannot_be_shown(type_in) -> None:
    assert type_in("stretch", "glute-squeeze", "--page", code=1).startswith(
        "psoas-nudge: The page cannot be shown: there is no display"
    )


def test_the_dose_is_shown_as_bars_with_what_it_rests_on(type_in, own: str, home: Path) -> None:
    with Journal.open(journal(home)) as found:
        now = datetime.now(UTC)
        entry = StretchEntry(at=now, routine="x", performed=True, left_seconds=240, right_seconds=120)
        found.commit([entry], State(), UTC)
    lines = type_in("--config", own, "dose").splitlines()
    assert lines[0] == "This week. The goal is 4 min a side."
    assert lines[1] == f"left   {'#' * 30}  4 min (today 4 min)"
    assert lines[2] == f"right  {'#' * 15}{'.' * 15}  2 min (today 2 min)"
    assert lines[3] == "The right side is 2 min behind; the next stretch begins with it."
    assert "[dose-2024]" in " ".join(lines[-3:])
    assert max(map(len, lines)) <= 80
    assert json.loads(type_in("--config", own, "dose", "--json")) == {
        "today": {"left_seconds": 240, "right_seconds": 120},
        "week": {"left_seconds": 240, "right_seconds": 120},
        "target_seconds": 240,
        "behind": "right",
    }


def test_the_dose_without_a_journal_is_nothing_yet(type_in, home: Path) -> None:
    assert "left   ..............................  0 s (today 0 s)" in type_in("dose")
    assert not journal(home).exists()


def test_pain_puts_stretches_off_with_advice_until_it_is_cleared(type_in) -> None:
    told = " ".join(type_in("feel", "4", "--pain", "sharp").split())
    assert told.startswith(
        "Saved. You reported sharp pain. A physiotherapist or doctor can find out what is causing this."
    )
    refused = type_in("stretch", "standing-hip-flexor", code=1)
    assert refused.startswith("psoas-nudge: Stretches are put off because you reported sharp pain.")
    assert type_in("feel", "--clear") == "Saved. Prompts suggest stretches again.\n"
    assert type_in("feel", "2", "--note", "better") == "Saved.\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "psoas-nudge: Give a number from 0 to 10, a kind of --pain, or --clear.\n"),
        (("--note", "hm"), "psoas-nudge: Give a number from 0 to 10, a kind of --pain, or --clear.\n"),
        (("3", "--clear"), "psoas-nudge: Use --clear alone. It says that you can stretch again.\n"),
        (("3", "--note", "x" * 1001), "psoas-nudge: This note is too long: 1001 characters; the limit is 1000.\n"),
        (("11",), None),
        (("--pain", "bad"), None),
    ],
)
def test_what_cannot_be_understood_is_refused_and_nothing_is_recorded(type_in, home: Path, words, told) -> None:
    said = type_in("feel", *words, code=2)
    assert said == told if told else said
    assert not journal(home).exists()


def test_a_stretch_plays_although_the_journal_cannot_be_opened_and_says_that_it_is_not_recorded(
    home: Path, own: str
) -> None:
    journal(home).parent.mkdir(parents=True)
    journal(home).write_bytes(b"no database" * 500)
    done = subprocess.run(
        [sys.executable, "-m", "psoas_nudge", "--config", own, "stretch", "my-lunge"],
        env=os.environ | {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), "XDG_DATA_HOME": str(home / "data"),
                          "PYTHONPATH": str(PROJECT)},
        check=False, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, cwd=home,
    )  # fmt: skip
    assert "Done: My lunge." in done.stdout
    assert done.returncode == 1
    first, *_, last = done.stderr.splitlines()
    assert first.startswith("This stretch will not be recorded, and your reports of pain cannot be read. The journal")
    assert last.startswith("psoas-nudge: Not all of this is recorded: The journal ")
    assert "Traceback" not in done.stderr


def test_a_note_in_another_encoding_is_refused_in_words(type_in) -> None:
    told = type_in("feel", "3", "--note", os.fsdecode(b"caf\xe9"), code=2)
    assert told == "psoas-nudge: That is not text in UTF-8.\n"


@pytest.mark.parametrize(
    "words",
    [("feel", "11"), ("feel", "-1"), ("feel", "3", "--note", "x" * 1001), ("pause", "99999999h"),
     ("pause", "until", "2300-01-01"), ("pause", "until", "0001-01-01"), ("snooze", "999999999h"),
     ("skip", "--because", "x" * 1001), ("explain", "--at", "9999-12-31"), ("stretch", "x" * 300),
     ("skip", "--because", os.fsdecode(b"caf\xe9")), ("pause", os.fsdecode(b"\xe9")), ("stretch", os.fsdecode(b"\xe9"))],
    ids=lambda words: " ".join(words)[:30].encode("ascii", "replace").decode(),
)  # fmt: skip
def test_what_is_out_of_its_range_is_refused_before_anybody_is_asked(type_in, words: tuple[str, ...]) -> None:
    assert type_in(*words, code=2).strip()
