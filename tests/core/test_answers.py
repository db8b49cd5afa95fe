"""What a person reads after a request, and what stands on a button."""

from __future__ import annotations

import pytest

from psoas_nudge.core.answers import answer, label
from psoas_nudge.core.explain import status
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.core.model import MINUTE, Accept, Moved, Pause, Request, Resume, Skip, Snooze, Stand
from tests.core.timeline import Day


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (Resume(), "Prompts are back on. Next prompt: 09:30 at the earliest."),
        (Pause(), "Paused. Run `psoas-nudge resume` to turn prompts back on."),
        (Pause(length=30 * MINUTE), "Paused until 09:50."),
    ],
)
def test_the_answer_says_what_comes_next(request_: Request, sentence: str) -> None:
    day = Day()
    day.sit(20)
    day.feed(request_)
    assert answer(request_, day.state, day.rules) == sentence


def test_who_stands_and_says_that_they_moved_is_not_told_that_sitting_counts() -> None:
    day = Day()
    day.sit(20)
    day.feed(Stand())
    day.feed(Moved())
    assert status(day.state, day.rules).presence == "standing"
    expected = "Your sitting time is back at 0. Next prompt: 09:50 at the earliest."
    assert answer(Moved(), day.state, day.rules) == expected


def test_with_a_prompt_open_or_without_hours_no_time_is_promised() -> None:
    day = Day()
    day.sit(36)
    assert answer(Snooze(), day.state, day.rules) == "Snoozed. A prompt is waiting for your answer."
    day = Day(hours=WorkingHours(week=((),) * 7))
    assert answer(Resume(), day.state, day.rules) == "Prompts are back on. No prompt is planned."


def test_a_button_names_the_length_of_its_snooze() -> None:
    rules = Day().rules
    assert [label(each, rules) for each in (Accept(), Snooze(), Skip())] == ["Start", "In 5 min", "Skip"]
    assert label(Snooze(delay=10 * MINUTE), rules) == "In 10 min"


def test_what_has_no_moment_in_it_is_said_as_it_is() -> None:
    day = Day()
    assert answer(Stand(), day.state, day.rules) == Stand.answer
