"""Leaving for certain, as systemd-logind tells it: sleep, lock, and another user's session in front.

Sleep is PrepareForSleep. Locked is the session's LockedHint, which GNOME, KDE, swaylock and others set. The signal Lock
only asks for a lock: it counts at once, but no longer than a while when no LockedHint follows, because a session
without a screen locker never says Unlock. See org.freedesktop.login1(5).

A delay lock makes logind wait with sleep and shutdown until the news was reported: what is recorded of it is on the
disk by then, because the daemon commits within the report. The lock is taken again after each sleep.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Coroutine
from typing import Any

from psoas_nudge.bus import Bus, CallFailed, Subscription
from psoas_nudge.core.model import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import Report, Session, SignalChanged, SourceLost

NAME = "org.freedesktop.login1"
MANAGER_PATH, MANAGER, SESSION = "/org/freedesktop/login1", f"{NAME}.Manager", f"{NAME}.Session"
USER = f"{NAME}.User"
PROPERTIES = "org.freedesktop.DBus.Properties"
LOCK_MUST_SHOW_WITHIN = 30.0
WHY_WAIT = "to record the end of sitting"

log = logging.getLogger(__name__)


class Logind:
    """Reports SUSPENDED, LOCKED and SWITCHED."""

    name = "logind"

    def __init__(self, *, lock_must_show_within: float = LOCK_MUST_SHOW_WITHIN) -> None:
        self._lock_must_show_within = lock_must_show_within
        self._subscriptions: list[Subscription] = []
        self._bus: Bus | None = None
        self._path = ""
        self._hinted = False
        self._doubt: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._lock: int | None = None

    async def start(self, session: Session, report: Report) -> None:
        """Find this person's session; raises Unavailable without a system bus, logind or session."""
        if session.system_bus is None:
            raise Unavailable("no system bus")
        bus, self._report = session.system_bus, report
        try:
            owner = await bus.watch_owner(NAME, self._on_owner)
        except CallFailed as error:
            raise Unavailable(f"the system bus does not answer: {error}") from error
        self._bus = bus
        if owner is None:
            await self.stop()
            raise Unavailable("systemd-logind (or elogind) is not running")
        try:
            self._path = await find_session(bus, session.environ)
            wanted = (
                (self._on_leaving, MANAGER, "PrepareForSleep", MANAGER_PATH),
                (self._on_leaving, MANAGER, "PrepareForShutdown", MANAGER_PATH),
                (self._on_properties, PROPERTIES, "PropertiesChanged", self._path),
                (self._on_lock, SESSION, "Lock", self._path),
                (self._on_unlock, SESSION, "Unlock", self._path),
            )
            for heard, interface, member, path in wanted:
                self._subscriptions.append(
                    await bus.subscribe(heard, sender=NAME, interface=interface, member=member, path=path)
                )
            await self._read(bus)
        except CallFailed as error:
            await self.stop()
            raise Unavailable(f"logind knows no session of this user: {error}") from error
        await self._hold(bus)

    async def stop(self) -> None:
        """Listen no more."""
        if self._bus:
            self._bus.unwatch_owner(NAME, self._on_owner)
            self._bus = None
        for subscription in self._subscriptions:
            subscription.cancel()
        self._subscriptions.clear()
        self._settle_doubt()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._let_go()

    async def _read(self, bus: Bus) -> None:
        state = (await bus.call(NAME, self._path, PROPERTIES, "GetAll", "s", SESSION))[0]
        preparing = await bus.get(NAME, MANAGER_PATH, MANAGER, "PreparingForSleep")
        self._say(Signal.SUSPENDED, on=bool(preparing))
        self._on_properties([SESSION, state, []])

    def _on_leaving(self, body: list[Any]) -> None:
        self._say(Signal.SUSPENDED, on=bool(body[0]))
        self._let_go()
        if not body[0] and self._bus:
            self._soon(self._hold(self._bus))

    async def _hold(self, bus: Bus) -> None:
        """Make logind wait for the next report of leaving, as long as it allows to (5 s, InhibitDelayMaxSec)."""
        self._let_go()
        try:
            self._lock = await bus.call_for_descriptor(
                NAME, MANAGER_PATH, MANAGER, "Inhibit", "ssss", "sleep:shutdown", "psoas-nudge", WHY_WAIT, "delay"
            )
        except CallFailed as error:
            log.info("sleep will not wait for the journal: %s", error)

    def _let_go(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _on_properties(self, body: list[Any]) -> None:
        interface, changed = body[0], body[1]
        if interface != SESSION:
            return
        if "LockedHint" in changed:
            self._settle_doubt()
            self._hinted = bool(changed["LockedHint"].value)
            self._say(Signal.LOCKED, on=self._hinted)
        if "Active" in changed:
            self._say(Signal.SWITCHED, on=not changed["Active"].value)

    def _on_lock(self, _body: list[Any]) -> None:
        self._settle_doubt()
        self._say(Signal.LOCKED, on=True)
        if not self._hinted:
            self._doubt = asyncio.get_running_loop().call_later(self._lock_must_show_within, self._on_unlock, [])

    def _on_unlock(self, _body: list[Any]) -> None:
        self._settle_doubt()
        self._say(Signal.LOCKED, on=False)

    def _on_owner(self, owner: str | None) -> None:
        if owner and self._bus:
            self._soon(self._read_again(self._bus))

    async def _read_again(self, bus: Bus) -> None:
        """logind or the bus was restarted: what changed meanwhile was not heard."""
        try:
            await self._read(bus)
            await self._hold(bus)
        except CallFailed as error:
            self._report(SourceLost(f"logind was restarted and does not know this session: {error}"))

    def _settle_doubt(self) -> None:
        if self._doubt:
            self._doubt.cancel()
            self._doubt = None

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _say(self, signal: Signal, *, on: bool) -> None:
        self._report(SignalChanged(signal, on))


async def find_session(bus: Bus, environ: dict[str, str]) -> str:
    """The object path of the person's session, also from a user service, which is in no session. Raises CallFailed."""
    if environ.get("XDG_SESSION_ID"):
        return str((await bus.call(NAME, MANAGER_PATH, MANAGER, "GetSession", "s", environ["XDG_SESSION_ID"]))[0])
    try:
        return str((await bus.call(NAME, MANAGER_PATH, MANAGER, "GetSession", "s", "auto"))[0])
    except CallFailed:
        user = (await bus.call(NAME, MANAGER_PATH, MANAGER, "GetUser", "u", os.getuid()))[0]
        display = await bus.get(NAME, user, USER, "Display")
        return str(display[1])


if __name__ == "__main__":
    from psoas_nudge.presence.probe import run

    run(Logind())
