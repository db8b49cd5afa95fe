"""Clicks in the tray and calls on the bus name become the requests they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast, get_args

import pytest

from psoas_nudge.core import model as m
from psoas_nudge.engine.desktop import Desktop
from psoas_nudge.engine.engine import Engine
from psoas_nudge.engine.outside import OnFailed, Outside
from psoas_nudge.engine.requests import Requests
from psoas_nudge.engine.surfaces import Surfaces
from psoas_nudge.errors import Refused
from psoas_nudge.journal.store import Journal
from psoas_nudge.tray.port import Action


class FakeDesktop:
    """As much of the desktop as a surface uses."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def notify(self, title: str, body: str) -> None:
        self.told.append(title)


class Remembering(Outside):
    """Starts nothing; what ends with a word in `failing` fails."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[Sequence[str]] = []
        self.failing: list[str] = []

    def start(self, argv: Sequence[str], added: Mapping[str, str] | None = None, failed: OnFailed = print) -> None:
        self.started.append(argv)
        if argv[-1] in self.failing:
            failed("status 1")


class Listening(Requests):
    """Remembers what was asked, and does it."""

    def __init__(self, engine: Engine) -> None:
        self.asked: list[object] = []
        super().__init__(engine, lambda: self._note("reload"), lambda: self.asked.append("stop"))

    def _note(self, what: str) -> str:
        self.asked.append(what)
        return ""

    def ask(self, request: m.Asked) -> str:
        self.asked.append(request)
        return super().ask(request)


@pytest.fixture
def requests(engine: Engine) -> Listening:
    return Listening(engine)


@pytest.fixture
def desktop() -> FakeDesktop:
    return FakeDesktop()


@pytest.fixture
def outside() -> Remembering:
    return Remembering()


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


@pytest.fixture
def surfaces(
    engine: Engine,
    requests: Listening,
    desktop: FakeDesktop,
    outside: Remembering,
    journal: Journal,
    configuration: Path,
) -> Surfaces:
    no_bus: Any = None
    return Surfaces(no_bus, engine, requests, cast("Desktop", desktop), outside, journal, configuration)


@pytest.fixture
def prompt(engine: Engine, clock: Any) -> None:
    for _ in range(30):
        clock.move(60)
        engine.feed(m.Woke())


BY_A_GUIDE: Mapping[type, m.Asked] = {
    m.GuideStarted: m.GuideStarted(routine="standing-hip-flexor"),
    m.GuideHeld: m.GuideHeld(routine="standing-hip-flexor"),
    m.GuideEnded: m.GuideEnded(routine="standing-hip-flexor"),
    m.WarningsRead: m.WarningsRead(routine="standing-hip-flexor"),
    m.Advised: m.Advised(because="pain"),
}


@pytest.mark.parametrize("kind", get_args(m.Asked))
def test_every_request_reaches_the_engine(
    kind: type[m.Asked], surfaces: Surfaces, requests: Listening, prompt: None
) -> None:
    request = BY_A_GUIDE.get(kind) or kind(via="tray")
    report = m.Feel(level=3, via="tray")  # so that there is one to take back
    surfaces.command(report)
    surfaces.command(request)
    assert requests.asked == [report, request]


@pytest.mark.parametrize("action", Action)
def test_every_click_has_something_to_do(
    action: Action, surfaces: Surfaces, requests: Listening, desktop: FakeDesktop, outside: Remembering
) -> None:
    surfaces.command(action)
    assert len(requests.asked) + len(desktop.told) + len(outside.started) == 1


def test_without_a_page_the_settings_open_in_the_persons_editor_and_are_written_first_where_missing(
    surfaces: Surfaces, outside: Remembering, configuration: Path
) -> None:
    outside.failing = ["settings"]
    surfaces.command(Action.EDIT_SETTINGS)
    assert outside.started[1:] == [["xdg-open", str(configuration)]]
    assert configuration.exists()


def test_what_was_clicked_names_the_tray_in_the_journal(surfaces: Surfaces, journal: Journal, prompt: None) -> None:
    surfaces.command(m.Skip(via="tray", because="busy"))
    [entry] = [stored.entry for stored in journal.read(kinds=["prompt"])]
    assert isinstance(entry, m.PromptEntry)
    assert (entry.via, entry.because) == ("tray", "busy")


def test_until_tomorrow_ends_at_midnight(surfaces: Surfaces, journal: Journal) -> None:
    surfaces.command(m.Pause(via="tray", until_tomorrow=True))
    [entry] = [stored.entry for stored in journal.read(kinds=["pause"])]
    assert isinstance(entry, m.PauseEntry)
    assert entry.until == datetime(2026, 11, 24, tzinfo=UTC)


def test_stretch_now_opens_what_was_chosen_or_whose_turn_it_is(surfaces: Surfaces, world: Any) -> None:
    surfaces.command(m.Stretch(via="tray", routine="glute-squeeze"))
    surfaces.command(m.Stretch(via="tray"))
    assert world.of("guide") == ["glute-squeeze", "standing-hip-flexor"]


def test_no_hip_stretch_opens_while_stretches_are_put_off(surfaces: Surfaces, world: Any, engine: Engine) -> None:
    engine.feed(m.Feel(pain="sharp", afterwards="pain"))
    with pytest.raises(Refused, match="Stretches are put off because you reported"):
        surfaces.command(m.Stretch(via="tray", routine="standing-hip-flexor"))
    surfaces.command(m.Stretch(via="tray"))
    assert world.of("guide") == ["stand-and-walk"]


def test_todays_dose_grows_with_each_stretch(surfaces: Surfaces, engine: Engine, journal: Journal, clock: Any) -> None:
    today = clock.now().at.date()
    assert surfaces._held_on(today) == 0
    engine.feed(m.GuideEnded(routine="standing-hip-flexor", left_seconds=30, right_seconds=20))
    for stored in journal.read(kinds=["stretch"]):
        surfaces.recorded(stored)
    assert surfaces._held_on(today) == 50
