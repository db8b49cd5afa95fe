"""The commands as a person types them: whole process, exit status and every word of the output."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from psoas_nudge.called import called
from psoas_nudge.cli import cli, main
from psoas_nudge.commands import COMMANDS, MEANT
from psoas_nudge.core.events import PLAIN
from psoas_nudge.places import CONFIG_VARIABLE

PROJECT = Path(__file__).resolve().parents[2]
NO_DAEMON = "psoas-nudge is not running. Start it with: psoas-nudge start\n"


@pytest.fixture
def type_in(tmp_path):
    """Type a command in a home of its own, where no daemon runs."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "PSOAS_NUDGE_", "DBUS_", "DISPLAY"))}
    environ |= {
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "PYTHONPATH": str(PROJECT),
        "TZ": "Europe/Berlin",
    }

    def type_in(*words: str, stdout: Any = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "psoas_nudge", *words],
            env=environ | {k: v for k, v in os.environ.items() if k == CONFIG_VARIABLE},
            check=False,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            timeout=30,
            cwd=tmp_path,
        )

    return type_in


@pytest.mark.parametrize(
    "words",
    ["status", *PLAIN, "snooze", "snooze 10m", "skip", "pause", "pause 30m", "explain", "reload", "stop"],
)  # fmt: skip
def test_without_a_daemon_a_command_says_so_and_how_to_start_it(type_in, words):
    done = type_in(*words.split())
    assert (done.returncode, done.stdout, done.stderr) == (3, "", NO_DAEMON)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("snooze soon", 'psoas-nudge: "soon" is not a length of time. Write it like "45s", "30m" or "1h 15m".\n'),
        ("pause until 25:00", None),
        ("pause 0s", "psoas-nudge: A pause has to be longer than 0. Write it like: psoas-nudge pause 30m\n"),
        ("explain --at someday", None),
        ("status --format xml", None),
        ("--config nowhere.toml run", None),
    ],
)
def test_bad_input_is_told_in_one_message_with_status_2(type_in, words, told):
    done = type_in(*words.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("psoas-nudge: ") or told is None
    assert told in (None, done.stderr)
    assert "Traceback" not in done.stderr


def test_a_mistyped_command_is_recognised(type_in):
    done = type_in("stauts")
    assert done.returncode == 2
    assert done.stderr == (
        "psoas-nudge: There is no command 'stauts'. Did you mean: psoas-nudge status or psoas-nudge stats\n"
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("quit", "stop"), ("edit", "config edit"), ("prefs", "settings"), ("log", "journal"), ("logz", "journal"),
     ("why", "explain"), ("stard", "start"), ("START", "start"), ("strat", "start"), ("sett", "settings"), ("Quit", "stop"),
     ("version", "--version")],
)  # fmt: skip
def test_a_command_by_another_name_leads_to_the_right_one(type_in, typed, meant):
    done = type_in(typed)
    assert done.returncode == 2
    assert done.stderr.startswith(f"psoas-nudge: There is no command '{typed}'. Did you mean: psoas-nudge {meant}")


def test_every_suggested_command_exists():
    assert {command.split()[0] for command in MEANT.values()} - {"--version"} <= set(COMMANDS)
    assert not set(MEANT) & set(COMMANDS)


@pytest.mark.parametrize("on_path", [False, True], ids=["not on the path", "on the path"])
def test_messages_name_the_program_the_way_it_was_called(tmp_path, on_path):
    program = tmp_path / ".venv" / "bin" / "psoas-nudge"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!{sys.executable}\nfrom psoas_nudge.cli import main\nmain()\n")
    program.chmod(0o755)
    path = f"{program.parent}:/usr/bin:/bin" if on_path else "/usr/bin:/bin"
    environ = {"PATH": path, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path), "PYTHONPATH": str(PROJECT)}

    def typed(*words: str) -> str:
        called = "psoas-nudge" if on_path else ".venv/bin/psoas-nudge"
        done = subprocess.run([called, *words], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    name = "psoas-nudge" if on_path else ".venv/bin/psoas-nudge"
    assert typed("status") == f"psoas-nudge is not running. Start it with: {name} start\n"
    assert typed("pause", "--help").startswith(f"Usage: {name} pause")
    assert f"Examples: {name} pause 30m; {name} pause until 14:00" in " ".join(typed("pause", "--help").split())
    assert typed("quit") == f"psoas-nudge: There is no command 'quit'. Did you mean: {name} stop\n"
    (tmp_path / "bad.toml").write_text("[prompt]\nnudge_after = 'soon'\n")
    assert f"See: {name} config check" in typed("--config", "bad.toml", "config", "get", "prompt.daily_limit")
    assert f"until you run: {name} feel --clear" in " ".join(typed("feel", "--pain", "sharp").split())


@pytest.mark.parametrize("on_path", [False, True], ids=["not on the path", "on the path"])
def test_a_script_of_windows_is_named_as_it_was_typed(tmp_path, monkeypatch, on_path):
    script = tmp_path / "Scripts" / "psoas-nudge"
    script.parent.mkdir()
    script.with_suffix(".exe").touch(mode=0o755)
    monkeypatch.setattr(sys, "argv", [str(script), "status"])  # pip's script takes .exe away
    monkeypatch.setattr(shutil, "which", lambda _name: f"{script}.exe" if on_path else None)
    assert called() == ("psoas-nudge" if on_path else str(script))


def test_the_version_is_told(type_in):
    done = type_in("--version")
    assert (done.returncode, done.stdout) == (0, "psoas-nudge 0.1.0\n")


def test_a_configuration_of_somebody_who_does_not_exist_is_told_like_any_missing_file(type_in, monkeypatch):
    monkeypatch.setenv("PSOAS_NUDGE_CONFIG", "~nosuchuser/config.toml")
    done = type_in("run")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("psoas-nudge: ~nosuchuser/config.toml: There is no such file.")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device to write to")
@pytest.mark.parametrize("command", ["routines", "--help", "man"])
def test_output_that_finds_no_room_is_told_in_one_line(type_in, command):
    with Path("/dev/full").open("w") as full:
        done = type_in(*command.split(), stdout=full)
    assert done.returncode == 1
    assert done.stderr == "psoas-nudge: No space left on device.\n"


def test_a_pager_that_is_closed_early_is_no_failure(tmp_path):
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    words = [sys.executable, "-m", "psoas_nudge", "man"]  # more than fits into one buffer
    with subprocess.Popen(words, cwd=PROJECT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as man:
        man.stdout.close()
        assert (man.wait(), man.stderr.read()) == (0, b"")


def test_a_fault_of_the_program_is_one_line_to_report_it_with(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["psoas-nudge", "accept"])
    monkeypatch.setattr("psoas_nudge.cli.answers.ask", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert told.startswith("psoas-nudge: unexpected error, please report it: AttributeError: ")
    assert "(psoas_nudge.cli.answers:" in told


def test_on_macos_every_command_says_that_it_is_not_supported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    done = CliRunner().invoke(cli, ["status"])
    assert str(done.exception) == "macOS is not supported."
