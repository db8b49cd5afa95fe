"""The engine: one event in, one step of the core, one transaction, then the effects.

The same engine runs in the daemon, in `demo` and `simulate`, and in a guide that finds no daemon, each with its own
World. An effect may cause the next event at once (a notifier that answers immediately), so events are queued and steps
never nest. Call path of an event: a sensor, a button or a socket calls `feed`, which calls `_step`, which calls the
core.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Protocol, assert_never
from zoneinfo import ZoneInfo

from msgspec import to_builtins
from msgspec.structs import replace

from psoas_nudge.core.effects import AnyEffect, Record, Refuse, Renew, Show, StartGuide, Wake, Watch, Withdraw
from psoas_nudge.core.entries import AnyEntry
from psoas_nudge.core.events import AnyEvent, Moment, NotShown, Reloaded, Started
from psoas_nudge.core.explain import at_moment, status
from psoas_nudge.core.machine import step
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.state import State
from psoas_nudge.core.status import Status
from psoas_nudge.core.words import EPOCH, MINUTE
from psoas_nudge.engine.log import line
from psoas_nudge.errors import JournalBroken
from psoas_nudge.journal.heartbeat import Heartbeat, HeartbeatFile
from psoas_nudge.journal.records import Stored
from psoas_nudge.system.clock import milliseconds
from psoas_nudge.tasks import log_failure

log = logging.getLogger(__name__)

RETRY = MINUTE
"""Longest time until the journal is tried again after a failed write."""


class Clock(Protocol):
    """Where moments come from: the system, or virtual time."""

    def now(self) -> Moment: ...


class SystemClock:
    """The wall clock for schedules, and a clock that counts suspend for durations."""

    def now(self) -> Moment:
        return Moment(datetime.now(UTC), milliseconds())


class World(Protocol):
    """Where effects are carried out. Its methods make no decisions and do not block."""

    def wake(self, after: int | None) -> None: ...

    def watch(self, threshold: int) -> None: ...

    def show(self, effect: Show) -> None:
        """Feed Shown or NotShown, now or later."""

    def renew(self, effect: Renew) -> None:
        """Show the open prompt again. Feeds Shown; a failure feeds an event that the core ignores."""

    def withdraw(self, effect: Withdraw) -> None: ...

    def start_guide(self, effect: StartGuide) -> None: ...


class Listener:
    """Is called after each step. An exception is logged and affects neither the step nor other listeners."""

    def recorded(self, stored: Stored) -> None:
        """The entry was written to the journal."""

    def stepped(self, event: AnyEvent, state: State) -> None:
        """The core has handled `event`; `state` is the new state."""


class Heartbeats(Listener):
    """Writes a heartbeat (rule 14) with every step during a bout; the core takes at least one a minute."""

    def __init__(self, file: HeartbeatFile) -> None:
        self._file = file

    def stepped(self, event: AnyEvent, state: State) -> None:  # noqa: ARG002 - for every event
        if state.bout:
            self._file.beat(Moment(state.at, state.time.tick))


class Keeper(Protocol):
    """Stores entries and state: journal.store.Journal, or a store in memory."""

    def load(self) -> State | None: ...

    def commit(self, entries: Sequence[AnyEntry], state: State, zone: tzinfo) -> tuple[Stored, ...]: ...


class Engine:
    """Holds the state. Events come in through `feed` only, after `start`."""

    def __init__(self, journal: Keeper, rules: Rules, clock: Clock) -> None:
        self.rules = rules
        self.state = journal.load() or State()
        self.trouble = ""
        """Why the journal cannot be written; no prompt is shown meanwhile. "" when it can."""
        self.mistake = ""
        """See Status.mistake."""
        self._journal, self._clock = journal, clock
        self._world: World | None = None
        self._listeners: list[Listener] = []
        self._queue: deque[AnyEvent] = deque()
        self._stepping = self._closed = False
        self._unwritten: list[AnyEntry] = []
        self._written = self.state

    def start(self, world: World | None, started: Started) -> None:
        """Feed the first event; effects go to `world`. None: they are ignored, for a guide that records a report
        without a daemon: it has neither screen nor sensors, and ends after the report."""
        self._world = world
        self.feed(started)

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def close(self) -> None:
        """Refuse all further events."""
        self._closed = True
        if self._unwritten:
            kinds = ", ".join(str(entry.__struct_config__.tag) for entry in self._unwritten)
            log.error("entries that could not be saved are lost: %s", kinds)

    def feed(self, event: AnyEvent) -> Refuse | None:
        """Handle an event that happened now. Returns a refusal when the event was a request that the rules refuse."""
        if self._closed:
            return Refuse(why="psoas-nudge is ending.")
        self._queue.append(event)
        if self._stepping:
            return None
        refusal = None
        self._stepping = True
        try:
            while self._queue:
                happened = self._queue.popleft()
                refused = self._step(happened)
                if happened is event:  # after an exception, older events may be queued before it
                    refusal = refused
        finally:
            self._stepping = False
        return refusal

    def reload(self, rules: Rules) -> None:
        self.rules = rules
        self.feed(Reloaded())

    def state_now(self) -> State:
        return at_moment(self.state, self._clock.now())

    def status(self) -> Status:
        return replace(status(self.state_now(), self.rules, self.trouble), mistake=self.mistake or None)

    def _step(self, event: AnyEvent) -> Refuse | None:
        self.state, effects = step(self.state, self._clock.now(), event, self.rules)
        if log.isEnabledFor(logging.DEBUG):
            log.debug("%s -> %s", event, effects)
        entries = [effect.entry for effect in effects if type(effect) is Record]
        wanted = entries or self.trouble or self.state.differs_from(self._written)
        stored = self._commit(entries) if wanted else ()
        refusal = None
        for effect in effects:
            if self._world:
                self._carry_out(effect, self._world)
            if type(effect) is Refuse:
                refusal = effect
        for listener in self._listeners:
            try:
                for each in stored:
                    listener.recorded(each)
                listener.stepped(event, self.state)
            except Exception as error:  # noqa: BLE001 - see Listener
                log_failure(log, type(listener).__name__, error)
        return refusal

    def _carry_out(self, effect: AnyEffect, world: World) -> None:
        match effect:
            case Record():
                pass
            case Wake(after=after):
                world.wake(min(RETRY, after or RETRY) if self.trouble else after)
            case Watch(threshold=threshold):
                world.watch(threshold)
            case Show():
                _log("show", effect)
                if self.trouble:
                    self.feed(NotShown(prompt=effect.prompt, why="the journal cannot be written"))
                else:
                    world.show(effect)
            case Renew():
                world.renew(effect)
            case Withdraw():
                world.withdraw(effect)
            case StartGuide():
                _log("guide", effect)
                world.start_guide(effect)
            case Refuse():
                _log("refuse", effect)
            case _:
                assert_never(effect)

    def _commit(self, entries: list[AnyEntry]) -> tuple[Stored, ...]:
        """Write entries and state. After a failed write the entries wait in memory for the next step."""
        self._unwritten.extend(entries)
        try:
            stored = self._journal.commit(self._unwritten, self.state, ZoneInfo(self.rules.hours.zone))
        except JournalBroken as error:
            if str(error) != self.trouble:
                log.warning("%s", error)
            self.trouble = str(error)
            return ()
        if self.trouble:
            log.warning("the journal can be written again")
        self._written, self.trouble = self.state, ""
        self._unwritten.clear()
        for kept in stored:
            _log(str(kept.entry.__struct_config__.tag), kept.entry)
        return stored


def _log(words: str, decision: AnyEffect | AnyEntry) -> None:
    if log.isEnabledFor(logging.INFO):
        facts = to_builtins(decision)
        facts.pop(decision.__struct_config__.tag_field)
        log.info("%s", line(words, facts))


def started(stored: State, last: Heartbeat | None, now: Moment, boot: str) -> Started:
    """The first event after the state `stored`. `last`: the last heartbeat; `boot`: the id of the current boot.

    Within one boot the clock readings are compared, because the wall clock may have been set.
    """
    if stored.at == EPOCH:
        return Started()
    alive = Moment(stored.at, stored.time.tick)
    same_boot = last is not None and last.boot == boot != ""
    if last is not None and (last.moment.at >= alive.at or (same_boot and last.moment.tick >= alive.tick)):
        alive = last.moment
    silent_for = now.tick - alive.tick if same_boot else int((now.at - alive.at).total_seconds() * 1000)
    return Started(lived=max(0, alive.tick - stored.time.tick), silent_for=max(0, silent_for))
