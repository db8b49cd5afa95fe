"""io.github.psoas_nudge on a real bus, seen by busctl and by a client."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace

from psoas_nudge.bus import Bus, CallFailed
from psoas_nudge.errors import NoPromptOpen
from psoas_nudge.tray import commands as c
from psoas_nudge.tray.service import NAME, PATH, PROPERTIES, Service
from tests.moments import AT, PROMPT
from tests.moments import SITTING as USUAL

SITTING = replace(USUAL, quiet=("call",), next_prompt=None, why=("You are in a call.",))


class Daemon:
    """The daemon's side."""

    def __init__(self, address: str) -> None:
        self.bus = Bus("session", address)
        self.asked: list[c.TrayCommand] = []
        self.no: Exception | None = None
        self.service = Service(self.bus, self.command)

    def command(self, command: c.TrayCommand) -> None:
        if self.no:
            raise self.no
        self.asked.append(command)


@pytest.fixture
async def daemon(session_bus) -> AsyncIterator[Daemon]:
    made = Daemon(session_bus.address)
    await made.bus.connect()
    await made.service.start(SITTING)
    yield made
    await made.service.stop()
    await made.bus.close()


@pytest.fixture
async def client(session_bus) -> AsyncIterator[Bus]:
    bus = Bus("session", session_bus.address)
    await bus.connect()
    yield bus
    await bus.close()


async def busctl(address: str, *args: str) -> str:
    argv = ["busctl", f"--address={address}", *args]
    done = await asyncio.to_thread(subprocess.run, argv, capture_output=True, text=True, check=True, timeout=10)
    return done.stdout


async def test_busctl_shows_every_property_and_method(desktop_need, session_bus, daemon: Daemon) -> None:
    desktop_need("busctl")
    seen = await busctl(session_bus.address, "introspect", NAME, PATH)
    for name in PROPERTIES:
        assert f".{name} " in seen
    for name in ("Accept", "Snooze", "Skip", "Stretch", "Stand", "Sit", "Pause", "Resume", "Reload", "Stop"):
        assert f".{name} " in seen
    assert (await busctl(session_bus.address, "get-property", NAME, PATH, NAME, "SatSeconds")) == "d 1460\n"
    assert (await busctl(session_bus.address, "get-property", NAME, PATH, NAME, "Quiet")) == 'as 1 "call"\n'


CALLS: list[tuple[str, str, tuple[Any, ...], c.TrayCommand]] = [
    ("Accept", "", (), c.Accept()),
    ("Snooze", "d", (600.0,), c.Snooze(600.0)),
    ("Snooze", "d", (0.0,), c.Snooze()),
    ("Skip", "s", ("in a hurry",), c.Skip("in a hurry")),
    ("Stretch", "s", ("",), c.Stretch()),
    ("Stretch", "s", ("constructive-rest",), c.Stretch("constructive-rest")),
    ("Stand", "", (), c.Stand()),
    ("Sit", "", (), c.Sit()),
    ("Pause", "d", (1800.0,), c.Pause(1800.0)),
    ("Pause", "d", (0.0,), c.Pause()),
    ("PauseUntil", "x", (int(AT.timestamp()),), c.Pause(until=AT)),
    ("Resume", "", (), c.Resume()),
    ("Reload", "", (), c.Reload()),
    ("Stop", "", (), c.Quit()),
]


@pytest.mark.parametrize(("method", "signature", "body", "command"), CALLS)
async def test_a_script_asks(daemon: Daemon, client: Bus, method: str, signature: str, body, command) -> None:
    await client.call(NAME, PATH, NAME, method, signature, *body)
    assert daemon.asked == [command]


async def test_what_is_refused_comes_back_as_an_error_in_words(daemon: Daemon, client: Bus) -> None:
    daemon.no = NoPromptOpen()
    with pytest.raises(CallFailed, match="No prompt is open") as failed:
        await client.call(NAME, PATH, NAME, "Accept")
    assert failed.value.name == "io.github.psoas_nudge.Error.NoPromptOpen"


async def test_an_instant_that_is_none_is_refused(daemon: Daemon, client: Bus) -> None:
    with pytest.raises(CallFailed, match="is no instant"):
        await client.call(NAME, PATH, NAME, "PauseUntil", "x", 2**62)
    assert daemon.asked == []


async def test_the_whole_status_comes_as_json(daemon: Daemon, client: Bus) -> None:
    [text] = await client.call(NAME, PATH, NAME, "GetStatus")
    assert json.loads(text)["hours_change"] == "2026-11-24T16:30:00Z"


async def test_a_bar_hears_what_changed_and_nothing_else(daemon: Daemon, client: Bus) -> None:
    heard: list[tuple[str, Any]] = []

    def changed(body: list[Any]) -> None:
        heard.append(("changed", {name: value.value for name, value in body[1].items()}))

    properties = "org.freedesktop.DBus.Properties"
    await client.subscribe(changed, sender=NAME, interface=properties, member="PropertiesChanged", path=PATH)
    for member in ("PromptOpened", "PromptClosed"):
        await client.subscribe(
            lambda body, member=member: heard.append((member, body)), sender=NAME, interface=NAME, member=member
        )
    daemon.service.update(SITTING)
    daemon.service.update(replace(SITTING, prompt=PROMPT))
    daemon.service.update(replace(SITTING, prompts_today=4))
    await client.call(NAME, PATH, NAME, "GetStatus")
    assert heard == [
        ("changed", {"Look": "prompt", "Prompt": 7, "Routine": "standing-hip-flexor", "CanSnooze": True}),
        ("PromptOpened", [7, "standing-hip-flexor"]),
        ("changed", {"Look": "quiet", "Prompt": 0, "Routine": "", "CanSnooze": False, "PromptsToday": 4}),
        ("PromptClosed", [7]),
    ]


async def test_it_is_there_again_after_the_bus_restarted(session_bus, daemon: Daemon) -> None:
    session_bus.kill()
    session_bus.start()
    client = Bus("session", session_bus.address)
    await client.connect()
    for _ in range(100):
        if await client.owner(NAME):
            break
        await asyncio.sleep(0.1)  # the bus client waits between its tries
    assert await client.get(NAME, PATH, NAME, "PromptsToday") == 3
    await client.close()


async def test_a_second_daemon_is_told_that_the_name_is_taken(session_bus, daemon: Daemon, caplog) -> None:
    other = Daemon(session_bus.address)
    await other.bus.connect()
    await other.service.start(SITTING)
    assert "somebody else's" in caplog.text
    await other.service.stop()
    await other.bus.close()


async def test_after_the_end_the_name_is_free(session_bus, client: Bus) -> None:
    short = Daemon(session_bus.address)
    await short.bus.connect()
    await short.service.start(SITTING)
    assert await client.owner(NAME)
    await short.service.stop()
    assert await client.owner(NAME) is None
    await short.bus.close()
