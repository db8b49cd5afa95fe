"""An engine without a desktop: a clock that stands until it is moved, and a world that remembers what it was asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from psoas_nudge.core import model as m
from psoas_nudge.core.hours import Range, WorkingHours
from psoas_nudge.engine.engine import Engine
from psoas_nudge.journal.store import Journal

ALWAYS = WorkingHours(zone="UTC", week=((Range(0, 1440),),) * 7)


class StandingClock:
    """A clock that only moves when told, by seconds."""

    def __init__(self) -> None:
        self.moment = m.Moment(datetime(2026, 11, 23, 9, tzinfo=UTC), 1_000_000)

    def now(self) -> m.Moment:
        return self.moment

    def move(self, seconds: float) -> None:
        self.moment = m.Moment(self.moment.at + timedelta(seconds=seconds), self.moment.tick + m.milliseconds(seconds))


class RememberingWorld:
    """Carries nothing out; `done` has every effect in order. With `answers` a prompt is shown at once."""

    def __init__(self) -> None:
        self.done: list[tuple[str, object]] = []
        self.engine: Engine | None = None
        self.answers = True

    def wake(self, after: int | None) -> None:
        self.done.append(("wake", after))

    def watch(self, threshold: int) -> None:
        self.done.append(("watch", threshold))

    def show(self, effect: m.Show) -> None:
        self.done.append(("show", effect.prompt))
        if self.answers and self.engine:
            self.engine.feed(m.Shown(prompt=effect.prompt, notifier="fake", ref="7"))

    def renew(self, effect: m.Renew) -> None:
        self.done.append(("renew", effect.prompt))

    def withdraw(self, effect: m.Withdraw) -> None:
        self.done.append(("withdraw", effect.ref))

    def start_guide(self, effect: m.StartGuide) -> None:
        self.done.append(("guide", effect.routine))

    def of(self, kind: str) -> list[object]:
        return [value for name, value in self.done if name == kind]


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def world() -> RememberingWorld:
    return RememberingWorld()


@pytest.fixture
def rules() -> m.Rules:
    """Always open, a prompt after half an hour, no lull."""
    return m.Rules(hours=ALWAYS, nudge_after=30 * m.MINUTE, settle_in=0, wind_down=0, lull=0)


@pytest.fixture
def journal() -> Iterator[Journal]:
    with Journal.in_memory() as journal:
        yield journal


@pytest.fixture
def engine(journal: Journal, rules: m.Rules, clock: StandingClock, world: RememberingWorld) -> Engine:
    """An engine that has been started, with the person at the machine."""
    engine = Engine(journal, rules, clock)
    world.engine = engine
    engine.start(world, m.Started())
    engine.feed(m.Active())
    return engine
