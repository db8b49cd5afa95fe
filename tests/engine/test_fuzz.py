"""Hostile steps for the engine, bytes for the control socket, arguments for D-Bus: each is answered, nothing breaks.

The disk fails now and then, the notifier lies, a stored state was tampered with. What was acknowledged is there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from psoas_nudge.control import messages as c
from psoas_nudge.control.server import KINDS
from psoas_nudge.core import model as m
from psoas_nudge.core.entries import AnyEntry
from psoas_nudge.core.hours import Range, WorkingHours
from psoas_nudge.engine.engine import Engine
from psoas_nudge.engine.requests import Requests
from psoas_nudge.errors import JournalBroken, NotSaved, PsoasNudgeError
from psoas_nudge.journal.records import Stored
from psoas_nudge.journal.store import Journal
from tests.fuzz import effort

pytestmark = pytest.mark.fuzz

RULES = m.Rules(hours=WorkingHours(zone="UTC", week=((Range(0, 1440),),) * 7), nudge_after=m.MINUTE, settle_in=0)
NUMBERS = st.one_of(st.none(), st.integers(-2, 2**53 + 2), st.floats(), st.sampled_from([2**63, 2**64, 10**30]))
TEXTS = st.one_of(st.none(), st.text(max_size=30), st.text(min_size=990, max_size=1010), st.just("\ud800"))
WORDS = st.sampled_from(["sharp", "fine", "pain", "long", "standing-hip-flexor", "stand-and-walk", "locked", "tray"])
INSTANTS = st.one_of(st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat), st.just("9999-12-31T23:59:59Z"))
VALUES = st.one_of(NUMBERS, TEXTS, WORDS, INSTANTS, st.booleans(), st.lists(st.integers(), max_size=2))


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.at, self.tick = datetime(2026, 11, 23, 9, tzinfo=UTC), 1_000_000

    def now(self) -> m.Moment:
        return m.Moment(self.at, self.tick)

    def move(self, milliseconds: int) -> None:
        self.at += timedelta(milliseconds=milliseconds)
        self.tick += milliseconds


class Failing:
    """A journal that fails when told; what it fails to write leaves nothing behind."""

    def __init__(self) -> None:
        self.journal = Journal.in_memory()
        self.fails = False
        self.state: m.State | None = None

    def load(self) -> m.State | None:
        return self.journal.load()

    def commit(self, entries: Sequence[AnyEntry], state: m.State, zone: tzinfo) -> tuple[Stored, ...]:
        if self.fails:
            raise JournalBroken("The disk is full.")
        self.state = state
        return self.journal.commit(entries, state, zone)


class World:
    """Carries out nothing, and tells the engine lies about it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.lies: list[m.AnyEvent] = []
        self.wakes: list[int | None] = []

    def wake(self, after: int | None) -> None:
        self.wakes.append(after)

    def watch(self, threshold: int) -> None:
        pass

    def show(self, effect: m.Show) -> None:
        for lie in (*self.lies, m.Shown(prompt=effect.prompt, notifier="n", ref="r")):
            self.engine.feed(lie)

    def renew(self, effect: m.Renew) -> None:
        self.engine.feed(m.NotShown(prompt=effect.prompt, why="gone"))

    def withdraw(self, effect: m.Withdraw) -> None:
        pass

    def start_guide(self, effect: m.StartGuide) -> None:
        self.engine.feed(m.GuideStarted(routine=effect.routine, prompt=effect.prompt))


class HostileSteps(RuleBasedStateMachine):
    """Whatever comes, the engine answers, and what it acknowledged is in the journal."""

    @initialize()
    def begin(self) -> None:
        self.clock, self.keeper = Clock(), Failing()
        self.acknowledged: list[str] = []
        self.waiting: list[str] = []
        self.notes = 0
        self.start()

    def start(self) -> None:
        self.engine = Engine(self.keeper, RULES, self.clock)
        self.world = World(self.engine)
        self.requests = Requests(self.engine, lambda: "", lambda: None)
        self.engine.start(self.world, m.Started())

    def teardown(self) -> None:
        if hasattr(self, "keeper"):
            self.keeper.journal.close()

    @rule(fails=st.booleans())
    def the_disk_fails_or_works(self, fails: bool) -> None:
        self.keeper.fails = fails

    @rule()
    def somebody_reports(self) -> None:
        self.notes += 1
        try:
            self.requests(m.Feel(note=str(self.notes)))
        except NotSaved:
            self.waiting.append(str(self.notes))
        else:
            self.acknowledged += [*self.waiting, str(self.notes)]
            self.waiting.clear()

    @rule(kind=st.sampled_from(sorted(KINDS)), fields=st.dictionaries(WORDS | st.sampled_from(
        ["prompt", "delay", "length", "until", "routine", "level", "pain", "because", "via", "at", "left_seconds",
         "other_seconds", "until_tomorrow", "afterwards", "note"]), VALUES, max_size=4))  # fmt: skip
    def a_message_comes(self, kind: str, fields: dict[str, Any]) -> None:
        try:
            line = json.dumps({"event": kind, **fields}).encode()
            request = msgspec.json.decode(line, type=c.AnyRequest)
        except (msgspec.DecodeError, ValueError):
            return
        try:
            said = self.requests(request)
        except PsoasNudgeError:
            pass
        else:
            msgspec.json.encode(said)

    @rule(milliseconds=st.integers(0, 90_000_000), told=st.booleans())
    def time_passes(self, milliseconds: int, told: bool) -> None:
        self.clock.move(milliseconds)
        if told:
            self.engine.feed(m.Woke())

    @rule(hours=st.sampled_from([-87_600, -24, -1, 1, 24, 87_600]))
    def the_clock_is_set(self, hours: int) -> None:
        self.clock.at = min(max(self.clock.at + timedelta(hours=hours), datetime(1971, 1, 1, tzinfo=UTC)),
                            datetime(2190, 1, 1, tzinfo=UTC))  # fmt: skip
        self.engine.feed(m.ClockSet())

    @rule(event=st.one_of(
        st.builds(m.Idle, idle_for=st.integers(0, 10**12)), st.just(m.Active()),
        st.builds(m.SignalChanged, signal=st.sampled_from(m.Signal), on=st.booleans()),
        st.builds(m.Shown, prompt=st.integers(-1, 9), notifier=st.just("x"), ref=st.text(max_size=5)),
        st.builds(m.NotShown, prompt=st.integers(-1, 9), why=st.text(max_size=5))), lie=st.booleans())  # fmt: skip
    def a_sensor_or_notifier_speaks(self, event: m.AnyEvent, lie: bool) -> None:
        if lie:
            self.world.lies = [event]
        self.engine.feed(event)

    @rule()
    def it_is_killed_and_starts_again(self) -> None:
        self.waiting.clear()
        self.keeper.fails = False
        self.start()
        self.judge()

    @rule()
    def judge(self) -> None:
        self.engine.feed(m.Woke())
        if not self.engine.trouble:
            self.acknowledged += self.waiting
            self.waiting.clear()
        status = self.engine.status()
        assert (status.trouble is not None) == bool(self.engine.trouble)
        assert self.world.wakes[-1] is None or self.world.wakes[-1] >= 1
        if self.engine.trouble:
            assert self.world.wakes[-1] is not None
        kept = [stored.entry.note for stored in self.keeper.journal.read(kinds=["feel"])]
        known = sorted(note for note in kept if note in self.acknowledged)
        assert known == sorted(self.acknowledged), "what was acknowledged is there, once"


TestHostileSteps = HostileSteps.TestCase
TestHostileSteps.settings = effort(60, 40)

NUMBER = re.compile(rb"-?\d+(\.\d+)?")
WILD = st.sampled_from(
    [b"-1", b"0", b"1e308", b"9" * 30, b"9007199254740993", b"true", b"null", b"[]", b'"x"', b"-5e5"]
)


def tried_state() -> bytes:
    """The state in the middle of a stretch, with a pause, a snooze and a bout behind it."""
    with closing(Journal.in_memory()) as journal:
        clock = Clock()
        engine = Engine(journal, RULES, clock)
        world = World(engine)
        engine.start(world, m.Started())
        engine.feed(m.Active())
        for _ in range(30):
            clock.move(60_000)
            engine.feed(m.Woke())
        engine.feed(m.GuideHeld(routine="standing-hip-flexor", left_seconds=25))
        engine.feed(m.Pause(until=clock.at + timedelta(hours=2)))
        return msgspec.json.encode(engine.state)


STATE = tried_state()
PLACES = [found.span() for found in NUMBER.finditer(STATE)]


@given(places=st.lists(st.tuples(st.sampled_from(PLACES), WILD), min_size=1, max_size=3))
@effort(300)
def test_a_state_that_was_tampered_with_is_used_or_set_aside_and_the_day_goes_on(places) -> None:
    body = STATE
    for (begin, end), value in sorted(places, reverse=True):
        body = body[:begin] + value + body[end:]
    with closing(Journal.in_memory()) as journal:
        journal._db.execute("INSERT OR REPLACE INTO snapshot VALUES (1, ?)", (body,))
        clock = Clock()
        engine = Engine(journal, RULES, clock)
        world = World(engine)
        engine.start(world, m.Started(lived=5, silent_for=600_000))
        for event in (m.Active(), m.Resume(), m.Stand(), m.Sit(), m.Woke(), m.Feel(level=2)):
            clock.move(30_000)
            engine.feed(event)
            msgspec.json.encode(engine.status())
        assert [stored.entry.level for stored in journal.read(kinds=["feel"])] == [2]
