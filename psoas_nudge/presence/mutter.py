"""Idle time on GNOME, Wayland and X11: two watches of Mutter's IdleMonitor.

An idle watch fires each time the idle time reaches its length; an active watch fires once, at the next input. The
process is not woken in between. See org.gnome.Mutter.IdleMonitor in Mutter's source.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from psoas_nudge.bus import CallFailed
from psoas_nudge.core.events import Active, Idle
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import DesktopSession, IdleSource

NAME = "org.gnome.Mutter.IdleMonitor"
PATH = "/org/gnome/Mutter/IdleMonitor/Core"
CLOCK_GRAIN = 2


class MutterIdle(IdleSource):
    """The idle source of a GNOME session."""

    name = "mutter"

    def __init__(self) -> None:
        super().__init__()
        self._idle_watch: int | None = None
        self._active_watch: int | None = None
        self._idle: bool | None = None
        self._threshold = 0

    async def open(self, session: DesktopSession) -> None:
        """Raises Unavailable where no Mutter offers its idle monitor."""
        self._bus = session.bus("session")
        if await self.watch_owner(self._bus, NAME, self._on_owner) is None:
            raise Unavailable("no GNOME session: Mutter's idle monitor is not there")
        self.close_at_end(self._remove_watches)
        await self.subscribe(self._bus, self._on_fired, sender=NAME, interface=NAME, member="WatchFired", path=PATH)
        await self._call("GetIdletime")

    async def _remove_watches(self) -> None:
        for watch in (self._idle_watch, self._active_watch):
            if watch is not None and self._bus.connected:
                with suppress(CallFailed):  # the shell is gone, and its watches with it
                    await self._call("RemoveWatch", "u", watch)

    async def set_threshold(self, threshold: int) -> None:
        self._threshold = threshold
        old = self._idle_watch
        self._idle_watch = int(await self._call("AddIdleWatch", "t", max(1, threshold)))
        if old is not None:
            await self._call("RemoveWatch", "u", old)
        since_input = int(await self._call("GetIdletime"))
        if self._idle:
            return
        if since_input >= threshold:
            await self._became_idle(since_input)
        elif self._idle is None:
            self._idle = False
            self.report(Active())

    async def _became_idle(self, since_input: int) -> None:
        if self._idle:
            return
        self._idle = True
        if self._active_watch is None:
            self._active_watch = int(await self._call("AddUserActiveWatch"))
        self.report(Idle(idle_for=since_input))
        # Input before the watch was added does not fire it.
        if await self._call("GetIdletime") < since_input - CLOCK_GRAIN:
            self._became_active()

    def _on_fired(self, body: list[Any]) -> None:
        if body[0] == self._idle_watch:
            self.background(self._fired_idle(body[0]))
        elif body[0] == self._active_watch:
            self._active_watch = None
            self._became_active()

    async def _fired_idle(self, watch: int) -> None:
        async with self.one_at_a_time:  # a new watch fires at once when the idle time is longer already
            if watch == self._idle_watch:
                await self._became_idle(self._threshold)

    def _became_active(self) -> None:
        if self._idle:
            self._idle = False
            self.report(Active())

    def _on_owner(self, owner: str | None) -> None:
        self._idle_watch = self._active_watch = None
        self.lose("GNOME Shell went away" if owner is None else "GNOME Shell was restarted")

    async def _call(self, member: str, signature: str = "", *body: Any) -> Any:
        got = await self._bus.call(NAME, PATH, NAME, member, signature, *body)
        return got[0] if got else None
