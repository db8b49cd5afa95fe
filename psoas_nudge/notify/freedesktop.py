"""Prompts as desktop notifications with buttons: org.freedesktop.Notifications over D-Bus.

The person decides and the rules close: the notification never expires by itself, and only a pressed button is
believed. Servers differ too much in NotificationClosed (some send it twice, some never), so it is not listened to.
Ids start at 1 again with every server, and unique names with every bus. So a notification is known by bus, unique
name and id together, and every call goes to the unique name: no other server's notification is ever touched, and
when the server is restarted in mid-prompt, the prompt is shown again on the new one, once.

Hints left out on purpose: `transient` (the prompt has to stay findable in the desktop's list) and `resident`
(a pressed button should take the notification away even if this program has just died).
Source: the Desktop Notifications Specification 1.2, and what dunst, GNOME Shell and xfce4-notifyd really do.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from dbus_fast import Variant

from psoas_nudge.bus import DBUS, Bus, CallFailed, OnSignal, Subscription
from psoas_nudge.core.model import Answer
from psoas_nudge.errors import ShowFailed, Unavailable
from psoas_nudge.notify import words
from psoas_nudge.notify.port import Capability, Message, OnPressed, Pressed, Surroundings

log = logging.getLogger(__name__)

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
APP_NAME = "psoas-nudge"

ACTIVATION_SECONDS = 10.0
"""How long the bus may take to start a service that is not running; the slow ones load a toolkit first."""
CALL_SECONDS = 5.0
LATE_SECONDS = 120.0
"""How long a reply is still waited for after giving up, to take back what a server that hung then shows."""
ACTIVATE_AFTER_SECONDS = 2.0
"""When the server is gone in mid-prompt, whoever restarts it goes first; after that the bus is asked to start one."""
URGENCY_NORMAL = 1
NEVER_EXPIRE = 0


class _Shown:
    """The notification on the screen. `refs`: every name it had, because a restarted server gives it another."""

    def __init__(self, message: Message, server: str, number: int, refs: frozenset[str]) -> None:
        self.message, self.server, self.number, self.refs = message, server, number, refs
        self.answered = False
        self.token: str | None = None


class FreedesktopNotifier:
    """Shows prompts through whichever notification service the session bus has or can start."""

    name = "freedesktop"

    def __init__(self, activate_after: float = ACTIVATE_AFTER_SECONDS, call_seconds: float = CALL_SECONDS) -> None:
        self._activate_after = activate_after
        self._call_seconds = call_seconds
        self._bus: Bus | None = None
        self._watching = False
        self._on_pressed: OnPressed = lambda _pressed: None
        self._subscriptions: list[Subscription] = []
        self._owner: str | None = None
        self._server = ""
        self._server_can: frozenset[str] = frozenset()
        self._shown: _Shown | None = None
        self._early: list[tuple[OnSignal, list[Any]]] | None = None
        self._turn = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    async def start(self, surroundings: Surroundings, on_pressed: OnPressed) -> None:
        """Meet the service, starting it if the bus can; raises Unavailable."""
        bus = surroundings.session_bus
        if bus is None:
            raise Unavailable("no session bus; it comes with a desktop session (or: dbus-run-session psoas-nudge run)")
        self._bus, self._on_pressed = bus, on_pressed
        try:
            self._owner = await bus.watch_owner(NAME, self._on_owner)
            self._watching = True
            for member, hear in (("ActionInvoked", self._on_action), ("ActivationToken", self._on_token)):
                self._subscriptions.append(
                    await bus.subscribe(hear, sender=NAME, interface=NAME, member=member, path=PATH)
                )
            await self._meet()
        except CallFailed as error:
            await self.stop()
            raise Unavailable(_why(error)) from error

    def capabilities(self) -> frozenset[Capability]:
        """What the server that was met last said of itself."""
        can = {Capability.WITHDRAW, Capability.ICON}
        if "actions" in self._server_can:
            can.add(Capability.BUTTONS)
        if "body-markup" in self._server_can:
            can.add(Capability.MARKUP)
        return frozenset(can)

    async def show(self, message: Message) -> str:
        """Show `message` in place of the one before; the ref names bus, server and id. Raises ShowFailed."""
        async with self._turn:
            try:
                return await self._put(message)
            except CallFailed as error:
                raise ShowFailed(_why(error)) from error

    async def withdraw(self, ref: str) -> None:
        """Close the notification if it is this server's; never raises."""
        async with self._turn:
            shown = self._shown
            if shown and ref in shown.refs:
                self._shown = None
                await self._close(shown.server, shown.number)
                return
            server, _, number = ref.rpartition("/")
            if server and number.isdecimal():
                await self._close(server, int(number))

    async def stop(self) -> None:
        """Listen no more. What is on the screen stays there."""
        for subscription in self._subscriptions:
            subscription.cancel()
        self._subscriptions.clear()
        if self._bus and self._watching:
            self._bus.unwatch_owner(NAME, self._on_owner)
            self._watching = False
        if self._timer:
            self._timer.cancel()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._bus = self._shown = None

    async def _call(self, owner: str, member: str, signature: str = "", *body: Any, timeout: float) -> list[Any]:  # noqa: ASYNC109 - the limit is part of the call's contract, as in bus.py
        return await self._live_bus.call(owner, PATH, NAME, member, signature, *body, timeout=timeout)

    @property
    def _live_bus(self) -> Bus:
        if self._bus is None:
            raise CallFailed("org.freedesktop.DBus.Error.Disconnected", "not started")
        return self._bus

    async def _meet(self) -> str:
        """The unique name of the server, which is started if need be; `_server` and `_server_can` are its then."""
        if self._owner is None:
            await self._call(NAME, "GetServerInformation", timeout=ACTIVATION_SECONDS)
        owner = self._owner  # the bus tells of a new owner before it passes on what that one replies
        if owner is None:
            raise CallFailed("org.freedesktop.DBus.Error.NameHasNoOwner", "the service ended while it was started")
        if not self._server:
            who = await self._call(owner, "GetServerInformation", timeout=self._call_seconds)
            can = await self._call(owner, "GetCapabilities", timeout=self._call_seconds)
            bus_id = (await self._live_bus.call(*DBUS, "GetId", timeout=self._call_seconds))[0]
            if owner != self._owner:
                raise CallFailed("org.freedesktop.DBus.Error.NameHasNoOwner", "the service ended while it was met")
            self._server, self._server_can = f"{bus_id[:8]}{owner}", frozenset(can[0])
            log.info("notifications go to %s %s (%s)", who[0], who[2], ", ".join(sorted(self._server_can)))
        return owner

    async def _put(self, message: Message, refs: frozenset[str] = frozenset()) -> str:
        owner = await self._meet()
        server, before = self._server, self._shown
        replaces = before.number if before and before.server == server else 0
        if before and before.message.prompt == message.prompt:
            refs |= before.refs
        self._early = []
        try:
            number = await self._notify(owner, replaces, message)
            ref = f"{server}/{number}"
            self._shown = _Shown(message, server, number, refs | {ref})
        finally:
            early, self._early = self._early, None
        for hear, signal in early:
            hear(signal)
        if server != self._server:  # it ended between its reply and now, and the notice of that came too early
            self._on_owner(self._owner)
        return ref

    async def _notify(self, owner: str, replaces: int, message: Message) -> int:
        server = self._server
        title, body = words.line(message.title), words.paragraph(message.body)
        if "actions" not in self._server_can:
            body = f"{body}\n\n{words.how_to_answer(message.buttons)}".strip()
        if "body-markup" in self._server_can:
            body = words.escape(body)
        icon = _uri(message.icon) if message.icon else ""
        call = self._task(
            self._call(
                owner,
                "Notify",
                "susssasa{sv}i",
                APP_NAME,
                replaces,
                icon,
                title,
                body,
                self._actions(message),
                _hints(icon, message.sound),
                NEVER_EXPIRE,
                timeout=LATE_SECONDS,
            )
        )
        try:
            await asyncio.wait({call}, timeout=self._call_seconds)
        finally:
            if not call.done():
                call.add_done_callback(partial(self._take_back, server))
        if not call.done():
            raise CallFailed("org.freedesktop.DBus.Error.NoReply", f"no answer within {self._call_seconds:g} s")
        return int(call.result()[0])

    def _actions(self, message: Message) -> list[str]:
        if "actions" not in self._server_can:
            return []
        pairs = [(str(answer), words.line(label)) for answer, label in message.buttons]
        # "default" is a click on the notification itself; who clicks on an invitation means to come. It has no label,
        # because Xfce would draw it as one more button.
        pairs = [("default", "") for answer, _ in pairs if answer == "accept"] + pairs
        return [text for pair in pairs for text in pair]

    def _take_back(self, server: str, call: asyncio.Task[list[Any]]) -> None:
        """A server that hung has shown a prompt after all, long after another notifier did."""
        if call.cancelled() or call.exception():
            return
        number = int(call.result()[0])
        if self._shown is None or (self._shown.server, self._shown.number) != (server, number):
            self._task(self._close(server, number))

    async def _close(self, server: str, number: int) -> None:
        if self._owner is None:
            return
        try:
            owner = await self._meet()
            if self._server != server:
                return
            await self._call(owner, "CloseNotification", "u", number, timeout=self._call_seconds)
        except CallFailed as error:  # a notification that is gone already is an error for some servers
            log.debug("notification %d was not closed: %s", number, error)

    def _on_owner(self, owner: str | None) -> None:
        self._owner, self._server = owner, ""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._shown:
            wait = 0.0 if owner else self._activate_after
            self._timer = asyncio.get_running_loop().call_later(wait, lambda: self._task(self._show_again()))

    async def _show_again(self) -> None:
        async with self._turn:
            shown = self._shown
            if shown is None or shown.answered:
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

    def _on_action(self, body: list[Any]) -> None:
        shown = self._meant(self._on_action, body)
        if shown is None or shown.answered:
            return
        offered: dict[str, Answer] = {answer: answer for answer, _ in shown.message.buttons}
        answer = offered.get("accept" if body[1] == "default" else body[1])
        if answer is None:
            log.warning("the notification service reports an action that was not offered")
            return
        shown.answered = True
        self._on_pressed(Pressed(shown.message.prompt, answer, shown.token))

    def _on_token(self, body: list[Any]) -> None:
        if shown := self._meant(self._on_token, body):
            shown.token = body[1]

    def _meant(self, hear: OnSignal, signal: list[Any]) -> _Shown | None:
        """The notification a signal is about. One that is being shown may be pressed before its id is known here."""
        if self._shown and signal[0] == self._shown.number and self._shown.server == self._server:
            return self._shown
        if self._early is not None:
            self._early.append((hear, signal))
        return None

    def _task(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _uri(path: str) -> str:
    return Path(path).absolute().as_uri()


def _hints(icon: str, sound: bool) -> dict[str, Variant]:
    hints = {
        "urgency": Variant("y", URGENCY_NORMAL),
        "desktop-entry": Variant("s", APP_NAME),
    }
    if icon:
        hints["image-path"] = Variant("s", icon)
    if sound:
        hints["sound-name"] = Variant("s", "message-new-instant")
    else:
        hints["suppress-sound"] = Variant("b", True)
    return hints


def _why(error: CallFailed) -> str:
    if error.name.rpartition(".")[2] in {"ServiceUnknown", "NameHasNoOwner"}:
        return "no notification service is running on the session bus; install one, for example: apt install dunst"
    if error.name.endswith(".Disconnected"):
        return "the session bus is gone"
    return f"the notification service failed: {error}"


if __name__ == "__main__":
    from psoas_nudge.notify.probe import main

    main(FreedesktopNotifier)
