"""Whatever happens, in whatever order: the few things that must hold after every step.

Events come late, twice, out of order and from the past; clocks are set, ticks go back, the machine freezes, the daemon
dies, settings change in the middle. Nothing here repeats what the rules say; it only watches what they may never do.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from psoas_nudge.core import model as m
from psoas_nudge.core.conditions import obstacles
from psoas_nudge.core.explain import status
from psoas_nudge.core.hours import DayException, Range, WorkingHours
from psoas_nudge.core.machine import DRIFT, step
from psoas_nudge.core.ranges import EARLIEST, LATEST
from psoas_nudge.core.sitting import sat
from tests.core.timeline import ANSWERS
from tests.fuzz import effort

HOURS = (
    WorkingHours(zone="Europe/Berlin", week=((Range(0, 1440),),) * 6 + ((),)),
    WorkingHours(zone="Europe/Berlin"),
    WorkingHours(zone="America/Sao_Paulo", week=((Range(22 * 60, 30 * 60),),) * 7),
    WorkingHours(zone="Europe/Berlin", week=((Range(540, 720), Range(780, 1020)),) * 7),
    WorkingHours(zone="Europe/Berlin", exceptions=(DayException(date(2026, 10, 1), date(2027, 4, 1)),)),
    WorkingHours(zone="UTC", week=((),) * 7),
)
STARTS = (
    datetime(2026, 11, 23, 9, tzinfo=UTC),
    datetime(2024, 10, 26, 22, 30, tzinfo=UTC),
    datetime(2024, 3, 30, 21, 30, tzinfo=UTC),
    datetime(2026, 11, 20, 15, 50, tzinfo=UTC),
    datetime(1970, 1, 1, 3, tzinfo=UTC),
)
LENGTHS = st.sampled_from([0, 1, 8, 30, 120, 300, 1800, 7200]).map(m.milliseconds)
SHORT = st.sampled_from([0, 1, 8, 60, 300]).map(m.milliseconds)
RULES = st.builds(
    m.Rules,
    hours=st.sampled_from(HOURS[:1] * 4 + HOURS),
    away_after=LENGTHS,
    shortest_break=LENGTHS,
    unseen_limit=LENGTHS,
    standing_for=LENGTHS,
    call_counts_as_sitting=st.booleans(),
    playing_counts_as_sitting=st.booleans(),
    nudge_after=LENGTHS,
    settle_in=SHORT,
    wind_down=SHORT,
    daily_limit=st.sampled_from([0, 1, 2, 8, 8, 8, 100]),
    lull=SHORT,
    patience=LENGTHS,
    expires_after=LENGTHS,
    ask_again_after=LENGTHS,
    snooze_for=LENGTHS,
    max_snoozes=st.integers(0, 3),
    after_quiet=SHORT,
    quiet=st.frozensets(st.sampled_from(m.Signal)),
)
ORDINARY = m.Rules(hours=HOURS[0])
QUICK = m.Rules(hours=HOURS[0], nudge_after=m.MINUTE, settle_in=0, patience=0, away_after=2 * m.MINUTE, daily_limit=100)
NUMBERS = st.one_of(st.none(), st.integers(-3, 0))
"""Prompt numbers, counted back from the last; None is "the open one"."""
SECONDS = st.sampled_from([0.0, 0.001, 1.0, 8.0, 15.0, 59.0, 61.0, 125.0, 310.0, 1900.0, 7300.0, 90000.0])


class Hostile(RuleBasedStateMachine):
    """The state under attack, and what is needed to judge it without looking into it."""

    @initialize(rules=st.one_of(st.just(ORDINARY), st.just(QUICK), RULES), start=st.sampled_from(STARTS))
    def begin(self, rules: m.Rules, start: datetime) -> None:
        self.rules, self.at, self.tick = rules, start, 500_000
        self.state = self.stored = m.State()
        self.stored_at = self.sign = self.tick
        self.elapsed, self.sitting, self.held, self.told = 0, 0.0, 0.0, 0.0
        self.shows: set[int] = set()
        self.outcomes: Counter[int] = Counter()
        self.confirmed: set[int] = set()
        self.today: tuple[date | None, int] = (None, 0)
        self.signals: set[m.Signal] = set()
        self.paused = self.standing = False
        self.take(m.Started())

    # --- what happens -----------------------------------------------------------------------------------------

    @rule(seconds=SECONDS)
    def time_passes_and_wake_ups_come(self, seconds: float) -> None:
        end = self.tick + m.milliseconds(min(seconds, 4000.0))
        wakes = 0
        while self.state.time.wake is not None and (after := self.state.time.wake - self.state.now) < end - self.tick:
            self.pass_by(after)
            self.take(m.Woke())
            wakes += 1
            assert wakes < 2 * seconds / 60 + 50, "no wake-up in a loop"
        self.pass_by(end - self.tick)

    @rule(seconds=SECONDS)
    def time_passes_unseen(self, seconds: float) -> None:
        self.pass_by(m.milliseconds(seconds))

    @rule(calm=st.booleans())
    def somebody_types_until_the_next_prompt(self, calm: bool) -> None:
        if calm:
            self.take(m.Resume())
            self.take(m.Sit())
            for signal in sorted(self.signals):
                self.take(m.SignalChanged(signal=signal, on=False))
        self.take(m.Active())
        for _ in range(100):
            if self.state.prompt or self.state.time.wake is None:
                break
            self.pass_by(min(self.state.time.wake - self.state.now, 900_000_000))
            self.take(m.Woke())
        if calm and self.state.prompt:
            self.take(m.Shown(prompt=self.state.numbered, notifier="n", ref="r"))

    @precondition(lambda self: self.state.prompt is not None)
    @rule(answer=st.sampled_from(["accept", "snooze", "skip"]), seconds=SECONDS)
    def the_open_prompt_is_answered(self, answer: m.Answer, seconds: float) -> None:
        self.time_passes_and_wake_ups_come(seconds)
        self.take(ANSWERS[answer](via="test"))

    @precondition(lambda self: self.state.bout is not None)
    @rule(typed=st.booleans())
    def nobody_answers_for_a_while(self, typed: bool) -> None:
        if typed:
            self.take(m.Active())
        else:
            self.take(m.Idle(idle_for=8_000))
        self.time_passes_and_wake_ups_come(700.0)

    @precondition(lambda self: self.state.prompt is not None)
    @rule(shown=st.booleans())
    def the_notifier_reports(self, shown: bool) -> None:
        number = self.state.numbered
        if shown:
            self.take(m.Shown(prompt=number, notifier="n", ref="r"))
        else:
            self.take(m.NotShown(prompt=number, why="broken"))

    @rule(hours=st.sampled_from([-8760.0, -25.0, -1.0, -0.02, 0.02, 1.0, 25.0, 8760.0]), told=st.booleans())
    def the_clock_is_set(self, hours: float, told: bool) -> None:
        self.at += timedelta(hours=hours)
        if told:
            self.take(m.ClockSet())

    @rule(
        seconds=SECONDS,
        both=st.booleans(),
        kind=st.sampled_from([m.Woke, m.Active, m.Stand, m.Sit, m.Moved, m.ClockSet]),
    )
    def an_event_comes_from_the_past(self, seconds: float, both: bool, kind: type[m.AnyEvent]) -> None:
        at, tick = self.at, self.tick
        self.tick -= m.milliseconds(seconds)
        self.at -= timedelta(seconds=seconds if both else 0.0)
        self.take(kind())
        self.at, self.tick = at, tick

    @rule(
        event=st.one_of(
            st.builds(m.Idle, idle_for=SECONDS.map(m.milliseconds)),
            st.builds(m.SignalChanged, signal=st.sampled_from(m.Signal), on=st.booleans()),
            st.sampled_from([m.Active(), m.Woke(), m.ClockSet(), m.Reloaded(), m.NotifierAppeared()]),
            st.sampled_from([m.Stand(), m.Sit(), m.Resume()]),
            st.builds(m.Feel, pain=st.sampled_from([None, "sharp", "worse", "other"])),
            st.sampled_from(
                [m.Clear(), m.Stretch(), m.Advised(because="pain"), m.WarningsRead(routine="ball-release")]
            ),
        ),
        twice=st.booleans(),
    )
    def anything(self, event: m.AnyEvent, twice: bool) -> None:
        for _ in range(1 + twice):
            self.take(event)

    @rule(back=NUMBERS, shown=st.booleans(), ref=st.sampled_from(["r", "s"]))
    def a_notifier_is_late_or_wrong(self, back: int | None, shown: bool, ref: str) -> None:
        number = self.state.numbered + (back or 0)
        if shown:
            self.take(m.Shown(prompt=number, notifier="n", ref=ref))
        else:
            self.take(m.NotShown(prompt=number, why="wrong"))

    @rule(
        answer=st.sampled_from(["accept", "snooze", "skip"]),
        back=NUMBERS,
        delay=st.one_of(st.none(), SECONDS.map(m.milliseconds), st.sampled_from([-1000, 10**300])),
        twice=st.booleans(),
    )
    def somebody_answers(self, answer: m.Answer, back: int | None, delay: int | None, twice: bool) -> None:
        number = None if back is None else self.state.numbered + back
        for _ in range(1 + twice):
            if answer == "snooze":
                self.take(m.Snooze(via="test", prompt=number, delay=delay))
            else:
                self.take(ANSWERS[answer](via="test", prompt=number))

    @rule(
        length=st.one_of(st.none(), SECONDS.map(m.milliseconds), st.sampled_from([-9000, 10**300])),
        until=st.sampled_from([None, -1.0, 0.0, 0.5, 30.0, 1e6]),
    )
    def somebody_pauses(self, length: int | None, until: float | None) -> None:
        at = None if until is None else min(max(EARLIEST, self.at + timedelta(hours=until)), LATEST)
        self.take(m.Pause(length=length, until=at))

    @rule(
        back=NUMBERS,
        word=st.sampled_from(["begins", "holds", "ends"]),
        held=st.sampled_from([0.0, 5.0, 60.0]),
        routine=st.sampled_from(["standing-hip-flexor", "glute-squeeze"]),
    )
    def a_guide_speaks(self, back: int | None, word: str, held: float, routine: str) -> None:
        number = None if back is None else self.state.numbered + back
        if word == "begins":
            self.told = 0.0
            self.take(m.GuideStarted(routine=routine, prompt=number))
        elif word == "holds":
            self.told += held
            self.take(m.GuideHeld(routine=routine, prompt=number, left_seconds=self.told))
        else:
            self.told += held
            self.take(m.GuideEnded(routine=routine, prompt=number, left_seconds=self.told))
            assert self.state.stretching is None or number == self.state.unperformed
            self.told = 0.0

    @precondition(lambda self: self.state.stretching is not None and self.state.stretching.held.total >= 1)
    @rule(typed=st.booleans())
    def a_guide_is_killed_and_what_it_had_held_is_recorded(self, typed: bool) -> None:
        lost = self.state.stretching
        assert lost is not None
        kept = self.state.given_up
        known = kept.held.total if kept and (kept.routine, kept.prompt) == (lost.routine, lost.prompt) else 0.0
        before = self.held
        if typed:
            self.take(m.Active())
        self.time_passes_and_wake_ups_come(1900.0)
        assert self.state.stretching is None
        if lost.prompt is None or lost.prompt != self.state.unperformed:
            assert self.held - before >= max(0.0, lost.held.total - known) - m.SECOND / 1000

    @rule(rules=RULES)
    def settings_change(self, rules: m.Rules) -> None:
        self.rules = rules
        self.take(m.Reloaded())

    @rule(seconds=SECONDS, word=st.booleans(), reboot=st.booleans())
    def the_daemon_ends_and_starts_again(self, seconds: float, word: bool, reboot: bool) -> None:
        if word:
            self.take(m.Stopping())
        lived = max(0, self.sign - self.stored_at)
        self.elapsed -= self.state.now - self.stored.now - lived  # what a kill forgets was never stored
        self.state = self.stored
        self.at += timedelta(seconds=seconds)
        self.tick = 3_000 if reboot else self.tick + m.milliseconds(seconds)
        self.signals.clear()
        self.take(m.Started(lived=lived, silent_for=m.milliseconds(seconds)))

    # --- what must hold ---------------------------------------------------------------------------------------

    def pass_by(self, milliseconds: int) -> None:
        self.at += timedelta(milliseconds=milliseconds)
        self.tick += milliseconds

    def take(self, event: m.AnyEvent) -> None:
        """One step, judged."""
        moment = m.Moment(self.at, self.tick)
        before, kept = self.state, msgspec.json.encode(self.state)
        self.state, effects = step(before, moment, event, self.rules)
        assert msgspec.json.encode(before) == kept, "a step changes no state but the one it returns"
        self.elapsed += self.state.now - before.now
        assert self.state.now >= before.now
        if isinstance(event, m.SignalChanged):
            (self.signals.add if event.on else self.signals.discard)(event.signal)
        for effect in effects:
            self.judge(effect, event)
        self.judge_state(event, effects)
        self.judge_deadlines(event)
        self.judge_memory()
        if not isinstance(event, m.Woke):
            status(self.state, self.rules)
        if not isinstance(event, m.Stopping):
            settled, more = step(self.state, m.Moment(self.at, self.state.time.tick), m.Woke(), self.rules)
            assert [type(effect) for effect in more] == [m.Wake], "a step leaves nothing undone"
            assert not settled.differs_from(self.state)

    def judge_deadlines(self, event: m.AnyEvent) -> None:
        """An obstacle that ends at a known time always leaves a deadline: nobody waits for a prompt in vain.

        A heartbeat keeps the deadlines as they are while the two clocks part by no more than DRIFT.
        """
        state = self.state
        slack = DRIFT if isinstance(event, m.Woke) else 0
        if isinstance(event, m.Stopping):
            return
        for obstacle in obstacles(state, self.rules, state.hours.span):
            if obstacle.until is not None:
                assert obstacle.until + slack > state.now, f"{obstacle.kind} is over and still in the way"
                assert state.time.decide is not None, f"{obstacle.kind} ends, and nobody looks"
                assert state.time.decide <= obstacle.until + slack, f"{obstacle.kind} ends, and nobody looks in time"

    def judge(self, effect: m.AnyEffect, event: m.AnyEvent) -> None:
        match effect:
            case m.Record(entry=entry):
                self.judge_entry(entry, event)
            case m.Show():
                self.judge_show(effect)
            case m.Wake(after=after):
                assert after is None or after >= 1
            case m.Watch(threshold=threshold):
                assert threshold >= m.SECOND
                assert self.state.input.idle_since is None, "a threshold is asked for only while input flows"

    def judge_entry(self, entry: m.AnyEntry, event: m.AnyEvent) -> None:  # noqa: C901 - a case for each kind
        for name in entry.__struct_fields__:
            value = getattr(entry, name)
            assert not isinstance(value, datetime) or value.tzinfo is not None
        match entry:
            case m.BoutEntry():
                assert 0 < entry.sitting_seconds <= (entry.ended - entry.started).total_seconds() + 0.01
                self.sitting += entry.sitting_seconds
            case m.PromptEntry(number=number):
                assert number in self.shows, "no outcome without a prompt"
                self.outcomes[number] += 1
                if entry.outcome != "withdrawn":
                    assert entry.shown_at is not None, "what nobody saw has no other outcome"
                if entry.outcome not in ("withdrawn", "snoozed"):
                    self.count(number)
            case m.NotShownEntry():
                assert isinstance(event, m.NotShown)
                self.outcomes[event.prompt] += 1
            case m.StretchEntry():
                assert entry.performed == (entry.left_seconds + entry.right_seconds + entry.other_seconds >= 1)
                self.held += entry.left_seconds
            case m.PauseEntry():
                self.paused = True
            case m.ResumeEntry():
                self.paused = False
            case m.PostureEntry():
                self.standing = entry.posture == "standing"

    def judge_show(self, show: m.Show) -> None:
        assert show.prompt not in self.shows
        self.shows.add(show.prompt)
        assert not self.paused
        assert not self.standing
        assert self.state.stretching is None
        assert not self.signals & self.rules.quiet
        assert not self.signals & m.LEAVING.keys()
        span = self.rules.hours.span(self.at)
        assert span is not None, "never outside working hours"
        assert self.at - span.opens >= timedelta(milliseconds=self.rules.settle_in)
        assert span.closes - self.at > timedelta(milliseconds=self.rules.wind_down)
        day, shown = self.today
        assert (shown if day == self.rules.hours.local_date(self.at) else 0) < self.rules.daily_limit
        assert show.sat >= 0

    def count(self, number: int) -> None:
        if number not in self.confirmed:
            self.confirmed.add(number)
            today = self.rules.hours.local_date(self.at)
            self.today = (today, self.today[1] + 1 if self.today[0] == today else 1)

    def judge_state(self, event: m.AnyEvent, effects: tuple[m.AnyEffect, ...]) -> None:
        state = self.state
        wakes = [effect for effect in effects if isinstance(effect, m.Wake)]
        assert len(wakes) == 1
        assert effects[-1] is wakes[0], "the wake-up is asked for last"
        still_open = {number for number in self.shows if not self.outcomes[number]}
        assert still_open == ({state.prompt.number} if state.prompt else set()), "at most one prompt, and no lost one"
        assert all(count == 1 for count in self.outcomes.values()), "exactly one outcome"
        if state.bout:
            assert isinstance(event, m.Stopping) or (wakes[0].after is not None and wakes[0].after <= m.MINUTE)
            assert 0 <= sat(state, 0) <= state.now - state.bout.started
            points = [point for pair in sorted(state.bout.breaks) for point in pair]
            assert points == sorted(points)
            assert all(state.bout.started <= point <= state.now for point in points)
        assert self.sitting + sat(state, 0) / m.SECOND <= self.elapsed / m.SECOND + 0.01, (
            "nobody sits longer than time passes"
        )

    def judge_memory(self) -> None:
        text = msgspec.json.encode(self.state)
        assert msgspec.json.decode(text, type=m.State) == self.state
        if self.state.differs_from(self.stored):
            self.stored, self.stored_at = self.state, self.tick
        self.sign = self.tick


def test_a_heartbeat_that_is_a_millisecond_behind_keeps_the_deadline_that_stood() -> None:
    day = WorkingHours(zone="Europe/Berlin", week=((Range(0, 1440),),) * 6 + ((),))
    hostile = Hostile()
    hostile.begin(
        m.Rules(hours=day, nudge_after=m.MINUTE, settle_in=0, patience=0, daily_limit=100),
        datetime(2024, 10, 26, 22, 30, tzinfo=UTC),
    )
    for _ in range(6):
        hostile.somebody_types_until_the_next_prompt(calm=False)
    hostile.time_passes_and_wake_ups_come(seconds=7300.0)
    hostile.an_event_comes_from_the_past(both=False, kind=m.Woke, seconds=0.001)


TestHostile = Hostile.TestCase
TestHostile.settings = effort(150, 40)
TestHostile.pytestmark = [pytest.mark.fuzz]
