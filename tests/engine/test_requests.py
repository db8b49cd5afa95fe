"""What each message on the control socket brings about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from psoas_nudge.control import messages as c
from psoas_nudge.core import model as m
from psoas_nudge.engine.engine import Engine
from psoas_nudge.engine.requests import Requests
from psoas_nudge.errors import JournalBroken, NoPromptOpen, NotSaved, PsoasNudgeError, Refused
from psoas_nudge.journal.store import Journal


@pytest.fixture
def stopped() -> list[bool]:
    return []


@pytest.fixture
def ask(engine: Engine, stopped: list[bool]) -> Requests:
    return Requests(engine, lambda: "read", lambda: stopped.append(True))


@pytest.fixture
def prompt(engine: Engine, clock) -> m.Pending | m.Open | None:
    for _ in range(30):
        clock.move(60)
        engine.feed(m.Woke())
    return engine.state.prompt


EXAMPLES: dict[type[c.AnyRequest], c.AnyRequest] = {
    m.GuideStarted: m.GuideStarted(routine="standing-hip-flexor"),
    m.GuideHeld: m.GuideHeld(routine="standing-hip-flexor", left_seconds=5),
    m.GuideEnded: m.GuideEnded(routine="standing-hip-flexor"),
    m.WarningsRead: m.WarningsRead(routine="standing-hip-flexor"),
    m.Advised: m.Advised(because="long"),
    c.WatchGuide: c.WatchGuide(routine="standing-hip-flexor"),
}


@pytest.mark.parametrize("kind", get_args(m.Asked))
def test_every_request_of_a_person_is_a_message_and_is_done(kind: type[m.Asked], ask: Requests, prompt) -> None:
    assert kind in get_args(c.AnyRequest)
    ask(m.Feel(level=3))  # so that there is a report to take back
    assert isinstance(ask(EXAMPLES.get(kind) or kind()).said, str)


@pytest.mark.parametrize("kind", get_args(c.AnyRequest))
def test_every_message_is_answered_or_refused_in_words(kind: type[c.AnyRequest], ask: Requests) -> None:
    ask(m.Feel(level=1))  # something to take back
    if kind in get_args(m.Answering):
        with pytest.raises(NoPromptOpen, match=r"."):
            ask(kind())
    else:
        ask(m.Feel(level=3))  # so that there is a report to take back
        assert isinstance(ask(EXAMPLES.get(kind) or kind()), c.Ok)


def test_an_answer_closes_the_prompt_and_says_what_comes_next(ask: Requests, prompt, engine: Engine) -> None:
    assert ask(m.Skip(because="busy")).said == "Skipped. Next prompt: 10:00 at the earliest."
    assert engine.state.prompt is None


def test_a_snooze_of_its_own_length_is_granted(ask: Requests, prompt, engine: Engine) -> None:
    ask(m.Snooze(delay=90_000))
    assert engine.state.pacing.again == m.Again(engine.state.now + 90_000, "snoozed")


def test_an_answer_with_no_prompt_open_has_its_own_exit_status(ask: Requests) -> None:
    with pytest.raises(NoPromptOpen):
        ask(m.Accept())


def test_a_refused_snooze_says_why(ask: Requests, prompt, engine: Engine) -> None:
    engine.rules = m.Rules(hours=engine.rules.hours, nudge_after=30 * m.MINUTE, max_snoozes=0)
    with pytest.raises(Refused, match="max_snoozes"):
        ask(m.Snooze())


def test_a_pause_tells_its_end(ask: Requests, clock) -> None:
    assert ask(m.Pause(length=30 * m.MINUTE)).said == "Paused until 09:30."
    assert ask(m.Pause(until=clock.now().at + timedelta(days=1))).said == "Paused until Tue 09:00."
    assert ask(m.Pause()).said == "Paused. Run `psoas-nudge resume` to turn prompts back on."
    assert ask(m.Resume()).said.startswith("Prompts are back on. ")


def test_a_pause_until_tomorrow_ends_at_midnight_in_the_zone_of_the_working_hours(
    ask: Requests, journal: Journal
) -> None:
    ask(m.Pause(until_tomorrow=True))
    [pause] = journal.read(kinds=["pause"])
    assert pause.entry.until == datetime(2026, 11, 24, tzinfo=UTC)


def test_status_and_explanation_tell_of_the_same_moment(ask: Requests, clock) -> None:
    clock.move(600)
    status, explanation = ask(c.GetStatus()).status, ask(c.Explain()).explanation
    assert status is not None
    assert explanation is not None
    assert status.sat_seconds == 600
    assert status.next_prompt == explanation.next_prompt
    assert status.why == tuple(reason.text for reason in explanation.reasons)


def test_reload_reads_the_configuration(ask: Requests) -> None:
    assert ask(c.Reload()).said == "read"


def test_stop_ends_the_daemon(ask: Requests, stopped: list[bool]) -> None:
    assert ask(c.Stop()).said == "Stopping."
    assert stopped == [True]


def test_a_prompt_that_comes_up_at_once_is_not_called_out_of_sight(ask: Requests, prompt, engine: Engine) -> None:
    engine.rules = m.Rules(
        hours=engine.rules.hours, nudge_after=30 * m.MINUTE, settle_in=0, wind_down=0, lull=0, after_quiet=0
    )
    ask(m.Pause())
    assert ask(m.Resume()).said == "Prompts are back on. A prompt is waiting for your answer."


def test_a_report_of_how_it_feels_is_saved(ask: Requests, journal: Journal) -> None:
    assert ask(m.Feel(level=3)).said == "Saved."
    assert [stored.entry.level for stored in journal.read(kinds=["feel"])] == [3]


def test_a_stretch_opens_the_routine_whose_turn_it_is(ask: Requests, world) -> None:
    assert ask(m.Stretch(routine="glute-squeeze")).said == "The stretch opens."
    ask(m.Stretch())
    assert world.of("guide") == ["glute-squeeze", "standing-hip-flexor"]


def test_a_hip_stretch_is_refused_while_stretches_are_put_off_and_the_walk_opens(ask: Requests, world) -> None:
    ask(m.Feel(afterwards="pain", pain="sharp"))
    with pytest.raises(Refused, match=r"^Stretches are put off because you reported .* feel --clear$"):
        ask(m.Stretch(routine="standing-hip-flexor"))
    assert world.of("guide") == []
    ask(m.Stretch())
    assert world.of("guide") == ["stand-and-walk"]
    assert ask(m.Clear()).said == "Saved. Prompts suggest stretches again."
    ask(m.Stretch(routine="standing-hip-flexor"))
    assert world.of("guide") == ["stand-and-walk", "standing-hip-flexor"]


def test_a_routine_that_does_not_exist_is_refused_and_harms_nothing(ask: Requests, engine: Engine) -> None:
    with pytest.raises(PsoasNudgeError, match="no-such-routine"):
        ask(m.Stretch(routine="no-such-routine"))
    assert ask(c.GetStatus()).status is not None


def test_the_end_of_time_is_as_far_as_ten_years(ask: Requests, engine: Engine, journal: Journal) -> None:
    explanation = ask(c.Explain(at=datetime(2199, 12, 31, 23, 59, tzinfo=UTC))).explanation
    assert explanation is not None
    assert explanation.at - engine.state.at == timedelta(days=3650)
    ask(m.Pause(until=datetime(2199, 12, 31, 23, 59, tzinfo=UTC)))
    [pause] = journal.read(kinds=["pause"])
    assert pause.entry.until - engine.state.at == timedelta(days=3650)


@pytest.fixture
def full_disk(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    def full(*_: object) -> None:
        raise JournalBroken("The disk is full: free some space.")

    monkeypatch.setattr(journal, "commit", full)
    return monkeypatch


@pytest.mark.parametrize("request_", [m.Feel(level=3), m.Pause(), m.Stand(), m.GuideEnded(routine="x", left_seconds=9)])
def test_on_a_full_disk_the_answer_is_a_failure_that_says_what_became_of_the_request(
    ask: Requests, full_disk: pytest.MonkeyPatch, journal: Journal, request_: m.Asked
) -> None:
    with pytest.raises(NotSaved) as failure:
        ask(request_)
    assert str(failure.value) == (
        "This is not saved yet. The disk is full: free some space. psoas-nudge keeps it in memory and saves it as soon "
        "as it can; if psoas-nudge ends before that, it is lost."
    )
    assert failure.value.exit_code == 1
    full_disk.undo()
    ask(m.Resume())
    assert len(list(journal.read(kinds=["feel", "pause", "posture", "stretch"]))) == 1


def test_on_a_full_disk_stopping_warns_of_what_is_lost(ask: Requests, full_disk: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotSaved):
        ask(m.Feel(level=3))
    assert ask(c.Stop()).said.startswith("Stopping. Entries that cannot be saved before it ends will be lost. The disk")


def test_on_a_full_disk_the_explanation_begins_with_it(ask: Requests, full_disk: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotSaved):
        ask(m.Stand())
    explanation = ask(c.Explain()).explanation
    assert explanation is not None
    assert explanation.reasons[0].kind == "unsaved"
