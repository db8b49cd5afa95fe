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
from psoas_nudge.core.events import PLAIN, Clear, Feel, Pause, Sit, Skip, Snooze, Stand, Stretch, Undo
from psoas_nudge.core.words import MINUTE
from psoas_nudge.errors import NoPromptOpen
from psoas_nudge.tray.busname import NAME, PATH, PROPERTIES, BusName
from psoas_nudge.tray.port import Action, MenuCommand
from tests.moments import AT, PROMPT
from tests.moments import SITTING as USUAL

SITTING = replace(USUAL, quiet=("call",), next_prompt=None, why=("You are in a call.",))


class Daemon:
    """The daemon's side."""

    def __init__(self, address: str) -> None:
        self.bus = Bus("session", address)
        self.asked: list[MenuCommand] = []
        self.no: Exception | None = None
        self.service = BusName(self.bus, self.command)

    def command(self, command: MenuCommand) -> None:
        if self.no:
            raise self.no
        self.asked.append(command)


@pytest.fixture
async def daemon(session_bus) -> AsyncIterator[Daemon]:
    made = Daemon(session_bus.address)
    await made.bus.connect()
    await made.service.start(SITTING, AT)
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
    for name in {method for method, *_ in CALLS} | {"Explain"}:
        assert f".{name} " in seen
    assert (await busctl(session_bus.address, "get-property", NAME, PATH, NAME, "SatSeconds")) == "d 1460\n"
    assert (await busctl(session_bus.address, "get-property", NAME, PATH, NAME, "Quiet")) == 'as 1 "call"\n'


CALLS: list[tuple[str, str, tuple[Any, ...], MenuCommand]] = [
    *((kind.__name__, "", (), kind(via="dbus")) for kind in (*PLAIN.values(), Clear, Undo)),
    ("Snooze", "d", (600.0,), Snooze(delay=10 * MINUTE, via="dbus")),
    ("Snooze", "d", (0.0,), Snooze(via="dbus")),
    ("Skip", "s", ("in a hurry",), Skip(because="in a hurry", via="dbus")),
    ("Skip", "s", ("",), Skip(via="dbus")),
    ("Stretch", "s", ("",), Stretch(via="dbus")),
    ("Stretch", "s", ("constructive-rest",), Stretch(routine="constructive-rest", via="dbus")),
    ("Pause", "d", (1800.0,), Pause(length=30 * MINUTE, via="dbus")),
    ("Pause", "d", (0.0,), Pause(via="dbus")),
    ("PauseUntil", "x", (int(AT.timestamp()),), Pause(until=AT, via="dbus")),
    ("Feel", "us", (3, "better"), Feel(level=3, note="better", via="dbus")),
    ("Feel", "us", (0, ""), Feel(level=0, via="dbus")),
    ("Reload", "", (), Action.RELOAD),
    ("Stop", "", (), Action.QUIT),
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


LENGTH = "must be from 0 to 3650 days, in milliseconds"


@pytest.mark.parametrize(
    ("method", "signature", "body", "why"),
    [
        ("Feel", "us", (11, ""), "level must be a whole number from 0 to 10"),
        ("Feel", "us", (2**32 - 1, ""), "level must be a whole number from 0 to 10"),
        ("Feel", "us", (3, "x" * 1001), "note must be at most 1000 characters long"),
        ("Skip", "s", ("x" * 1001,), "because must be at most 1000 characters long"),
        ("Stretch", "s", ("x" * 201,), "routine must be at most 200 characters long"),
        ("Snooze", "d", (-5.0,), f"delay {LENGTH}"),
        ("Snooze", "d", (1e300,), f"delay {LENGTH}"),
        ("Snooze", "d", (float("nan"),), "must be a number of seconds"),
        ("Pause", "d", (float("inf"),), "must be a number of seconds"),
        ("Pause", "d", (1e308,), "length must be from 0 to 3650 days"),
        ("Pause", "d", (1e30,), "length must be from 0 to 3650 days"),
        ("Snooze", "d", (-1e308,), "delay must be from 0 to 3650 days"),
        ("PauseUntil", "x", (2**62,), "until must be between 1970 and 2200"),
        ("PauseUntil", "x", (-(2**40),), "until must be between 1970 and 2200"),
        ("PauseUntil", "x", (-1,), "until must be between 1970 and 2200, not 1969-12-31T23:59:59"),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_an_argument_out_of_its_range_is_refused_with_the_reason(
    daemon: Daemon, client: Bus, method: str, signature: str, body: tuple[Any, ...], why: str
) -> None:
    with pytest.raises(CallFailed, match=why) as failed:
        await client.call(NAME, PATH, NAME, method, signature, *body)
    assert failed.value.name == "org.freedesktop.DBus.Error.InvalidArgs"
    assert daemon.asked == []


async def test_a_script_reads_why_there_is_no_prompt(daemon: Daemon, client: Bus) -> None:
    assert await client.call(NAME, PATH, NAME, "Explain") == ["You are in a call."]
    daemon.service.update(replace(USUAL, zone="Asia/Kolkata"), AT)
    [text] = await client.call(NAME, PATH, NAME, "Explain")
    assert text == f"{USUAL.why[0]}\nNext prompt: 15:06 at the earliest."
    daemon.service.update(replace(USUAL, prompt=PROMPT), AT)
    assert await client.call(NAME, PATH, NAME, "Explain") == ["A prompt is waiting for your answer."]


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
    daemon.service.update(SITTING, AT)
    daemon.service.update(replace(SITTING, prompt=PROMPT), AT)
    daemon.service.update(replace(SITTING, prompts_today=4), AT)
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


async def test_while_another_program_has_the_name_the_log_says_so_and_once_it_ends_the_name_is_taken(
    session_bus, client: Bus, caplog
) -> None:
    """After a lost connection the bus may take the daemon's old connection for that other program."""
    first, second = Daemon(session_bus.address), Daemon(session_bus.address)
    for each in (first, second):
        await each.bus.connect()
        await each.service.start(SITTING, AT)
    assert f"another program owns the name {NAME}" in caplog.text
    await client.call(NAME, PATH, NAME, "Stand")
    await first.bus.close()
    for _ in range(100):
        if await client.owner(NAME):
            break
        await asyncio.sleep(0.05)
    await client.call(NAME, PATH, NAME, "Sit")
    assert (first.asked, second.asked) == ([Stand(via="dbus")], [Sit(via="dbus")])
    await second.service.stop()
    await second.bus.close()


async def test_after_the_end_the_name_is_free(session_bus, client: Bus) -> None:
    short = Daemon(session_bus.address)
    await short.bus.connect()
    await short.service.start(SITTING, AT)
    assert await client.owner(NAME)
    await short.service.stop()
    assert await client.owner(NAME) is None
    await short.bus.close()
