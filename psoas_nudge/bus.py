"""The two D-Bus connections: connect, call, subscribe, watch the owner of a name, and reconnect after a loss.

Sensors, notifier and tray share one `Bus` for each connection. Subscriptions outlive the connection: after a loss,
which is logged once, it reconnects with growing pauses and adds every match rule again. Signals are matched on the
unique name of the sender's current owner, because every signal of a shell that also acts for another service arrives
twice. An exception in one subscriber is logged and does not affect the others. dbus-fast is imported by the first
connection: Windows has neither a bus nor the library.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from msgspec import Struct

from psoas_nudge.errors import PsoasNudgeError, Unavailable
from psoas_nudge.tasks import Tasks, log_failure

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

log = logging.getLogger(__name__)

DBUS = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
PROPERTIES = "org.freedesktop.DBus.Properties"
CONNECT_SECONDS, CALL_SECONDS = 5.0, 5.0
RETRY_SECONDS = (0.2, 1.0, 5.0, 15.0, 60.0)

WITHOUT_BUS = {
    "session": "it comes with a desktop session (or: dbus-run-session psoas-nudge run)",
    "system": "sleep, a locked screen and another user are not noticed (is the service dbus running?)",
}
"""What to do, or what is missing then."""

T = TypeVar("T")

OnSignal = Callable[[list[Any]], None]
OnOwner = Callable[[str | None], None]
OnConnection = Callable[[bool], None]


LONGEST_ERROR = 300
"""Characters of what a service says about its failure; some of it reaches the log and the terminal."""


class CallFailed(PsoasNudgeError):
    """A D-Bus call got no reply or an error. `name`: the D-Bus error name, which the message leaves out."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        text = "".join(letter if letter.isprintable() else " " for letter in text[:LONGEST_ERROR])
        super().__init__(text or name)


CONNECT_ERRORS = (OSError, EOFError, ValueError, CallFailed)
"""What `Bus._open` and calls raise; the library's error for an invalid address is a ValueError."""


class Subscription(Struct, frozen=True, eq=False):
    """Signals to receive, see Bus.subscribe; `cancel` ends it."""

    bus: Bus
    on_signal: OnSignal
    sender: str | None
    path: str | None
    interface: str
    member: str
    namespace: str | None

    @property
    def rule(self) -> str:
        """The match rule for AddMatch."""
        rule = f"type='signal',interface='{self.interface}',member='{self.member}'"
        optional = (("sender", self.sender), ("path", self.path), ("arg0namespace", self.namespace))
        return rule + "".join(f",{key}='{value}'" for key, value in optional if value)

    def matches(self, message: Message, owner: str | None) -> bool:
        """Whether it includes this signal; `owner`: the current owner of the sender's name."""
        return (
            message.member == self.member
            and message.interface == self.interface
            and self.path in (None, message.path)
            and (self.sender is None or message.sender in (self.sender, owner))
            and (self.namespace is None or str((*message.body, "")[0]).startswith(self.namespace))
        )

    def cancel(self) -> None:
        """Stop calling `on_signal`."""
        self.bus.unsubscribe(self)


class Bus:
    """One connection to the session or the system bus. `negotiate_fds`: allow replies with file descriptors."""

    def __init__(
        self, kind: Literal["session", "system"], address: str | None = None, *, negotiate_fds: bool = False
    ) -> None:
        self.kind = kind
        self._address = address
        self._negotiate_fds = negotiate_fds
        self._bus: MessageBus | None = None
        self._subscriptions: list[Subscription] = []
        self._owners: dict[str, str | None] = {}
        self._on_owner: dict[str, list[OnOwner]] = {}
        self._on_connection: list[OnConnection] = []
        self._tasks = Tasks(log, f"the {kind} bus")
        self._following = asyncio.Lock()

    @property
    def connected(self) -> bool:
        """Whether calls are possible now."""
        return self._bus is not None and self._bus.connected

    @property
    def connection(self) -> MessageBus:
        """The library's connection, for exporting objects; after a loss there is a new one."""
        if self._bus is None:
            raise CallFailed("org.freedesktop.DBus.Error.Disconnected", f"no {self.kind} bus")
        return self._bus

    @contextmanager
    def emitting(self) -> Iterator[None]:
        """Send signals in this context. When the bus reads too slowly, the library treats the full socket as a failure,
        raises OSError where the signal is sent, and gives the connection up; `_keep` reconnects."""
        try:
            yield
        except OSError as error:
            log.info("a signal was not sent on the %s bus: %s", self.kind, error)

    async def connect(self) -> None:
        """Connect; raises Unavailable when there is no such bus. After a loss it reconnects by itself."""
        try:
            await self._open()
        except ModuleNotFoundError as error:
            raise Unavailable(f"no {self.kind} bus: dbus-fast is not installed") from error
        except CONNECT_ERRORS as error:
            log.info("no %s bus: %s", self.kind, error)
            slow = isinstance(error.__cause__, TimeoutError)
            raise Unavailable(f"no {self.kind} bus: {error if slow else WITHOUT_BUS[self.kind]}") from error
        self._tasks.start(self._keep())

    async def close(self) -> None:
        """Disconnect and do not reconnect."""
        await self._tasks.cancel()
        if self._bus and self._bus.connected:
            self._bus.disconnect()
            await self._bus.wait_for_disconnect()  # the socket is closed only then
        self._bus = None

    async def call(
        self,
        destination: str,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        *body: Any,
        timeout: float = CALL_SECONDS,  # noqa: ASYNC109 - a timeout is a CallFailed
    ) -> list[Any]:
        """Call a method; returns the reply's body. Raises CallFailed, also after `timeout` seconds."""
        return list((await self._call(timeout, destination, path, interface, member, signature, *body)).body)

    async def call_for_descriptor(
        self, destination: str, path: str, interface: str, member: str, signature: str = "", *body: Any
    ) -> int:
        """Call a method that returns one file descriptor; the caller has to close it. Needs `negotiate_fds`."""
        reply = await self._call(CALL_SECONDS, destination, path, interface, member, signature, *body)
        if not reply.unix_fds:
            raise CallFailed("org.freedesktop.DBus.Error.NotSupported", "no file descriptor came")
        return int(reply.unix_fds[0])

    async def _call(
        self, within: float, destination: str, path: str, interface: str, member: str, signature: str, *body: Any
    ) -> Message:
        from dbus_fast import Message, MessageType

        message = Message(destination, path, interface, member, signature=signature, body=list(body))
        try:
            # Not wait_for: up to Python 3.11 it loses a cancellation at the moment of the reply.
            async with asyncio.timeout(within):
                reply = await self.connection.call(message)
        except TimeoutError:
            raise CallFailed("org.freedesktop.DBus.Error.NoReply", f"no answer within {within:g} s") from None
        except (OSError, EOFError) as error:
            raise CallFailed("org.freedesktop.DBus.Error.Disconnected", str(error)) from error
        if reply is None or reply.message_type is MessageType.ERROR:
            name = reply.error_name if reply and reply.error_name else "org.freedesktop.DBus.Error.Disconnected"
            log.debug("%s.%s of %s: %s", interface, member, destination, name)
            raise CallFailed(name, str(reply.body[0]) if reply and reply.body else "")
        return reply

    async def get(self, destination: str, path: str, interface: str, prop: str) -> Any:
        """The value of a property; raises CallFailed."""
        got = await self.call(destination, path, PROPERTIES, "Get", "ss", interface, prop)
        return got[0].value

    async def owner(self, name: str) -> str | None:
        """The unique name of the current owner of `name`; None when there is none. Starts no service."""
        try:
            return str((await self.call(*DBUS, "GetNameOwner", "s", name))[0])
        except CallFailed:
            return None

    async def subscribe(
        self,
        on_signal: OnSignal,
        *,
        sender: str | None,
        interface: str,
        member: str,
        path: str | None = None,
        namespace: str | None = None,
    ) -> Subscription:
        """Call `on_signal` with the body of each such signal, also after a restart of the sender or the bus.

        `sender` None: any. `namespace`: only signals whose first argument is a name that begins with it.
        """
        subscription = Subscription(self, on_signal, sender, path, interface, member, namespace)
        self._subscriptions.append(subscription)
        try:
            if sender:
                await self._follow_owner(sender)
            await self._match(subscription.rule)
        except BaseException:
            self._subscriptions.remove(subscription)
            raise
        return subscription

    async def watch_owner(self, name: str, on_owner: OnOwner) -> str | None:
        """Call `on_owner` whenever the owner of `name` changes; returns the current owner."""
        await self._follow_owner(name)
        self._on_owner.setdefault(name, []).append(on_owner)
        return self._owners[name]

    def unwatch_owner(self, name: str, on_owner: OnOwner) -> None:
        """The opposite of `watch_owner`; does nothing when that was cancelled before it began to watch."""
        if on_owner in self._on_owner.get(name, ()):
            self._on_owner[name].remove(on_owner)

    def watch_connection(self, on_connection: OnConnection) -> None:
        """Call `on_connection` with False when the bus is lost and True when it is back."""
        self._on_connection.append(on_connection)

    def unsubscribe(self, subscription: Subscription) -> None:
        """The opposite of `subscribe`."""
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)
            if self.connected and all(s.rule != subscription.rule for s in self._subscriptions):
                self._tasks.start(self._unmatch(subscription.rule))

    async def _follow_owner(self, name: str) -> None:
        async with self._following:  # a second caller must not read None before the owner is known
            if name.startswith(":") or name in self._owners:
                return
            self._owners[name] = None
            await self._match(self._owner_rule(name))
            self._owners[name] = await self.owner(name)

    @staticmethod
    def _owner_rule(name: str) -> str:
        return f"type='signal',sender='{DBUS[0]}',interface='{DBUS[2]}',member='NameOwnerChanged',arg0='{name}'"

    async def _match(self, rule: str) -> None:
        await self.call(*DBUS, "AddMatch", "s", rule)

    async def _unmatch(self, rule: str) -> None:
        try:
            await self.call(*DBUS, "RemoveMatch", "s", rule)
        except CallFailed as error:
            log.debug("the %s bus keeps a match rule: %s", self.kind, error)

    async def _open(self) -> None:
        from dbus_fast import BusType
        from dbus_fast.aio import MessageBus
        from dbus_fast.errors import AuthError

        bus_type = BusType.SESSION if self.kind == "session" else BusType.SYSTEM
        try:
            bus = MessageBus(bus_address=self._address, bus_type=bus_type, negotiate_unix_fd=self._negotiate_fds)
        except KeyError as error:  # the library looks up an X11 address in the home directory
            raise OSError(f"{error.args[0]} is not set") from error
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                self._bus = await bus.connect()
        except AuthError as error:
            raise OSError(str(error)) from error
        except TimeoutError as error:
            raise OSError(f"no answer within {CONNECT_SECONDS:g} s") from error
        bus.add_message_handler(self._on_message)

    async def _keep(self) -> None:
        while True:
            try:
                await asyncio.shield(self.connection.wait_for_disconnect())  # `close` waits for it too
                reason = "closed"
            except Exception as error:  # noqa: BLE001 - whatever ended the library's reader; it is logged
                reason = str(error) or type(error).__name__
            log.warning("the %s bus went away (%s); trying to reconnect", self.kind, reason)
            self._bus = None
            for name in self._owners:
                self._set_owner(name, None)
            self._notify(self._on_connection, False)
            await self._reconnect()

    async def _reconnect(self) -> None:
        for pause in chain(RETRY_SECONDS, repeat(RETRY_SECONDS[-1])):
            await asyncio.sleep(pause)
            try:
                await self._open()
                for name in list(self._owners):
                    await self._match(self._owner_rule(name))
                for rule in {s.rule for s in self._subscriptions}:
                    await self._match(rule)
                owners = {name: await self.owner(name) for name in self._owners}
            except CONNECT_ERRORS as error:
                log.debug("the %s bus is not back yet: %s", self.kind, error)
                continue
            log.warning("the %s bus is back", self.kind)
            self._notify(self._on_connection, True)
            for name, owner in owners.items():
                self._set_owner(name, owner)
            return

    def _set_owner(self, name: str, owner: str | None) -> None:
        if self._owners.get(name) != owner:
            self._owners[name] = owner
            self._notify(self._on_owner.get(name, ()), owner)

    def _notify(self, subscribers: Iterable[Callable[[T], None]], what: T) -> None:
        for subscriber in list(subscribers):
            try:
                subscriber(what)
            except Exception as error:  # noqa: BLE001 - it must affect neither other subscribers nor the connection
                log_failure(log, f"a subscriber of the {self.kind} bus", error)

    def _on_message(self, message: Message) -> None:
        if message.message_type.name != "SIGNAL":
            return
        if message.sender == DBUS[0] and message.member == "NameOwnerChanged" and message.body[0] in self._owners:
            self._set_owner(message.body[0], message.body[2] or None)
        for subscription in list(self._subscriptions):
            if subscription.matches(message, self._owners.get(subscription.sender or "")):
                self._notify([subscription.on_signal], list(message.body))


@asynccontextmanager
async def buses(on_missing: Callable[[str, str], object]) -> AsyncIterator[tuple[Bus | None, Bus | None]]:
    """The session and the system bus, None where there is none. `on_missing` is called with "session" or "system" and
    the reason, except on Windows."""
    if sys.platform == "win32":
        yield None, None
        return
    async with AsyncExitStack() as stack:

        async def connected(bus: Bus) -> Bus | None:
            try:
                await bus.connect()
            except Unavailable as error:
                on_missing(bus.kind, str(error))
                return None
            stack.push_async_callback(bus.close)
            return bus

        # only logind, on the system bus, sends file descriptors
        yield await connected(Bus("session")), await connected(Bus("system", negotiate_fds=True))
