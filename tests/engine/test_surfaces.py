"""Clicks in the tray and calls on the bus name become the requests they stand for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from psoas_nudge.daemon.surfaces import Surfaces

from psoas_nudge.control import messages as c
from psoas_nudge.core import model as m
from psoas_nudge.tray import commands as t


class FakeDaemon:
    """As much of the daemon as a surface looks at."""

    def __init__(self, runner: Any, clock: Any) -> None:
        self.runner, self.rules, self.clock = runner, runner.rules, clock
        self.told: list[str] = []

    def state_now(self) -> m.State:
        return self.runner.state

    def status(self) -> Any:
        from psoas_nudge.core.explain import status

        return status(self.runner.state, self.rules)

    def tell(self, title: str, body: str) -> None:
        self.told.append(title)


class FakeGuiding:
    def __init__(self) -> None:
        self.opened: list[Any] = []

    def open(self, routine: str, prompt: int | None, token: str | None) -> None:
        self.opened.append((routine, prompt))


@pytest.fixture
def asked():
    return []


@pytest.fixture
def guiding():
    return FakeGuiding()


@pytest.fixture
def daemon(runner, clock):
    return FakeDaemon(runner, clock)


@pytest.fixture
def surfaces(daemon, asked, guiding, journal, tmp_path):
    return Surfaces(None, daemon, asked.append, guiding, None, journal, tmp_path / "config.toml")


def test_every_click_has_something_to_do(surfaces, asked, guiding, daemon, monkeypatch):
    monkeypatch.setattr(Surfaces, "_edit", lambda _self: asked.append("edit"))
    for command in get_args(t.TrayCommand):
        before = len(asked) + len(guiding.opened) + len(daemon.told)
        surfaces.command(command())
        assert len(asked) + len(guiding.opened) + len(daemon.told) == before + 1, command


def test_what_was_clicked_names_the_tray_in_the_journal(surfaces, asked):
    surfaces.command(t.Skip("busy"))
    surfaces.command(t.Snooze(60))
    surfaces.command(t.Pause(length=1800))
    assert asked == [
        c.Skip(via="tray", because="busy"),
        c.Snooze(via="tray", delay=60),
        c.Pause(via="tray", length=1800),
    ]


def test_until_tomorrow_ends_at_midnight(surfaces, asked):
    surfaces.command(t.PauseUntilTomorrow())
    assert asked == [c.Pause(via="tray", until=datetime(2026, 11, 24, tzinfo=UTC))]


def test_stretch_now_opens_what_was_chosen_or_whose_turn_it_is(surfaces, guiding):
    surfaces.command(t.Stretch("glute-squeeze"))
    surfaces.command(t.Stretch())
    assert guiding.opened == [("glute-squeeze", None), ("standing-hip-flexor", None)]


def test_todays_dose_grows_with_each_stretch(surfaces, runner, journal, clock):
    today = clock.now().at.date()
    assert surfaces._held_on(today) == 0
    runner.feed(m.GuideEnded, routine="standing-hip-flexor", left_seconds=30, right_seconds=20)
    for stored in journal.read(kinds=["stretch"]):
        surfaces.recorded(stored)
    assert surfaces._held_on(today) == 50
