"""A supervisor that started the daemon hears that it is ready."""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path

import pytest

from psoas_nudge.engine.ready import notify


@pytest.mark.parametrize("form", ["path", "abstract"])
def test_a_supervisor_hears_that_it_is_ready(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        name = str(Path(folder) / "notify")
        supervisor.bind(name if form == "path" else f"\0{name}")
        supervisor.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", name if form == "path" else f"@{name}")
        notify("READY=1")
        assert supervisor.recv(100) == b"READY=1"


def test_without_a_supervisor_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")


def test_a_supervisor_that_is_gone_harms_nobody(monkeypatch: pytest.MonkeyPatch, caplog, tmp_path: Path) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    notify("READY=1")
    assert "was not notified of READY=1" in caplog.text
