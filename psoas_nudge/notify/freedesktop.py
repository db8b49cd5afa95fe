"""Prompts as desktop notifications with buttons: org.freedesktop.Notifications over D-Bus.

The notification never expires; the rules close it. Servers differ too much in NotificationClosed (some send it twice,
some never), so only ActionInvoked is an answer. NotificationClosed has one use: the rules show a prompt again that
GNOME Shell hides, but not one that the person has closed.
Ids start at 1 again with every server, and unique names with every bus. So bus, unique name and id together identify a
notification, and every call goes to the unique name: another server's notification is never changed. When the server is
restarted while a prompt is open, the prompt is shown again once on the new one.
Everything that a server sends is checked: a malformed reply counts as a failed call, a malformed signal is ignored.

Source: the Desktop Notifications Specification 1.2, and the behaviour of dunst, GNOME Shell and xfce4-notifyd.
"""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import suppress
from typing import Any

from msgspec import Struct

from psoas_nudge.bus import DBUS, Bus, CallFailed, OnSignal, Subscription
from psoas_nudge.errors import ShowFailed, Unavailable
from psoas_nudge.notify.arguments import NotificationServer, id_in, invokes, texts_in
from psoas_nudge.notify.port import Capability, Message, OnPressed, Pressed, Surroundings
from psoas_nudge.tasks import Tasks, log_failure

log = logging.getLogger(__name__)

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"

ACTIVATION_SECONDS = 10.0
"""Timeout for the bus to start a service that is not running; some load a toolkit first."""
CALL_SECONDS = 5.0
LATE_SECONDS = 3600.0
"""A server that hangs may answer long after the timeout; what it shows then is closed again."""
MOST_EARLY = 50
"""Signals kept while Notify has not returned; only a server that floods sends more."""
REF = re.compile(r"(.+)/(\d{1,9})", re.ASCII)
LONGEST_TOKEN = 1000
"""Characters of an activation token; it is passed on in an environment variable."""
ACTIVATE_AFTER_SECONDS = 2.0
"""Time for a server that has ended during a prompt to be restarted, before the bus is asked to start one."""
DISMISSED = 2
"""The reason of NotificationClosed when the person has closed it; also sent after a button was pressed."""


class _OnScreen(Struct):
    """The notification that is shown. `refs`: all its refs, because a restarted server gives it another id."""

    message: Message
    server: str
    number: int
    refs: frozenset[str]
    answered: bool = False
    dismissed: bool = False
    token: str | None = None


class FreedesktopNotifier:
    """Shows prompts through the notification service that the session bus has or can start."""

    name = "freedesktop"

    def __init__(self, activate_after: float = ACTIVATE_AFTER_SECONDS, call_seconds: float = CALL_SECONDS) -> None:
        self._activate_after = activate_after
        self._call_seconds = call_seconds
        self._bus: Bus | None = None
        self._on_pressed: OnPressed = lambda _pressed: None
        self._subscriptions: list[Subscription] = []
        self._owner: str | None = None
        self._server = ""
        self._about = NotificationServer()
        self._shown: _OnScreen | None = None
        self._early: list[tuple[OnSignal, list[Any]]] | None = None
        self._lock = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._tasks = Tasks(log, "the notification service")

    async def start(self, surroundings: Surroundings, on_pressed: OnPressed) -> None:
        """Start the service if necessary and read its capabilities; raises Unavailable."""
        bus = surroundings.session_bus
        if bus is None:
            raise Unavailable("no session bus: it comes with a desktop session (or: dbus-run-session psoas-nudge run)")
        self._bus, self._on_pressed = bus, on_pressed
        try:
            self._owner = await bus.watch_owner(NAME, self._on_owner)
            for member, handler in (
                ("ActionInvoked", self._on_action),
                ("ActivationToken", self._on_token),
                ("NotificationClosed", self._on_closed),
            ):
                self._subscriptions.append(
                    await bus.subscribe(handler, sender=NAME, interface=NAME, member=member, path=PATH)
                )
            await self._meet()
        except CallFailed as error:
            await self.stop()
            raise Unavailable(_why(error)) from error

    def capabilities(self) -> frozenset[Capability]:
        return self._about.capabilities()

    async def show(self, message: Message) -> str:
        """Show `message` in place of the previous one; the ref has bus, server and id. Raises ShowFailed."""
        async with self._lock:
            try:
                return await self._put(message)
            except CallFailed as error:
                raise ShowFailed(_why(error)) from error

    async def withdraw(self, ref: str) -> None:
        """Close the notification if it is this server's. Raises nothing."""
        async with self._lock:
            shown = self._shown
            if shown and ref in shown.refs:
                self._shown = None
                await self._close(shown.server, shown.number)
                return
            if parts := REF.fullmatch(ref):
                await self._close(parts[1], int(parts[2]))

    async def stop(self) -> None:
        """Unsubscribe. What is on the screen stays there."""
        for subscription in self._subscriptions:
            subscription.cancel()
        self._subscriptions.clear()
        if self._bus:
            self._bus.unwatch_owner(NAME, self._on_owner)
        if self._timer:
            self._timer.cancel()
        await self._tasks.cancel()
        self._bus = self._shown = None

    async def _call(self, owner: str, member: str, signature: str = "", *body: Any, timeout: float) -> list[Any]:  # noqa: ASYNC109 - as in bus.py
        return await self._live_bus.call(owner, PATH, NAME, member, signature, *body, timeout=timeout)

    @property
    def _live_bus(self) -> Bus:
        if self._bus is None:
            raise CallFailed("org.freedesktop.DBus.Error.Disconnected", "not started")
        return self._bus

    async def _meet(self) -> str:
        """The unique name of the server, started if necessary; sets `_server` and `_about`."""
        if self._owner is None:
            await self._call(NAME, "GetServerInformation", timeout=ACTIVATION_SECONDS)
        owner = self._owner  # the bus announces a new owner before it delivers that owner's reply
        if owner is None:
            raise CallFailed("org.freedesktop.DBus.Error.NameHasNoOwner", "the service ended while it was started")
        if not self._server:
            who = texts_in(await self._call(owner, "GetServerInformation", timeout=self._call_seconds))
            can = texts_in(*await self._call(owner, "GetCapabilities", timeout=self._call_seconds))
            [bus_id] = await self._live_bus.call(*DBUS, "GetId", timeout=self._call_seconds)
            if owner != self._owner:
                raise CallFailed(
                    "org.freedesktop.DBus.Error.NameHasNoOwner", "the service ended while it was asked what it can do"
                )
            self._server = f"{bus_id[:8]}{owner}"
            self._about = NotificationServer(who[0].lower() if who else "", frozenset(can))
            log.info("notifications go to %.100s (%.500s)", " ".join(who), ", ".join(sorted(can)))
        return owner

    async def _put(self, message: Message, refs: frozenset[str] = frozenset()) -> str:
        owner = await self._meet()
        server, before = self._server, self._shown
        replaces = 0
        if before and before.message.prompt == message.prompt:
            refs |= before.refs
            if before.dismissed:
                return f"{before.server}/{before.number}"
            replaces = before.number if before.server == server else 0
        elif before:  # not replaced: GNOME Shell would keep the click action of the previous one, which is none
            self._shown = None
            await self._close(before.server, before.number)
        early: list[tuple[OnSignal, list[Any]]] = []
        self._early = early
        try:
            number = await self._notify(owner, replaces, message)
            ref = f"{server}/{number}"
            self._shown = _OnScreen(message, server, number, refs | {ref})
        finally:
            self._early = None
        for handler, signal in early:
            handler(signal)
        if server != self._server:  # the server ended after its reply, and _on_owner ran before `_shown` was set
            self._on_owner(self._owner)
        return ref

    async def _notify(self, owner: str, replaces: int, message: Message) -> int:
        server, arguments = self._server, self._about.arguments(message, replaces)
        calling = asyncio.ensure_future(self._call(owner, "Notify", "susssasa{sv}i", *arguments, timeout=LATE_SECONDS))
        try:
            await asyncio.wait({calling}, timeout=self._call_seconds)
        finally:
            if not calling.done():
                self._tasks.start(self._close_late(server, calling))
        if not calling.done():
            raise CallFailed("org.freedesktop.DBus.Error.NoReply", f"no answer within {self._call_seconds:g} s")
        return id_in(calling.result())

    async def _close_late(self, server: str, calling: asyncio.Future[list[Any]]) -> None:
        """Close what a server shows after the timeout: another notifier has shown the prompt meanwhile."""
        with suppress(CallFailed):
            number = id_in(await calling)
            if self._shown is None or (self._shown.server, self._shown.number) != (server, number):
                await self._close(server, number)

    async def _close(self, server: str, number: int) -> None:
        if self._owner is None:
            return
        try:
            owner = await self._meet()
            if self._server != server:
                return
            await self._call(owner, "CloseNotification", "u", number, timeout=self._call_seconds)
        except CallFailed as error:  # for some servers it is an error that the notification is gone already
            log.debug("notification %d was not closed: %s", number, error)

    def _on_owner(self, owner: str | None) -> None:
        self._owner, self._server = owner, ""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._shown:
            wait = 0.0 if owner else self._activate_after
            self._timer = asyncio.get_running_loop().call_later(wait, lambda: self._tasks.start(self._show_again()))

    async def _show_again(self) -> None:
        async with self._lock:
            shown = self._shown
            if shown is None or shown.answered or shown.dismissed:
                return
            try:
                await self._meet()
                if self._server == shown.server:  # only our own connection was lost
                    return
                await self._put(shown.message, shown.refs)
            except CallFailed as error:
                log.warning("the open prompt is no longer on the screen: %s", _why(error))
            else:
                log.warning("the notification service was restarted; the open prompt is shown again")

    def _on_action(self, signal: list[Any]) -> None:
        match signal:
            case [int(number), str(action)]:
                shown = self._meant(number, self._on_action, signal)
            case _:
                log.warning("the notification service sent ActionInvoked with the wrong arguments; it is ignored")
                return
        if shown is None or shown.answered:
            return
        pressed = next((b.press for b in shown.message.buttons if invokes(action, b.press)), None)
        if pressed is None:
            log.warning("the notification service reports an action that was not offered")
            return
        shown.answered = True
        try:
            self._on_pressed(Pressed(pressed, shown.token))
        except Exception as error:  # noqa: BLE001 - it must not stop the bus's reader
            log_failure(log, "the answer of a notification", error)

    def _on_token(self, signal: list[Any]) -> None:
        match signal:
            case [int(number), str(token)] if len(token) <= LONGEST_TOKEN and token.isprintable():
                if shown := self._meant(number, self._on_token, signal):
                    shown.token = token

    def _on_closed(self, signal: list[Any]) -> None:
        match signal:
            case [int(number), int(reason)] if reason == DISMISSED:
                shown = self._meant(number, self._on_closed, signal)
                if shown and shown.message.buttons and not shown.answered:
                    shown.dismissed = True

    def _meant(self, number: int, handler: OnSignal, signal: list[Any]) -> _OnScreen | None:
        """The notification that a signal is about. A signal may arrive before Notify has returned the id: keep it."""
        if self._shown and number == self._shown.number and self._shown.server == self._server:
            return self._shown
        if self._early is not None and len(self._early) < MOST_EARLY:
            self._early.append((handler, signal))
        return None


def _why(error: CallFailed) -> str:
    if error.name.rpartition(".")[2] in {"ServiceUnknown", "NameHasNoOwner"}:
        return "no notification service is running on the session bus; install one, for example: apt install dunst"
    if error.name.endswith(".Disconnected"):
        return "the session bus is gone"
    return f"the notification service failed: {error}"


if __name__ == "__main__":
    from psoas_nudge.notify.probe import main

    main(FreedesktopNotifier)
