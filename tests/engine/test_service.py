"""The whole daemon without a desktop: what happens while it starts is not lost, and it ends when asked at any moment."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from psoas_nudge import places
from psoas_nudge.control.client import ask
from psoas_nudge.control.messages import GetStatus, Stop
from psoas_nudge.core import model as m
from psoas_nudge.engine import service, waiting
from psoas_nudge.engine.engine import SystemClock
from psoas_nudge.engine.service import serve
from psoas_nudge.errors import PsoasNudgeError, Refused
from psoas_nudge.journal import Journal
from psoas_nudge.notify.port import Message, OnPressed, Showing, Surroundings

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and the local socket are POSIX")

IN_A_TERMINAL = """
import fcntl, os, sys, termios
screen = int(sys.argv.pop(1))
fcntl.ioctl(screen, termios.TIOCSCTTY, 0)
os.close(screen)
from psoas_nudge.cli import main
main()
"""
MISTAKE = "Your psoas-nudge configuration has a mistake"
CONFIG = '[prompt]\nnudge_after = "{}"\n'
ONE_HOLD = """
[[stretch.routines]]
id = "hold"
title = "Hold"
steps = [{ text = "Hold it.", seconds = "1m", hold = true }]
sided = false
"""


class Buses:
    """No bus; but to find that out takes until `gate` is set. `tries` counts how often it was looked for."""

    def __init__(self) -> None:
        self.asked, self.gate = asyncio.Event(), asyncio.Event()
        self.tries = 0

    @asynccontextmanager
    async def __call__(self, _told: object) -> AsyncIterator[tuple[None, None]]:
        self.tries += 1
        self.asked.set()
        await self.gate.wait()
        yield None, None


class Notifiers:
    """A screen in memory; `titles` are on it."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.bodies: list[str] = []

    def __call__(self, _wanted: str) -> Notifiers:
        return self

    async def start(self, _surroundings: Surroundings, _on_pressed: OnPressed) -> None:
        """Ready at once."""

    async def show(self, message: Message) -> Showing:
        self.titles.append(message.title)
        self.bodies.append(message.body)
        return Showing("fake", message.title)

    async def withdraw(self, _name: str, ref: str) -> None:
        self.titles.remove(ref)

    def want(self, _wanted: str) -> None:
        """There is only this one."""

    async def stop(self) -> None:
        """Nothing to do."""


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Notifiers:
    notifiers = Notifiers()
    for module in (service, waiting):
        monkeypatch.setattr(module, "Chooser", notifiers)
    return notifiers


@pytest.fixture
async def buses(monkeypatch: pytest.MonkeyPatch) -> Buses:
    buses = Buses()
    monkeypatch.setattr(service, "buses", buses)
    return buses


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "NOTIFY_SOCKET"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
        (tmp_path / name).mkdir(mode=0o700)
    file = tmp_path / "config.toml"
    file.write_text(CONFIG.format("30m"))
    return file


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not what():  # noqa: ASYNC110 - files and sockets have no event to wait for
            await asyncio.sleep(0.01)


async def needed() -> float:
    """Seconds of sitting that the next prompt needs, as the daemon says."""
    reply = await asyncio.to_thread(ask, GetStatus(), places.socket_file())
    assert reply.status
    return reply.status.needed


async def runs() -> bool:
    """Whether the daemon answers as one that decides."""
    try:
        await needed()
    except PsoasNudgeError:
        return False
    return True


def stretches() -> list[m.StretchEntry]:
    with Journal.open(places.journal_file()) as journal:
        return [kept.entry for kept in journal.read(kinds=["stretch"]) if isinstance(kept.entry, m.StretchEntry)]


def stored_state() -> m.State:
    with Journal.open(places.journal_file()) as journal:
        return journal.load() or m.State()


def hang_up() -> None:
    os.kill(os.getpid(), signal.SIGHUP)


async def end(daemon: asyncio.Task[None]) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(daemon, 10)


@pytest.mark.parametrize("notice", [hang_up, lambda: None], ids=["with a hangup", "only saved"])
async def test_a_configuration_changed_while_the_daemon_starts_is_in_force_once_it_runs(
    config: Path, buses: Buses, notice: Callable[[], None]
) -> None:
    daemon = asyncio.create_task(serve(config))
    await buses.asked.wait()
    config.write_text(CONFIG.format("20m"))
    notice()
    await asyncio.sleep(0)
    buses.gate.set()
    await until(places.socket_file().exists)
    async with asyncio.timeout(10):
        while await needed() != 1200:  # noqa: ASYNC110 - as in `until`
            await asyncio.sleep(0.01)
    await end(daemon)


async def test_a_hangup_while_it_starts_is_no_event_before_the_start(config: Path, buses: Buses) -> None:
    now = SystemClock().now()
    an_hour_ago = m.State(
        time=m.Timeline(at=now.at - timedelta(hours=1), tick=now.tick - m.HOUR, now=9_000_000, wake=9_060_000),
        bout=m.Bout(started=8_000_000),
    )
    with Journal.open(places.journal_file()) as journal:
        journal.commit([], an_hour_ago, UTC)
    daemon = asyncio.create_task(serve(config))
    await buses.asked.wait()
    hang_up()
    await asyncio.sleep(0)
    buses.gate.set()
    await until(places.socket_file().exists)
    await end(daemon)
    with Journal.open(places.journal_file()) as journal:
        bouts = [stored.entry for stored in journal.read(kinds=["bout"])]
    assert [(bout.ended_by, bout.sitting_seconds) for bout in bouts] == [("restart", 1000)]


async def test_a_request_to_end_while_it_starts_is_obeyed_at_once(config: Path, buses: Buses) -> None:
    daemon = asyncio.create_task(serve(config))
    await buses.asked.wait()
    await end(daemon)
    assert not places.socket_file().exists()


async def test_a_broken_configuration_does_not_keep_it_from_starting_and_is_in_force_once_mended(
    config: Path, buses: Buses, screen: Notifiers
) -> None:
    config.write_text("[prompt]\nnudge_aftr = 3\n")
    buses.gate.set()
    daemon = asyncio.create_task(serve(config))
    await until(places.socket_file().exists)
    assert await needed() == 2700
    await until(lambda: MISTAKE in screen.titles)
    [body] = [body for body in screen.bodies if "nudge_aftr" in body]
    assert body.startswith("The default settings are in force until you fix it.")
    config.write_text(CONFIG.format("20m"))
    async with asyncio.timeout(10):
        while await needed() != 1200:  # noqa: ASYNC110 - as in `until`
            await asyncio.sleep(0.01)
    await until(lambda: MISTAKE not in screen.titles)
    await end(daemon)


async def test_hooks_in_a_file_that_others_can_write_are_in_force_once_they_cannot(
    config: Path, buses: Buses, caplog: pytest.LogCaptureFixture
) -> None:
    config.write_text(CONFIG.format("20m") + '[hooks]\non_accepted = ["true"]\n')
    config.chmod(0o666)
    buses.gate.set()
    daemon = asyncio.create_task(serve(config))
    await until(lambda: "others can write" in caplog.text)
    config.chmod(0o600)
    async with asyncio.timeout(10):
        while await needed() != 1200:  # noqa: ASYNC110 - as in `until`
            await asyncio.sleep(0.01)
    await end(daemon)


async def test_with_a_damaged_journal_it_waits_says_why_and_starts_when_the_file_is_mended(
    config: Path, buses: Buses, screen: Notifiers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "buses", buses)
    buses.gate.set()
    journal = places.journal_file()
    journal.parent.mkdir(parents=True)
    journal.write_bytes(b"this is no database, but long enough to be read as one" * 100)
    daemon = asyncio.create_task(serve(config))
    await until(places.socket_file().exists)
    with pytest.raises(Refused, match=r"psoas-nudge waits: The journal .* It starts as soon as"):
        await needed()
    await until(lambda: screen.titles == ["psoas-nudge cannot start"])
    journal.write_bytes(b"still none" * 100)
    await asyncio.sleep(0.5)
    assert screen.titles == ["psoas-nudge cannot start"]
    journal.unlink()
    async with asyncio.timeout(10):
        while not await runs():  # noqa: ASYNC110 - as in `until`
            await asyncio.sleep(0.01)
    assert await needed() == 1800
    assert "psoas-nudge cannot start" not in screen.titles
    await end(daemon)


async def test_a_daemon_that_waits_for_its_journal_can_be_stopped(
    config: Path, buses: Buses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "buses", buses)
    buses.gate.set()
    places.journal_file().parent.mkdir(parents=True)
    places.journal_file().write_bytes(b"no database" * 100)
    daemon = asyncio.create_task(serve(config))
    await until(places.socket_file().exists)
    assert (await asyncio.to_thread(ask, Stop(), places.socket_file())).said == "Stopping."
    await asyncio.wait_for(daemon, 10)


async def test_a_daemon_that_was_there_before_the_bus_begins_anew_when_it_comes_and_sitting_goes_on(
    config: Path, buses: Buses, tmp_path: Path
) -> None:
    buses.gate.set()
    daemon = asyncio.create_task(serve(config))
    await until(places.socket_file().exists)
    await until(lambda: buses.tries == 1)
    with socket.socket(socket.AF_UNIX) as bus:
        bus.bind(str(tmp_path / "XDG_RUNTIME_DIR" / "bus"))
        bus.listen()
        await until(lambda: buses.tries == 2)
    assert os.environ["DBUS_SESSION_BUS_ADDRESS"] == f"unix:path={tmp_path}/XDG_RUNTIME_DIR/bus"
    async with asyncio.timeout(10):
        while not await runs():  # noqa: ASYNC110 - as in `until`
            await asyncio.sleep(0.01)
    await end(daemon)


def test_closing_the_terminal_it_was_started_in_ends_the_daemon(config: Path, tmp_path: Path) -> None:
    keyboard, screen = os.openpty()
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    with subprocess.Popen(
        [sys.executable, "-c", IN_A_TERMINAL, str(screen), "--config", str(config), "run"],
        env=environ,
        stdin=screen,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(screen,),
        start_new_session=True,
    ) as daemon:
        os.close(screen)
        end_at = time.monotonic() + 20
        while not places.socket_file().exists() and time.monotonic() < end_at:
            time.sleep(0.02)
        os.close(keyboard)
        assert daemon.wait(10) == 0


async def test_a_stretch_that_is_killed_in_a_hold_stands_in_the_journal_at_once(
    config: Path, buses: Buses, tmp_path: Path
) -> None:
    config.write_text(ONE_HOLD)
    buses.gate.set()
    daemon = asyncio.create_task(serve(config))
    await until(places.socket_file().exists)
    guide = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "psoas_nudge", "--config", str(config), "stretch", "hold"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    await until(lambda: bool((state := stored_state()).stretching and state.stretching.held.total))
    guide.kill()
    await guide.wait()
    await until(lambda: bool(stretches()))
    [entry] = stretches()
    assert entry.performed
    assert 5 <= entry.other_seconds < 10
    await end(daemon)
    assert stretches() == [entry]
