"""One decision in progress: a working copy of the state, the effects so far, and the points at which to run again."""

from __future__ import annotations

from datetime import datetime, timedelta

from psoas_nudge.core.effects import AnyEffect, Record
from psoas_nudge.core.entries import AnyEntry
from psoas_nudge.core.events import AnyEvent, Moment, Started
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.state import State


class Decision:
    """What the rules work on. `now`: the event's point on the timeline; `at`: its instant."""

    __slots__ = ("at", "deadlines", "effects", "now", "rules", "state")

    def __init__(self, state: State, moment: Moment, event: AnyEvent, rules: Rules) -> None:
        self.rules = rules
        self.state = state.copy()
        time = self.state.time
        if isinstance(event, Started):
            elapsed = max(0, event.lived) + max(0, event.silent_for)
            time.tick = moment.tick
        else:
            elapsed = max(0, moment.tick - time.tick)
            time.tick = max(time.tick, moment.tick)
        time.now += elapsed
        time.at = moment.at
        self.now, self.at = time.now, moment.at
        self.effects: list[AnyEffect] = []
        self.deadlines: list[int] = []

    def do(self, effect: AnyEffect) -> None:
        self.effects.append(effect)

    def record(self, entry: AnyEntry) -> None:
        self.effects.append(Record(entry=entry))

    def instant(self, point: int) -> datetime:
        """The wall-clock instant of a point, as the clock is set now."""
        return self.at - timedelta(milliseconds=self.now - point)

    def by(self, point: int) -> None:
        """Have the rules run again at a point in the future."""
        if point > self.now:
            self.deadlines.append(point)
