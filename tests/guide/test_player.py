"""The player: what is counted as held is what was done, whatever is pressed and whatever happens to the process."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psoas_nudge.core.catalogue import CATALOGUE, WALKING, find
from psoas_nudge.core.routines import BREATH_IN, BREATH_OUT, LEAST_HELD, Routine
from psoas_nudge.guide.player import STALL, Command, Held, Player

STANDING = find("standing-hip-flexor")
EVERY = pytest.mark.parametrize("routine", CATALOGUE, ids=lambda routine: routine.id)


def after(player: Player, seconds: float) -> Player:
    while seconds > 0:
        player.advance(min(1.0, seconds))
        seconds -= 1.0
    return player


def holding(routine: Routine = STANDING) -> Player:
    """A player at the beginning of the first hold."""
    player = Player(routine)
    while player.segment.kind != "hold":
        player.command("next")
    return player


@EVERY
def test_a_routine_played_to_its_end_counts_all_its_holds_and_nothing_else(routine: Routine) -> None:
    player = after(Player(routine), routine.length)
    planned = sum(segment.seconds for segment in player.segments if segment.counts)
    assert player.ended == "finished"
    assert player.held.total == pytest.approx(planned)
    if routine.aim == "stretch":
        assert player.held == Held(left=planned / 2, right=planned / 2)
    else:
        assert player.held == Held(other=planned)


@EVERY
@pytest.mark.parametrize("first", ["left", "right"])
def test_the_side_to_begin_with_can_be_chosen(routine: Routine, first: str) -> None:
    player = Player(routine, first)
    assert player.segment.side == (first if routine.sided else None)


def test_getting_into_place_counts_nothing() -> None:
    assert after(Player(STANDING), 18).held == Held()
    assert after(Player(STANDING), 19).held == Held(left=1)


def test_a_hold_that_is_stopped_counts_as_far_as_it_went() -> None:
    player = after(holding(), 12.5)
    player.command("stop")
    after(player, 100)
    assert player.ended == "stopped"
    assert player.held == Held(left=12.5)
    assert player.total_remaining == 0


def test_a_hold_that_had_only_begun_counts_nothing() -> None:
    assert after(holding(), 0.4).held == Held()
    assert after(holding(), LEAST_HELD).held == Held(left=LEAST_HELD)


def test_no_time_counts_while_it_is_paused() -> None:
    player = after(holding(), 10)
    player.command("pause")
    assert after(player, 300).held == Held(left=10)
    player.command("pause")
    assert after(player, 5).held == Held(left=15)


def test_a_hold_begun_anew_counts_once_at_its_longest() -> None:
    player = after(holding(), 20)
    player.command("back")
    assert player.remaining == 30
    assert after(player, 5).held == Held(left=20)
    assert after(player, 20).held == Held(left=25)


def test_back_goes_to_the_step_before_when_this_one_has_only_begun() -> None:
    player = after(holding(), 1)
    at = player.index
    player.command("back")
    assert player.index == at - 1
    for _ in range(10):
        player.command("back")
    assert player.index == 0


def test_what_is_skipped_is_not_counted() -> None:
    player = Player(STANDING)
    while not player.ended:
        player.command("next")
    assert player.ended == "finished"
    assert player.held == Held()


def test_a_process_that_was_stopped_counts_nothing_and_waits_for_the_person() -> None:
    player = after(holding(), 10)
    player.advance(STALL + 1)
    assert player.held == Held(left=10)
    assert player.paused


def test_after_the_end_nothing_changes_any_more() -> None:
    player = after(Player(STANDING), STANDING.length)
    held = player.held
    commands: tuple[Command, ...] = ("pause", "back", "next", "stop")
    for command in commands:
        player.command(command)
    assert (player.ended, player.held, player.paused) == ("finished", held, False)


def test_the_breath_is_paced_while_something_is_held() -> None:
    player = holding()
    breaths = []
    for _ in range(int(2 * (BREATH_IN + BREATH_OUT))):
        breaths.append(player.breath)
        player.advance(1)
    assert breaths == (["in"] * int(BREATH_IN) + ["out"] * int(BREATH_OUT)) * 2
    assert Player(STANDING).breath is None
    assert holding(WALKING).breath is None


def test_repetitions_are_counted_one_by_one_and_the_picture_goes_there_and_back() -> None:
    player = Player(find("standing-march"))
    player.command("next")
    seen = []
    for _ in range(8):
        seen.append((player.rep, player.picture))
        player.advance(2)
    assert seen == [(number, pose) for number in (1, 2, 3, 4) for pose in ("end", "start")]
    assert player.held == Held(other=16)
    assert player.breath is None


def test_the_time_left_counts_down_to_nothing() -> None:
    player = Player(STANDING)
    assert player.total_remaining == STANDING.length
    assert after(player, 100).total_remaining == pytest.approx(STANDING.length - 100)


pressed = st.sampled_from(["pause", "back", "next"])


@given(st.sampled_from(CATALOGUE), st.lists(st.one_of(pressed, st.floats(0, 4.9)), max_size=60))
def test_whatever_is_pressed_no_more_is_counted_than_time_has_passed_and_than_was_planned(
    routine: Routine, story: list[str | float]
) -> None:
    player, passed = Player(routine), 0.0
    for happens in story:
        if isinstance(happens, float):
            player.advance(happens)
            passed += happens
        else:
            player.command(happens)
        planned = sum(segment.seconds for segment in player.segments if segment.counts)
        assert player.held.total <= min(planned, passed) + 1e-6
        assert 0 <= player.index < len(player.segments)
        assert player.ended or player.remaining > 0
