"""Stages for notifiers: each is one backend with an audience that reads what is shown and presses what is offered.

The notification service here is an in-memory one, exported with dbus-fast on a real private bus, that a test can
make slow, mute, forgetful or gone. The terminal is a pseudo-terminal; plyer's facade is a list.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import html
import os
import pty
import sys
import termios
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from dbus_fast import Message as Wire
from dbus_fast import MessageType
from dbus_fast.aio import MessageBus

from psoas_nudge.bus import Bus
from psoas_nudge.notify.freedesktop import FreedesktopNotifier
from psoas_nudge.notify.plyer_library import PlyerNotifier
from psoas_nudge.notify.port import Notifier, Pressed, Surroundings
from psoas_nudge.notify.terminal import RULE, TerminalNotifier

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
EVERYTHING = ("actions", "body", "body-markup", "icon-static")


async def until(what: Callable[[], object]) -> None:
    """Wait for another process or connection, with the event loop running."""
    async with asyncio.timeout(10):
        while not what():  # noqa: ASYNC110 - what is waited for happens on another connection
            await asyncio.sleep(0.005)


class Service:
    """org.freedesktop.Notifications in memory. `shown`: id to the arguments of Notify."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.can: tuple[str, ...] = EVERYTHING
        self.program = "fake"
        self.hangs: asyncio.Event | None = None
        self.press_at_once = ""
        self.before_reply: Callable[[], None] | None = None
        """Called in the middle of Notify."""
        self.replies: dict[str, tuple[str, tuple[Any, ...]]] = {}
        """Lies: by method, the signature and the body of the reply."""
        self.refuses = ""
        """The error that answers Notify."""
        self.calls: list[str] = []
        self.shown: dict[int, list[Any]] = {}
        self.closed: list[int] = []
        self.last = 0
        self.bus: MessageBus | None = None
        self._replies: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Take the name; ids begin at 1."""
        self.shown, self.last = {}, 0
        self.bus = await MessageBus(self.address).connect()
        self.bus.add_message_handler(self._on_message)
        await self.bus.request_name(NAME)

    async def stop(self) -> None:
        """Vanish without a word."""
        for reply in self._replies:
            reply.cancel()
        if self.bus:
            self.bus.disconnect()
            await self.gone()

    async def gone(self) -> None:
        """Wait until the connection has ended, by whomever."""
        assert self.bus
        with contextlib.suppress(EOFError):
            await self.bus.wait_for_disconnect()
        self.bus = None

    def signal(self, member: str, signature: str, *body: Any) -> None:
        """Send a signal."""
        assert self.bus
        self.bus.send(Wire.new_signal(PATH, NAME, member, signature, list(body)))

    def press(self, key: str, number: int | None = None, times: int = 1) -> None:
        """A person presses the button `key`; real servers then close."""
        number = number or max(self.shown)
        self.signal("ActivationToken", "us", number, "token-1")
        for _ in range(times):
            self.signal("ActionInvoked", "us", number, key)
        self.signal("NotificationClosed", "uu", number, 2)

    def _on_message(self, message: Wire) -> Wire | bool | None:
        if message.message_type is not MessageType.METHOD_CALL or message.interface != NAME:
            return None
        self.calls.append(str(message.member))
        if self.hangs and message.member == "Notify":
            task = asyncio.get_running_loop().create_task(self._reply_late(message, self.hangs))
            self._replies.add(task)
            task.add_done_callback(self._replies.discard)
            return True
        return self._reply(message)

    async def _reply_late(self, message: Wire, when: asyncio.Event) -> None:
        await when.wait()
        assert self.bus
        await self.bus.send(self._reply(message))

    def _reply(self, message: Wire) -> Wire:
        if self.before_reply and message.member == "Notify":
            self.before_reply()
        if self.refuses and message.member == "Notify":
            return Wire.new_error(message, "org.example.Refused", self.refuses)
        if lie := self.replies.get(str(message.member)):
            return Wire.new_method_return(message, lie[0], list(lie[1]))
        match message.member:
            case "GetServerInformation":
                return Wire.new_method_return(message, "ssss", [self.program, "tests", "1", "1.2"])
            case "GetCapabilities":
                return Wire.new_method_return(message, "as", [list(self.can)])
            case "Notify":
                number = message.body[1] if message.body[1] in self.shown else self.last + 1
                self.last = max(self.last, number)
                self.shown[number] = message.body
                if self.press_at_once:
                    asyncio.get_running_loop().call_soon(self.press, self.press_at_once)
                return Wire.new_method_return(message, "u", [number])
            case "CloseNotification":
                self.closed.append(message.body[0])
                if self.shown.pop(message.body[0], None) is None:
                    return Wire.new_error(message, f"{NAME}.Error", "")
                self.signal("NotificationClosed", "uu", message.body[0], 3)
                return Wire.new_method_return(message)
        return Wire.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", "")


class Stage:
    """One backend and its audience."""

    notifier: Notifier
    surroundings = Surroundings({})

    def __init__(self) -> None:
        self.pressed: list[Pressed] = []
        self.now = 1000.0

    async def start(self) -> None:
        await self.notifier.start(self.surroundings, self.pressed.append)

    async def start_where_it_cannot_work(self) -> None:
        """Start a notifier of this kind where nobody would see it."""
        await self.notifier.start(Surroundings({}), self.pressed.append)

    async def visible(self) -> str:
        """All that a person reads on the screen now."""
        raise NotImplementedError

    async def press(self, answer: str) -> None:
        """Press that button, whether it is offered or not, and let the press arrive."""
        raise NotImplementedError

    async def spoil(self) -> None:
        """From now on nothing can be shown."""
        raise NotImplementedError

    async def mend(self) -> None:
        """Now it can again."""
        raise NotImplementedError

    async def close(self) -> None:
        """After the test."""
        await self.notifier.stop()


class ServiceStage(Stage):
    def __init__(self, service: Service, bus: Bus) -> None:
        super().__init__()
        self.service, self.bus = service, bus
        self.notifier = FreedesktopNotifier(activate_after=0.05, call_seconds=0.5)
        self.surroundings = Surroundings({}, bus)

    async def visible(self) -> str:
        texts = [f"{body[3]}\n{html.unescape(body[4])}" for body in self.service.shown.values()]
        return "\n".join(texts)

    async def press(self, answer: str) -> None:
        self.service.press(answer, self.service.last)
        await self.settle()

    async def settle(self) -> None:
        """When a call to the service is answered, all signals it sent before have arrived."""
        await self.bus.call(NAME, PATH, NAME, "GetServerInformation")

    async def spoil(self) -> None:
        await self.service.stop()
        while await self.bus.owner(NAME):  # noqa: ASYNC110 - the bus tells when it has noticed
            await asyncio.sleep(0.005)

    async def mend(self) -> None:
        await self.service.start()


class Facade:
    """plyer's part: remembers, fails or hangs."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self.failure: Exception | None = None
        self.hangs: threading.Event | None = None

    def notify(self, **what: Any) -> None:
        if self.hangs:
            self.hangs.wait(10)
        if self.failure:
            raise self.failure
        self.said.append(what)


class PlyerStage(Stage):
    def __init__(self, service: Service, bus: Bus) -> None:
        super().__init__()
        self.facade = Facade()
        self.service = service
        self.surroundings = Surroundings({}, bus)
        self.notifier = PlyerNotifier(lambda: self.now, load=lambda: self.facade, limit=0.3, platform="linux")

    async def visible(self) -> str:
        return "\n".join(f"{it['title']}\n{html.unescape(it['message'])}" for it in self.facade.said)

    async def spoil(self) -> None:
        self.facade.failure = OSError("no such icon")

    async def mend(self) -> None:
        self.facade.failure = None
        self.now += 61


class TerminalStage(Stage):
    """A pseudo-terminal: the person is at `person`, the program at the other end."""

    def __init__(self) -> None:
        super().__init__()
        self.person, self.program = pty.openpty()
        os.set_blocking(self.person, False)
        self.transcript = ""
        self.surroundings = Surroundings({}, interactive=True)
        self.devnull = os.open(os.devnull, os.O_WRONLY)
        self.notifier = TerminalNotifier(self.program, self.program, stuck_seconds=0.3)

    async def start_where_it_cannot_work(self) -> None:
        await TerminalNotifier(self.program, self.devnull).start(self.surroundings, self.pressed.append)

    def read(self) -> str:
        """Everything printed so far."""
        while True:
            try:
                self.transcript += os.read(self.person, 65536).decode()
            except BlockingIOError:
                return self.transcript.replace("\r\n", "\n")

    async def visible(self) -> str:
        *_, prompt, after = ["", *(await self.everything()).split(RULE)]
        return "" if "prompt is closed" in after else prompt

    async def type(self, text: str) -> None:
        """Type, and wait until the terminal has echoed it and the notifier, if it listens, has dealt with it."""
        before = len(self.read())
        os.write(self.person, text.encode())
        await until(lambda: len(self.read()) - before >= len(text.replace("\x04", "")))
        await until(lambda: not self.notifier._reading or not self._unread())
        await until(lambda: not self.notifier._tasks._running)

    def _unread(self) -> int:
        size = fcntl.ioctl(self.program, termios.FIONREAD, b"\0" * 4)
        return int.from_bytes(size, sys.byteorder)

    async def everything(self) -> str:
        """Everything printed up to now; a pseudo-terminal passes it on with a delay, so a mark is sent after it."""
        mark = "\x05"
        os.write(self.program, mark.encode())
        await until(lambda: mark in self.read())
        self.transcript = self.transcript.replace(mark, "")
        return self.read()

    async def says(self, text: str) -> None:
        """Wait until this was printed."""
        await until(lambda: text in self.read())

    async def press(self, answer: str) -> None:
        await self.type(answer + "\n")

    async def spoil(self) -> None:
        self.read()
        termios.tcflow(self.program, termios.TCOOFF)  # what Ctrl-S does

    async def mend(self) -> None:
        termios.tcflow(self.program, termios.TCOON)

    async def close(self) -> None:
        await super().close()
        for fd in (self.person, self.program, self.devnull):
            os.close(fd)


@pytest.fixture
async def bus(session_bus: Any) -> AsyncIterator[Bus]:
    """Our connection to the private bus."""
    bus = Bus("session", session_bus.address)
    await bus.connect()
    yield bus
    await bus.close()


@pytest.fixture
async def service(session_bus: Any) -> AsyncIterator[Service]:
    """The notification service in memory, running."""
    service = Service(session_bus.address)
    await service.start()
    yield service
    await service.stop()


@pytest.fixture
async def terminal() -> AsyncIterator[TerminalStage]:
    """The terminal, on a pseudo-terminal."""
    stage = TerminalStage()
    yield stage
    await stage.close()


@pytest.fixture
async def desk(service: Service, bus: Bus) -> AsyncIterator[ServiceStage]:
    """The D-Bus notifier, with the service in memory."""
    stage = ServiceStage(service, bus)
    yield stage
    await stage.close()


@pytest.fixture
async def plyer(service: Service, bus: Bus) -> AsyncIterator[PlyerStage]:
    """plyer, with a facade in memory."""
    stage = PlyerStage(service, bus)
    yield stage
    await stage.close()


@pytest.fixture(params=["desk", "plyer", "terminal"])
def stage(request: pytest.FixtureRequest) -> Stage:
    """Each backend in turn, not yet started."""
    return request.getfixturevalue(request.param)
