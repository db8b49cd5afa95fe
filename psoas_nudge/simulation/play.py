"""Plays a trace through the real core and engine in virtual time, and yields the journal entries.

Uses no sensor, no notifier and no file. The simulated person answers each prompt after a fixed time, unless the screen
is locked or the machine is suspended then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import cycle
from random import Random

from psoas_nudge.core.effects import Renew, Show, StartGuide, Withdraw
from psoas_nudge.core.entries import AnyEntry
from psoas_nudge.core.events import Answering, Asked, Sensed, Shown, Started, Woke
from psoas_nudge.core.outcomes import ANSWERS
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.state import State
from psoas_nudge.core.words import SECOND, Answer, Signal
from psoas_nudge.engine.engine import Engine
from psoas_nudge.journal.records import Ids, Stored
from psoas_nudge.simulation.desk import Act, During, VirtualDesk

NOTIFIER = "simulated"
VIA = "trace"
LONGEST_REST = timedelta(days=1)
"""How long the play continues after the end of the trace while a bout or a prompt is open."""
UNSEEN = {Signal.LOCKED, Signal.SUSPENDED}
"""Signals during which nobody answers a prompt."""


class Simulation:
    """The engine's World and Keeper for one trace. `answers`: the answers to prompts, cycled (None: no answer), each
    after `answer_after` milliseconds."""

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
        self._ids = Ids(Random(seed).randbytes)  # noqa: S311 - reproducible ids, no secret
        self.engine = Engine(self, rules, self.desk)
        self.watch, self.wake = self.desk.watch_now, self.desk.wake

    def play(self) -> Iterator[Stored]:
        """Yield the entries until the last day of the trace is over and no bout or prompt is open."""
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
        """Whether to continue after the end of the trace."""
        wait = self.desk.next()
        if wait is None:
            return False
        now, state = self.desk.now().at, self.engine.state
        at_rest = state.bout is None and state.prompt is None
        left = over - now if at_rest else max(over, self._last + LONGEST_REST) - now
        return timedelta(milliseconds=wait) <= left

    def _feed(self, event: Sensed | Woke | Asked) -> None:
        """Feed the engine, except answers during UNSEEN signals. Refusals are ignored."""
        if not (isinstance(event, Answering) and event.prompt is not None and self.engine.state.signals & UNSEEN):
            self.engine.feed(event)

    # --- engine.World -----------------------------------------------------------------------------------------

    def show(self, effect: Show) -> None:
        """Report the prompt as shown, and schedule its answer."""
        self.engine.feed(Shown(prompt=effect.prompt, notifier=NOTIFIER))
        if answer := next(self._answers):
            self.desk.later(self._answer_after, ANSWERS[answer](via=VIA, prompt=effect.prompt))

    def renew(self, effect: Renew | Withdraw | StartGuide) -> None:
        """Ignored: there is no screen, and what the person does is in the trace."""

    withdraw = start_guide = renew

    # --- engine.Keeper ----------------------------------------------------------------------------------------

    def load(self) -> State | None:
        return None

    def commit(self, entries: Sequence[AnyEntry], state: State, zone: tzinfo) -> tuple[Stored, ...]:  # noqa: ARG002 - the state is not kept
        """Keep the entries until `play` yields them."""
        stored = self._ids.stored(entries, zone)
        self._kept.extend(stored)
        return stored
