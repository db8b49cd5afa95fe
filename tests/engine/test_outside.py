"""What the daemon opens for a person is not held by the daemon's own fences."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from psoas_nudge.engine.outside import outside


@pytest.fixture
def systemd_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "systemd-run"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return program


def test_from_a_unit_the_manager_starts_it(systemd_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYSTEMD_EXEC_PID", str(os.getpid()))
    argv = outside(["guide", "-x"], {"XDG_ACTIVATION_TOKEN": "t 1"})
    head = [str(systemd_run), "--user", "--quiet", "--collect", "--wait", "--property=KillMode=process"]
    assert argv == [*head, "--setenv=XDG_ACTIVATION_TOKEN=t 1", "--", "guide", "-x"]


def test_a_shell_that_a_unit_started_is_no_unit(systemd_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYSTEMD_EXEC_PID", str(os.getppid()))
    assert outside(["guide"]) == ["guide"]
    monkeypatch.delenv("SYSTEMD_EXEC_PID")
    assert outside(["guide"]) == ["guide"]


def test_without_systemd_run_it_is_an_ordinary_child(systemd_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYSTEMD_EXEC_PID", str(os.getpid()))
    systemd_run.unlink()
    assert outside(["guide"]) == ["guide"]
