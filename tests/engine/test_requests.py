"""What each message on the control socket brings about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from psoas_nudge.control import messages as c
from psoas_nudge.core import model as m
from psoas_nudge.daemon.commands import EVENTS, Commands
from psoas_nudge.errors import NoPromptOpen, Refused

BY_HAND = {c.GetStatus, c.Follow, c.Explain, c.Reload, c.Stop}


class Standing:
    """A daemon that only steps: what it was fed is in `state`."""

    def __init__(self, runner, clock):
        self.runner, self.clock, self.rules = runner, clock, runner.rules
        self.feed = runner.feed

    def state_now(self):
        from psoas_nudge.core.explain import at_moment

        now = self.clock.now()
        return at_moment(self.runner.state, now.at, now.tick)

    def status(self):
        from psoas_nudge.core.explain import status

        return status(self.state_now(), self.rules)


@pytest.fixture
def stopped():
    return []


@pytest.fixture
def ask(runner, clock, stopped):
    return Commands(Standing(runner, clock), lambda: "read", lambda: stopped.append(True))


@pytest.fixture
def prompt(runner, clock):
    for _ in range(30):
        clock.move(60)
        runner.feed(m.Woke)
    return runner.state.prompt


def test_every_message_is_understood():
    assert set(get_args(c.AnyRequest)) == set(EVENTS) | BY_HAND


@pytest.mark.parametrize("message", EVENTS)
def test_every_field_of_a_message_reaches_the_event(message):
    event, unsaid, _ = EVENTS[message]
    missing = set(message.__struct_fields__) - set(event.__struct_fields__) - {"via"}
    assert not missing
    assert not set(unsaid) & set(message.__struct_fields__)


def test_an_answer_closes_the_prompt_and_says_what_comes_next(ask, prompt, runner):
    assert ask(c.Skip(because="busy")).said == "Skipped. The next prompt can come at 10:00."
    assert runner.state.prompt is None


def test_a_snooze_of_its_own_length_is_granted(ask, prompt, runner, clock):
    ask(c.Snooze(delay=90))
    assert runner.state.ask_at == runner.state.now + 90


def test_an_answer_with_no_prompt_open_has_its_own_exit_status(ask):
    with pytest.raises(NoPromptOpen):
        ask(c.Accept())


def test_a_refused_snooze_says_why(ask, prompt, runner, clock, world):
    runner.rules = m.Rules(hours=runner.rules.hours, max_snoozes=0)
    with pytest.raises(Refused, match="max_snoozes"):
        ask(c.Snooze())


def test_a_pause_tells_its_end(ask, clock):
    assert ask(c.Pause(length=1800)).said == "Paused until 09:30."
    assert ask(c.Pause(until=clock.now().at + timedelta(days=1))).said == "Paused until Tue 09:00."
    assert ask(c.Pause()).said == "Paused until you resume."
    assert ask(c.Resume()).said.startswith("Prompts may come.")


def test_status_and_explanation_tell_of_the_same_moment(ask, clock):
    clock.move(600)
    status, explanation = ask(c.GetStatus()).status, ask(c.Explain()).explanation
    assert status.sat_seconds == 600
    assert status.next_prompt == explanation.next_prompt
    assert status.why == tuple(reason.text for reason in explanation.reasons)


def test_stop_ends_the_daemon(ask, stopped):
    assert ask(c.Stop()).said == "Stopping."
    assert stopped == [True]


def test_a_prompt_that_comes_up_at_once_is_not_called_out_of_sight(ask, prompt, runner):
    runner.rules = m.Rules(hours=runner.rules.hours, settle_in=0, wind_down=0, lull=0, after_quiet=0)
    ask(c.Pause())
    assert ask(c.Resume()).said == "Prompts may come. A prompt waits for your answer."


def test_the_end_of_time_is_as_far_as_ten_years(ask, runner, journal):
    end = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    explained = ask(c.Explain(at=end)).explanation
    assert explained.at - runner.state.at == timedelta(days=3650)
    ask(c.Pause(until=end))
    [pause] = journal.read(kinds=["pause"])
    assert pause.entry.until - runner.state.at == timedelta(days=3650)
