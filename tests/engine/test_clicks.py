"""A click that fails says so on the desktop, and each has something to do."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from psoas_nudge.core import model as m
from psoas_nudge.engine.engine import Engine
from psoas_nudge.engine.outside import OnFailed
from psoas_nudge.engine.requests import Requests
from psoas_nudge.engine.surfaces import Surfaces
from psoas_nudge.tray.port import Action


class Desk:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def notify(self, title: str, body: str) -> None:
        self.told.append((title, body))


class Outside:
    """Remembers what was started; `failing` is why it fails at once."""

    def __init__(self) -> None:
        self.started: list[tuple[list[str], dict[str, str]]] = []
        self.failing: str | None = None

    def start(self, argv: Sequence[str], added: Mapping[str, str] | None = None, failed: OnFailed = print) -> None:
        self.started.append((list(argv), dict(added or {})))
        if self.failing:
            failed(self.failing)


@pytest.fixture
def engine(journal, rules, clock) -> Engine:
    return Engine(journal, rules, clock)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def surfaces(engine, desk, outside, journal, tmp_path) -> Surfaces:
    requests = Requests(engine, lambda: "read again", lambda: None)
    return Surfaces(None, engine, requests, desk, outside, journal, tmp_path / "config.toml")


def test_a_click_that_the_rules_refuse_is_answered_on_the_desktop(surfaces, desk):
    surfaces.clicked(m.Accept(via="tray"))
    [(title, body)] = desk.told
    assert title == "psoas-nudge could not do that"
    assert "No prompt is open" in body


def test_a_click_that_is_granted_says_nothing(surfaces, desk, engine):
    surfaces.clicked(m.Pause(via="tray"))
    assert engine.status().paused
    assert desk.told == []


def test_pain_that_was_clicked_puts_stretches_off_and_the_advice_is_read_once(surfaces, desk, engine, journal):
    surfaces.clicked(m.Feel(pain="sharp", via="tray"))
    assert engine.status().put_off == "sharp pain"
    [(title, body)] = desk.told
    assert title == "Please see a professional"
    assert body.startswith("You reported sharp pain.")
    assert [stored.entry.because for stored in journal.read(kinds=["advice"])] == ["pain"]
    surfaces.clicked(m.Feel(afterwards="fine", via="tray"))
    assert len(desk.told) == 1


def test_a_stretch_while_they_are_put_off_is_refused_on_the_desktop(surfaces, desk):
    surfaces.clicked(m.Feel(pain="sharp", via="tray"))
    surfaces.clicked(m.Stretch(routine="standing-hip-flexor", via="tray"))
    assert "Stretches are put off" in desk.told[-1][1]


@pytest.mark.parametrize(("click", "command"), [(Action.REPORT, "report"), (Action.EDIT_SETTINGS, "settings")])
def test_a_page_opens_with_the_configuration_in_use(surfaces, outside, tmp_path: Path, click, command):
    surfaces.clicked(click)
    (tmp_path / "config.toml").touch()
    surfaces.clicked(click)
    argv = [sys.executable, "-m", "psoas_nudge", command]
    assert outside.started == [
        (argv, {}),
        (argv, {"PSOAS_NUDGE_CONFIG": str(tmp_path / "config.toml")}),
    ]


def test_a_report_that_does_not_open_says_how_to_see_it(surfaces, outside, desk):
    outside.failing = "status 1"
    surfaces.clicked(Action.REPORT)
    assert desk.told == [("The report did not open", "Run: psoas-nudge report (status 1)")]
