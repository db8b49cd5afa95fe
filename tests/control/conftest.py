"""A daemon in a process of its own, and a status to tell."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from psoas_nudge.core.status import Status
from tests.moments import SITTING

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "control.sock"


@pytest.fixture
def status() -> Status:
    return SITTING


@pytest.fixture
def start_daemon(path: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts a process that takes the lock and serves; it says "serving", or why it could not."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        daemon = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("small_daemon.py")), str(path)],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        started.append(daemon)
        return daemon

    yield start
    for daemon in started:
        if daemon.poll() is None:
            daemon.send_signal(signal.SIGKILL)
        daemon.wait()
        daemon.stdout.close()
