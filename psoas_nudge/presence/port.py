"""The interface of sensors, and their base classes, in which an exception in a callback becomes a lost source.

A sensor makes no decisions. It calls its `report` function, on the daemon's event loop, with each reading, and reports
its own failure too. Each sensor also runs alone: presence/probe.py.

A sensor runs in callbacks: of timers, D-Bus signals, file descriptors, background tasks. asyncio and dbus-fast log an
exception in a callback and continue, so the sensor might never report again. Sensors therefore register callbacks only
through the methods here: an exception stops the sensor and is reported as SourceLost with its reason.
Idea: structured concurrency, as in trio's nurseries.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, Literal, ParamSpec

from msgspec import Struct

from psoas_nudge.bus import Bus, CallFailed
from psoas_nudge.core.events import Sensed, SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import PsoasNudgeError, Unavailable, fault
from psoas_nudge.tasks import Tasks

log = logging.getLogger(__name__)

P = ParamSpec("P")


class SourceLost(Struct, frozen=True):
    """The sensor has failed or its server is gone. It reports nothing until it is started again."""

    why: str


Reading = Sensed | SourceLost
ReportReading = Callable[[Reading], None]


class DesktopSession(Struct, frozen=True):
    """What sensors may use: the environment variables and the buses, None where there is none."""

    environ: dict[str, str]
    session_bus: Bus | None = None
    system_bus: Bus | None = None

    def bus(self, kind: Literal["session", "system"]) -> Bus:
        """Raises Unavailable where there is none."""
        bus = self.session_bus if kind == "session" else self.system_bus
        if bus is None:
            raise Unavailable(f"no {kind} bus")
        return bus


def reason(error: Exception) -> str:
    """Why a source is lost, in one line; for an unexpected error with its place in the code."""
    if isinstance(error, PsoasNudgeError | OSError):
        return str(error) or type(error).__name__
    log.debug("where it came from", exc_info=error)
    return f"unexpected error, please report it: {fault(error)}"


class Sensor:
    """One source of readings; subclasses implement `open` and register callbacks through the methods here.

    Callbacks are no longer called after `stop`, after a loss, and when `open` has failed.
    """

    name = ""

    def __init__(self) -> None:
        self._report: ReportReading = lambda _reading: None
        self._starting = self._running = False
        self._why = ""
        self._on: set[Signal] = set()
        self._timers: dict[Callable[[], None], asyncio.TimerHandle] = {}
        self._tasks = Tasks(log, self.name)
        self._stack = AsyncExitStack()

    async def open(self, session: DesktopSession) -> None:
        """Connect, subscribe, and report the signals that are on; raises Unavailable or CallFailed."""
        raise NotImplementedError

    async def start(self, session: DesktopSession, report: ReportReading) -> None:
        """Call `report` with each reading, a signal sensor first with each signal that is on.

        Raises Unavailable, with the reason and how to fix it, when the sensor cannot work in this session."""
        self._report, self._why = report, ""
        self._starting = self._running = True
        try:
            await self.open(session)
        except CallFailed as error:
            await self.stop()
            raise Unavailable(f"D-Bus call failed: {error}") from error
        except BaseException:
            await self.stop()
            raise
        finally:
            self._starting = False
        if not self._running:
            await self.stop()
            raise Unavailable(self._why)

    async def stop(self) -> None:
        """Disconnect; nothing is reported afterwards."""
        self._running = False
        for timer in self._timers.values():
            timer.cancel()
        try:
            await self._tasks.cancel()
        finally:
            await self._stack.aclose()

    # --- for sensors ------------------------------------------------------------------------------------------

    def report(self, event: Sensed) -> None:
        """Report an event, unless the sensor has stopped."""
        if self._running:
            self._report(event)

    def report_signal(self, signal: Signal, *, on: bool) -> None:
        """Report whether a signal is on."""
        (self._on.add if on else self._on.discard)(signal)
        self.report(SignalChanged(signal=signal, on=on))

    def report_change(self, signal: Signal, *, on: bool) -> None:
        """Report a signal unless that was reported last; at first it is off."""
        if on != (signal in self._on):
            self.report_signal(signal, on=on)

    def lose(self, why: str) -> None:
        """Report SourceLost once. While the sensor starts, `start` raises Unavailable with this reason instead."""
        if self._running:
            self._running, self._why = False, why
            if not self._starting:
                self._report(SourceLost(why))

    def guard(self, callback: Callable[P, None]) -> Callable[P, None]:
        """Wrap a callback: it does nothing after the sensor has stopped, and an exception loses the source."""

        def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
            if self._running:
                try:
                    callback(*args, **kwargs)
                except Exception as error:  # noqa: BLE001 - whatever it is, the source is lost
                    self.lose(reason(error))

        return guarded

    def later(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call once after a delay, which replaces an earlier delay of the same callback."""

        def call() -> None:
            del self._timers[callback]
            callback()

        self.not_later(callback)
        self._timers[callback] = asyncio.get_running_loop().call_later(seconds, self.guard(call))

    def not_later(self, callback: Callable[[], None]) -> None:
        """Take back a `later` that has not come yet, if there is one."""
        if timer := self._timers.pop(callback, None):
            timer.cancel()

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` without waiting for it."""
        task = self._tasks.start(self.attempt(work))
        task.add_done_callback(lambda _task: work.close())  # it has not begun if the task was cancelled before

    async def attempt(self, work: Coroutine[Any, Any, None]) -> None:
        """Wait for `work`; an exception loses the source."""
        try:
            await work
        except Exception as error:  # noqa: BLE001 - whatever it is, the source is lost
            self.lose(reason(error))

    def readable(self, descriptor: int, callback: Callable[[], None]) -> None:
        """Call when this file descriptor can be read."""
        loop = asyncio.get_running_loop()
        loop.add_reader(descriptor, self.guard(callback))
        self._stack.callback(loop.remove_reader, descriptor)

    def at_end(self, callback: Callable[[], object]) -> None:
        """Call when the sensor has stopped; the last one registered is called first."""
        self._stack.callback(callback)

    def close_at_end(self, close: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Await `close()` when the sensor has stopped."""
        self._stack.push_async_callback(close)

    async def subscribe(
        self,
        bus: Bus,
        on_signal: Callable[[list[Any]], None],
        *,
        sender: str | None,
        interface: str,
        member: str,
        path: str | None = None,
        namespace: str | None = None,
    ) -> None:
        """Bus.subscribe until the sensor stops."""
        subscription = await bus.subscribe(
            self.guard(on_signal), sender=sender, interface=interface, member=member, path=path, namespace=namespace
        )
        self.at_end(subscription.cancel)

    async def watch_owner(self, bus: Bus, name: str, on_owner: Callable[[str | None], None]) -> str | None:
        """Bus.watch_owner until the sensor stops."""
        guarded = self.guard(on_owner)
        owner = await bus.watch_owner(name, guarded)
        self.at_end(partial(bus.unwatch_owner, name, guarded))
        return owner


class RereadingSensor(Sensor):
    """A sensor that is told that something has changed, and has to read the new value; subclasses implement `read`."""

    def __init__(self) -> None:
        super().__init__()
        self._stale = self._reading = False

    async def read(self) -> None:
        """Read the value and report it. Calls by `read_again` never overlap; an exception loses the source."""
        raise NotImplementedError

    def read_again(self, *_change: object) -> None:
        """Read in the background. A burst of changes leads to one more reading only."""
        self._stale = True
        if not self._reading:
            self._reading = True
            self.background(self._read_until_fresh())

    async def _read_until_fresh(self) -> None:
        try:
            while self._stale:
                self._stale = False
                await self.read()
        finally:
            self._reading = False


class IdleSource(Sensor):
    """A sensor of input. It only reads how long ago the last input was, not what it was.

    Subclasses implement `set_threshold` too.
    """

    def __init__(self) -> None:
        super().__init__()
        self.one_at_a_time = asyncio.Lock()

    async def watch(self, threshold: int) -> None:
        """Report Idle after `threshold` milliseconds (> 0) without input, and Active at the next input.

        Before the first call nothing is reported. That call reports the current state at once: Idle when there has been
        no input for the threshold, else Active. A later call replaces the threshold, and reports Idle at once if it is
        reached already. From then on the two alternate. Between them the process is not woken where the platform can
        send events.
        """
        async with self.one_at_a_time:
            if self._running:
                await self.attempt(self.set_threshold(threshold))

    async def set_threshold(self, threshold: int) -> None:
        """See `watch`. Calls never overlap; an exception loses the source."""
        raise NotImplementedError
