"""Hooks as a person writes them: small commands that work, fail, hang, or are not there."""

from __future__ import annotations

import asyncio
import grp
import json
import logging
import os
import pwd
import re
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from psoas_nudge.core import model as m
from psoas_nudge.engine.hooks import WAITING, Hooks, event_of, refuse_writable_by_others
from psoas_nudge.errors import ConfigInvalid

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
async def hooks() -> AsyncIterator[Hooks]:
    hooks = Hooks({})
    yield hooks
    await hooks.close()


async def until(what: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not what():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.005)


def sh(script: str, *words: str) -> tuple[str, ...]:
    return ("sh", "-c", script, "sh", *words)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_hook_gets_the_entry_on_its_standard_input(hooks: Hooks, tmp_path: Path) -> None:
    hooks.commands = {"skipped": sh('cat > "$1.part"; mv "$1.part" "$1"', str(tmp_path / "got"))}
    hooks.fire("skipped", b'{"kind": "prompt", "because": "a meeting; rm -rf"}')
    await until((tmp_path / "got").exists)
    assert json.loads((tmp_path / "got").read_text())["because"] == "a meeting; rm -rf"


async def test_the_words_are_not_read_by_a_shell(hooks: Hooks, tmp_path: Path) -> None:
    hooks.commands = {"accepted": ("touch", str(tmp_path / "$HOME; a b"))}
    hooks.fire("accepted", b"{}")
    await until((tmp_path / "$HOME; a b").exists)


async def test_a_tilde_is_the_home_folder(hooks: Hooks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "hook").write_text(f'#!/bin/sh\necho > "{tmp_path}/ran"\n')
    (tmp_path / "hook").chmod(0o700)
    hooks.commands = {"accepted": ("~/hook",)}
    hooks.fire("accepted", b"{}")
    await until((tmp_path / "ran").exists)


async def test_an_event_without_a_hook_starts_nothing(hooks: Hooks, tmp_path: Path) -> None:
    hooks.commands = {"accepted": ("touch", str(tmp_path / "no"))}
    hooks.fire("skipped", b"{}")
    hooks.fire("no-such-event", b"{}")
    await asyncio.sleep(0.05)
    assert list(tmp_path.iterdir()) == []


async def test_of_one_hook_one_runs_at_a_time_in_order_and_of_two_both(hooks: Hooks, tmp_path: Path) -> None:
    script = 'read n; mkdir "$1/busy$2" || touch "$1/overlap"; sleep 0.05; rmdir "$1/busy$2"; echo "$n" >> "$1/done$2"'
    hooks.commands = {name: sh(script, str(tmp_path), name) for name in ("missed", "taken")}
    for number in b"123":
        hooks.fire("missed", bytes([number]))
        hooks.fire("taken", bytes([number]))
    together: list[bool] = []

    def done(name: str) -> str:
        together.append((tmp_path / "busymissed").exists() and (tmp_path / "busytaken").exists())
        return (tmp_path / f"done{name}").read_text() if (tmp_path / f"done{name}").exists() else ""

    await until(lambda: done("missed") == done("taken") == "1\n2\n3\n")
    assert not (tmp_path / "overlap").exists()
    assert any(together)


async def test_firing_costs_the_daemon_nothing(hooks: Hooks) -> None:
    hooks.commands = {"missed": ("sleep", "0.3")}
    begun = time.perf_counter()
    for _ in range(10):
        hooks.fire("missed", b"{}")
    assert time.perf_counter() - begun < 0.1


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("/nowhere/hook",), "could not be started: .*No such file"),
        (("/etc/passwd",), "could not be started: .*Permission denied"),
        (("echo", "a\0b"), "could not be started: embedded null byte"),
        (
            sh("echo one >&2; printf 'it is\\033[2J broken' >&2; exit 7"),
            r"ended with status 7: 'it is\\x1b\[2J broken'",
        ),
        (("false",), "ended with status 1: it gave no reason"),
        (sh("kill -9 $$"), "ended with status -9"),
    ],
)
async def test_a_hook_that_fails_is_one_line_in_the_log_and_the_next_event_runs(
    hooks: Hooks, tmp_path: Path, caplog: pytest.LogCaptureFixture, command: tuple[str, ...], why: str
) -> None:
    hooks.commands = {"missed": command}
    hooks.fire("missed", b"{}")
    await until(lambda: caplog.records)
    assert caplog.records[0].levelno == logging.WARNING
    assert re.search(f"hook on_missed {why}", caplog.text)
    assert "Traceback" not in caplog.text
    hooks.commands = {"missed": ("touch", str(tmp_path / "next"))}
    hooks.fire("missed", b"{}")
    await until((tmp_path / "next").exists)
    assert len(caplog.records) == 1


async def test_a_hook_has_its_time_and_is_then_ended_with_all_it_started(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hooks = Hooks(
        {"missed": sh('trap "" TERM; sleep 60 & echo $! > "$1"; wait; sleep 60', str(tmp_path / "child"))}, 0.3
    )
    hooks.fire("missed", b"{}")
    await until(lambda: "did not end within 0.3 s" in caplog.text)
    child = int((tmp_path / "child").read_text())
    await until(lambda: not alive(child))
    await hooks.close()


async def test_the_end_of_the_daemon_does_not_save_a_hook_that_is_being_ended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hooks = Hooks(
        {"skipped": sh('trap "" TERM; echo $$ > "$1"; while :; do sleep 0.1; done', str(tmp_path / "pid"))}, 0.3
    )
    hooks.fire("skipped", b"{}")
    await until(lambda: caplog.messages)
    pid = int((tmp_path / "pid").read_text())
    assert alive(pid)
    await hooks._tasks.cancel()
    assert not alive(pid)
    assert caplog.messages == ["hook on_skipped did not end within 0.3 s and was ended"]


async def test_a_hook_that_floods_its_error_output_is_ended(hooks: Hooks, caplog: pytest.LogCaptureFixture) -> None:
    hooks.commands = {"missed": sh("while :; do head -c 100000 /dev/zero >&2; sleep 0.01; done")}
    hooks.fire("missed", b"{}")
    await until(lambda: caplog.records)
    assert caplog.records[0].getMessage() == "hook on_missed wrote more than 1 MB of error output and was ended"


async def test_a_hook_that_starts_ever_more_processes_is_ended_with_all_of_them(
    hooks: Hooks, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    script = 'trap "" TERM; while :; do sleep 60 & echo $! >> "$1"; sleep 0.002; done'
    hooks.commands = {"missed": sh(script, str(tmp_path / "children"))}
    hooks.fire("missed", b"{}")
    await until(lambda: not hooks._working)
    assert caplog.records[0].getMessage() == "hook on_missed started more than 64 processes and was ended"
    children = [int(pid) for pid in (tmp_path / "children").read_text().split()]
    assert len(children) > 50
    await until(lambda: not any(alive(pid) for pid in children))


async def test_a_script_that_others_can_change_is_not_given_to_its_interpreter(
    hooks: Hooks, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    script = tmp_path / "script"
    script.write_text(f'touch "{tmp_path}/ran"')
    script.chmod(0o666)
    hooks.commands = {"missed": ("sh", str(script))}
    hooks.fire("missed", b"{}")
    await until(lambda: not hooks._working)
    why = f"others can write the file {script}; run: chmod go-w {script}"
    assert caplog.records[0].getMessage() == f"hook on_missed is not started because {why}"
    assert not (tmp_path / "ran").exists()
    script.chmod(0o600)
    hooks.fire("missed", b"{}")
    await until((tmp_path / "ran").exists)


async def test_a_program_that_others_can_change_is_not_started_and_is_again_when_that_is_mended(
    hooks: Hooks, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "my-hook"
    program.write_text(f'#!/bin/sh\ntouch "{tmp_path}/ran"\n')
    program.chmod(0o755)
    (tmp_path / "bin").chmod(0o777)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin", prepend=os.pathsep)
    hooks.commands = {"missed": ("my-hook",)}
    hooks.fire("missed", b"{}")
    await until(lambda: not hooks._working)
    why = f"others can write the folder {tmp_path}/bin; run: chmod go-w {tmp_path}/bin"
    assert caplog.records[0].getMessage() == f"hook on_missed is not started because {why}"
    assert not (tmp_path / "ran").exists()
    (tmp_path / "bin").chmod(0o755)
    hooks.fire("missed", b"{}")
    await until((tmp_path / "ran").exists)


async def test_a_hook_that_reads_nothing_and_leaves_a_child_with_its_output_is_over_when_it_ends(
    hooks: Hooks, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hooks.commands = {"missed": sh('sleep 5 & echo $! > "$1"', str(tmp_path / "child"))}
    hooks.fire("missed", b"x" * 1_000_000)
    await until(lambda: not hooks._working)
    child = int((tmp_path / "child").read_text())
    assert alive(child), "what a hook leaves running on purpose is left alone"
    assert caplog.records == []
    os.kill(child, 9)


async def test_a_flood_of_events_leaves_out_the_oldest_and_says_so(
    hooks: Hooks, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hooks.commands = {"missed": sh('read n; echo "$n" >> "$1"', str(tmp_path / "done"))}
    for number in range(WAITING + 3):
        hooks.fire("missed", str(number).encode())
    await until(lambda: not hooks._working)
    assert (tmp_path / "done").read_text().split() == [str(n) for n in range(3, WAITING + 3)]
    assert "hook on_missed is too slow: it was not run for one event" in caplog.text


async def test_the_end_of_the_daemon_waits_a_moment_and_leaves_no_hook_behind(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hooks = Hooks(
        {
            "skipped": sh(
                'until test -e "$1"; do :; done; echo >> "$2"', str(tmp_path / "go"), str(tmp_path / "quick")
            ),
            "missed": sh('echo $$ > "$1"; exec sleep 60', str(tmp_path / "slow")),
        }
    )
    for event in ("skipped", "skipped", "missed", "missed"):
        hooks.fire(event, b"{}")
    await until(lambda: (tmp_path / "slow").exists() and (tmp_path / "slow").read_text())
    (tmp_path / "go").touch()
    begun = time.perf_counter()
    await hooks.close()
    assert time.perf_counter() - begun < 1.5
    assert (tmp_path / "quick").read_text() == "\n", "what runs may end, what waits does not begin"
    assert not alive(int((tmp_path / "slow").read_text()))
    assert "hook on_missed was not run for 1 event, because psoas-nudge is stopping" in caplog.text
    hooks.fire("skipped", b"{}")
    assert not hooks._working


async def test_a_hook_taken_out_of_the_configuration_runs_no_more(hooks: Hooks, tmp_path: Path) -> None:
    hooks.commands = {"missed": sh('sleep 0.05; echo >> "$1"', str(tmp_path / "ran"))}
    hooks.fire("missed", b"1")
    await asyncio.sleep(0)
    hooks.fire("missed", b"2")
    hooks.commands = {}
    await until(lambda: not hooks._working)
    assert not (tmp_path / "ran").exists() or (tmp_path / "ran").read_text() == "\n"


def prompt(outcome: Any) -> m.PromptEntry:
    return m.PromptEntry(
        at=NOW, number=1, shown_at=NOW, closed_at=NOW, outcome=outcome, routine="standing-hip-flexor", notifier="x"
    )


@pytest.mark.parametrize(
    ("entry", "event"),
    [
        *((prompt(outcome), outcome) for outcome in ("accepted", "skipped", "snoozed", "missed", "taken")),
        (prompt("withdrawn"), None),
        (m.StretchEntry(at=NOW, routine="x", performed=True), "performed"),
        (m.StretchEntry(at=NOW, routine="x", performed=False), None),
        (m.BoutEntry(at=NOW, started=NOW, ended=NOW, sitting_seconds=1.0, ended_by="idle"), "bout_ended"),
        (m.HoursEntry(at=NOW, open=True), "hours_opened"),
        (m.HoursEntry(at=NOW, open=False), "hours_closed"),
        (m.PauseEntry(at=NOW, until=None), None),
    ],
)
def test_each_entry_fires_the_hook_of_its_name(entry: m.AnyEntry, event: str | None) -> None:
    assert event_of(entry) == event


def test_every_event_that_can_be_configured_can_happen() -> None:
    from psoas_nudge.config.table import EVENTS

    outcomes = {"accepted", "skipped", "snoozed", "missed", "taken"}
    assert set(EVENTS) == outcomes | {"prompt_shown", "performed", "bout_ended", "hours_opened", "hours_closed"}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    file = tmp_path / "config.toml"
    file.write_text("[hooks]\n")
    file.chmod(0o600)
    return file


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o400])
def test_a_file_that_only_its_owner_can_write_is_trusted(config: Path, mode: int) -> None:
    config.chmod(mode)
    refuse_writable_by_others(config)


@pytest.mark.parametrize(("place", "mode"), [("file", 0o602), ("file", 0o666), ("folder", 0o777)])
def test_a_file_that_others_can_change_is_refused_with_the_command_that_mends_it(
    config: Path, place: str, mode: int
) -> None:
    path = config if place == "file" else config.parent
    path.chmod(mode)
    with pytest.raises(ConfigInvalid, match=f"others can write the {place} {path}; run: chmod go-w {path}"):
        refuse_writable_by_others(config)


def test_in_a_folder_like_tmp_nobody_else_can_replace_the_file(config: Path) -> None:
    config.parent.chmod(0o1777)
    refuse_writable_by_others(config)


def test_a_link_is_as_safe_as_what_it_leads_to(config: Path, tmp_path: Path) -> None:
    config.chmod(0o666)
    link = tmp_path / "link.toml"
    link.symlink_to(config)
    with pytest.raises(ConfigInvalid, match="others can write the file"):
        refuse_writable_by_others(link)
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    config.chmod(0o600)
    config.rename(tmp_path / "open" / "config.toml")
    link.unlink()
    link.symlink_to(tmp_path / "open" / "config.toml")
    with pytest.raises(ConfigInvalid, match="others can write the folder"):
        refuse_writable_by_others(link)


def test_the_group_is_nobody_else_only_when_it_is_ones_own_private_one(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.chmod(0o660)
    status = config.stat()
    me = pwd.getpwuid(os.getuid())
    mine = grp.struct_group((me.pw_name, "x", status.st_gid, []))
    monkeypatch.setattr(pwd, "getpwuid", lambda _: pwd.struct_passwd((*me[:3], status.st_gid, *me[4:])))
    monkeypatch.setattr(grp, "getgrgid", lambda _: mine)
    refuse_writable_by_others(config)
    for other in ((me.pw_name, "x", status.st_gid, ["mallory"]), ("users", "x", status.st_gid, [])):
        monkeypatch.setattr(grp, "getgrgid", lambda _, other=other: grp.struct_group(other))
        with pytest.raises(ConfigInvalid, match="others can write the file"):
            refuse_writable_by_others(config)


def test_a_file_of_somebody_else_is_refused(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.getuid() == 0:
        os.chown(config, 12345, -1)
    else:
        monkeypatch.setattr(os, "getuid", lambda: 12345)
    with pytest.raises(ConfigInvalid, match="belongs to another user"):
        refuse_writable_by_others(config)
