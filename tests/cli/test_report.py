"""`report` and `export` as a person and as a script meet them: whole process, files, exit status, output."""

from __future__ import annotations

import csv
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from psoas_nudge.core.entries import BoutEntry, FeelEntry, HoursEntry, PostureEntry, PromptEntry, StretchEntry
from psoas_nudge.core.state import State
from psoas_nudge.journal import Journal

ROOT = Path(__file__).parents[2]
THEN = datetime.now(UTC).replace(hour=9, minute=30, second=0, microsecond=0) - timedelta(days=7)
Run = Callable[..., str]
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Type a command in a home of its own, without display and browser."""
    (tmp_path / "bin").mkdir()

    def start(*words: str, display: str = "") -> subprocess.Popen[str]:
        keep = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "PSOAS_NUDGE_", "DISPLAY", "WAYLAND"))}
        home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"),
                "XDG_RUNTIME_DIR": str(tmp_path / "run")}  # fmt: skip
        return subprocess.Popen(
            [sys.executable, "-m", "psoas_nudge", *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
            env=keep | home | {"PYTHONPATH": str(ROOT), "TZ": "Europe/Berlin", "PATH": str(tmp_path / "bin"), "DISPLAY": display},
        )  # fmt: skip

    return start


@pytest.fixture
def run(start: Start) -> Run:
    """The same, to its end: its output, or its error with `code`."""

    def run(*words: str, code: int = 0, display: str = "") -> str:
        process = start(*words, display=display)
        out, err = process.communicate(timeout=60)
        assert process.returncode == code, err
        assert "Traceback" not in err
        return err if code else out

    return run


@pytest.fixture
def recorded(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "psoas-nudge" / "journal.db") as journal:
        journal.commit(
            [
                HoursEntry(at=THEN - timedelta(hours=1), open=True),
                PromptEntry(at=THEN, number=1, shown_at=THEN - timedelta(seconds=40), closed_at=THEN,
                            outcome="accepted", routine="standing-hip-flexor", notifier="freedesktop"),
                BoutEntry(at=THEN, started=THEN - timedelta(minutes=50), ended=THEN, sitting_seconds=2940.0,
                          ended_by="accepted"),
                StretchEntry(at=THEN + timedelta(minutes=3), routine="standing-hip-flexor", performed=True,
                             left_seconds=60.0, right_seconds=45.5),
                FeelEntry(at=THEN + timedelta(minutes=4), level=3, note="=1+1"),
                PostureEntry(at=THEN + timedelta(minutes=5), posture="standing", by="person"),
                PostureEntry(at=THEN + timedelta(minutes=35), posture="sitting", by="person"),
                HoursEntry(at=THEN + timedelta(hours=7), open=False),
            ],
            State(),
            ZoneInfo("Europe/Berlin"),
        )  # fmt: skip


NOTHING = "Nothing is recorded yet. Recording begins with: psoas-nudge start\n"


@pytest.mark.parametrize(
    "words", ["report", "report --print", "report --for-therapist", "export csv x", "export activitywatch x"]
)
def test_before_anything_is_recorded_it_says_how_to_begin(run: Run, words: str, tmp_path: Path) -> None:
    assert run(*words.split()) == NOTHING
    assert not (tmp_path / "x").exists()


def test_the_page_goes_where_it_is_wanted_for_its_owner_alone(run: Run, recorded: None, tmp_path: Path) -> None:
    assert run("report", "--output", "mine.html") == "The report is in mine.html.\n"
    page = tmp_path / "mine.html"
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert "Your last four weeks" in page.read_text(encoding="utf-8")
    run("report", "--output", "mine.html", "--for-therapist")
    assert "Hold time per side" in page.read_text(encoding="utf-8"), "the page of yesterday is replaced"
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith((".mine", "mine."))] == ["mine.html"]


def test_without_a_display_it_says_where_the_page_is(run: Run, recorded: None, tmp_path: Path) -> None:
    path = tmp_path / "cache" / "psoas-nudge" / "report.html"
    assert run("report") == (
        f"The report is in {path}. It cannot be opened here: "
        "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set).\n"
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


BROWSER = f"""#!{sys.executable}
import http.client, json, os, re, signal, sys, urllib.parse
text = open(urllib.parse.urlparse(sys.argv[-1]).path).read()
host, token = re.search(r'url=http://([^/]+)(/[^"]+)"', text).groups()
def ask(method, path, body=None, **headers):
    line = http.client.HTTPConnection(host, timeout=10)
    line.request(method, path, body, headers)
    return line.getresponse()
cookie = ask("GET", token).getheader("set-cookie").partition(";")[0]
page = ask("GET", "/", Cookie=cookie).read().decode()
window = ask("GET", "/window", Cookie=cookie)
window.readline()
if "report.js" in page:
    asked = ask("POST", "/change", json.dumps({{"key": "prompt.wind_down"}}), Cookie=cookie, Origin="http://" + host)
    found = [page, asked.status]
else:
    found = json.loads(ask("GET", "/settings", Cookie=cookie).read())["begin"]
open("part", "w").write(json.dumps(found))
os.rename("part", "report.json" if "report.js" in page else "settings.json")
os.kill(os.getppid(), signal.SIGINT)
"""
"""Behaves as a browser does: takes the secret, shows the page, presses the button; then somebody presses Ctrl-C."""


def a_browser(folder: Path, name: str, does: str) -> None:
    (folder / "bin" / name).write_text(does if does.startswith("#!") else f"#!/bin/sh\n{does}\n")
    (folder / "bin" / name).chmod(0o700)


@pytest.fixture
def ignored_in_the_evening(tmp_path: Path) -> None:
    """A journal that speaks for ending prompts at 16:00."""
    with Journal.open(tmp_path / "psoas-nudge" / "journal.db") as journal:
        prompts = [
            PromptEntry(at=at, number=day * 2 + late, shown_at=at, closed_at=at, notifier="freedesktop",
                        outcome="missed" if late else "accepted", routine="standing-hip-flexor")
            for day in range(30) for late in (0, 1)
            if (at := (THEN - timedelta(days=day)).astimezone(ZoneInfo("Europe/Berlin")).replace(hour=16 if late else 10))
        ]  # fmt: skip
        journal.commit(sorted(prompts, key=lambda each: each.at), State(), ZoneInfo("Europe/Berlin"))


def test_the_page_opens_in_the_first_browser_that_takes_it_and_a_button_opens_the_settings(
    run: Run, ignored_in_the_evening: None, tmp_path: Path
) -> None:
    a_browser(tmp_path, "chromium", "exit 1")
    a_browser(tmp_path, "firefox", BROWSER)
    said = run("report", display=":99")
    assert said == "The report opens in your browser. This command ends a minute after you close it there.\n"
    page, status = json.loads((tmp_path / "report.json").read_text())
    assert '<script type="module" src="/report.js"></script>' in page
    assert "psoas-nudge settings prompt.wind_down 1h" in page
    assert status == 204
    for _ in range(1000):  # the settings are a process of their own
        if (tmp_path / "settings.json").exists():
            break
        time.sleep(0.02)
    begin = json.loads((tmp_path / "settings.json").read_text())
    assert begin == {"key": "prompt.wind_down", "value": "1h"}
    assert not list(tmp_path.rglob("*.html")), "neither the page nor the secret is left on the disk"


def test_where_no_browser_opens_the_page_it_says_where_it_is(run: Run, recorded: None, tmp_path: Path) -> None:
    a_browser(tmp_path, "xdg-open", "exit 3")
    assert run("report", display=":99", code=1).endswith(
        f"The report is in {tmp_path}/cache/psoas-nudge/report.html. It cannot be opened here: no browser has shown it.\n"
    )


def test_without_a_browser_that_prints_it_says_what_to_do_instead(run: Run, recorded: None, tmp_path: Path) -> None:
    assert run("report", "--print", "--output", "mine.pdf", code=1) == (
        "psoas-nudge: There is no Chromium or a browser like it to make a PDF with. "
        "Run psoas-nudge report without --print, and print the page from your browser.\n"
    )
    assert not list(tmp_path.glob("mine*"))


def test_a_browser_that_makes_no_pdf_is_told_with_its_reason(run: Run, recorded: None, tmp_path: Path) -> None:
    browser = tmp_path / "bin" / "chromium"
    browser.write_text("#!/bin/sh\necho cannot open shared object >&2\nexit 127\n")
    browser.chmod(0o700)
    assert run("report", "--print", "--output", "mine.pdf", code=1) == (
        f"psoas-nudge: {browser} made no PDF: cannot open shared object. Print the page from your browser instead.\n"
    )
    assert not list(tmp_path.glob("mine*"))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("[1:1:1130/23:ERROR:content/zygote.cc:101] Running as root without --no-sandbox is not supported.",
         "it does not run as root"),
        ("[1:1:1130/23:ERROR:headless.cc:9] Printing failed", "Printing failed"),
    ],
)  # fmt: skip
def test_what_a_browser_says_to_its_programmers_is_not_shown(
    run: Run, recorded: None, tmp_path: Path, said: str, told: str
) -> None:
    browser = tmp_path / "bin" / "chromium"
    browser.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 1\n")
    browser.chmod(0o700)
    assert run("report", "--print", "--output", "mine.pdf", code=1) == (
        f"psoas-nudge: {browser} made no PDF: {told}. Print the page from your browser instead.\n"
    )


def test_a_folder_that_is_not_there_is_told(run: Run, recorded: None) -> None:
    told = run("report", "--output", "/proc/nowhere/mine.html", code=1)
    assert told.startswith("psoas-nudge: /proc/nowhere/mine.html cannot be written: ")


def test_a_broken_configuration_is_told_and_nothing_is_written(run: Run, recorded: None, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[prompt]\nlull = 8\n")
    told = run("--config", "bad.toml", "report", "--output", "mine.html", code=2)
    assert told.startswith("psoas-nudge: bad.toml:2:8: prompt.lull: ")
    assert not (tmp_path / "mine.html").exists()


def test_the_table_has_a_row_for_every_entry_in_local_time(run: Run, recorded: None, tmp_path: Path) -> None:
    assert run("export", "csv", "mine.csv") == "Written to mine.csv.\n"
    assert stat.S_IMODE((tmp_path / "mine.csv").stat().st_mode) == 0o600
    with (tmp_path / "mine.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kinds = sorted(row["kind"] for row in rows)
    assert kinds == ["bout", "feel", "hours", "hours", "posture", "posture", "prompt", "stretch"]
    bout, stretch, feel = (next(row for row in rows if row["kind"] == kind) for kind in ("bout", "stretch", "feel"))
    assert datetime.fromisoformat(bout["begin"]) == THEN - timedelta(minutes=50)
    assert bout["begin"][-6:] in {"+01:00", "+02:00"}
    assert (bout["seconds"], bout["what"]) == ("2940", "accepted")
    assert (stretch["left_seconds"], stretch["right_seconds"], stretch["what"]) == ("60", "45.5", "done")
    assert (feel["level"], feel["note"]) == ("3", "'=1+1"), "a spreadsheet would carry out =1+1"


def test_an_export_goes_over_no_other_file(run: Run, recorded: None, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("mine")
    assert run("export", "csv", "mine.csv", code=1) == "psoas-nudge: mine.csv already exists. Nothing was written.\n"
    assert (tmp_path / "mine.csv").read_text() == "mine"


def test_a_script_reads_an_export_from_a_pipe_and_from_a_day_on(run: Run, recorded: None) -> None:
    assert len(run("export", "csv", "-").splitlines()) == 9
    since = (THEN + timedelta(minutes=4)).isoformat()
    assert len(run("export", "csv", "-", "--since", since).splitlines()) == 5
    assert json.loads(run("export", "activitywatch", "-", "--since", "1h")) == {"buckets": {}}


@pytest.mark.parametrize("words", ["export csv -", "export activitywatch -", "journal export -", "journal --json"])
def test_who_reads_only_the_first_line_of_an_export_sees_no_failure(start: Start, tmp_path: Path, words: str) -> None:
    with Journal.open(tmp_path / "psoas-nudge" / "journal.db") as journal:
        journal.commit([FeelEntry(at=THEN, level=3)] * 20_000, State(), UTC)  # more than fits into a pipe
    with start(*words.split()) as export:
        assert export.stdout is not None
        assert export.stderr is not None
        export.stdout.readline()
        export.stdout.close()
        assert (export.wait(60), export.stderr.read()) == (0, "")


def test_the_buckets_of_activitywatch_have_what_happened(run: Run, recorded: None) -> None:
    buckets = json.loads(run("export", "activitywatch", "-"))["buckets"]
    by_name = {name.split("_")[0].removeprefix("psoas-nudge-"): bucket for name, bucket in buckets.items()}
    assert {name: bucket["id"] for name, bucket in buckets.items()} == {name: name for name in buckets}
    assert sorted(by_name) == ["feeling", "hours", "prompts", "sitting", "standing", "stretches"]
    [sitting], [stretch], [standing] = (by_name[name]["events"] for name in ("sitting", "stretches", "standing"))
    assert (sitting["duration"], sitting["data"]["sitting_seconds"]) == (3000.0, 2940.0)
    assert datetime.fromisoformat(stretch["timestamp"]) == THEN + timedelta(seconds=180 - 105.5)
    assert (stretch["duration"], stretch["data"]["right_seconds"]) == (105.5, 45.5)
    assert (standing["duration"], standing["data"]) == (1800.0, {"title": "Standing"})


@pytest.mark.parametrize(
    "words",
    [("report", "--output", "r.html"), ("export", "csv", "-"), ("export", "activitywatch", "-"), ("stats",), ("dose",)],
)
def test_an_entry_that_cannot_be_right_is_left_out_and_the_others_are_shown(
    run: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    now = datetime.now(UTC)
    wrong = [
        StretchEntry(at=now, routine="glute-squeeze", performed=True, left_seconds=1e308),
        StretchEntry(at=now, routine="glute-squeeze", performed=True, other_seconds=1e308),
        BoutEntry(at=now, started=datetime.min.replace(tzinfo=UTC), ended=now, sitting_seconds=1e308, ended_by="idle"),
        FeelEntry(at=now, level=10**30),
    ]
    with Journal.open(tmp_path / "psoas-nudge" / "journal.db") as journal:
        journal.commit([*wrong, StretchEntry(at=now, routine="r", performed=True, left_seconds=42)], State(), UTC)
    said = run(*words)
    if words[0] == "report":
        said = (tmp_path / "r.html").read_text()
    assert "42" in said
    assert "00000000" not in said
