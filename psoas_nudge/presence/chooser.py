"""Which sensors this session has: one idle source, the best that works, and every sensor of signals that works.

The idle source in use may die (a compositor crashes, an X server restarts): the next in the table takes over, and the
better one comes back when it returns. A sensor whose D-Bus service appears later is started then. Signals are merged:
one is on while any sensor says so. What was passed over, and why, is kept for `doctor`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Literal

from msgspec import Struct

from psoas_nudge.bus import Bus, CallFailed
from psoas_nudge.core.model import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import (
    IdleSource,
    InputSeen,
    Reading,
    Report,
    Sensor,
    Session,
    SignalChanged,
    SourceLost,
)
from psoas_nudge.presence.table import IDLE_SOURCES, SENSORS, Row

log = logging.getLogger(__name__)

RETRY_SECONDS = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0)

LATE_STARTER_SECONDS = (5.0, 20.0)
"""At login the sound server or the compositor may come up after this."""

State = Literal["chosen", "available", "missing", "lost"]


class Choice(Struct, frozen=True):
    """What became of one row of the table. `available`: works or would work, but a better one is in use."""

    port: Literal["idle", "signals"]
    name: str
    state: State
    why: str
    about: str


class _Place:
    """One row of the table in this session: the sensor while it runs, else why it does not."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.sensor: Sensor | None = None
        self.why = "not looked at yet"
        self.lost = False
        self.on: set[Signal] = set()
        self.tries = 0
        self.starting = asyncio.Lock()


class Presence:
    """All sensors of a session behind one `report`.

    `retry_seconds`: the growing pauses before a lost sensor is tried again. `listen` hears every reading of every
    sensor in use, with the sensor's name, before it is merged: for `doctor --watch`.
    """

    def __init__(
        self,
        idle_sources: Sequence[Row] = IDLE_SOURCES,
        sensors: Sequence[Row] = SENSORS,
        *,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
        listen: Callable[[str, Reading], None] = lambda _name, _reading: None,
    ) -> None:
        self._idle = [_Place(row) for row in idle_sources]
        self._sensors = [_Place(row) for row in sensors]
        self._retry_seconds, self._listen = retry_seconds, listen
        self._current: _Place | None = None
        self._threshold: float | None = None
        self._told_none = False
        self._settling = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._watched: list[tuple[Bus, str, Any]] = []
        self._stopped = False

    async def start(self, session: Session, report: Report) -> None:
        """Start what works here. Raises nothing: with no sensor at all the person counts as present."""
        self._session, self._report = session, report
        await self._settle()
        await asyncio.gather(*(self._start_sensor(place) for place in self._sensors))
        for place in (*self._idle, *self._sensors):
            await self._watch_name(place)

    async def watch(self, threshold: float) -> None:
        """Report InputStopped after `threshold` seconds without input, from the source in use and any later one."""
        self._threshold = threshold
        if self._current and isinstance(self._current.sensor, IdleSource):
            await self._current.sensor.watch(threshold)

    async def stop(self) -> None:
        """Stop every sensor; nothing is reported afterwards."""
        self._stopped = True
        for timer in self._timers.values():
            timer.cancel()
        for bus, name, on_owner in self._watched:
            bus.unwatch_owner(name, on_owner)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for place in (*self._idle, *self._sensors):
            await self._end(place)

    def choices(self) -> list[Choice]:
        """What was chosen, what else would work, what is missing and why; in the order of preference."""
        found = [self._choice("idle", place, chosen=place is self._current) for place in self._idle]
        return found + [self._choice("signals", place, chosen=place.sensor is not None) for place in self._sensors]

    @staticmethod
    def _choice(port: Literal["idle", "signals"], place: _Place, *, chosen: bool) -> Choice:
        state: State = "chosen" if chosen else "lost" if place.lost else "available" if not place.why else "missing"
        return Choice(port, place.row.name, state, place.why, place.row.about)

    # --- the idle source --------------------------------------------------------------------------------------

    async def _settle(self) -> None:
        """Use the best idle source that works now; what is worse than it is not looked at."""
        async with self._settling:
            chosen = None
            for place in self._idle:
                if place is self._current and place.sensor:
                    return
                if await self._try(place):
                    chosen = place
                    break
            before, self._current = self._current, chosen
            if before and chosen:
                await self._end(before)
            for place in self._idle:
                if place is not chosen and place.sensor is None and not place.lost and place.why == "not looked at yet":
                    place.why = place.row.missing(self._session) or ""
            if chosen is None:
                self._tell_none()
                return
            self._told_none = False
            log.info("idle time comes from %s", chosen.row.name)
            if self._threshold is not None and isinstance(chosen.sensor, IdleSource):
                await chosen.sensor.watch(self._threshold)

    def _tell_none(self) -> None:
        if not self._told_none:
            self._told_none = True
            log.warning("nothing here can tell how long ago the last input was: you count as present all the time")
            self._report(InputSeen())
        for place in self._idle:
            if place.row.missing(self._session) is None:
                self._retry(place)

    # --- the sensors of signals -------------------------------------------------------------------------------

    async def _start_sensor(self, place: _Place) -> None:
        if await self._try(place):
            log.info("signals come from %s", place.row.name)

    # --- both -------------------------------------------------------------------------------------------------

    async def _try(self, place: _Place) -> bool:
        """Start a sensor unless it runs; its reason is kept when it cannot."""
        async with place.starting:
            if place.sensor:
                return True
            if self._stopped:
                return False
            missing = place.row.missing(self._session) or await self._nobody(place.row)
            if missing:
                place.why = missing
                return False
            try:
                sensor = place.row.load()
                await sensor.start(self._session, lambda reading: self._heard(place, sensor, reading))
            except (Unavailable, ImportError) as error:
                place.why = str(error)
                log.debug("%s cannot be used: %s", place.row.name, error)
                self._retry(place)
                return False
            except Exception as error:  # one sensor's mistake must not take the others along
                place.why = f"failed: {type(error).__name__}: {error}"
                log.error("%s %s; please report it", place.row.name, place.why)  # noqa: TRY400 - no traceback for people
                log.debug("where it came from", exc_info=error)
                return False
            place.sensor, place.why, place.lost, place.tries = sensor, "", False, 0
            return True

    async def _nobody(self, row: Row) -> str | None:
        """A look at the bus is cheaper than importing a sensor whose service is not there."""
        bus = row.bus(self._session)
        if bus is None or row.bus_name is None or await bus.owner(row.bus_name):
            return None
        return f"nobody offers {row.bus_name} here"

    async def _end(self, place: _Place) -> None:
        if place.sensor:
            sensor, place.sensor = place.sensor, None
            await sensor.stop()

    def _heard(self, place: _Place, sensor: Sensor, reading: Reading) -> None:
        """Pass a reading on. Signals may come while the sensor is being started; input only from the one in use."""
        if self._stopped or place.sensor not in {None, sensor}:
            return
        self._listen(place.row.name, reading)
        match reading:
            case SignalChanged(signal=signal, on=on):
                self._signal(place, signal, on=on)
            case SourceLost(why=why):
                self._lose(place, why)
            case _ if place in self._sensors or place is self._current:
                self._report(reading)

    def _signal(self, place: _Place, signal: Signal, *, on: bool) -> None:
        before = self._is_on(signal)
        if on:
            place.on.add(signal)
        else:
            place.on.discard(signal)
        if self._is_on(signal) != before:
            self._report(SignalChanged(signal, not before))

    def _is_on(self, signal: Signal) -> bool:
        return any(signal in place.on for place in (*self._idle, *self._sensors))

    def _lose(self, place: _Place, why: str) -> None:
        log.warning("%s is lost: %s", place.row.name, why)
        place.why, place.lost = why, True
        sensor, place.sensor = place.sensor, None
        for signal in list(place.on):
            self._signal(place, signal, on=False)
        if sensor:
            self._soon(sensor.stop())
        if place is self._current:
            self._current = None
            self._soon(self._settle())
        self._retry(place)

    def _retry(self, place: _Place) -> None:
        """Try again after a pause: for ever what was lost or is missed, twice what may only start later than this."""
        if place.row.name in self._timers or self._stopped or self._comes_by_itself(place.row):
            return
        pauses = self._retry_seconds
        if not place.lost and (place in self._sensors or self._current):
            pauses = LATE_STARTER_SECONDS
            if place.tries >= len(pauses):
                return
        pause = pauses[min(place.tries, len(pauses) - 1)]
        place.tries += 1
        self._timers[place.row.name] = asyncio.get_running_loop().call_later(pause, self._try_again, place)

    def _comes_by_itself(self, row: Row) -> bool:
        """Whether the bus tells when it can start: no need to try."""
        return row.bus_name is not None and row.bus(self._session) is not None

    def _try_again(self, place: _Place) -> None:
        timer = self._timers.pop(place.row.name, None)
        if timer:
            timer.cancel()
        if not self._stopped:
            self._soon(self._settle() if place in self._idle else self._start_sensor(place))

    async def _watch_name(self, place: _Place) -> None:
        """A service that appears later, or again, is used at once."""
        bus = place.row.bus(self._session)
        if bus is None or place.row.bus_name is None:
            return

        def on_owner(owner: str | None) -> None:
            if owner and place.sensor is None:
                self._try_again(place)

        try:
            await bus.watch_owner(place.row.bus_name, on_owner)
        except CallFailed as error:
            log.debug("cannot watch for %s: %s", place.row.bus_name, error)
        else:
            self._watched.append((bus, place.row.bus_name, on_owner))

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a sensor failed unexpectedly, please report it: %s: %s", type(error).__name__, error)
