"""Server and client over real sockets: what is asked is answered, and nobody can hold the daemon up."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any, get_args

import msgspec
import pytest

from psoas_nudge.control import server as server_module
from psoas_nudge.control.client import GuideConnection, ask, follow
from psoas_nudge.control.lock import Lock
from psoas_nudge.control.messages import (
    AnyRequest,
    Control,
    Explain,
    Failed,
    Follow,
    GetStatus,
    Ok,
    Reload,
    Stop,
    WatchGuide,
)
from psoas_nudge.control.server import MOST_CLIENTS, ControlServer, Handler
from psoas_nudge.core.events import Accept, Asked, Feel, GuideEnded, Pause, Skip, Snooze, Stand
from psoas_nudge.core.ranges import LONGEST_LINE
from psoas_nudge.core.status import Explanation, Reason, Status
from psoas_nudge.errors import DaemonSilent, NoDaemon, NoPromptOpen, PsoasNudgeError, Refused
from psoas_nudge.system.channel import Listening

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@asynccontextmanager
async def serving(
    path: Path, handler: Handler, gone: Callable[[WatchGuide], None] = lambda _guide: None
) -> AsyncIterator[ControlServer]:
    with Lock(path.with_name("daemon.lock")) as lock:
        server = ControlServer(path, handler, lock, gone)
        await server.start()
        try:
            yield server
        finally:
            await server.close()


async def elsewhere(call: Callable[..., Any], *args: Any) -> Any:
    """A blocking client beside the server's loop."""
    return await asyncio.to_thread(call, *args)


async def raw(path: Path, sent: bytes) -> bytes:
    """All that the server says to these bytes, until it or the client closes."""
    reader, writer = await asyncio.open_unix_connection(str(path), limit=2**20)
    writer.write(sent)
    if not sent.endswith(b"\n"):
        writer.write_eof()
    line = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return line


def fine(request: AnyRequest) -> Ok:
    return Ok(said="fine")


@pytest.mark.parametrize(
    "request_",
    [
        GetStatus(),
        Explain(at=NOON),
        Accept(via="tray", prompt=3),
        Snooze(delay=300_000),
        Skip(because="in a hurry\nreally"),
        Pause(length=3_600_000),
        Pause(until=NOON),
        Stand(),
        Reload(),
        GuideEnded(via="guide", routine="standing-hip-flexor", prompt=3, left_seconds=30.0, right_seconds=12.5),
        Stop(),
    ],
    ids=lambda request: type(request).__name__,
)
async def test_the_daemon_hears_what_was_asked(request_: AnyRequest, path: Path) -> None:
    heard = list[AnyRequest]()

    def handler(request: AnyRequest) -> Ok:
        heard.append(request)
        return Ok(said="fine")

    async with serving(path, handler):
        assert await elsewhere(ask, request_, path) == Ok(said="fine")
    assert heard == [request_]


@pytest.mark.parametrize("kind", get_args(AnyRequest), ids=lambda kind: kind.__name__)
def test_every_request_goes_over_the_line_and_back(kind: type) -> None:
    needed = {"routine": "r", "because": "pain"}
    made = kind(**{name: needed[name] for name in needed if name in kind.__struct_fields__})
    line = msgspec.json.encode(made)
    assert msgspec.json.decode(line, type=AnyRequest) == made
    assert kind.__doc__ or kind.help


def test_the_socket_takes_all_that_people_ask_for_and_six_requests_of_its_own() -> None:
    own = {"get-status", "follow", "explain", "watch-guide", "reload", "stop"}
    assert {kind.__struct_config__.tag for kind in get_args(Control)} == own
    assert set(get_args(AnyRequest)) == {*get_args(Asked), *get_args(Control)}


async def test_a_status_and_an_explanation_arrive_whole(path: Path, status: Status) -> None:
    reply = Ok(status=status, explanation=Explanation(NOON, (Reason("call", "You are in a call.", None),), NOON, "UTC"))

    async with serving(path, lambda _request: reply):
        assert await elsewhere(ask, GetStatus(), path) == reply


async def test_a_refusal_arrives_with_its_words_and_its_exit_status(path: Path) -> None:
    def handler(request: AnyRequest) -> Ok:
        raise NoPromptOpen

    async with serving(path, handler):
        with pytest.raises(Refused, match="No prompt is open") as told:
            await elsewhere(ask, Accept(), path)
    assert told.value.exit_code == 4


async def test_a_fault_in_the_daemon_is_no_traceback_for_the_person(path: Path, caplog) -> None:
    def handler(request: AnyRequest) -> Ok:
        if isinstance(request, Accept):
            raise ZeroDivisionError
        return Ok(said="fine")

    async with serving(path, handler):
        with caplog.at_level(logging.CRITICAL), pytest.raises(Refused, match="error of its own") as told:
            await elsewhere(ask, Accept(), path)
        assert "Traceback" not in str(told.value)
        assert (await elsewhere(ask, GetStatus(), path)).said == "fine"


async def test_followers_hear_every_change_until_the_daemon_ends(path: Path, status: Status) -> None:
    heard: asyncio.Queue[Status | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def listen() -> None:
        for told in follow(path):
            loop.call_soon_threadsafe(heard.put_nowait, told)
        loop.call_soon_threadsafe(heard.put_nowait, None)

    async with serving(path, lambda request: Ok(status=status)) as server:
        assert not server.followed
        listener = asyncio.create_task(asyncio.to_thread(listen))
        assert await heard.get() == status
        for n in range(3):
            assert server.followed
            changed = msgspec.structs.replace(status, prompts_today=n)
            server.publish(changed)
            assert await heard.get() == changed
    assert await heard.get() is None
    await listener


async def test_a_follower_that_stops_reading_is_dropped_and_the_others_are_told(path: Path, status: Status) -> None:
    async with serving(path, lambda request: Ok(status=status)) as server:
        deaf = socket.socket(socket.AF_UNIX)
        deaf.connect(str(path))
        deaf.sendall(msgspec.json.encode(Follow()) + b"\n")
        reader, writer = await asyncio.open_unix_connection(str(path))
        writer.write(msgspec.json.encode(Follow()) + b"\n")
        assert await reader.readline()
        told = 0
        while len(server._followers) > 1 or not told:
            server.publish(status)
            assert await reader.readline()
            told += 1
            assert told < 10_000
        deaf.close()
        server.publish(status)
        assert await reader.readline()
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    "garbage",
    [
        b"\n",
        b"hello\n",
        b"{}\n",
        b"[]\n",
        b'{"event": "dance"}\n',
        b'{"event": "snooze", "delay": "long"}\n',
        b"\xff\xfe\x00\n",
        b'{"event": "pause", "until": "2026-13-01"}\n',
        b"[" * 30_000 + b"\n",
        b"GET / HTTP/1.1\r\n",
    ],
    ids=lambda garbage: repr(garbage[:20]),
)
async def test_garbage_is_answered_in_words_and_the_connection_goes_on(garbage: bytes, path: Path) -> None:
    async with serving(path, fine):
        reader, writer = await asyncio.open_unix_connection(str(path))
        writer.write(garbage + b'{"event": "get-status"}\n')
        refused = msgspec.json.decode(await reader.readline(), type=Failed)
        assert "not understood" in refused.message
        assert refused.exit_code == 2
        assert msgspec.json.decode(await reader.readline(), type=Ok).said == "fine"
        writer.close()
        await writer.wait_closed()


async def test_a_line_without_end_is_cut_short(path: Path) -> None:
    async with serving(path, fine):
        answer = await raw(path, b"x" * (LONGEST_LINE * 4) + b"\n")
        assert str(LONGEST_LINE) in json.loads(answer)["message"]
        assert (await elsewhere(ask, GetStatus(), path)).said == "fine"


async def test_half_a_line_is_no_request(path: Path) -> None:
    heard = list[AnyRequest]()

    def handler(request: AnyRequest) -> Ok:
        heard.append(request)
        return Ok()

    async with serving(path, handler):
        assert await raw(path, b'{"event": "accept"}') == b""
    assert heard == []


async def test_a_silent_client_is_let_go(path: Path, monkeypatch) -> None:
    monkeypatch.setattr(server_module, "SILENT_SECONDS", 0.05)
    async with serving(path, fine):
        reader, writer = await asyncio.open_unix_connection(str(path))
        writer.write(b'{"event"')
        assert b"no request for" in await reader.readline()
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()


async def test_a_slow_client_keeps_nobody_waiting(path: Path) -> None:
    async with serving(path, fine):
        slow = [await asyncio.open_unix_connection(str(path)) for _ in range(20)]
        for _, writer in slow:
            writer.write(b'{"event": ')
        assert (await elsewhere(ask, GetStatus(), path)).said == "fine"
        for _, writer in slow:
            writer.close()


async def test_fifty_clients_at_once_are_all_answered(path: Path) -> None:
    def handler(request: AnyRequest) -> Ok:
        assert isinstance(request, Stand)
        return Ok(said=request.via)

    async def client(n: int) -> None:
        answer = await raw(path, msgspec.json.encode(Stand(via=f"client {n}")) + b"\n")
        assert json.loads(answer)["said"] == f"client {n}"

    async with serving(path, handler):
        await asyncio.gather(*map(client, range(50)))


async def test_the_answer_to_stop_arrives_before_the_end(path: Path) -> None:
    stopping = asyncio.Event()

    def handler(request: AnyRequest) -> Ok:
        stopping.set()
        return Ok(said="stopping")

    async with serving(path, handler):
        asked = asyncio.create_task(elsewhere(ask, Stop(), path))
        await stopping.wait()
    assert (await asked).said == "stopping"
    assert not path.exists()


async def test_a_client_that_is_refused_before_it_spoke_hears_why(path: Path, monkeypatch, caplog) -> None:
    async def of_another(*_) -> str:
        return "user 12345"

    monkeypatch.setattr(Listening, "other_user", of_another)
    async with serving(path, fine):
        for _ in range(10):
            with pytest.raises(Refused, match="another user"):
                await elsewhere(ask, GetStatus(), path)


async def test_socket_and_directory_are_for_this_person_only(path: Path) -> None:
    path.parent.mkdir(mode=0o755)
    async with serving(path, fine):
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


STRANGER = """
import os, socket, sys
os.setgid(65534); os.setuid(65534)
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
try:
    s.sendall(b'{"event": "stop"}\\n')
except BrokenPipeError:
    pass
print(s.makefile().readline())
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become someone else")
async def test_another_user_is_refused_even_where_the_directory_lets_them_in(caplog) -> None:
    import tempfile

    heard = list[AnyRequest]()

    def handler(request: AnyRequest) -> Ok:
        heard.append(request)
        return Ok()

    with tempfile.TemporaryDirectory() as directory:  # pytest's own are closed to others higher up
        path = Path(directory) / "run" / "control.sock"
        async with serving(path, handler):
            for opened, mode in ((path, 0o666), (path.parent, 0o755), (path.parent.parent, 0o755)):
                opened.chmod(mode)
            with caplog.at_level(logging.ERROR):
                other = await asyncio.create_subprocess_exec(
                    sys.executable, "-c", STRANGER, str(path), stdout=subprocess.PIPE
                )
                said, _ = await other.communicate()
    assert b"runs for another user" in said
    assert heard == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a directory away")
async def test_a_directory_of_another_user_is_refused(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    os.chown(path.parent, 65534, 65534)
    with pytest.raises(PsoasNudgeError, match="belongs to another user"):
        Lock(path.with_name("daemon.lock"))


async def test_a_long_path_works_all_the_same(tmp_path: Path, status: Status) -> None:
    path = tmp_path / ("long" * 40) / "control.sock"
    async with serving(path, lambda request: Ok(status=status)):
        assert (await elsewhere(ask, GetStatus(), path)).status == status
    assert not path.exists()
    with pytest.raises(NoDaemon):
        ask(GetStatus(), path)


@pytest.mark.parametrize("there", ["nothing", "directory", "dead socket", "file in the way"])
def test_without_a_daemon_the_command_says_so(there: str, path: Path) -> None:
    if there != "nothing":
        if there == "file in the way":
            path.parent.touch()
        else:
            path.parent.mkdir()
        if there == "dead socket":
            with socket.socket(socket.AF_UNIX) as dead:
                dead.bind(str(path))
    with pytest.raises(NoDaemon, match="Start it with: psoas-nudge start") as told:
        ask(GetStatus(), path)
    assert told.value.exit_code == 3


@pytest.mark.parametrize("answer", [b"what?\n", b'{"reply": "song"}\n', b'{"reply": "ok", "status": 3}\n'])
def test_an_answer_of_another_version_is_told_in_words(answer: bytes, tmp_path: Path) -> None:
    import threading

    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as strange:
        strange.bind(str(path))
        strange.listen()

        def serve() -> None:
            connection, _ = strange.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(PsoasNudgeError, match="another version"):
            ask(GetStatus(), path)
        thread.join()


def test_asking_starts_neither_a_loop_nor_the_command_line() -> None:
    code = (
        "import sys, psoas_nudge.control.client\n"
        "print(*{'asyncio', 'click', 'sqlite3', 'platformdirs', 'psoas_nudge.core.machine'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []


HELD = b'{"event":"guide-ended","routine":"r","left_seconds":%s}'


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b'{"event":"feel","level":11}', "level must be a whole number from 0 to 10."),
        (b'{"event":"feel","level":-1}', "level must be a whole number from 0 to 10."),
        (b'{"event":"snooze","delay":-1}', "delay must be from 0 to 3650 days, in milliseconds."),
        (b'{"event":"pause","length":1000000000000000}', "length must be from 0 to 3650 days, in milliseconds."),
        (b'{"event":"accept","prompt":-7}', "prompt must be a prompt's number, 0 or more."),
        (b'{"event":"skip","because":"%s"}' % (b"x" * 1001), "because must be at most 1000 characters long."),
        (b'{"event":"stretch","routine":"%s"}' % (b"x" * 201), "routine must be at most 200 characters long."),
        (HELD % b"1e308", "left_seconds must be from 0 to 86400 seconds."),
        (b'{"event":"pause","until":"0001-01-01T00:00:00Z"}', "until must be between 1970 and 2200, not 0001-01-01"),
        (b'{"event":"explain","at":"9999-01-01T00:00:00Z"}', "at must be between 1970 and 2200, not 9999-01-01"),
        (b'{"event":"snooze","dely":60000}', "snooze has no field dely. Its fields are: delay, prompt, via."),
        (b'{"event":"get-status","verbose":true}', "get-status has no field verbose. It has none."),
    ],
    ids=lambda value: value[:40] if isinstance(value, bytes) else "",
)
async def test_a_field_that_cannot_be_right_is_refused_by_its_name(path: Path, line: bytes, sentence: str) -> None:
    heard = list[AnyRequest]()

    def handler(request: AnyRequest) -> Ok:
        heard.append(request)
        return Ok()

    async with serving(path, handler):
        told = msgspec.json.decode(await raw(path, line + b"\n"), type=Failed)
    assert told.message.startswith(sentence)
    assert told.exit_code == 2
    assert heard == []


@pytest.mark.parametrize(
    "line", [b'{"event":"pause","until":"2026-11-23T12:00"}', b'{"event":"explain","at":"2026-11-23T12:00"}']
)
async def test_a_time_without_its_zone_is_not_understood(path: Path, line: bytes) -> None:
    async with serving(path, fine):
        told = await raw(path, line + b"\n")
    assert b"not understood" in told


async def test_the_end_of_a_guide_is_noticed_when_its_connection_closes(path: Path, monkeypatch) -> None:
    monkeypatch.setattr(server_module, "SILENT_SECONDS", 0.05)
    gone: asyncio.Queue[WatchGuide] = asyncio.Queue()
    this = WatchGuide(routine="standing-march", prompt=7)
    async with serving(path, fine, gone.put_nowait):
        watched = GuideConnection(path, this)
        watched.keep()
        await asyncio.sleep(0.2)  # a guide that is paused says nothing for minutes
        watched.keep()
        assert gone.empty()
        watched.close()
        assert await asyncio.wait_for(gone.get(), 5) == this
    assert gone.empty()


async def test_a_guide_connects_again_once_the_daemon_was_restarted(path: Path) -> None:
    gone: asyncio.Queue[WatchGuide] = asyncio.Queue()
    watched = GuideConnection(path, WatchGuide(routine="standing-march"))
    watched.keep()  # without a daemon there is nothing to keep
    for _ in range(2):
        heard = asyncio.Event()

        def handler(request: AnyRequest, heard: asyncio.Event = heard) -> Ok:
            heard.set()
            return Ok()

        async with serving(path, handler, gone.put_nowait):
            await elsewhere(watched.keep)
            await asyncio.wait_for(heard.wait(), 5)
        assert gone.qsize() == 1, "the end of the daemon is that of the connection"
        gone.get_nowait()
    watched.close()


def asked_in_vain(path: Path, request: AnyRequest) -> str:
    """What a client reads that has asked while the daemon stood still, as with SIGSTOP. Blocks its loop meanwhile."""
    told = list[str]()

    def client() -> None:
        try:
            ask(request, path, within=0.1)
        except DaemonSilent as error:
            told.append(str(error))

    thread = Thread(target=client)
    thread.start()
    thread.join()
    return told[0]


@pytest.mark.parametrize(
    ("request_", "said", "done"),
    [
        (Feel(level=3), "it is not known whether this was done. Before you try again, see: psoas-nudge journal", False),
        (Stop(), "it is not known whether this was done", False),
        (GetStatus(), "Try again, or restart it.", False),
        (GuideEnded(routine="r", left_seconds=30), "it is not known whether this was done", True),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_a_request_whose_client_has_given_up_is_not_done_later_but_what_was_held_counts(
    path: Path, request_: AnyRequest, said: str, done: bool, caplog: pytest.LogCaptureFixture
) -> None:
    heard = list[AnyRequest]()

    def handler(request: AnyRequest) -> Ok:
        heard.append(request)
        return Ok()

    async with serving(path, handler):
        with caplog.at_level(logging.WARNING):
            assert said in asked_in_vain(path, request_)
            await elsewhere(ask, Explain(), path)
    assert heard == [*([request_] if done else []), Explain()]
    assert ("a request was dropped" in caplog.text) is not done


async def test_a_client_that_says_no_more_but_listens_is_answered(path: Path) -> None:
    async with serving(path, fine):
        reader, writer = await asyncio.open_unix_connection(str(path))
        writer.write(b'{"event":"resume"}\n')
        writer.write_eof()  # as `nc -N` does
        await asyncio.sleep(0.05)
        assert b"fine" in await reader.readline()
        writer.close()
        await writer.wait_closed()


async def test_however_many_connect_and_say_nothing_the_next_is_answered_and_followers_stay(
    path: Path, status: Status
) -> None:
    async with serving(path, lambda request: Ok(said="fine", status=status)) as server:
        following, follower = await asyncio.open_unix_connection(str(path))
        follower.write(msgspec.json.encode(Follow()) + b"\n")
        assert await following.readline()
        silent = [await asyncio.open_unix_connection(str(path)) for _ in range(MOST_CLIENTS + 20)]
        assert (await elsewhere(ask, GetStatus(), path)).said == "fine"
        assert len(server._writers) <= MOST_CLIENTS
        assert await silent[0][0].read() == b"", "the one that was silent for the longest time had to go"
        server.publish(status)
        assert await following.readline()
        for _, writer in [*silent, (following, follower)]:
            writer.close()
