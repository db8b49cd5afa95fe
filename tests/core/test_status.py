"""The present moment in a word and in one line."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from psoas_nudge.core.status import Look, Status, explained, headline, look, progress, when
from tests.moments import AT, PROMPT, SITTING

BERLIN = "Europe/Berlin"


def but(**changed: object) -> Status:
    return replace(SITTING, zone=BERLIN, **changed)


def test_while_sitting_it_says_how_long_and_when_the_next_nudge_comes() -> None:
    assert headline(but(), AT) == "sat 24 min, next prompt about 10:36"


@pytest.mark.parametrize(("zone", "clock"), [("UTC", "09:36"), ("Asia/Kolkata", "15:06"), (BERLIN, "10:36")])
def test_every_time_is_in_the_zone_of_the_working_hours(zone: str, clock: str) -> None:
    """Not in the system's: one status mixed the two, and the tray too."""
    assert headline(replace(SITTING, zone=zone), AT) == f"sat 24 min, next prompt about {clock}"


def test_an_explanation_gives_the_reasons_and_when_the_next_prompt_can_come() -> None:
    soon = AT + timedelta(hours=1)
    assert explained(("You are in a call.",), soon, AT, BERLIN) == (
        "You are in a call.\nNext prompt: 11:30 at the earliest."
    )
    assert explained((), None, AT, BERLIN) == "Nothing delays a prompt."


@pytest.mark.parametrize(
    ("status", "word", "line"),
    [
        (but(prompt=PROMPT, paused=True), Look.PROMPT, "sat 24 min: time to stretch"),
        (but(presence="stretching", quiet=("call",)), Look.STRETCHING, "stretching"),
        (but(paused=True, hours_open=False), Look.PAUSED, "sat 24 min, paused until you resume"),
        (but(paused=True, paused_until=AT + timedelta(hours=1)), Look.PAUSED, "sat 24 min, paused until 11:30"),
        (but(hours_open=False, presence="away"), Look.CLOSED, "outside working hours until 17:30"),
        (but(hours_open=False, hours_change=None), Look.CLOSED, "outside working hours"),
        (but(presence="away", quiet=("call",)), Look.AWAY, "away"),
        (but(presence="standing", quiet=("call",)), Look.STANDING, "standing"),
        (but(quiet=("do-not-disturb", "call")), Look.QUIET, "sat 24 min, prompts on hold: do not disturb, call"),
        (but(next_prompt=None), Look.SITTING, "sat 24 min"),
    ],
)
def test_what_matters_most_is_said(status: Status, word: Look, line: str) -> None:
    assert (look(status), headline(status, AT)) == (word, line)


def test_times_tell_the_day_when_it_is_not_today() -> None:
    assert when(AT + timedelta(days=1), AT, BERLIN) == "Wed 10:30"
    assert when(AT + timedelta(days=7), AT, BERLIN) == "2026-12-01 10:30"
    assert when(AT - timedelta(days=1), AT, BERLIN) == "2026-11-23 10:30"


def test_progress_stays_between_nothing_and_all() -> None:
    assert progress(but(toward_next=900.0)) == 0.5
    assert progress(but(toward_next=5000.0)) == 1.0
    assert progress(but(needed=0.0)) == 1.0
    assert progress(but(needed=1.0, toward_next=0.25)) == 0.25


def test_trouble_with_saving_is_said_whatever_else_holds() -> None:
    trouble = "The disk is full."
    assert headline(but(trouble=trouble, presence="standing"), AT) == "standing; nothing can be saved"
    assert headline(but(trouble=trouble), AT) == "sat 24 min, next prompt about 10:36; nothing can be saved"
