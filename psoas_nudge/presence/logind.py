"""Sleep, lock, and a switch to another user's session, from systemd-logind.

Sleep is PrepareForSleep. Locked is the session's LockedHint, which GNOME, KDE, swaylock and others set. The signal Lock
only requests a lock: it counts at once, but only for LOCK_MUST_SHOW_WITHIN when no LockedHint follows, because a
session without a screen locker never sends Unlock. See org.freedesktop.login1(5).

A delay inhibitor makes logind wait with sleep and shutdown until the sensor has reported it. The daemon commits within
the report, so the entry is on the disk by then. The inhibitor is taken again after each sleep.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

from psoas_nudge.bus import PROPERTIES, Bus, CallFailed
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import DesktopSession, Sensor

NAME = "org.freedesktop.login1"
MANAGER_PATH, MANAGER, SESSION = "/org/freedesktop/login1", f"{NAME}.Manager", f"{NAME}.Session"
USER = f"{NAME}.User"
LOCK_MUST_SHOW_WITHIN = 30.0
WHY_WAIT = "to record the end of sitting"

log = logging.getLogger(__name__)


class Logind(Sensor):
    """Reports SUSPENDED, LOCKED and SWITCHED."""

    name = "logind"

    def __init__(self, *, lock_must_show_within: float = LOCK_MUST_SHOW_WITHIN) -> None:
        super().__init__()
        self._lock_must_show_within = lock_must_show_within
        self._path = ""
        self._hinted = False
        self._inhibitor: int | None = None

    async def open(self, session: DesktopSession) -> None:
        """Raises Unavailable without a system bus, logind or a session of this user."""
        bus = self._bus = session.bus("system")
        if await self.watch_owner(bus, NAME, self._on_owner) is None:
            raise Unavailable("systemd-logind (or elogind) is not running")
        self.at_end(self._release_inhibitor)
        try:
            self._path = await find_session(bus, session.environ)
            wanted = (
                (self._on_leaving, MANAGER, "PrepareForSleep", MANAGER_PATH),
                (self._on_leaving, MANAGER, "PrepareForShutdown", MANAGER_PATH),
                (self._on_properties, PROPERTIES, "PropertiesChanged", self._path),
                (self._on_lock, SESSION, "Lock", self._path),
                (self._on_unlock, SESSION, "Unlock", self._path),
            )
            for on_signal, interface, member, path in wanted:
                await self.subscribe(bus, on_signal, sender=NAME, interface=interface, member=member, path=path)
            await self._read()
        except CallFailed as error:
            log.info("logind: %s", error)
            raise Unavailable("systemd-logind has no session for you, for example under su or cron") from error
        await self._inhibit()

    async def _read(self) -> None:
        state = (await self._bus.call(NAME, self._path, PROPERTIES, "GetAll", "s", SESSION))[0]
        preparing = await self._bus.get(NAME, MANAGER_PATH, MANAGER, "PreparingForSleep")
        self.report_signal(Signal.SUSPENDED, on=bool(preparing))
        self._on_properties([SESSION, state, []])

    def _on_leaving(self, body: list[Any]) -> None:
        self.report_signal(Signal.SUSPENDED, on=bool(body[0]))
        self._release_inhibitor()
        if not body[0]:
            self.background(self._inhibit())

    async def _inhibit(self) -> None:
        """Make logind wait for the next report, at most InhibitDelayMaxSec (5 s)."""
        self._release_inhibitor()
        try:
            self._inhibitor = await self._bus.call_for_descriptor(
                NAME, MANAGER_PATH, MANAGER, "Inhibit", "ssss", "sleep:shutdown", "psoas-nudge", WHY_WAIT, "delay"
            )
        except CallFailed as error:
            log.info("sleep will not wait for the journal: %s", error)

    def _release_inhibitor(self) -> None:
        if self._inhibitor is not None:
            os.close(self._inhibitor)
            self._inhibitor = None

    def _on_properties(self, body: list[Any]) -> None:
        interface, changed = body[0], body[1]
        if interface != SESSION:
            return
        if "LockedHint" in changed:
            self.not_later(self._on_unlock)
            self._hinted = bool(changed["LockedHint"].value)
            self.report_signal(Signal.LOCKED, on=self._hinted)
        if "Active" in changed:
            self.report_signal(Signal.SWITCHED, on=not changed["Active"].value)

    def _on_lock(self, _body: list[Any]) -> None:
        self.not_later(self._on_unlock)
        self.report_signal(Signal.LOCKED, on=True)
        if not self._hinted:
            self.later(self._lock_must_show_within, self._on_unlock)

    def _on_unlock(self, _body: list[Any] | None = None) -> None:
        self.not_later(self._on_unlock)
        self.report_signal(Signal.LOCKED, on=False)

    def _on_owner(self, owner: str | None) -> None:
        if owner:
            self.background(self._read_again())

    async def _read_again(self) -> None:
        """After a restart of logind or the bus: changes in between sent no signal."""
        try:
            await self._read()
        except CallFailed as error:
            raise Unavailable(f"logind was restarted and does not know this session: {error}") from error
        await self._inhibit()


async def find_session(bus: Bus, environ: dict[str, str]) -> str:
    """The object path of the user's session, also for a user service, which is in no session. Raises CallFailed."""
    if environ.get("XDG_SESSION_ID"):
        return str((await bus.call(NAME, MANAGER_PATH, MANAGER, "GetSession", "s", environ["XDG_SESSION_ID"]))[0])
    try:
        return str((await bus.call(NAME, MANAGER_PATH, MANAGER, "GetSession", "s", "auto"))[0])
    except CallFailed:
        if sys.platform == "win32":
            raise
        user = (await bus.call(NAME, MANAGER_PATH, MANAGER, "GetUser", "u", os.getuid()))[0]
        display = await bus.get(NAME, user, USER, "Display")
        return str(display[1])
