"""The bus connection on a real dbus-daemon: it calls, hears, and comes back when the bus was killed and restarted."""

from __future__ import annotations

import asyncio
import os
import socket

import pytest
from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from psoas_nudge import bus as bus_module
from psoas_nudge.bus import Bus, CallFailed
from psoas_nudge.errors import Unavailable

NAME, PATH, INTERFACE = "org.example.Weather", "/org/example/Weather", "org.example.Weather"


class Weather:
    """A service that tells the weather, to everybody."""

    def __init__(self, address, name=NAME):
        self.address, self.name = address, name

    async def start(self):
        self.bus = await MessageBus(self.address).connect()
        self.bus.add_message_handler(self.answer)
        await self.bus.request_name(self.name)
        return self

    def answer(self, message):
        if message.message_type is MessageType.METHOD_CALL and message.interface == INTERFACE:
            if message.member == "Forecast":
                return Message.new_method_return(message, "s", ["rain"])
            if message.member == "Refuse":
                return Message.new_error(message, "org.example.Error.No", "not today")
            return True  # never answered
        return None

    async def tell(self, *words, path=PATH, member="Changed"):
        signature = "s" * len(words)
        await self.bus.send(Message.new_signal(path, INTERFACE, member, signature, list(words)))

    async def stop(self):
        self.bus.disconnect()
        await self.bus.wait_for_disconnect()


@pytest.fixture
async def bus(session_bus, monkeypatch):
    monkeypatch.setattr(bus_module, "RETRY_SECONDS", (0.05,))
    bus = Bus("session", session_bus.address)
    await bus.connect()
    yield bus
    await bus.close()


@pytest.fixture
async def weather(session_bus):
    weather = await Weather(session_bus.address).start()
    yield weather
    if weather.bus.connected:
        await weather.stop()


async def until(condition, within=10):
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - the condition is anything at all
            await asyncio.sleep(0.005)


async def test_a_call_is_answered_refused_or_given_up(bus, weather):
    assert await bus.call(NAME, PATH, INTERFACE, "Forecast") == ["rain"]
    with pytest.raises(CallFailed, match="not today") as refused:
        await bus.call(NAME, PATH, INTERFACE, "Refuse")
    assert refused.value.name == "org.example.Error.No"
    with pytest.raises(CallFailed, match=r"no answer within 0\.1 s"):
        await bus.call(NAME, PATH, INTERFACE, "Sleep", timeout=0.1)
    with pytest.raises(CallFailed):
        await bus.call("org.example.Nobody", PATH, INTERFACE, "Forecast")


async def test_only_what_was_asked_for_is_heard_and_only_until_cancelled(bus, weather):
    heard = []
    subscription = await bus.subscribe(heard.append, sender=NAME, interface=INTERFACE, member="Changed", path=PATH)
    await weather.tell("sun")
    await weather.tell("moon", path="/elsewhere")
    await weather.tell("stars", member="Other")
    await weather.tell("snow")
    await until(lambda: len(heard) == 2)
    assert heard == [["sun"], ["snow"]]
    subscription.cancel()
    await bus.call(NAME, PATH, INTERFACE, "Forecast")
    await weather.tell("hail")
    await asyncio.sleep(0.05)
    assert len(heard) == 2


async def test_a_stranger_who_sends_the_same_signal_is_not_believed(bus, weather, session_bus):
    heard = []
    await bus.subscribe(heard.append, sender=NAME, interface=INTERFACE, member="Changed")
    stranger = await Weather(session_bus.address, "org.example.Stranger").start()
    await stranger.tell("lies")
    await weather.tell("truth")
    await until(lambda: heard)
    assert heard == [["truth"]]
    await stranger.stop()


async def test_whoever_says_it_is_heard_when_no_sender_is_named(bus, weather, session_bus):
    heard = []
    await bus.subscribe(heard.append, sender=None, interface=INTERFACE, member="Changed", namespace="org.example")
    await weather.tell("com.example.sun")
    await weather.tell("org.example.rain")
    await until(lambda: heard)
    assert heard == [["org.example.rain"]]


async def test_a_service_that_comes_and_goes_is_noticed(bus, session_bus):
    owners = []
    assert await bus.watch_owner(NAME, owners.append) is None
    weather = await Weather(session_bus.address).start()
    await until(lambda: owners)
    await weather.stop()
    await until(lambda: len(owners) == 2)
    assert owners[0].startswith(":")
    assert owners[1] is None


async def test_the_bus_is_killed_and_restarted_and_all_wishes_still_hold(bus, weather, session_bus, caplog):
    heard, owners, connections = [], [], []
    await bus.subscribe(heard.append, sender=NAME, interface=INTERFACE, member="Changed")
    await bus.watch_owner(NAME, owners.append)
    bus.watch_connection(connections.append)
    session_bus.kill()
    await until(lambda: connections == [False])
    assert owners == [None]
    with pytest.raises(CallFailed):
        await bus.call(NAME, PATH, INTERFACE, "Forecast")
    await asyncio.sleep(0.2)
    session_bus.start()
    await until(lambda: connections == [False, True])
    again = await Weather(session_bus.address).start()
    await until(lambda: len(owners) == 2)
    await again.tell("spring")
    await until(lambda: heard)
    assert heard == [["spring"]]
    assert await bus.call(NAME, PATH, INTERFACE, "Forecast") == ["rain"]
    said = [r.message for r in caplog.records if r.name == "psoas_nudge.bus"]
    assert len(said) == 2
    assert "went away" in said[0]
    assert said[1] == "the session bus is back"
    await again.stop()


async def test_a_subscriber_that_fails_takes_nothing_from_the_others_and_the_bus_still_comes_back(
    bus, weather, session_bus, caplog
):
    heard, owners, connections = [], [], []

    def oops(_what):
        raise ZeroDivisionError("oops")

    await bus.subscribe(oops, sender=NAME, interface=INTERFACE, member="Changed")
    await bus.subscribe(heard.append, sender=NAME, interface=INTERFACE, member="Changed")
    for on_owner in (oops, owners.append):
        await bus.watch_owner(NAME, on_owner)
    for on_connection in (oops, connections.append):
        bus.watch_connection(on_connection)
    await weather.tell("sun")
    await until(lambda: heard == [["sun"]])
    session_bus.kill()
    await until(lambda: connections == [False])
    assert owners == [None]
    session_bus.start()
    await until(lambda: connections == [False, True])
    assert "a subscriber of the session bus: unexpected error, please report it: ZeroDivisionError: oops" in caplog.text


async def test_closing_while_the_bus_is_gone_ends_the_trying(session_bus, caplog):
    bus = Bus("session", session_bus.address)
    await bus.connect()
    session_bus.kill()
    await until(lambda: not bus.connected)
    await bus.close()
    assert not [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]


async def test_without_a_bus_it_is_said_so(folder):
    with pytest.raises(Unavailable, match="no session bus"):
        await Bus("session", f"unix:path={folder}/nothing").connect()
    with pytest.raises(Unavailable, match="no session bus"):
        await Bus("session", "not an address").connect()


async def test_without_a_bus_and_without_a_home_it_is_said_so(monkeypatch):
    for name in ("HOME", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(Unavailable, match="no session bus"):
        await Bus("session").connect()


async def test_who_is_cancelled_as_the_answer_comes_goes_no_further(bus, monkeypatch):
    answer = asyncio.get_running_loop().create_future()

    async def call(self, message):
        return await answer

    async def person():
        await bus.call(NAME, PATH, INTERFACE, "Forecast")
        await asyncio.sleep(60)

    with monkeypatch.context() as patch:
        patch.setattr(MessageBus, "call", call)
        asking = asyncio.create_task(person())
        await asyncio.sleep(0.01)
        answer.set_result(Message(message_type=MessageType.METHOD_RETURN, reply_serial=1, signature="s", body=["rain"]))
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait({asking}, timeout=1)
    assert asking.cancelled()


async def test_a_descriptor_is_handed_over(logind, system_bus):
    bus = Bus("system", system_bus.address, negotiate_fds=True)
    await bus.connect()
    manager = ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")
    descriptor = await bus.call_for_descriptor(*manager, "Inhibit", "ssss", "sleep", "me", "because", "delay")
    os.fstat(descriptor)
    os.close(descriptor)
    with pytest.raises(CallFailed, match="no file descriptor"):
        await bus.call_for_descriptor(*manager, "CanSuspend")
    await bus.close()


async def test_a_bus_that_listens_and_never_answers_is_no_bus(folder, monkeypatch):
    monkeypatch.setattr("psoas_nudge.bus.CONNECT_SECONDS", 0.1)
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(folder / "deaf"))
        deaf.listen()
        with pytest.raises(Unavailable, match=r"no session bus: no answer within 0\.1 s"):
            await Bus("session", f"unix:path={folder}/deaf").connect()
