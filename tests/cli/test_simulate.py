"""A person tries a schedule on a trace, through the real entry point."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from psoas_nudge.cli.man import source
from psoas_nudge.errors import BadInput
from psoas_nudge.simulation.trace import ALONE, read_trace

PROJECT = Path(__file__).parents[2]
Nudge = Callable[..., subprocess.CompletedProcess[str]]
LINES = """\
{"at": "2026-11-23T10:05:00+01:00", "do": "stand"}

{"from": "2026-11-23T09:00:00+01:00", "to": "2026-11-23T09:45:00+01:00", "signal": "input"}
{"from": "2026-11-23T08:45:00Z", "to": "2026-11-23T10:30:00+01:00", "signal": "input"}
"""


@pytest.fixture
def nudge(tmp_path: Path) -> Nudge:
    def run(*words: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
        home = {f"XDG_{kind}_HOME": str(tmp_path / kind.lower()) for kind in ("CONFIG", "CACHE", "DATA", "STATE")}
        environ = {**os.environ, **home, "PYTHONPATH": str(PROJECT), "TZ": "Europe/Berlin"}
        return subprocess.run(
            [sys.executable, "-m", "psoas_nudge", *map(str, words)],
            env=environ,
            cwd=tmp_path,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def entries(ran: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    assert (ran.returncode, ran.stderr) == (0, "")
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_the_lines_are_those_of_the_journal_and_nothing_of_the_person_s_is_touched(
    nudge: Nudge, tmp_path: Path
) -> None:
    (tmp_path / "day.jsonl").write_text(LINES)
    found = entries(nudge("simulate", "day.jsonl", "--json", "--answers", "accept", "--answer-after", "1m"))
    prompt = next(entry for entry in found if entry["kind"] == "prompt")
    assert list(prompt)[:3] == ["id", "at", "kind"]
    assert (prompt["shown_at"], prompt["closed_at"]) == ("2026-11-23T09:50:00+01:00", "2026-11-23T09:51:00+01:00")
    assert prompt["outcome"] == "accepted"
    assert {entry["kind"] for entry in found} >= {"bout", "prompt", "posture", "stretch"}
    assert [path.name for path in tmp_path.iterdir()] == ["day.jsonl"]
    assert found == entries(
        nudge("simulate", "-", "--json", "--answers", "accept", "--answer-after", "1m", stdin=LINES)
    )


def test_for_people_it_reads_like_the_journal(nudge: Nudge, tmp_path: Path) -> None:
    ran = nudge("simulate", "-", stdin=LINES)
    assert ran.stdout.startswith("Monday 2026-11-23\n")
    assert "Prompt (Standing hip-flexor stretch): no answer" in ran.stdout


def test_another_configuration_can_be_tried(nudge: Nudge, tmp_path: Path) -> None:
    (tmp_path / "strict.toml").write_text(
        'prompt.nudge_after = "20m"\nhours.timezone = "UTC"\nhours.monday = ["08:00-12:00"]'
    )
    for words in (
        ("simulate", "-", "--config", "strict.toml", "--json"),
        ("--config", "strict.toml", "simulate", "-", "--json"),
    ):
        found = entries(nudge(*words, stdin=LINES))
        shown = [entry["shown_at"] for entry in found if entry["kind"] == "prompt"]
        assert shown[0] == "2026-11-23T08:25:00Z"
    (tmp_path / "broken.toml").write_text("prompt.lull = 3")
    ran = nudge("simulate", "-", "--config", "broken.toml", stdin=LINES)
    assert (ran.returncode, ran.stderr.startswith("psoas-nudge: broken.toml:1:15: prompt.lull: ")) == (2, True)


def test_holidays_and_busy_times_count(nudge: Nudge, tmp_path: Path) -> None:
    (tmp_path / "calendar.toml").write_text(
        'hours.timezone = "Europe/Berlin"\ncalendar.busy = ["work.ics"]\ncalendar.holidays = "DE"'
    )
    (tmp_path / "work.ics").write_text(
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:1\nDTSTAMP:20260101T000000Z\n"
        "DTSTART:20261123T080000Z\nDTEND:20261123T085500Z\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    found = entries(nudge("simulate", "-", "--config", "calendar.toml", "--json", stdin=LINES))
    assert [entry["reasons"] for entry in found if entry["kind"] == "held-back"] == [["busy"]]
    christmas = LINES.replace("2026-11-23", "2026-12-25")
    found = entries(nudge("simulate", "-", "--config", "calendar.toml", "--json", stdin=christmas))
    assert {entry["kind"] for entry in found} == {"bout", "posture"}


def test_help_and_manual_name_all_that_may_stand_in_a_trace_and_nothing_else(nudge: Nudge) -> None:
    told = re.findall(r"What you can do: ([^.]*)\.", " ".join(nudge("simulate", "--help").stdout.split()))
    written = re.findall(r"\*\*do\*\* ([^.]*)\.", " ".join(source("trace").split()))
    for [text] in (told, written):
        assert {*re.findall(r"[a-z]+", text.partition(", with")[0])} - {"m", "or"} == {*ALONE, "pause", "snooze"}


def test_made_up_days_are_the_same_for_the_same_seed(nudge: Nudge) -> None:
    words = ("simulate", "--days", "10", "--from", "2026-11-23", "--answers", "accept", "--json")
    first = nudge(*words).stdout
    assert len(first.splitlines()) > 30
    assert nudge(*words, "--seed", "0").stdout == first
    assert nudge(*words, "--seed", "1").stdout != first


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("nonsense", "JSON is malformed"),
        ("[]", "Expected `object`, got `array`"),
        ("{}", 'A line is {"from": TIME, "to": TIME, "signal": "input"} or {"at": TIME, "do": "accept"}.'),
        ('{"from": "2026-11-23T09:00:00Z", "to": "2026-11-23T10:00:00Z"}', "A line is "),
        ('{"at": "2026-11-23T09:00:00Z", "do": "skip", "signal": "input"}', "A line is "),
        ('{"from": "2026-11-23T09:00:00", "to": "2026-11-23T10:00:00Z", "signal": "input"}', "has no offset"),
        ('{"from": "yesterday", "to": "2026-11-23T10:00:00Z", "signal": "input"}', "Invalid RFC3339"),
        ('{"from": "2026-11-23T11:00:00Z", "to": "2026-11-23T10:00:00Z", "signal": "input"}', '"to" is before "from".'),
        (
            '{"from": "2026-11-23T09:00:00Z", "to": "2026-11-23T10:00:00Z", "signal": "typing"}',
            '"typing" is not a signal.',
        ),
        ('{"at": "2026-11-23T09:00:00Z", "do": "dance"}', '"dance" is not something to do.'),
        ('{"at": "2026-11-23T09:00:00Z", "do": "pause soon"}', '"soon" is not a length of time.'),
        ('{"at": "2026-11-23T09:00:00Z", "do": "skip 3m"}', '"skip 3m" is not something to do.'),
        ('{"at": "2026-11-23T09:00:00Z", "due": "skip"}', "unknown field `due`"),
    ],
)
def test_a_malformed_line_is_told_with_its_number(line: str, mistake: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_trace("day.jsonl", [*LINES.encode().splitlines(keepends=True), line.encode()])
    assert str(caught.value).startswith("day.jsonl:5: ")
    assert mistake in str(caught.value)


def test_all_malformed_lines_are_told_up_to_twenty() -> None:
    with pytest.raises(BadInput) as caught:
        read_trace("day.jsonl", [b"x\n"] * 50)
    assert [line.split(": ")[0] for line in str(caught.value).splitlines()] == [f"day.jsonl:{n}" for n in range(1, 21)]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("simulate",), "Name a trace, or make days up"),
        (("simulate", "-", "--days", "3"), "Name a trace, or make days up"),
        (("simulate", "none.jsonl"), "none.jsonl cannot be read: No such file or directory"),
        (("simulate", "-"), "-: This trace is empty."),
        (("simulate", "-", "--answer-after", "soon"), '"soon" is not a length of time.'),
        (("simulate", "--days", "0"), "0 is not in the range"),
    ],
)
def test_what_cannot_be_simulated_is_one_message(words: tuple[str, ...], message: str, nudge: Nudge) -> None:
    ran = nudge(*words)
    assert ran.returncode == 2
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr
