"""The page shows what settings would do before they are saved."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from psoas_nudge import config
from psoas_nudge.calendars import Calendar
from psoas_nudge.config.table import DAYS
from psoas_nudge.settings.outlook import DayPart, WorkDay, coming, people, work
from psoas_nudge.simulation.people import PEOPLE

NOW = datetime(2025, 3, 4, 7, tzinfo=UTC)  # a Tuesday
BERLIN = '[hours]\ntimezone = "Europe/Berlin"\n'


def worked(text: str, person: str = "deep work") -> WorkDay:
    settings = config.parse(text, "config.toml", {"XDG_CONFIG_DIRS": "/nonexistent"})
    found = work(settings, Calendar(), NOW, person)
    assert found
    return found


def test_the_coming_days_begin_today_and_show_nights_past_midnight() -> None:
    text = BERLIN + 'wednesday = ["22:00-06:00"]\n'
    settings = config.parse(text, "config.toml", {"XDG_CONFIG_DIRS": "/nonexistent"})
    days = coming(settings, Calendar(), NOW)
    assert [day.name for day in days[:2]] == ["Tue 4 Mar", "Wed 5 Mar"]
    assert days[0].open == [DayPart(540, 1020)]
    assert days[1].open == [DayPart(22 * 60, 30 * 60)]
    assert days[2].words == "Until 06:00, 09:00-17:00; first prompt from 09:10"
    assert days[4].words == "No prompts"


def test_a_longer_wait_brings_fewer_prompts_and_a_limit_of_0_none() -> None:
    often, seldom = (worked(f'{BERLIN}[prompt]\nnudge_after = "{after}"\n') for after in ("30m", "90m"))
    assert len(often.prompts) > len(seldom.prompts) > 0
    assert often.words.startswith(f"{len(often.prompts)} prompts: ")
    none = worked(f"{BERLIN}[prompt]\ndaily_limit = 0\n")
    assert (none.prompts, none.words) == ([], "No prompt would come.")


def test_prompts_come_within_the_hours_of_that_day() -> None:
    found = worked(BERLIN + 'wednesday = ["10:00-13:00"]\n')
    assert found.name == "Wednesday 5 March"
    assert found.open == [DayPart(600, 780)]
    assert found.prompts
    assert all(610 <= at <= 770 for at in found.prompts)


@pytest.mark.parametrize("person", PEOPLE)
def test_every_kind_of_person_can_be_played(person: str) -> None:
    assert person in [each.value for each in people()]
    assert worked(BERLIN, person).sitting


def test_without_any_hours_there_is_no_day_to_play() -> None:
    days = "".join(f"{day} = []\n" for day in DAYS)
    settings = config.parse("[hours]\n" + days, "config.toml", {"XDG_CONFIG_DIRS": "/nonexistent"})
    assert work(settings, Calendar(), NOW, "office") is None
