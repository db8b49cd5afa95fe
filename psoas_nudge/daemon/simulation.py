"""Plays a trace through the real core and the real effect runner in virtual time, and keeps what the journal would.

Nothing of the person's is touched: no sensor, no notifier, no file. The person in it answers as told, a while after a
prompt has come up, unless the screen is locked or the machine sleeps by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from random import Random

from psoas_nudge.core import model as m
from psoas_nudge.daemon.runner import Runner
from psoas_nudge.daemon.virtual import Act, During, VirtualDesk
from psoas_nudge.journal.records import Ids, Stored, id_text, milliseconds, offset_minutes
from psoas_nudge.presence.port import InputSeen, InputStopped, Reading, SignalChanged

NOTIFIER = "simulated"
VIA = "trace"
LONGEST_REST = timedelta(days=1)
"""How long after the last line of the trace an open bout or prompt is waited for."""

Do = Callable[[str, "Simulation"], None]
"""Carries out what a line of the trace lets the person do."""


class Simulation:
    """The world (runner.World) and the journal (runner.Keeper) of one trace; `play` returns what was recorded."""

    def __init__(
        self,
        trace: Sequence[During | Act],
        rules: m.Rules,
        do: Do,
        *,
        answer: m.Answer | None = None,
        answer_after: float = 20.0,
        seed: int = 0,
    ) -> None:
        self._rules, self._do = rules, do
        self._answer, self._answer_after = answer, answer_after
        begin = min(item.begin if isinstance(item, During) else item.at for item in trace)
        self._last = max(item.end if isinstance(item, During) else item.at for item in trace)
        self.desk = VirtualDesk(trace, begin)
        self._kept: list[Stored] = []
        # The same trace gives the same ids.
        self._ids = Ids(Random(seed).randbytes)  # noqa: S311 - nobody has to guess them
        self.runner = Runner(self, rules, self.desk, self)
        self.desk.start(lambda: self.runner.feed(m.Woke))
        self.desk.report = self._report
        self.desk.act = self._act
        self.watch, self.wake = self.desk.watch_now, self.desk.wake

    def play(self) -> Iterator[Stored]:
        """Everything that is recorded, until the last day of the trace is over and the person has gone."""
        over = self._rules.hours.next_day(self._last)
        self.runner.start()
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
        now = self.desk.now().at
        left = over - now if self._at_rest() else max(over, self._last + LONGEST_REST) - now
        return wait <= left.total_seconds()

    def _at_rest(self) -> bool:
        state = self.runner.state
        return state.bout is None and state.prompt is None

    def _report(self, reading: Reading) -> None:
        match reading:
            case InputStopped(seconds=seconds):
                self.runner.feed(m.Idle, idle_for=seconds)
            case InputSeen():
                self.runner.feed(m.Active)
            case SignalChanged(signal=signal, on=on):
                self.runner.feed(m.Sensed, signal=signal, on=on)

    def _act(self, do: str) -> None:
        kind, _, number = do.partition(" ")
        if kind != "answer":
            self._do(do, self)
            return
        away = self.runner.state.signals & {m.Signal.LOCKED, m.Signal.SUSPENDED}
        if self._answer and not away:
            self.runner.feed(m.Answered, answer=self._answer, prompt=int(number), via=VIA)

    # --- runner.World -----------------------------------------------------------------------------------------

    def show(self, effect: m.Show) -> None:
        """Shown at once; the answer, if any, comes a while later."""
        self.runner.feed(m.Shown, prompt=effect.prompt, notifier=NOTIFIER)
        if self._answer:
            self.desk.later(self._answer_after, f"answer {effect.prompt}")

    def withdraw(self, effect: m.Withdraw) -> None:
        """There is no screen."""

    def start_guide(self, effect: m.StartGuide) -> None:
        """There is no guide: the trace alone tells what the person does."""

    def recorded(self, stored: Sequence[Stored]) -> None:
        """Kept already."""

    def stepped(self, state: m.State) -> None:
        """Nobody looks on."""

    # --- runner.Keeper ----------------------------------------------------------------------------------------

    def load(self) -> m.State | None:
        """A fresh start."""
        return None

    def commit(self, entries: Sequence[m.AnyEntry], state: m.State, zone: tzinfo) -> tuple[Stored, ...]:  # noqa: ARG002 - the state is not kept
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


def made_up(days: int, seed: int, first: datetime, zone: tzinfo) -> list[During | Act]:
    """Plausible days at a desk, from the local date of `first` on: work in spells with pauses for reading, breaks,
    lunch, calls, videos, a locked screen here and there, the lid closed at night, most weekends off."""
    random = Random(seed)  # noqa: S311 - a plausible day is no secret
    trace: list[During | Act] = []
    midnight = first.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    for ahead in range(days):
        day = midnight + timedelta(days=ahead)
        if day.weekday() < 5 or random.random() < 0.1:
            _day(day, zone, random, trace)
    return trace


def _day(day: datetime, zone: tzinfo, random: Random, trace: list[During | Act]) -> None:
    def instant(minutes: float) -> datetime:
        return (day + timedelta(minutes=minutes)).replace(tzinfo=zone)

    def during(signal: str, begin: float, end: float) -> None:
        trace.append(During(instant(begin), instant(end), signal))

    now = random.gauss(8 * 60 + 40, 25)
    lunch, home = random.gauss(12 * 60 + 20, 20), random.gauss(17 * 60 + 10, 30)
    while now < home:
        spell = min(random.lognormvariate(3.5, 0.6), home - now)
        end = now + spell
        if random.random() < 0.12:
            during("call", now, end)
            if random.random() < 0.3:
                during("do-not-disturb", now, end)
        elif random.random() < 0.04:
            during(random.choice(["playing", "fullscreen"]), now, end)
        while now < end:  # typing, with pauses for reading
            typing = min(random.expovariate(1 / 2.5) + 0.1, end - now)
            during("input", now, now + typing)
            now += typing + random.lognormvariate(-1.2, 1.0)
        now = max(now, end)
        away = random.lognormvariate(1.6, 0.8)
        if now < lunch <= now + 45:
            away, lunch = random.gauss(40, 8), 0.0
        if random.random() < 0.4:
            during("locked", now + 0.2, now + max(away, 1.0))
        now += max(away, 0.5)
    during("suspended", now, now + 60)
