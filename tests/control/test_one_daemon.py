"""One daemon for each person, however the last one ended; real processes, real signals."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from psoas_nudge.control.client import ask
from psoas_nudge.control.lock import Lock
from psoas_nudge.control.messages import GetStatus
from psoas_nudge.control.server import ControlServer
from psoas_nudge.errors import AlreadyRunning, DaemonSilent, NoDaemon, PsoasNudgeError

Start = Callable[[], "subprocess.Popen[str]"]


def test_a_killed_daemon_leaves_nothing_that_stops_the_next(start_daemon: Start, path: Path) -> None:
    for _ in range(3):
        daemon = start_daemon()
        assert daemon.stdout.readline() == "serving\n"
        assert ask(GetStatus(), path).said == str(daemon.pid)
        daemon.kill()
        daemon.wait()
        assert path.exists()
        with pytest.raises(NoDaemon):
            ask(GetStatus(), path)


def test_of_two_daemons_started_at_once_one_serves_and_the_other_says_so(start_daemon: Start, path: Path) -> None:
    daemons = [start_daemon() for _ in range(4)]
    said = {daemon.pid: daemon.stdout.readline() for daemon in daemons}
    (serving,) = [pid for pid, line in said.items() if line == "serving\n"]
    assert ask(GetStatus(), path).said == str(serving)
    for daemon in daemons:
        if daemon.pid != serving:
            assert "already running" in said[daemon.pid]
            assert daemon.wait() == 1


def test_a_second_daemon_names_the_first_and_leaves_its_socket(start_daemon: Start, path: Path) -> None:
    first = start_daemon()
    assert first.stdout.readline() == "serving\n"
    second = start_daemon()
    assert f"already running (process {first.pid})" in second.stdout.readline()
    assert second.wait() == 1
    assert ask(GetStatus(), path).said == str(first.pid)


def test_a_daemon_that_hangs_does_not_hang_the_command(start_daemon: Start, path: Path) -> None:
    daemon = start_daemon()
    assert daemon.stdout.readline() == "serving\n"
    daemon.send_signal(signal.SIGSTOP)
    with pytest.raises(DaemonSilent, match=r"did not answer within 0\.2 s"):
        ask(GetStatus(), path, within=0.2)
    daemon.send_signal(signal.SIGCONT)
    assert ask(GetStatus(), path).said == str(daemon.pid)


def test_the_lock_can_be_taken_again_once_it_is_released(tmp_path: Path) -> None:
    path = tmp_path / "run" / "daemon.lock"
    with Lock(path), pytest.raises(AlreadyRunning, match=str(os.getpid())):
        Lock(path)
    Lock(path).release()
    assert path.exists()


def test_a_lock_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    path = tmp_path / "run" / "daemon.lock"
    path.parent.mkdir()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PsoasNudgeError, match=r"daemon\.lock cannot be opened"):
        Lock(path)
    assert not (tmp_path / "elsewhere").exists()


def test_nobody_serves_without_the_lock(path: Path) -> None:
    lock = Lock(path.with_name("daemon.lock"))
    lock.release()
    with pytest.raises(ValueError, match="lock"):
        ControlServer(path, lambda request: pytest.fail("asked"), lock)


def test_a_lock_that_is_no_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "run" / "daemon.lock"
    path.parent.mkdir(mode=0o700)
    os.mkfifo(path)
    with pytest.raises(PsoasNudgeError, match=r"daemon\.lock is not a regular file. Remove it"):
        Lock(path)
