"""The effects that `machine.step` returns and the engine carries out, a closed union, and the Decision that collects
them."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from psoas_nudge.core.entries import AnyEntry
from psoas_nudge.core.events import AnyEvent, Moment, Started
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.state import State


class Effect(Struct, frozen=True, kw_only=True, tag=True):
    """Something for the engine to carry out."""


class Record(Effect, frozen=True, kw_only=True):
    """Append the entry to the journal, in one transaction with the new state, before any other effect."""

    entry: AnyEntry


class Show(Effect, frozen=True, kw_only=True):
    """Put the prompt on the screen; feed Shown or NotShown. `sat`: milliseconds; `snooze`: whether to offer it."""

    prompt: int
    routine: str
    sat: int
    snooze: bool


class Renew(Effect, frozen=True, kw_only=True):
    """Show the open prompt again in its place, with the current minutes. A failure changes nothing."""

    prompt: int
    routine: str
    sat: int
    snooze: bool


class Withdraw(Effect, frozen=True, kw_only=True):
    """Take the prompt from the screen. `notifier` and `ref`: from Shown; None when that has not come yet."""

    prompt: int
    notifier: str | None
    ref: str


class StartGuide(Effect, frozen=True, kw_only=True):
    """Open the guided stretch; `prompt` is None when no prompt led to it."""

    routine: str
    prompt: int | None


class Watch(Effect, frozen=True, kw_only=True):
    """Have the idle source report Idle after `threshold` milliseconds without input. Sent only while there is input."""

    threshold: int


class Wake(Effect, frozen=True, kw_only=True):
    """Send Woke in `after` milliseconds; replaces the previous wake-up. None: no wake-up is needed."""

    after: int | None


class Refuse(Effect, frozen=True, kw_only=True):
    """Tell the person that the request was not carried out, and why."""

    why: str
    no_prompt_open: bool = False


AnyEffect = Record | Show | Renew | Withdraw | StartGuide | Watch | Wake | Refuse


class Decision:
    """One decision in progress, which the rules work on: a copy of the state, the effects so far, and the points at
    which to run again. `now`: the event's point on the timeline; `at`: its instant."""

    __slots__ = ("at", "deadlines", "effects", "now", "rules", "state")

    def __init__(self, state: State, moment: Moment, event: AnyEvent, rules: Rules) -> None:
        if isinstance(event, Started):
            self.state = state.later(moment.at, max(0, event.lived) + max(0, event.silent_for))
            self.state.time.tick = moment.tick
        else:
            self.state = state.later(moment.at, max(0, moment.tick - state.time.tick))
        self.rules = rules
        self.now, self.at = self.state.now, self.state.at
        self.effects: list[AnyEffect] = []
        self.deadlines: list[int] = []

    def do(self, effect: AnyEffect) -> None:
        self.effects.append(effect)

    def record(self, entry: AnyEntry) -> None:
        self.effects.append(Record(entry=entry))

    def instant(self, point: int) -> datetime:
        """The wall-clock instant of a point, as the clock is set now."""
        return self.at - timedelta(milliseconds=self.now - point)

    def by(self, point: int | None) -> None:
        """Have the rules run again at a point in the future; None: no such point is known."""
        if point is not None and point > self.now:
            self.deadlines.append(point)

    def reached(self, point: int | None) -> bool:
        """Whether the point is reached. If not, the rules run again then."""
        self.by(point)
        return point is not None and point <= self.now
