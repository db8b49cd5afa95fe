"""What a person reports is recorded, and pain turns the next prompts into walks until it is cleared."""

from datetime import UTC, datetime
from typing import get_args

import pytest
from msgspec.structs import replace

from psoas_nudge.core.advice import KINDS, advice
from psoas_nudge.core.answers import answer
from psoas_nudge.core.catalogue import find
from psoas_nudge.core.explain import status
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.core.machine import step
from psoas_nudge.core.model import (
    AdviceEntry,
    Advised,
    AnyEntry,
    AnyEvent,
    Clear,
    ClearedEntry,
    Feel,
    FeelEntry,
    GuideEnded,
    Moment,
    Pain,
    Record,
    Refuse,
    Rules,
    State,
    StretchEntry,
    Undo,
    UndoneEntry,
    WarningsRead,
    WarningsReadEntry,
)
from psoas_nudge.core.stretching import next_routine
from psoas_nudge.errors import BadInput

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
RULES = Rules(hours=WorkingHours())


def after(*events: AnyEvent) -> tuple[State, list[AnyEntry]]:
    state, entries = State(), list[AnyEntry]()
    for event in events:
        state, effects = step(state, Moment(AT, state.time.tick), event, RULES)
        entries += [effect.entry for effect in effects if isinstance(effect, Record)]
    return state, [
        entry
        for entry in entries
        if isinstance(entry, FeelEntry | ClearedEntry | AdviceEntry | StretchEntry | UndoneEntry | WarningsReadEntry)
    ]


def suggested(state: State) -> str:
    return next_routine(state, RULES)


def test_pain_after_a_stretch_turns_prompts_into_walks_until_it_is_cleared() -> None:
    hurt, entries = after(Feel(afterwards="pain", pain="sharp", routine="standing-hip-flexor"))
    assert suggested(hurt) == "stand-and-walk"
    assert status(hurt, RULES).put_off == "sharp pain"
    assert entries == [FeelEntry(at=AT, afterwards="pain", pain="sharp", routine="standing-hip-flexor")]
    well, entries = after(Feel(pain="sharp"), Clear())
    assert suggested(well) == "standing-hip-flexor"
    assert status(well, RULES).put_off is None
    assert entries[1:] == [ClearedEntry(at=AT)]


def test_a_later_report_that_it_feels_fine_does_not_clear_it() -> None:
    state, _ = after(Feel(pain="shooting"), Feel(afterwards="fine"))
    assert state.put_off == "shooting"


def test_a_report_made_by_mistake_is_taken_back_once_and_what_was_put_off_before_stays_put_off() -> None:
    state, entries = after(Feel(pain="shooting"), Feel(pain="sharp", level=7), Undo())
    assert state.put_off == "shooting"
    assert entries[-1] == UndoneEntry(at=AT, reported=AT)
    assert answer(Undo(), state, RULES) == "Taken back: discomfort 7 of 10, sharp pain."
    state, _ = after(Feel(note="\x1b[31mred\a"), Undo())
    assert answer(Undo(), state, RULES) == r"Taken back: \x1b[31mred\x07."
    assert after(Feel(pain="sharp"), Undo())[0].put_off is None


def test_taking_back_twice_or_nothing_is_refused() -> None:
    for events in ([Undo()], [Feel(level=1), Undo(), Undo()]):
        state = State()
        for event in events:
            state, effects = step(state, Moment(AT, state.time.tick), event, RULES)
        assert Refuse(why="There is no report to take back.") in effects


def test_taking_back_a_harmless_report_leaves_stretches_put_off() -> None:
    assert after(Feel(pain="sharp"), Feel(level=1), Undo())[0].put_off == "sharp"


def test_taking_back_a_harmless_report_does_not_bring_back_a_pain_that_was_cleared() -> None:
    assert after(Feel(pain="sharp"), Feel(level=1), Clear(), Undo())[0].put_off is None


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (Feel(level=0), "discomfort 0 of 10"),
        (Feel(afterwards="tight"), "tight after the stretch"),
        (Feel(afterwards="fine", routine="standing-hip-flexor"), "fine after Standing hip-flexor stretch"),
        (Feel(afterwards="fine", routine="my-lunge"), "fine after my-lunge"),
        (Feel(pain="groin", note="only on stairs"), "pain in the groin, only on stairs"),
        (Feel(level=2, afterwards="pain", pain="other"), "discomfort 2 of 10, pain after the stretch, pain"),
    ],
)
def test_undo_says_which_report_it_took_back(report: Feel, words: str) -> None:
    state, _ = after(report, Undo())
    assert answer(Undo(), state, RULES) == f"Taken back: {words}."


def test_clearing_what_is_not_put_off_records_nothing() -> None:
    assert after(Clear())[1] == []


def test_advice_that_was_shown_is_remembered() -> None:
    assert after(Advised(because="long"))[1] == [AdviceEntry(at=AT, because="long")]


def test_warnings_are_read_once_and_again_when_they_change() -> None:
    ball = find("ball-release")
    state, entries = after(WarningsRead(routine=ball.id), WarningsRead(routine=ball.id))
    assert entries == [WarningsReadEntry(at=AT, routine=ball.id)]
    assert ball.is_read(state.read)
    assert not replace(ball, cautions=(*ball.cautions, "And this.")).is_read(state.read)
    with pytest.raises(BadInput, match="There is no routine 'bell-release'"):
        after(WarningsRead(routine="bell-release"))


def test_the_ball_is_suggested_only_after_its_warnings_were_read() -> None:
    chosen = Rules(hours=WorkingHours(), rotation=("ball-release", "standing-hip-flexor"), floor=True)
    assert next_routine(State(), chosen, last=True) == "standing-hip-flexor"
    state, _ = after(WarningsRead(routine="ball-release"))
    assert next_routine(state, chosen, last=True) == "ball-release"


def test_rest_on_the_floor_counts_as_performed_although_no_side_was_held() -> None:
    (entry,) = after(GuideEnded(routine="constructive-rest", other_seconds=300))[1]
    assert entry == StretchEntry(at=AT, routine="constructive-rest", performed=True, other_seconds=300)


@pytest.mark.parametrize("pain", ["front-of-hip", "groin", "pinching", "catching", "numbness", "lower-back"])
def test_pain_for_which_nobody_should_stretch_a_hip_puts_stretches_off_with_advice(pain: Pain) -> None:
    state, entries = after(Feel(afterwards="pain", pain=pain, routine="standing-hip-flexor"))
    assert suggested(state) == "stand-and-walk"
    found = advice(entries, AT.date(), lambda at: at.date())
    assert found is not None
    assert found.text.startswith(f"You reported {KINDS[pain]}. ")


def test_every_kind_of_pain_has_words_for_the_advice() -> None:
    assert set(KINDS) == set(get_args(Pain))
