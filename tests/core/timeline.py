"""A day in virtual time: tell what the person does, compare what was seen.

The day plays the part of the daemon: it delivers wake-ups when they were asked for and reports idle and active as an
idle source would. Nothing is patched and no clock is read. Minutes throughout; `day.seen` holds lines such as
"09:35 shown" and "10:00 bout 60.0 idle", `day.prompts` and `day.bouts` the entries. A day's `notifier` shows at once;
None fails at once, "hangs" never says anything, "fades" hides prompts by itself. With `watches` False there is no idle source.
Idea: workrave's IntegrationTests, GNOME Break Timer's `time_step`.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo

from psoas_nudge.core import model as m
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.core.machine import step
from psoas_nudge.core.outcomes import ANSWERS

BERLIN = WorkingHours(zone="Europe/Berlin")


def rules(**settings: Any) -> m.Rules:
    """The default rules with Berlin office hours and a prompt after 30 minutes, and what the test changes: lengths of
    time in seconds."""
    lengths = {name for name, kind in get_type_hints(m.Rules).items() if kind is int} - {"daily_limit", "max_snoozes"}
    given = {name: m.milliseconds(value) if name in lengths else value for name, value in settings.items()}
    return m.Rules(**{"hours": BERLIN, "nudge_after": 30 * m.MINUTE, "ask_again_after": 10 * m.MINUTE, **given})


class Day:
    """One person's day from `start` (local time of the rules' zone); Monday 23 November 2026 unless told."""

    def __init__(
        self, start: str = "2026-11-23 09:00", notifier: str | None = "fake", watches: bool = True, **settings: Any
    ) -> None:
        self.rules = rules(**settings)
        self.zone = ZoneInfo(self.rules.hours.zone)
        self.at = datetime.fromisoformat(start).replace(tzinfo=self.zone).astimezone(UTC)
        self.tick = 1_000_000
        self.state = m.State()
        self.notifier = notifier
        self.entries: list[m.AnyEntry] = []
        self.effects: list[m.AnyEffect] = []
        self.seen: list[str] = []
        self.refused: list[str] = []
        self.last_input = self.tick - 1_000_000_000
        self.typing = False
        self.threshold: int | None = None
        self.reported_idle: bool | None = None
        self.wake: int | None = None
        self.alive = True
        self.watches = watches
        self.stored = self.state
        self.stored_at = self.sign = self.tick
        self.events: deque[m.AnyEvent] = deque()
        self.feed(m.Started())

    # --- what the person does --------------------------------------------------------------------------------

    def sit(self, minutes: float) -> None:
        """Use mouse or keyboard all the time."""
        self.typing = True
        self._input()
        self._pass(minutes)
        self.typing = False

    def read(self, minutes: float) -> None:
        """Be there without any input; the machine cannot tell it from leaving."""
        self._pass(minutes)

    leave = read

    def touch(self) -> None:
        """One key press."""
        self._input()

    def during(self, *signals: m.Signal, minutes: float, typing: bool = False) -> None:
        """Signals that are on for a while."""
        for signal in signals:
            self.feed(m.SignalChanged(signal=signal, on=True))
        (self.sit if typing else self.read)(minutes)
        for signal in signals:
            self.feed(m.SignalChanged(signal=signal, on=False))

    def lock(self, minutes: float) -> None:
        """Lock, walk away, unlock by typing."""
        self.during(m.Signal.LOCKED, minutes=minutes)
        self._input()

    def suspend(self, minutes: float) -> None:
        """Sleep announced by the session; nothing runs meanwhile."""
        self.feed(m.SignalChanged(signal=m.Signal.SUSPENDED, on=True))
        self.freeze(minutes)
        self.feed(m.SignalChanged(signal=m.Signal.SUSPENDED, on=False))
        self._input()

    def freeze(self, minutes: float) -> None:
        """The process is stopped, or the machine sleeps unseen: no wake-up is delivered."""
        elapsed = m.milliseconds(minutes * 60)
        self.tick += elapsed
        self.at += timedelta(milliseconds=elapsed)

    def answer(self, answer: m.Answer, **more: Any) -> None:
        """Press a button of the open prompt."""
        self.feed(ANSWERS[answer](via="test", **more))

    # --- what happens to the machine --------------------------------------------------------------------------

    def set_clock(self, minutes: float) -> None:
        """The wall clock jumps, durations do not."""
        self.at += timedelta(minutes=minutes)
        self.feed(m.ClockSet())

    def kill(self) -> None:
        """The daemon dies without a word; what is left is what it last stored, and its last sign of life."""
        self.alive = False

    def stop(self) -> None:
        """The daemon ends in good order."""
        self.feed(m.Stopping())
        self.alive = False

    def restart(self, minutes: float = 0.0, *, reboot: bool = False) -> None:
        """Start again some time after the end, from what was stored; after a reboot the ticks begin anew."""
        lived = self.sign - self.stored_at
        self.freeze(minutes)
        silent_for = self.tick - self.sign
        if reboot:
            self.last_input = self.tick = 5_000
        self.state, self.stored_at = self.stored, self.tick
        self.alive, self.threshold, self.reported_idle, self.wake = True, None, None, None
        self.feed(m.Started(lived=lived, silent_for=silent_for))

    def reload(self, **settings: Any) -> None:
        """New settings."""
        self.rules = rules(**settings)
        self.feed(m.Reloaded())

    def feed(self, event: m.AnyEvent) -> None:
        """One event now; carries out what the core asks for. What that brings about waits for its turn."""
        if not self.alive:
            return
        self.events.append(event)
        if len(self.events) > 1:
            return
        while self.events:
            self.state, effects = step(self.state, m.Moment(self.at, self.tick), self.events[0], self.rules)
            self._store()
            self.effects.extend(effects)
            for effect in effects:
                self._carry_out(effect)
            self.events.popleft()

    # --- what was seen ----------------------------------------------------------------------------------------

    def of(self, kind: type[m.Entry]) -> list[Any]:
        """The entries of a kind."""
        return [entry for entry in self.entries if isinstance(entry, kind)]

    @property
    def prompts(self) -> list[m.PromptEntry]:
        """The prompts that have ended."""
        return self.of(m.PromptEntry)

    @property
    def bouts(self) -> list[m.BoutEntry]:
        """The bouts that have ended."""
        return self.of(m.BoutEntry)

    @property
    def outcomes(self) -> list[str]:
        """How prompts ended, in order."""
        return [prompt.outcome for prompt in self.prompts]

    @property
    def shown(self) -> list[str]:
        """The local times at which prompts came up, "09:35"; with seconds where they are not 0."""
        return [line.split()[0] for line in self.seen if line.endswith(" shown")]

    def clock(self, at: datetime | None = None) -> str:
        """A local time as "09:35" or "09:35:08"."""
        local = (at or self.at).astimezone(self.zone)
        return local.strftime("%H:%M:%S").removesuffix(":00")

    # --- how ---------------------------------------------------------------------------------------------------

    def _input(self) -> None:
        self.last_input = self.tick
        if self.reported_idle is not False and self.threshold is not None:
            self.reported_idle = False
            self.feed(m.Active())

    def _pass(self, minutes: float) -> None:
        target = self.tick + m.milliseconds(minutes * 60)
        for _ in range(1000 + int(minutes * 60)):
            points = [target]
            if self.wake is not None and self.alive:
                points.append(self.wake)
            if not self.typing and self.reported_idle is False and self.threshold is not None:
                points.append(max(self.tick, self.last_input + self.threshold))
            point = min(points)
            elapsed = max(0, point - self.tick)
            self.tick += elapsed
            self.at += timedelta(milliseconds=elapsed)
            if self.typing:
                self.last_input = self.tick
            if not self._deliver() and point >= target:
                return
        raise AssertionError("wake-ups in a loop")

    def _store(self) -> None:
        """As the daemon does: a commit when more than time has changed, a touch of the sign otherwise."""
        if self.state.differs_from(self.stored):
            self.stored, self.stored_at = self.state, self.tick
        self.sign = self.tick

    def _deliver(self) -> bool:
        if not self.typing and self.reported_idle is False and self.threshold is not None:
            idle_for = self.tick - self.last_input
            if idle_for >= self.threshold:
                self.reported_idle = True
                self.feed(m.Idle(idle_for=idle_for))
                return True
        if self.wake is not None and self.tick >= self.wake and self.alive:
            self.wake = None
            self.feed(m.Woke())
            return True
        return False

    def _carry_out(self, effect: m.AnyEffect) -> None:
        match effect:
            case m.Record(entry=entry):
                self.entries.append(entry)
                self.seen.append(f"{self.clock()} {self._words(entry)}")
            case m.Wake(after=after):
                self.wake = None if after is None else self.tick + after
            case m.Watch(threshold=threshold):
                self._watch(threshold)
            case m.Show(prompt=prompt):
                if self.notifier == "hangs":
                    return
                if self.notifier:
                    self.seen.append(f"{self.clock()} shown")
                    self.feed(m.Shown(prompt=prompt, notifier=self.notifier, fades=self.notifier == "fades"))
                else:
                    self.feed(m.NotShown(prompt=prompt, why="no notifier"))
            case m.Refuse(why=why):
                self.refused.append(why)
            case m.Renew():
                self.seen.append(f"{self.clock()} renewed")
            case m.Withdraw() | m.StartGuide():
                pass

    def _watch(self, threshold: int) -> None:
        if not self.watches:
            return
        first = self.threshold is None
        self.threshold = threshold
        idle_for = self.tick - self.last_input
        if idle_for >= threshold:
            self.reported_idle = True
            self.feed(m.Idle(idle_for=idle_for))
        elif first:
            self.reported_idle = False
            self.feed(m.Active())

    @staticmethod
    def _words(entry: m.AnyEntry) -> str:
        match entry:
            case m.BoutEntry():
                return f"bout {entry.sitting_seconds / 60:.1f} {entry.ended_by}"
            case m.PromptEntry():
                return entry.outcome
            case m.HeldBackEntry():
                return f"held back by {', '.join(entry.reasons)}"
            case m.HoursEntry():
                return "hours open" if entry.open else "hours closed"
            case _:
                return type(entry).__name__.removesuffix("Entry").lower()
