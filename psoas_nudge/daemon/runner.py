"""The effect runner: one event in, one step of the core, one transaction, then the effects.

The same runner serves the daemon, `demo` and `simulate`; only the world around it differs. An effect may bring about
the next event at once (a notifier that answers at once): events queue up, steps never nest.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from msgspec import to_builtins
from msgspec.structs import replace

from psoas_nudge.core.machine import step
from psoas_nudge.core.model import (
    AnyEffect,
    AnyEntry,
    AnyEvent,
    Event,
    NotShown,
    Record,
    Refuse,
    Rules,
    Show,
    Started,
    StartGuide,
    State,
    Wake,
    Watch,
    Withdraw,
)
from psoas_nudge.daemon.clock import Clock
from psoas_nudge.daemon.log import line
from psoas_nudge.errors import JournalBroken
from psoas_nudge.journal.records import Stored

log = logging.getLogger(__name__)

LOGGED = frozenset({Show, StartGuide, Refuse})
"""Effects that the log tells of, one line each."""


class World(Protocol):
    """Where effects are carried out. Nothing here decides, and nothing blocks."""

    def wake(self, after: float | None) -> None: ...

    def watch(self, threshold: float) -> None: ...

    def show(self, effect: Show) -> None:
        """Answer with the event Shown or NotShown."""

    def withdraw(self, effect: Withdraw) -> None: ...

    def start_guide(self, effect: StartGuide) -> None: ...

    def recorded(self, stored: Sequence[Stored]) -> None:
        """These entries stand in the journal now."""

    def stepped(self, state: State) -> None:
        """A step was taken; the state is the new one."""


class Keeper(Protocol):
    """What keeps entries and state: the journal, or nothing that lasts. See journal.store.Journal."""

    def load(self) -> State | None: ...

    def commit(self, entries: Sequence[AnyEntry], state: State, zone: tzinfo) -> tuple[Stored, ...]: ...


class Runner:
    """Holds the state. `feed` is the only way in."""

    def __init__(self, journal: Keeper, rules: Rules, clock: Clock, world: World) -> None:
        self.rules = rules
        self.trouble = ""
        """Why the journal cannot be written; nothing is shown meanwhile."""
        self.state = journal.load() or State()
        self._journal, self._clock, self._world = journal, clock, world
        self._events: deque[AnyEvent] = deque()
        self._stepping = False
        self._unwritten: list[AnyEntry] = []
        self._stored = self.state
        self._carry_out: dict[type[Any], Callable[[Any], None]] = {
            Wake: lambda effect: world.wake(effect.after),
            Watch: lambda effect: world.watch(effect.threshold),
            Show: self._show,
            Withdraw: world.withdraw,
            StartGuide: world.start_guide,
        }

    def start(self, *, lived: float = 0.0, silent_for: float = 0.0) -> None:
        """The first event; see Started for the two lengths (seconds)."""
        self.feed(Started, lived=lived, silent_for=silent_for)

    def feed(self, event: type[Event], **fields: Any) -> Refuse | None:
        """Something happened now. Returns the refusal, where the event was a request that the rules do not grant."""
        now = self._clock.now()
        mine: AnyEvent = event(at=now.at, tick=now.tick, **fields)  # type: ignore[assignment]
        self._events.append(mine)
        if self._stepping:
            return None
        refusal = None
        self._stepping = True
        try:
            while self._events:
                happened = self._events.popleft()
                refused = self._step(happened)
                if happened is mine:  # a fault may have left others before it
                    refusal = refused
        finally:
            self._stepping = False
        return refusal

    def _step(self, event: AnyEvent) -> Refuse | None:
        self.state, effects = step(self.state, event, self.rules)
        if log.isEnabledFor(logging.DEBUG):
            log.debug("%s -> %s", event, effects)
        entries = [effect.entry for effect in effects if type(effect) is Record]
        if entries or self._unwritten or not _same(self._stored, self.state):
            self._commit(entries)
        for effect in effects:
            self._do(effect)
        self._world.stepped(self.state)
        return next((effect for effect in effects if type(effect) is Refuse), None)

    def _do(self, effect: AnyEffect) -> None:
        kind = type(effect)
        if kind is Record:
            return
        if kind in LOGGED:
            log.info("%s", line(kind.__name__.lower(), to_builtins(effect)))
        if kind is not Refuse:
            self._carry_out[kind](effect)

    def _show(self, effect: Show) -> None:
        if not self.trouble:
            self._world.show(effect)
        else:
            self.feed(NotShown, prompt=effect.prompt, why="the journal cannot be written")

    def _commit(self, entries: list[AnyEntry]) -> None:
        """Write what changed. When the disk refuses, nothing new is shown and the entries wait for the next step."""
        self._unwritten.extend(entries)
        try:
            stored = self._journal.commit(self._unwritten, self.state, ZoneInfo(self.rules.hours.zone))
        except JournalBroken as error:
            if str(error) != self.trouble:
                log.warning("%s", error)
            self.trouble = str(error)
            return
        if self.trouble:
            log.warning("the journal can be written again")
        self._stored, self.trouble = self.state, ""
        self._unwritten.clear()
        if log.isEnabledFor(logging.INFO):
            for kept in stored:
                facts = to_builtins(kept.entry)
                log.info("%s", line(facts.pop("kind"), facts))
        if stored:
            self._world.recorded(stored)


def _same(old: State, new: State) -> bool:
    """Whether only time has passed between the two: no reason for a commit."""
    return replace(old, at=new.at, tick=new.tick, now=new.now, wake=new.wake, decide=new.decide) == new
