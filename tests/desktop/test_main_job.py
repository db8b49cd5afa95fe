"""The main job on a real desktop: sit too long, get one prompt at a good moment, answer it, find it in the journal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from psoas_nudge.core.state import State, Timeline
from psoas_nudge.journal.store import Journal

CONFIG = """
[hours]
timezone = "UTC"
monday = ["00:00-24:00"]
tuesday = ["00:00-24:00"]
wednesday = ["00:00-24:00"]
thursday = ["00:00-24:00"]
friday = ["00:00-24:00"]
saturday = ["00:00-24:00"]
sunday = ["00:00-24:00"]

[sitting]
shortest_break = "3s"

[prompt]
nudge_after = "4s"
settle_in = "0s"
wind_down = "0s"
lull = "2s"
patience = "1h"
snooze_for = "3s"
after_quiet = "0s"
expires_after = "1h"

[stretch]
guide = "none"
"""


class Program:
    """The program as a person has it: a daemon in the background and commands in a terminal."""

    def __init__(self, environ: dict[str, str], folder: Path) -> None:
        self.environ, self.folder = environ, folder
        self.daemon: subprocess.Popen[bytes] | None = None
        self.log = folder / "daemon.log"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.daemon = subprocess.Popen(
                [sys.executable, "-m", "psoas_nudge", "run", "-vv"],
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "psoas_nudge", *words],
            env=self.environ,
            check=False,
            capture_output=True,
            text=True,
            timeout=20,
        )

    def status(self) -> dict[str, Any]:
        done = self.command("status", "--json")
        return json.loads(done.stdout) if done.returncode == 0 else {}

    def journal(self, kind: str) -> list[dict[str, Any]]:
        done = self.command("journal", "--json")
        assert done.returncode == 0, done.stderr
        return [entry for entry in map(json.loads, done.stdout.splitlines()) if entry["kind"] == kind]

    def end(self, how: int = signal.SIGTERM) -> int:
        assert self.daemon
        self.daemon.send_signal(how)
        code = self.daemon.wait(10)
        self.daemon = None
        return code


@pytest.fixture
def program(desktop_environ, logind, dunst, folder, eventually) -> Iterator[Program]:
    (folder / "config" / "psoas-nudge").mkdir(parents=True)
    (folder / "config" / "psoas-nudge" / "config.toml").write_text(CONFIG)
    (folder / "data" / "psoas-nudge").mkdir(parents=True, mode=0o700)
    with Journal.open(folder / "data" / "psoas-nudge" / "journal.db") as journal:  # else the first start is announced
        journal.commit([], State(time=Timeline(at=datetime.now(UTC))), UTC)
    program = Program(desktop_environ, folder)
    assert program.command("feel", "0").returncode == 0  # so that it is not the first start, which shows a message
    program.start()
    eventually(lambda: program.status().get("presence"))
    yield program
    if program.daemon:
        program.end(signal.SIGKILL)
    print(program.log.read_text())


Eventually = Callable[..., None]


def type_for(xvfb: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        xvfb.type()
        time.sleep(0.2)


def test_the_prompt_comes_after_a_lull_and_not_before_and_accept_stands_in_the_journal(
    program: Program, xvfb, dunst, eventually: Eventually
):
    type_for(xvfb, 6)
    assert dunst.count() == 0
    assert "A prompt is due" in program.command("explain").stdout
    eventually(lambda: dunst.count() == 1, within=5)
    dunst.press("Start")
    eventually(lambda: program.journal("prompt"))
    [prompt] = program.journal("prompt")
    assert (prompt["outcome"], prompt["via"], prompt["notifier"]) == ("accepted", "notification", "freedesktop")
    assert prompt["shown_at"] < prompt["closed_at"]
    [bout] = program.journal("bout")
    assert bout["ended_by"] == "accepted"
    assert bout["sitting_seconds"] >= 6


def test_snooze_brings_it_back_and_skip_sends_it_away(program: Program, xvfb, dunst, eventually: Eventually):
    type_for(xvfb, 4.5)
    eventually(lambda: dunst.count() == 1, within=5)
    dunst.press("In 3 s")
    eventually(lambda: dunst.count() == 0)
    type_for(xvfb, 4)  # the snooze is over by then; the prompt waits for somebody who is seen
    eventually(lambda: dunst.count() == 1, within=8)
    dunst.press("Skip")
    eventually(lambda: len(program.journal("prompt")) == 2)
    assert [prompt["outcome"] for prompt in program.journal("prompt")] == ["snoozed", "skipped"]


def test_leaving_with_the_screen_locked_takes_the_prompt_as_taken(
    program: Program, xvfb, dunst, logind, eventually: Eventually
):
    type_for(xvfb, 4.5)
    eventually(lambda: dunst.count() == 1, within=5)
    logind.set(LockedHint=True)
    eventually(lambda: program.journal("prompt"), within=10)
    assert program.journal("prompt")[0]["outcome"] == "taken"
    assert program.journal("bout")[0]["ended_by"] == "locked"
    eventually(lambda: dunst.count() == 0)


def test_a_prompt_survives_the_notification_server_being_killed_and_started_again(
    program: Program, xvfb, dunst, eventually: Eventually
):
    type_for(xvfb, 4.5)
    eventually(lambda: dunst.count() == 1, within=5)
    dunst.kill()
    dunst.start()
    eventually(lambda: dunst.count() == 1, within=5)
    dunst.press("Start")
    eventually(lambda: program.journal("prompt"))
    assert [prompt["outcome"] for prompt in program.journal("prompt")] == ["accepted"]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_end_withdraws_the_open_prompt_within_two_seconds(
    program: Program, xvfb, dunst, eventually: Eventually, how
):
    type_for(xvfb, 4.5)
    eventually(lambda: dunst.count() == 1, within=5)
    began = time.monotonic()
    assert program.end(how) == 0
    assert time.monotonic() - began < 2
    assert dunst.count() == 0
    [prompt] = program.journal("prompt")
    assert (prompt["outcome"], prompt["because"]) == ("withdrawn", "shutdown")


@pytest.mark.parametrize("what", ["dunst", "session_bus"])
def test_what_hangs_on_the_desktop_does_not_hold_up_the_end(
    program: Program, xvfb, dunst, session_bus, eventually: Eventually, what: str
):
    type_for(xvfb, 4.5)
    eventually(lambda: dunst.count() == 1, within=5)
    hangs = {"dunst": dunst, "session_bus": session_bus}[what]
    os.killpg(hangs.process.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert program.end() == 0
        assert time.monotonic() - began < 2.5  # two seconds, and the interpreter's own end on a busy machine
    finally:
        os.killpg(hangs.process.pid, signal.SIGCONT)
    [prompt] = program.journal("prompt")
    assert (prompt["outcome"], prompt["because"]) == ("withdrawn", "shutdown")


def test_a_killed_daemon_takes_its_prompt_back_and_asks_anew_when_it_starts_again(
    program: Program, xvfb, dunst, eventually: Eventually
):
    type_for(xvfb, 4.5)
    eventually(lambda: dunst.count() == 1, within=5)
    program.end(signal.SIGKILL)
    assert dunst.count() == 1
    program.start()
    eventually(lambda: program.journal("prompt"))
    assert program.journal("prompt")[0]["because"] == "restart"
    type_for(xvfb, 0.5)  # nobody is asked who has not been seen since the start
    eventually(lambda: (program.status().get("prompt") or {}).get("number") == 2)
    eventually(lambda: dunst.count() == 1)
    dunst.press("Start")
    eventually(lambda: len(program.journal("prompt")) == 2)
    assert program.journal("prompt")[1]["outcome"] == "accepted"


def test_answers_from_the_command_line_do_what_the_buttons_do(program: Program, xvfb, dunst, eventually: Eventually):
    assert program.command("accept").returncode == 4
    type_for(xvfb, 4.5)
    eventually(lambda: dunst.count() == 1, within=5)
    done = program.command("skip", "--because", "train to catch")
    assert (done.returncode, done.stdout[:8]) == (0, "Skipped.")
    [prompt] = program.journal("prompt")
    assert (prompt["outcome"], prompt["because"], prompt["via"]) == ("skipped", "train to catch", "command line")


def test_a_second_daemon_says_who_is_there_already(program: Program):
    done = program.command("run")
    assert done.returncode == 1
    assert f"already running (process {program.daemon and program.daemon.pid})" in done.stderr


def test_a_hangup_reads_the_configuration_again_and_a_broken_one_changes_nothing(
    program: Program, dunst, eventually: Eventually
):
    file = program.folder / "config" / "psoas-nudge" / "config.toml"
    assert program.daemon
    file.write_text(CONFIG.replace('nudge_after = "4s"', 'nudge_after = "20m"'))
    os.kill(program.daemon.pid, signal.SIGHUP)
    eventually(lambda: program.status().get("needed") == 1200)
    file.write_text("[prompt]\nnudge_aftr = 3\n")
    os.kill(program.daemon.pid, signal.SIGHUP)
    eventually(lambda: dunst.count() == 1)
    assert program.status()["needed"] == 1200


def test_doctor_names_what_was_chosen_and_its_test_notification_can_be_pressed(
    program: Program, dunst, eventually: Eventually
):
    with subprocess.Popen(
        [sys.executable, "-m", "psoas_nudge", "doctor", "--all", "--notify"],
        env=program.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as doctor:
        eventually(lambda: dunst.count() == 1)
        dunst.press("Later")
        told, _ = doctor.communicate(timeout=20)
    assert doctor.returncode == 0
    lines = [" ".join(line.split()) for line in told.splitlines()]
    assert any(line.startswith("x11 chosen") for line in lines)
    assert any(line.startswith("freedesktop chosen") for line in lines)
    assert any(line.startswith("psoas-nudge running") for line in lines)
    assert "Pressed: snooze." in told
    assert lines[0] == "Prompts will appear as notifications."
