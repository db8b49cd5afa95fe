"""Advice: tables of day-by-day reports and what they bring."""

from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest

from psoas_nudge.core.advice import ARCHED, EMERGENCY, advice, puts_off, running
from psoas_nudge.core.model import AdviceEntry, AnyEntry, ClearedEntry, FeelEntry, Pain

FIRST = date(2026, 3, 2)


def at(day: int, hour: int = 12) -> datetime:
    return datetime(FIRST.year, FIRST.month, FIRST.day, hour, tzinfo=UTC) + timedelta(days=day)


def days_of_advice(reports: str) -> list[int]:
    """The days on which advice is given, when somebody reports as told and is given the advice that is due.

    One character a day: a digit is the discomfort of `feel`, "." no report, "p" pain after a stretch of another kind.
    """
    entries: list[AnyEntry] = []
    given = []
    for day, report in enumerate(reports):
        if report == ".":
            continue
        if report == "p":
            entries.append(FeelEntry(at=at(day), afterwards="pain", pain="other"))
        else:
            entries.append(FeelEntry(at=at(day), level=int(report)))
        if found := advice(entries, FIRST + timedelta(days=day), datetime.date):
            entries.append(AdviceEntry(at=at(day), because=found.because))
            given.append(day)
    return given


@pytest.mark.parametrize(
    ("reports", "given"),
    [
        pytest.param("3333333", [], id="seven days are not more than seven"),
        pytest.param("33333333", [7], id="the eighth day brings it"),
        pytest.param("333333333333333", [7, 14], id="and once a week from then on"),
        pytest.param("3333333333333333333333", [7, 14, 21], id="for as long as it lasts"),
        pytest.param("3333.3333", [8], id="one day without a report does not end a run, nor does it count"),
        pytest.param("3333..3333333", [], id="two days without a report end it"),
        pytest.param("3333..33333333", [13], id="and it starts anew"),
        pytest.param("3333003333333", [], id="days on which nothing hurts end it, too"),
        pytest.param("33330333333", [8], id="one good day does not"),
        pytest.param("0000000000000", [], id="reports of nothing bring nothing"),
        pytest.param("1111111111", [7], id="a little discomfort is discomfort"),
        pytest.param("3p3p3p3p", [7], id="pain after a stretch counts as a report"),
        pytest.param("33333333..33333333", [7, 17], id="a new run does not wait for the week of the old one"),
        pytest.param("3.3.3.3.3.3.3.3", [14], id="every other day is one run"),
        pytest.param("", [], id="no reports"),
    ],
)
def test_a_long_run_of_discomfort_brings_the_advice_once_a_week(reports: str, given: list[int]) -> None:
    assert days_of_advice(reports) == given


def test_several_reports_on_one_day_are_one_day() -> None:
    entries = [FeelEntry(at=at(day, hour), level=4) for day in range(4) for hour in (9, 12, 15)]
    assert advice(entries, FIRST + timedelta(days=3), datetime.date) is None


def test_days_are_those_of_the_persons_clock() -> None:
    def local(instant: datetime) -> date:
        return (instant - timedelta(hours=8)).date()

    entries = [FeelEntry(at=at(day, 4), level=4) for day in range(8)]
    last = FIRST + timedelta(days=6)
    assert [local(entry.at) for entry in entries][-1] == last
    assert advice(entries, last, local) is not None
    assert advice(entries[1:], last, local) is None


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (FeelEntry(at=at(0), afterwards="fine"), None),
        (FeelEntry(at=at(0), afterwards="tight"), None),
        (FeelEntry(at=at(0), level=10), None),
        (FeelEntry(at=at(0), afterwards="pain", pain="other"), None),
        (FeelEntry(at=at(0), afterwards="pain"), "worse"),
        (FeelEntry(at=at(0), afterwards="pain", pain="worse"), "worse"),
        (FeelEntry(at=at(0), afterwards="pain", pain="sharp"), "sharp"),
        (FeelEntry(at=at(0), level=2, pain="shooting"), "shooting"),
        (FeelEntry(at=at(0), pain="radiating"), "radiating"),
        (FeelEntry(at=at(0), pain="throbbing"), "throbbing"),
    ],
)
def test_pain_of_these_kinds_puts_stretches_off_and_brings_the_advice_at_once(
    report: FeelEntry, reason: str | None
) -> None:
    assert puts_off(report) == reason
    found = advice([report], FIRST, datetime.date)
    assert (found is not None) == (reason is not None)
    if found:
        assert found.because == "pain"
        assert found.text.startswith("You reported ")
        assert "physiotherapist or doctor" in found.text


def test_advice_about_pain_is_given_once_a_report_and_again_with_the_next() -> None:
    first = FeelEntry(at=at(0), pain="sharp")
    given = AdviceEntry(at=at(0, 13), because="pain")
    again = FeelEntry(at=at(1), pain="sharp")
    assert advice([first, given], FIRST, datetime.date) is None
    assert advice([first, given, ClearedEntry(at=at(0, 14)), again], FIRST, datetime.date) is not None


def test_advice_names_how_many_days_it_has_been() -> None:
    entries = [FeelEntry(at=at(day), level=3) for day in range(9)]
    found = advice(entries, FIRST + timedelta(days=8), datetime.date)
    assert found
    assert found.text.startswith("You reported discomfort on 9 days in a row. ")


def test_a_run_that_has_ended_is_no_run() -> None:
    days = [FIRST + timedelta(days=day) for day in range(3)]
    assert running(days, days[-1] + timedelta(days=2)) == tuple(days)
    assert running(days, days[-1] + timedelta(days=3)) == ()


@pytest.mark.parametrize("pain", get_args(Pain))
def test_what_may_come_from_a_nerve_brings_the_signs_that_cannot_wait(pain: Pain) -> None:
    found = advice([FeelEntry(at=at(0), pain=pain)], FIRST, datetime.date)
    assert (found is None) == (pain == "other")
    assert (found is not None and EMERGENCY in found.text) == (
        pain in {"shooting", "radiating", "numbness", "lower-back"}
    )
    assert (found is not None and ARCHED in found.text) == (pain == "lower-back")
