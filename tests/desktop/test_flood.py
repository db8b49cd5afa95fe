"""A bus on which somebody means ill: a flood on the name, calls with anything in them, a tray that lies."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator

import pytest
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from psoas_nudge import bus as bus_module
from psoas_nudge.bus import Bus, CallFailed
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.core.rules import Rules
from psoas_nudge.tray.busname import NAME, PATH, BusName
from psoas_nudge.tray.port import MenuCommand
from psoas_nudge.tray.tray import WATCHER, WATCHER_PATH, Tray
from tests.fuzz import effort
from tests.moments import AT, SITTING

pytestmark = pytest.mark.fuzz

FLOOD = 20_000


@pytest.fixture
async def asked(session_bus, monkeypatch) -> AsyncIterator[list[MenuCommand]]:
    """What reaches the daemon, whose name and tray icon are on the bus."""
    monkeypatch.setattr(bus_module, "RETRY_SECONDS", (0.1,))
    asked: list[MenuCommand] = []
    bus = Bus("session", session_bus.address)
    await bus.connect()
    name, tray = BusName(bus, asked.append), Tray(bus, asked.append, Rules(hours=WorkingHours()), lambda: None)
    await name.start(SITTING, AT)
    await tray.start()
    tray.update(SITTING, AT)
    yield asked
    await tray.stop()
    with contextlib.suppress(CallFailed):
        await name.stop()
    await bus.close()


@pytest.fixture
async def stranger(session_bus) -> AsyncIterator[MessageBus]:
    bus = await MessageBus(bus_address=session_bus.address).connect()
    yield bus
    if bus.connected:
        bus.disconnect()
        await bus.wait_for_disconnect()


async def answers(address: str) -> bool:
    """Whether a newcomer gets the status."""
    bus = Bus("session", address)
    await bus.connect()
    try:
        return "sat_seconds" in (await bus.call(NAME, PATH, NAME, "GetStatus", timeout=2.0))[0]
    except CallFailed:
        return False
    finally:
        await bus.close()


async def within(seconds: float, address: str) -> bool:
    async with asyncio.timeout(seconds):
        while not await answers(address):  # noqa: ASYNC110 - another process has to come round
            await asyncio.sleep(0.1)
    return True


async def test_after_a_flood_of_calls_from_somebody_who_reads_no_answer_the_name_answers_others(
    asked, session_bus, caplog
) -> None:
    reader, writer = await asyncio.open_unix_connection(session_bus.address.partition("path=")[2].partition(",")[0])
    writer.write(b"\0AUTH EXTERNAL\r\nDATA\r\n")
    await reader.readuntil(b"OK")
    writer.write(b"BEGIN\r\n")
    hello = Message(destination="org.freedesktop.DBus", path="/org/freedesktop/DBus",
                    interface="org.freedesktop.DBus", member="Hello", serial=1)  # fmt: skip
    writer.write(hello._marshall(False))
    for serial in range(2, FLOOD):
        call = Message(destination=NAME, path=PATH, interface=NAME, member="GetStatus", serial=serial)
        writer.write(call._marshall(False))
        if serial % 500 == 0:
            await asyncio.sleep(0)
    assert await within(30, session_bus.address)
    writer.transport.abort()
    assert await within(10, session_bus.address)
    assert "unexpected" not in caplog.text


async def test_when_the_bus_reads_nothing_for_a_while_the_name_is_back_once_it_does(
    session_bus, monkeypatch, caplog
) -> None:
    """dbus-fast gives up its connection when the socket takes no more: it must be taken up again."""
    monkeypatch.setattr(bus_module, "RETRY_SECONDS", (0.1,))
    bus = Bus("session", session_bus.address)
    lost = asyncio.Event()
    await bus.connect()
    bus.watch_connection(lambda there: None if there else lost.set())
    name = BusName(bus, lambda _command: None)
    await name.start(SITTING, AT)
    session_bus.process.send_signal(signal.SIGSTOP)
    try:
        for number in range(5000):
            name.update(replace(SITTING, why=(f"{number}" + "x" * 1000,)), AT)
            if number % 100 == 0:
                await asyncio.sleep(0)
        await asyncio.sleep(0.5)
    finally:
        session_bus.process.send_signal(signal.SIGCONT)
    assert await within(15, session_bus.address)
    assert lost.is_set()
    assert "unexpected" not in caplog.text
    await name.stop()
    await bus.close()


class LyingWatcher:
    """A StatusNotifierWatcher that answers a registration as told."""

    def __init__(self, bus: MessageBus, lie: str) -> None:
        self.bus, self.lie, self.registered = bus, lie, asyncio.Event()
        bus.add_message_handler(self.answer)

    def answer(self, message: Message) -> Message | bool:
        if message.message_type is not MessageType.METHOD_CALL or message.path != WATCHER_PATH:
            return False
        self.registered.set()
        if self.lie == "error":
            return Message.new_error(message, "org.example.No", "no icons today")
        if self.lie == "rubbish":
            return Message.new_method_return(message, "a{sv}s", [{"x": Variant("t", 2**64 - 1)}, "y" * 100_000])
        return True  # no answer at all


@pytest.mark.parametrize("lie", ["error", "rubbish", "silence"])
async def test_a_tray_that_lies_takes_nothing_from_the_daemon(asked, session_bus, stranger, caplog, lie: str) -> None:
    watcher = LyingWatcher(stranger, lie)
    for _ in range(3):  # it comes and goes
        await stranger.request_name(WATCHER)
        await asyncio.wait_for(watcher.registered.wait(), 5)
        watcher.registered.clear()
        await stranger.release_name(WATCHER)
    assert await within(5, session_bus.address)
    assert "unexpected" not in caplog.text


BODIES = st.one_of(
    st.just(("", [])),
    st.floats().map(lambda value: ("d", [value])),
    st.integers(-(2**63), 2**63 - 1).map(lambda value: ("x", [value])),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=2000).map(lambda value: ("s", [value])),
    st.tuples(st.integers(0, 2**32 - 1), st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=1100))
    .map(lambda pair: ("us", list(pair))),
    st.tuples(st.integers(-(2**31), 2**31 - 1), st.text(max_size=9).filter(lambda text: "\0" not in text))
    .map(lambda pair: ("isvu", [pair[0], pair[1], Variant("s", "x"), 0])),
    st.tuples(st.integers(-(2**31), 2**31 - 1), st.integers(-(2**31), 2**31 - 1))
    .map(lambda pair: ("iias", [*pair, ["label", "nothing"]])),
    st.lists(st.integers(-(2**31), 2**31 - 1), max_size=5).map(lambda numbers: ("aias", [numbers, []])),
)  # fmt: skip
METHODS = st.sampled_from(
    [(PATH, NAME, name) for name in ("GetStatus", "Explain", "Snooze", "Skip", "Stretch", "Pause", "PauseUntil", "Feel",
                                     "Accept", "Stand", "Sit", "Resume", "Clear", "Nothing")]
    + [("/MenuBar", "com.canonical.dbusmenu", name) for name in
       ("GetLayout", "GetGroupProperties", "GetProperty", "Event", "EventGroup", "AboutToShow", "AboutToShowGroup")]
    + [("/StatusNotifierItem", "org.kde.StatusNotifierItem", name) for name in ("Activate", "Scroll", "ContextMenu")]
)  # fmt: skip


async def test_whatever_is_called_with_whatever_arguments_is_answered(asked, session_bus, stranger, caplog) -> None:
    watcher = LyingWatcher(stranger, "silence")
    await stranger.request_name(WATCHER)
    await asyncio.wait_for(watcher.registered.wait(), 5)
    made: list[tuple[tuple[str, str, str], tuple[str, list[object]]]] = []

    @given(call=st.tuples(METHODS, BODIES))
    @effort(300)
    def collect(call: tuple[tuple[str, str, str], tuple[str, list[object]]]) -> None:
        made.append(call)

    collect()
    owner = stranger.unique_name
    assert owner
    for (path, interface, member), (signature, body) in made:
        call = Message(destination=NAME, path=path, interface=interface, member=member, signature=signature, body=body)
        reply = await asyncio.wait_for(stranger.call(call), 5)
        assert reply is not None
        if reply.message_type is MessageType.ERROR:
            assert "Traceback" not in str(reply.body), (member, body, reply.body)
            assert reply.error_name != "org.freedesktop.DBus.Error.ServiceError", (member, body, reply.body)
    assert await within(5, session_bus.address)
    assert "unexpected" not in caplog.text
