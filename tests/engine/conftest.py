"""A daemon without a desktop: a clock that stands until it is moved, and a world that remembers what it was asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from psoas_nudge.core import model as m
from psoas_nudge.core.hours import Range, WorkingHours
from psoas_nudge.daemon.clock import Moment
from psoas_nudge.daemon.runner import Runner
from psoas_nudge.journal.records import Stored
from psoas_nudge.journal.store import Journal

ALWAYS = WorkingHours(zone="UTC", week=((Range(0, 1440),),) * 7)


class StandingClock:
    """A clock that only moves when told."""

    def __init__(self) -> None:
        self.moment = Moment(datetime(2026, 11, 23, 9, tzinfo=UTC), 1000.0)

    def now(self) -> Moment:
        return self.moment

    def move(self, seconds: float) -> None:
        self.moment = Moment(self.moment.at + timedelta(seconds=seconds), self.moment.tick + seconds)


class RememberingWorld:
    """Carries nothing out; `done` has every effect in order. With `answers` a prompt is shown at once."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.stored: list[Stored] = []
        self.runner: Runner | None = None
        self.answers = True

    def wake(self, after: float | None) -> None:
        self.done.append(("wake", after))

    def watch(self, threshold: float) -> None:
        self.done.append(("watch", threshold))

    def show(self, effect: m.Show) -> None:
        self.done.append(("show", effect.prompt))
        if self.answers and self.runner:
            self.runner.feed(m.Shown, prompt=effect.prompt, notifier="fake", ref="7")

    def withdraw(self, effect: m.Withdraw) -> None:
        self.done.append(("withdraw", effect.ref))

    def start_guide(self, effect: m.StartGuide) -> None:
        self.done.append(("guide", effect.routine))

    def recorded(self, stored: Sequence[Stored]) -> None:
        self.stored.extend(stored)

    def stepped(self, state: m.State) -> None:
        pass

    def of(self, kind: str) -> list[Any]:
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
    return m.Rules(hours=ALWAYS, settle_in=0.0, wind_down=0.0, lull=0.0)


@pytest.fixture
def journal() -> Iterator[Journal]:
    with Journal.in_memory() as journal:
        yield journal


@pytest.fixture
def runner(journal: Journal, rules: m.Rules, clock: StandingClock, world: RememberingWorld) -> Runner:
    """A runner that has been started, with the person at the machine."""
    runner = Runner(journal, rules, clock, world)
    world.runner = runner
    runner.start()
    runner.feed(m.Active)
    return runner
