"""`psoas-nudge doctor` on a machine without a desktop: it still says what there is and how to get the rest."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from psoas_nudge.cli import cli
from psoas_nudge.engine import others

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="desktop entries and /proc")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_CURRENT_DESKTOP", "PSOAS_NUDGE_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
        (tmp_path / name).mkdir(mode=0o700)
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    return tmp_path


def rows() -> dict[str, str]:
    """Each row under its name, with single spaces."""
    result = CliRunner().invoke(cli, ["doctor", "--all"], catch_exceptions=False)
    lines = [line for line in result.output.splitlines() if line.startswith("  ")]
    return {line[2:22].strip(): " ".join(line[22:].split()) for line in lines}


def test_a_name_and_an_icon_are_offered_until_they_are_installed(home: Path) -> None:
    assert rows()["name and icon"] == "missing to add them: psoas-nudge autostart menu"
    entry = home / "XDG_DATA_HOME" / "applications" / "io.github.psoas_nudge.desktop"
    entry.parent.mkdir()
    entry.write_text("[Desktop Entry]\n")
    assert rows()["name and icon"] == f"installed {entry}"


def test_a_bus_that_is_missing_is_named_in_our_words(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={home}/none")
    found = rows()
    assert found["session bus"] == (
        "missing no session bus: it comes with a desktop session (or: dbus-run-session psoas-nudge run)"
    )
    assert found["system bus"].startswith("missing no system bus: sleep, a locked screen and another user are not")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    assert rows()["session bus"] == found["session bus"]


def test_without_a_home_it_reports_what_there_is(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    assert rows()["session bus"].startswith("missing no session bus")


def test_another_break_reminder_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(others, "_processes", lambda _proc: ["bash"])
    assert rows()["other reminders"] == "none"
    monkeypatch.setattr(others, "_processes", lambda _proc: ["bash", "workrave"])
    assert rows()["other reminders"].startswith("found You would be reminded twice: by psoas-nudge and by Workrave.")
