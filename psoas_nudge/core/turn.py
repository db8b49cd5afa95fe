"""One step under way: the state so far, the effects it has called for, and when to look again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from psoas_nudge.core.model import AnyEffect, AnyEntry, AnyEvent, Record, Rules, Started, State


class Turn:
    """What the rules work on. `now` is the point of the state's timeline that the event falls on, `at` its instant."""

    __slots__ = ("at", "deadlines", "effects", "event", "now", "rules", "state")

    def __init__(self, state: State, event: AnyEvent, rules: Rules) -> None:
        self.event, self.rules = event, rules
        if isinstance(event, Started):
            tick, elapsed = event.tick, max(0.0, event.lived) + max(0.0, event.silent_for)
        else:
            tick, elapsed = max(state.tick, event.tick), max(0.0, event.tick - state.tick)
        self.now = state.now + elapsed
        self.at = event.at
        self.state = replace(state, at=event.at, tick=tick, now=self.now)
        self.effects: list[AnyEffect] = []
        self.deadlines: list[float] = []

    def change(self, **fields: Any) -> None:
        """Replace fields of the state."""
        self.state = replace(self.state, **fields)

    def do(self, effect: AnyEffect) -> None:
        """Call for an effect."""
        self.effects.append(effect)

    def record(self, entry: AnyEntry) -> None:
        """Call for a journal entry."""
        self.effects.append(Record(entry=entry))

    def instant(self, point: float) -> datetime:
        """When a point of the timeline was, as the wall clock reads now."""
        return self.at - timedelta(seconds=self.now - point)

    def point(self, instant: datetime) -> float:
        """The point of the timeline at which the wall clock will read `instant`, as it runs now."""
        return self.now + (instant - self.at).total_seconds()

    def by(self, point: float) -> None:
        """Ask for the rules to be looked at again at a point of the timeline."""
        if point > self.now:
            self.deadlines.append(point)
