"""Whether the session of a daemon is still there, and the daemon of one that is not gives way."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from psoas_nudge.control.lock import Lock, holder_in, take
from psoas_nudge.control.session import LoginSession, gone, session_of
from psoas_nudge.errors import AlreadyRunning

HOLDS_THE_LOCK = """
import sys, time
from pathlib import Path
from psoas_nudge.control.lock import Lock
from psoas_nudge.control.session import LoginSession
lock = Lock(Path(sys.argv[1]), LoginSession(display=sys.argv[2]))
print("holds", flush=True)
time.sleep(60)
"""


@pytest.fixture
def listening(path: Path) -> Iterator[Path]:
    place = path.with_name("wayland-0")
    place.parent.mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(place))
        server.listen()
        yield place


@pytest.mark.parametrize(
    ("environ", "session"),
    [
        ({}, LoginSession()),
        (
            {"XDG_SESSION_ID": "c2", "WAYLAND_DISPLAY": "wayland-1", "DISPLAY": ":0", "XDG_RUNTIME_DIR": "/run/user/7"},
            LoginSession(id="c2", display="/run/user/7/wayland-1", bus="/run/user/7/bus"),
        ),
        ({"DISPLAY": ":4.0"}, LoginSession(display="/tmp/.X11-unix/X4")),
        ({"DISPLAY": "far:10.0"}, LoginSession()),
        ({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/tmp/a%20b,guid=1"}, LoginSession(bus="/tmp/a b")),
        ({"DBUS_SESSION_BUS_ADDRESS": "unix:abstract=/tmp/dbus-x;tcp:host=a"}, LoginSession(bus="@/tmp/dbus-x")),
        ({"DBUS_SESSION_BUS_ADDRESS": "tcp:host=a,port=1", "XDG_RUNTIME_DIR": "/run/user/7"}, LoginSession()),
    ],
)
def test_the_environment_says_which_session_it_is(environ: dict[str, str], session: LoginSession) -> None:
    assert session_of(environ) == session


def test_a_session_whose_display_answers_is_there(listening: Path) -> None:
    assert gone(LoginSession(display=str(listening), bus=str(listening))) == ""
    assert gone(LoginSession()) == ""


def test_a_session_whose_display_or_bus_does_not_answer_is_gone(listening: Path) -> None:
    assert "display /nowhere does not answer" in gone(LoginSession(display="/nowhere", bus=str(listening)))
    assert "session bus @nowhere does not answer" in gone(LoginSession(display=str(listening), bus="@nowhere"))


def test_a_login_that_is_closing_is_gone_although_its_display_has_been_given_to_the_next(
    tmp_path: Path, listening: Path
) -> None:
    (tmp_path / "3").write_text("UID=1000\nSTATE=active\n")
    (tmp_path / "2").write_text("UID=1000\nSTATE=closing\n")
    assert gone(LoginSession(id="3", display=str(listening)), tmp_path) == ""
    assert gone(LoginSession(id="2", display=str(listening)), tmp_path) == "login session 2 is closing"
    assert gone(LoginSession(id="1", display=str(listening)), tmp_path) == "login session 1 has ended"


def test_the_lock_says_whose_it_is(path: Path) -> None:
    session = LoginSession(id="c2", display="/d", bus="/b")
    with Lock(path.with_name("daemon.lock"), session):
        holder = holder_in(path.with_name("daemon.lock").read_bytes())
        assert holder
        assert (holder.pid, holder.session) == (os.getpid(), session)
    assert holder_in(b"") is None


def hold(path: Path, display: str, *more: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS_THE_LOCK, str(path), display, *more],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )
    assert process.stdout
    assert process.stdout.readline() == "holds\n"
    return process


def test_a_new_login_ends_the_daemon_of_one_that_is_over(path: Path) -> None:
    lock = path.with_name("daemon.lock")
    left_behind = hold(lock, "/nowhere", "psoas_nudge.engine")
    try:
        with take(lock, path, LoginSession(display="/d")) as taken:
            assert taken.held
            assert holder_in(lock.read_bytes()).pid == os.getpid()
        assert left_behind.wait(10) == -15
    finally:
        left_behind.kill()
        left_behind.communicate()


@pytest.mark.parametrize("what", ["its session is there", "it is the same session", "it looks like another program"])
def test_nobody_else_is_ended(path: Path, listening: Path, what: str) -> None:
    lock = path.with_name("daemon.lock")
    display = str(listening) if what == "its session is there" else "/nowhere"
    holder = hold(lock, display, *([] if what == "it looks like another program" else ["psoas_nudge.engine"]))
    try:
        with pytest.raises(AlreadyRunning, match=str(holder.pid)):
            take(lock, path, LoginSession(display="/nowhere" if what == "it is the same session" else "/d"))
        assert holder.poll() is None
    finally:
        holder.kill()
        holder.communicate()


def test_a_daemon_waits_for_a_guide_that_writes_at_the_moment_of_its_start(path: Path) -> None:
    lock = path.with_name("daemon.lock")
    guide = Lock(lock, momentary=True)
    threading.Timer(0.2, guide.release).start()
    with take(lock, path, LoginSession()) as taken:
        assert taken.held


def test_a_second_daemon_is_refused_at_once_although_a_guide_held_the_lock_before_the_first(path: Path) -> None:
    lock = path.with_name("daemon.lock")
    Lock(lock, momentary=True).release()
    with Lock(lock), pytest.raises(AlreadyRunning, match=str(os.getpid())):
        take(lock, path, LoginSession())
