"""`psoas-nudge autostart` on a computer without a user manager, in words."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from psoas_nudge.cli import cli

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the words name the XDG entry")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "bin" / "psoas-nudge"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    return tmp_path


def do(*words: str) -> Result:
    result = CliRunner().invoke(cli, ["autostart", *words], catch_exceptions=False)
    assert result.exit_code == 0
    return result


def test_a_person_sets_it_up_looks_and_removes_it(home: Path) -> None:
    entry = home / ".config/autostart/psoas-nudge.desktop"
    assert do("status").output == "Not set up to start at login. To do that: psoas-nudge autostart enable\n"
    assert do("enable").output == (
        "Not by systemd user unit: no systemd user manager runs in this session.\n"
        f"Set up: XDG autostart entry {entry}\n"
        "It starts at the next login. To start it now: psoas-nudge start\n"
        "A bare window manager reads no such entry; there, put this into its own startup file:\n"
        f"  {home}/bin/psoas-nudge run\n"
    )
    assert do("enable").output.splitlines()[1] == f"Already set up: XDG autostart entry {entry}"
    assert do("status").output == (
        f"XDG autostart entry: {entry}\n  starts   {home}/bin/psoas-nudge run\n  enabled  yes\n  running  no\n"
    )
    assert do("disable").output == (
        "Removed: XDG autostart entry.\n"
        "Removed: the entry in the applications menu.\n"
        "If psoas-nudge is running, it goes on until you stop it: psoas-nudge stop\n"
    )
    assert do("disable").output == "It was not set up to start at login.\n"
    assert [p.name for p in home.iterdir()] == ["bin"]


def test_a_name_and_an_icon_can_be_had_without_autostart(home: Path) -> None:
    assert do("menu").output == (
        "psoas-nudge is in the applications menu. Its windows show its name and icon.\n"
        "To undo that: psoas-nudge autostart disable\n"
    )
    assert (home / ".local/share/applications/io.github.psoas_nudge.desktop").is_file()
    assert do("status").output == "Not set up to start at login. To do that: psoas-nudge autostart enable\n"
    do("disable")
    assert [p.name for p in home.iterdir()] == ["bin"]


def test_a_program_that_was_removed_is_reported(home: Path) -> None:
    do("enable")
    (home / "bin/psoas-nudge").unlink()
    assert f"There is no {home}/bin/psoas-nudge any more. To repair it:" in do("status").output


def test_a_configuration_given_at_setup_is_used_at_login(home: Path) -> None:
    result = CliRunner().invoke(cli, ["--config", "mine.toml", "autostart", "enable"], catch_exceptions=False)
    assert result.exit_code == 0
    assert f"--config {Path.cwd() / 'mine.toml'} run" in do("status").output
