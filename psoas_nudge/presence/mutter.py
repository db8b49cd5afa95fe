"""Idle time on GNOME, Wayland and X11: Mutter's IdleMonitor, two watches on the compositor's own clock.

An idle watch fires each time the idle time reaches its length; an active watch fires once, at the next input. Nothing
wakes this process in between. See org.gnome.Mutter.IdleMonitor in mutter's source.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from psoas_nudge.bus import Bus, CallFailed, Subscription
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import InputSeen, InputStopped, Reading, Report, Session, SourceLost

NAME = "org.gnome.Mutter.IdleMonitor"
PATH = "/org/gnome/Mutter/IdleMonitor/Core"
CLOCK_GRAIN = 0.002


class MutterIdle:
    """The idle source of a GNOME session."""

    name = "mutter"

    def __init__(self) -> None:
        self._bus: Bus | None = None
        self._fired: Subscription | None = None
        self._idle_watch: int | None = None
        self._active_watch: int | None = None
        self._idle: bool | None = None
        self._threshold = 0.0
        self._watching = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, session: Session, report: Report) -> None:
        """Subscribe; raises Unavailable where no Mutter offers its idle monitor."""
        if session.session_bus is None:
            raise Unavailable("no session bus")
        self._report = report
        self._idle = self._idle_watch = self._active_watch = None
        try:
            owner = await session.session_bus.watch_owner(NAME, self._on_owner)
        except CallFailed as error:
            raise Unavailable(f"the session bus does not answer: {error}") from error
        self._bus = session.session_bus
        if owner is None:
            await self.stop()
            raise Unavailable("no GNOME session: nobody offers Mutter's idle monitor")
        try:
            self._fired = await self._bus.subscribe(
                self._on_fired, sender=NAME, interface=NAME, member="WatchFired", path=PATH
            )
            await self._call("GetIdletime")
        except CallFailed as error:
            await self.stop()
            raise Unavailable(f"Mutter's idle monitor does not answer: {error}") from error

    async def stop(self) -> None:
        """Take the watches away."""
        bus = self._release()
        watches = [watch for watch in (self._idle_watch, self._active_watch) if watch is not None]
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if bus is None or not bus.connected:
            return
        for watch in watches:
            with suppress(CallFailed):  # the shell is gone, and its watches with it
                await bus.call(NAME, PATH, NAME, "RemoveWatch", "u", watch)

    def _release(self) -> Bus | None:
        """Hear no more."""
        bus, self._bus = self._bus, None
        if bus:
            bus.unwatch_owner(NAME, self._on_owner)
        if self._fired:
            self._fired.cancel()
            self._fired = None
        return bus

    async def watch(self, threshold: float) -> None:
        """See port.IdleSource."""
        try:
            async with self._watching:
                await self._watch(threshold)
        except CallFailed as error:
            self._lose(str(error))

    async def _watch(self, threshold: float) -> None:
        self._threshold = threshold
        old = self._idle_watch
        self._idle_watch = int(await self._call("AddIdleWatch", "t", max(1, round(threshold * 1000))))
        if old is not None:
            await self._call("RemoveWatch", "u", old)
        since_input = await self._call("GetIdletime") / 1000
        if self._idle:
            return
        if since_input >= threshold:
            await self._stopped(since_input)
        elif self._idle is None:
            self._idle = False
            self._say(InputSeen())

    async def _stopped(self, since_input: float) -> None:
        if self._idle:
            return
        self._idle = True
        if self._active_watch is None:
            self._active_watch = int(await self._call("AddUserActiveWatch"))
        self._say(InputStopped(since_input))
        # Input that came before the watch was there is not told by it.
        if await self._call("GetIdletime") / 1000 < since_input - CLOCK_GRAIN:
            self._seen()

    def _on_fired(self, body: list[Any]) -> None:
        if body[0] == self._idle_watch:
            self._spawn(self._fired_idle())
        elif body[0] == self._active_watch:
            self._active_watch = None
            self._seen()

    def _seen(self) -> None:
        if self._idle:
            self._idle = False
            self._say(InputSeen())

    async def _fired_idle(self) -> None:
        try:
            await self._stopped(self._threshold)
        except CallFailed as error:
            self._lose(str(error))

    def _on_owner(self, owner: str | None) -> None:
        self._lose("the shell went away" if owner is None else "the shell was restarted")

    def _lose(self, why: str) -> None:
        if self._release():
            self._idle_watch = self._active_watch = None
            self._report(SourceLost(why))

    def _say(self, reading: Reading) -> None:
        if self._bus is not None:
            self._report(reading)

    async def _call(self, member: str, signature: str = "", *body: Any) -> Any:
        if self._bus is None:
            raise CallFailed("stopped", "the source was stopped")
        got = await self._bus.call(NAME, PATH, NAME, member, signature, *body)
        return got[0] if got else None

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


if __name__ == "__main__":
    from psoas_nudge.presence.probe import run

    run(MutterIdle())
