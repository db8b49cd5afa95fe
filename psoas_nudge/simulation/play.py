"""Plays a trace through the real core and the real engine in virtual time, and keeps what the journal would.

Nothing of the person's is touched: no sensor, no notifier, no file. The person in it answers as told, a while after a
prompt has come up, unless the screen is locked or the machine sleeps by then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import cycle
from random import Random

from psoas_nudge.core.effects import Renew, Show, StartGuide, Withdraw
from psoas_nudge.core.entries import AnyEntry
from psoas_nudge.core.events import Accept, Answering, Asked, Sensed, Shown, Skip, Snooze, Started, Woke
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.state import State
from psoas_nudge.core.words import SECOND, Answer, Signal
from psoas_nudge.engine.engine import Engine
from psoas_nudge.journal.records import Ids, Stored, id_text, milliseconds, offset_minutes
from psoas_nudge.simulation.desk import Act, During, VirtualDesk

NOTIFIER = "simulated"
VIA = "trace"
LONGEST_REST = timedelta(days=1)
"""How long after the last line of the trace an open bout or prompt is waited for."""
UNSEEN = {Signal.LOCKED, Signal.SUSPENDED}
"""Nobody answers a prompt meanwhile."""
ANSWERS = {"accept": Accept, "snooze": Snooze, "skip": Skip}


class Simulation:
    """The world (engine.World) and the journal (engine.Keeper) of one trace; `play` returns what was recorded.

    `answers`: how prompts are answered, in turn and again from the first, after `answer_after` milliseconds; None: not
    at all.
    """

    def __init__(
        self,
        trace: Sequence[During | Act],
        rules: Rules,
        *,
        answers: Sequence[Answer | None] = (None,),
        answer_after: int = 20 * SECOND,
        seed: int = 0,
    ) -> None:
        self._rules = rules
        self._answers, self._answer_after = cycle(answers), answer_after
        begin = min(item.begin if isinstance(item, During) else item.at for item in trace)
        self._last = max(item.end if isinstance(item, During) else item.at for item in trace)
        self.desk = VirtualDesk(trace, begin, self._feed)
        self._kept: list[Stored] = []
        # The same trace gives the same ids.
        self._ids = Ids(Random(seed).randbytes)  # noqa: S311 - nobody has to guess them
        self.engine = Engine(self, rules, self.desk)
        self.watch, self.wake = self.desk.watch_now, self.desk.wake

    def play(self) -> Iterator[Stored]:
        """Everything that is recorded, until the last day of the trace is over and the person has gone."""
        over = self._rules.hours.next_day(self._last)
        self.engine.start(self, Started())
        desk, kept = self.desk, self._kept
        while not desk.ended() or self._goes_on(over):
            desk.advance()
            if kept:
                yield from kept
                kept.clear()
        yield from kept

    def _goes_on(self, over: datetime) -> bool:
        """Whether what happens next, after the last line of the trace, still belongs to it."""
        wait = self.desk.next()
        if wait is None:
            return False
        now, state = self.desk.now().at, self.engine.state
        at_rest = state.bout is None and state.prompt is None
        left = over - now if at_rest else max(over, self._last + LONGEST_REST) - now
        return timedelta(milliseconds=wait) <= left

    def _feed(self, event: Sensed | Woke | Asked) -> None:
        """Refusals change nothing, as in life; nobody answers from a locked screen."""
        if not (isinstance(event, Answering) and event.prompt is not None and self.engine.state.signals & UNSEEN):
            self.engine.feed(event)

    # --- engine.World -----------------------------------------------------------------------------------------

    def show(self, effect: Show) -> None:
        """Shown at once; the answer, if any, comes a while later."""
        self.engine.feed(Shown(prompt=effect.prompt, notifier=NOTIFIER))
        if answer := next(self._answers):
            self.desk.later(self._answer_after, ANSWERS[answer](via=VIA, prompt=effect.prompt))

    def renew(self, effect: Renew) -> None:
        """Nothing fades."""

    def withdraw(self, effect: Withdraw) -> None:
        """There is no screen."""

    def start_guide(self, effect: StartGuide) -> None:
        """There is no guide: the trace alone tells what the person does."""

    # --- engine.Keeper ----------------------------------------------------------------------------------------

    def load(self) -> State | None:
        """A fresh start."""
        return None

    def commit(self, entries: Sequence[AnyEntry], state: State, zone: tzinfo) -> tuple[Stored, ...]:  # noqa: ARG002 - the state is not kept
        """Keep the entries until they are printed."""
        stored = tuple(
            Stored(
                id=id_text(self._ids.new(milliseconds(entry.at))),
                offset_minutes=offset_minutes(entry.at, zone),
                entry=entry,
            )
            for entry in entries
        )
        self._kept.extend(stored)
        return stored
