"""The first command of the README on a machine with Python alone: no display, no bus, no configuration, no terminal."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and sockets of POSIX")


@pytest.fixture
def bare() -> Iterator[dict[str, str]]:
    """An environment with a home of its own, whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="pn-") as home:
        yield {
            "HOME": home,
            "PATH": os.defpath,
            "PYTHONPATH": str(PROJECT),
            "XDG_RUNTIME_DIR": home,
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={home}/none",
            "NOTIFY_SOCKET": f"{home}/ready",
        }


def test_it_runs_says_in_one_line_each_what_is_missing_and_ends_with_status_0(bare: dict[str, str]) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(bare["NOTIFY_SOCKET"])
        told.settimeout(30)
        daemon = subprocess.Popen(
            [sys.executable, "-m", "psoas_nudge", "run"],
            env=bare,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert told.recv(100) == b"READY=1"
            asked = [sys.executable, "-m", "psoas_nudge", "status", "--json"]
            assert (
                '"presence":"sitting"'
                in subprocess.run(asked, env=bare, check=True, capture_output=True, text=True).stdout
            )
        finally:
            daemon.send_signal(signal.SIGTERM)
            out, log = daemon.communicate(timeout=30)
    assert daemon.returncode == 0
    assert out.startswith("psoas-nudge is running. A prompt comes after 45 min of sitting.\n")
    assert "  Stop           psoas-nudge stop (or Ctrl+C)\n" in out
    lines = log.splitlines()
    assert len(lines) == 2, log
    assert "you count as present all the time" in log
    assert "standard output is not a terminal, so nobody would see a prompt" in log
