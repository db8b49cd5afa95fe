"""The channel of Windows, which works everywhere: the same conversation over a port, for those who know the secret."""

from __future__ import annotations

import asyncio
import socket
import stat
from pathlib import Path

import pytest

from psoas_nudge.control import client, server
from psoas_nudge.control.client import ask
from psoas_nudge.control.lock import Lock
from psoas_nudge.control.messages import AnyRequest, GetStatus, Ok
from psoas_nudge.core.events import Stand
from psoas_nudge.errors import DaemonSilent, NoDaemon, Refused
from psoas_nudge.system import files, loopback


@pytest.fixture
async def heard(path: Path, monkeypatch: pytest.MonkeyPatch):
    """What a daemon that listens at `path` was asked for."""
    monkeypatch.setattr(server, "Listening", loopback.Listening)
    monkeypatch.setattr(client, "connect", loopback.connect)
    asked = list[AnyRequest]()

    def handler(request: AnyRequest) -> Ok:
        asked.append(request)
        return Ok(said="fine")

    with Lock(path.with_name("daemon.lock")) as lock:
        serving = server.ControlServer(path, handler, lock)
        await serving.start()
        yield asked
        await serving.close()
    assert not path.exists()


async def test_the_daemon_hears_and_answers(heard: list[AnyRequest], path: Path) -> None:
    assert await asyncio.to_thread(ask, Stand(), path) == Ok(said="fine")
    assert heard == [Stand()]


async def test_only_its_person_can_read_the_secret(heard: list[AnyRequest], path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir() if each.name.startswith(".")] == []


@pytest.mark.parametrize("said", [b"guess\n", b"\n", b"x" * 100_000 + b"\n", b'{"event": "stop"}\n'])
async def test_a_program_that_does_not_know_the_secret_is_refused(
    said: bytes, heard: list[AnyRequest], path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    port, _, secret = path.read_bytes().partition(b" ")
    path.write_bytes(port + b" " + said)
    with pytest.raises(Refused, match="another user"):
        await asyncio.to_thread(ask, GetStatus(), path)
    assert heard == []
    assert "refused a connection from a program at" in caplog.text
    assert "does not know the secret" in caplog.text
    path.write_bytes(port + b" " + secret)
    assert await asyncio.to_thread(ask, Stand(), path) == Ok(said="fine")


async def test_a_program_that_says_nothing_is_refused_after_a_while(
    heard: list[AnyRequest], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loopback, "SECRET_SECONDS", 0.05)
    reader, writer = await asyncio.open_connection(loopback.HOST, int(path.read_bytes().split()[0]))
    assert b"another user" in await reader.readline()
    assert await reader.read() == b""
    writer.close()


async def test_nobody_else_on_the_network_can_connect(heard: list[AnyRequest], path: Path) -> None:
    port = int(path.read_bytes().split()[0])
    with socket.create_connection((loopback.HOST, port)) as connection:
        assert connection.getpeername()[0] == "127.0.0.1"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=1)


async def test_every_start_has_a_secret_of_its_own(tmp_path: Path) -> None:
    secrets = set()
    for name in "ab":
        listening = loopback.Listening(tmp_path / name)
        await listening.start(lambda _reader, _writer: None, 1024)
        secrets.add((tmp_path / name).read_bytes().split()[1])
        listening.close()
    assert len(secrets) == 2


@pytest.mark.parametrize("left_behind", [None, b"", b"nonsense", b"12 ", b"99999 secret\n", b"dead"])
def test_without_a_daemon_the_command_says_so(
    left_behind: bytes | None, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "connect", loopback.connect)
    path.parent.mkdir()
    if left_behind == b"dead":
        with socket.create_server((loopback.HOST, 0)) as gone:
            left_behind = b"%d secret\n" % gone.getsockname()[1]
    if left_behind is not None:
        path.write_bytes(left_behind)
    with pytest.raises(NoDaemon):
        ask(GetStatus(), path)


def test_a_daemon_that_does_not_answer_is_said_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "connect", loopback.connect)
    path.parent.mkdir()
    with socket.create_server((loopback.HOST, 0)) as deaf:
        path.write_bytes(b"%d secret\n" % deaf.getsockname()[1])
        with pytest.raises(DaemonSilent):
            ask(GetStatus(), path, within=0.1)


async def test_a_file_that_cannot_be_written_leaves_no_port_open(tmp_path: Path, monkeypatch) -> None:
    opened = list[socket.socket]()
    real = socket.socket

    def remembered(*args, **kwargs):
        opened.append(real(*args, **kwargs))
        return opened[-1]

    def full(_part: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(loopback.socket, "socket", remembered)
    monkeypatch.setattr(files, "put_over", full)
    with pytest.raises(OSError, match="No space"):
        await loopback.Listening(tmp_path / "control.sock").start(lambda _r, _w: None, 1024)
    assert list(tmp_path.iterdir()) == []
    assert [each.fileno() for each in opened] == [-1]
