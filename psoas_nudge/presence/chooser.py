"""Chooses the sensors of this session: the best idle source that works, and every signal sensor that works.

When the idle source in use is lost (a compositor crashes, an X server restarts, a message is malformed), the next one
in the table takes over; the better one is used again when it is back. A sensor whose D-Bus service appears later is
started then. Signals are merged: a signal is on while any sensor reports it. `doctor` shows which sensors were not
chosen, and why.

If no idle source has ever worked, the person counts as present, because their absence cannot be detected. If the last
working one was lost, the display is gone with it and the person counts as away: Idle is reported when the threshold has
passed since the loss.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from psoas_nudge.bus import CallFailed
from psoas_nudge.core.events import Active, Idle, Sensed, SignalChanged
from psoas_nudge.core.words import SECOND, Signal
from psoas_nudge.presence.port import DesktopSession, IdleSource, Reading, Sensor, SourceLost
from psoas_nudge.presence.slot import UNTRIED, SensorChoice, Slot
from psoas_nudge.presence.table import IDLE_SOURCES, SENSORS, SensorRow, here
from psoas_nudge.tasks import Tasks, log_failure

log = logging.getLogger(__name__)

RETRY_SECONDS = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0)

LATE_STARTER_SECONDS = (5.0, 20.0)
"""At login the sound server or the compositor may start after psoas-nudge."""

STABLE_SECONDS = 60.0
"""A source that runs longer than this before it is lost is retried quickly again; others with growing pauses."""


class Presence:
    """All sensors of a session; `report` gets their merged events.

    `retry_seconds`: the growing pauses before a lost sensor is tried again. `listen` gets every reading of every
    sensor in use before it is merged, with the sensor's name, for `doctor --watch`.
    """

    def __init__(
        self,
        idle_sources: Sequence[SensorRow] = here(IDLE_SOURCES),
        sensors: Sequence[SensorRow] = here(SENSORS),
        *,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
        listen: Callable[[str, Reading], None] = lambda _name, _reading: None,
    ) -> None:
        self._idle = [Slot(row) for row in idle_sources]
        self._sensors = [Slot(row) for row in sensors]
        self._retry_seconds, self._listen = retry_seconds, listen
        self._current: Slot | None = None
        self._threshold: int | None = None
        self._last_input: Active | Idle | None = None
        """The last event about input."""
        self._without_source = False
        self._lost_at: float | None = None
        """When the idle source was lost, until there is another; on the event loop's clock."""
        self._absence: asyncio.TimerHandle | None = None
        self._choosing = asyncio.Lock()
        self._tasks, self._ending = Tasks(log, "a sensor"), Tasks(log, "the end of a sensor")
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._watches = ExitStack()
        self._stopped = False

    async def start(self, session: DesktopSession, report: Callable[[Sensed], object]) -> None:
        """Start the sensors that work here. Raises nothing, also when none works."""
        self._session, self._report = session, report
        await self._choose()
        await asyncio.gather(*(self._start_sensor(slot) for slot in self._sensors))
        for slot in (*self._idle, *self._sensors):
            await self._watch_name(slot)

    async def watch(self, threshold: int) -> None:
        """Report Idle after `threshold` milliseconds without input, from the source in use and any later one."""
        self._threshold = threshold
        await self._watch_current()

    async def stop(self) -> None:
        """Stop every sensor; nothing is reported afterwards."""
        self._stopped = True
        for slot in (*self._idle, *self._sensors):
            slot.closed = True
        for timer in (*self._timers.values(), *([self._absence] if self._absence else ())):
            timer.cancel()
        self._watches.close()
        await self._tasks.cancel()
        await self._ending.finish()
        for slot in (*self._idle, *self._sensors):
            await slot.end()

    def choices(self) -> list[SensorChoice]:
        """The state of every sensor, in order of preference."""
        found = [slot.choice("idle", chosen=slot is self._current) for slot in self._idle]
        return found + [slot.choice("signals", chosen=slot.sensor is not None) for slot in self._sensors]

    # --- the idle source --------------------------------------------------------------------------------------

    async def _choose(self) -> None:
        """Use the best idle source that works now; those after it in the table are not tried."""
        async with self._choosing:
            chosen = None
            for slot in self._idle:
                if slot is self._current and slot.sensor:
                    return
                if slot.lost and slot.row.name in self._timers:
                    continue  # lost just now; its timer tries it again
                if await self._try(slot):
                    chosen = slot
                    break
            before, self._current = self._current, chosen
            if before and chosen:
                await before.end()
            for slot in self._idle:
                if slot is not chosen and slot.sensor is None and not slot.lost and slot.why == UNTRIED:
                    slot.why = slot.row.missing(self._session) or ""
            if chosen is None:
                self._no_source()
                return
            self._without_source, self._lost_at = False, None
            log.info("idle time comes from %s", chosen.row.name)
            await self._watch_current()

    async def _watch_current(self) -> None:
        self._count_as_away_later()
        if self._threshold is not None and self._current and isinstance(self._current.sensor, IdleSource):
            await self._current.sensor.watch(self._threshold)

    def _no_source(self) -> None:
        if not self._without_source:
            self._without_source = True
            if self._lost_at is None:
                log.warning(
                    "psoas-nudge cannot see how long ago you last touched the keyboard or mouse, "
                    "so you count as present all the time"
                )
                self._emit(Active())
            else:
                log.warning("the last source of idle time is lost: you count as away until there is input again")
                self._count_as_away_later()
        for slot in self._idle:
            if slot.row.missing(self._session) is None:
                self._retry(slot)

    def _count_as_away_later(self) -> None:
        """After the last source was lost, its loss counts as the last input."""
        if self._absence:
            self._absence.cancel()
            self._absence = None
        if self._without_source and self._lost_at is not None and self._threshold is not None:
            due = self._lost_at + self._threshold / SECOND
            self._absence = asyncio.get_running_loop().call_at(due, self._count_as_away, self._threshold)

    def _count_as_away(self, threshold: int) -> None:
        if not isinstance(self._last_input, Idle):
            self._emit(Idle(idle_for=threshold))

    # --- the sensors of signals -------------------------------------------------------------------------------

    async def _start_sensor(self, slot: Slot) -> None:
        if await self._try(slot):
            log.info("signals come from %s", slot.row.name)

    # --- both -------------------------------------------------------------------------------------------------

    async def _try(self, slot: Slot) -> bool:
        """Start a sensor unless it runs; one that may work later is tried again."""
        outcome = await slot.start(self._session, lambda sensor, reading: self._on_reading(slot, sensor, reading))
        if outcome == "failed":
            self._retry(slot)
        return outcome == "running"

    def _on_reading(self, slot: Slot, sensor: Sensor, reading: Reading) -> None:
        """Pass a reading on: signals also while the sensor is starting, input only from the source in use."""
        if self._stopped or slot.sensor not in {None, sensor}:
            return
        self._listen(slot.row.name, reading)
        match reading:
            case SignalChanged(signal=signal, on=on):
                self._signal(slot, signal, on=on)
            case SourceLost(why=why):
                self._lose(slot, why)
            case _ if slot in self._sensors or slot is self._current:
                self._emit(reading)

    def _emit(self, event: Sensed) -> None:
        """Pass an event on. An exception in the receiver is logged; it is not a failure of the sensor."""
        if isinstance(event, Active | Idle):
            self._last_input = event
        try:
            self._report(event)
        except Exception as error:  # noqa: BLE001 - see above
            log_failure(log, f"{type(event).__name__} was not handled", error)

    def _signal(self, slot: Slot, signal: Signal, *, on: bool) -> None:
        before = self._is_on(signal)
        if on:
            slot.on.add(signal)
        else:
            slot.on.discard(signal)
        if self._is_on(signal) != before:
            self._emit(SignalChanged(signal=signal, on=not before))

    def _is_on(self, signal: Signal) -> bool:
        return any(signal in slot.on for slot in (*self._idle, *self._sensors))

    def _lose(self, slot: Slot, why: str) -> None:
        log.warning("%s is lost: %s", slot.row.name, why)
        now = asyncio.get_running_loop().time()
        if now - slot.started_at > STABLE_SECONDS:
            slot.tries = 0
        slot.why, slot.lost = why, True
        sensor, slot.sensor = slot.sensor, None
        for signal in list(slot.on):
            self._signal(slot, signal, on=False)
        if sensor:
            self._ending.start(sensor.stop())
        if slot is self._current:
            self._current, self._lost_at = None, now
            self._tasks.start(self._choose())
        self._retry(slot)

    def _retry(self, slot: Slot) -> None:
        """Try again after a pause: lost sensors forever with back-off, the others twice after the start."""
        if slot.row.name in self._timers or self._stopped:
            return
        if not slot.lost and slot.row.service(self._session):
            return  # a signal of the bus announces that it can start
        pauses = self._retry_seconds
        if not slot.lost and (slot in self._sensors or self._current):
            pauses = LATE_STARTER_SECONDS
            if slot.tries >= len(pauses):
                return
        pause = pauses[min(slot.tries, len(pauses) - 1)]
        slot.tries += 1
        self._timers[slot.row.name] = asyncio.get_running_loop().call_later(pause, self._try_again, slot)

    def _try_again(self, slot: Slot) -> None:
        timer = self._timers.pop(slot.row.name, None)
        if timer:
            timer.cancel()
        if not self._stopped:
            self._tasks.start(self._choose() if slot in self._idle else self._start_sensor(slot))

    async def _watch_name(self, slot: Slot) -> None:
        """Start the sensor when its service appears on the bus."""
        service = slot.row.service(self._session)
        if service is None:
            return
        bus, name = service

        def on_owner(owner: str | None) -> None:
            if owner and slot.sensor is None:
                self._try_again(slot)

        try:
            await bus.watch_owner(name, on_owner)
        except CallFailed as error:
            log.debug("cannot watch for %s: %s", name, error)
        else:
            self._watches.callback(bus.unwatch_owner, name, on_owner)
