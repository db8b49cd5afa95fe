"""The catalogue and the choice: what a prompt suggests, for how long, and in which words."""

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from psoas_nudge.core.catalogue import CATALOGUE, FALLBACK, ROTATION, find, prompt_words, rotation
from psoas_nudge.core.durations import duration, elapsed
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.core.routines import BREATH_IN, BREATH_OUT, LONGEST, Routine, Step, choose, problems, script
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.state import RotationOrder, State
from psoas_nudge.core.stretching import next_routine
from psoas_nudge.core.words import Pain
from psoas_nudge.errors import BadInput

EVERY = pytest.mark.parametrize("routine", CATALOGUE, ids=lambda routine: routine.id)
FROM_THE_ARTICLE = {"kneeling-hip-flexor": (25, 3), "constructive-rest": (300, 1), "ball-release": (45, 1)}


def suggestion(
    last_used: Mapping[str, int],
    ids: tuple[str, ...],
    own: tuple[Routine, ...] = (),
    *,
    read: Mapping[str, int] | None = None,
    put_off: Pain | None = None,
    floor: bool = False,
    time_left: float = LONGEST,
    last: bool = False,
) -> Routine:
    state = State(rotation_order=RotationOrder(last=dict(last_used)), read=dict(read or {}), put_off=put_off)
    rules = Rules(hours=WorkingHours(), rotation=ids, routines=own, floor=floor)
    return find(next_routine(state, rules, time_left=time_left, last=last), own)


def held(routine: Routine, side: str | None) -> list[float]:
    return [part.seconds for part in script(routine) if part.counts and part.side == side]


@EVERY
def test_every_routine_can_be_played_and_says_what_a_person_needs_to_know(routine: Routine) -> None:
    assert problems(routine) == []
    assert all((routine.title, routine.purpose, routine.cues, routine.cautions, routine.not_for, routine.why))
    assert all((routine.feel, routine.feel_not, routine.effort, routine.easier, routine.harder, routine.check))
    assert all(step.text and step.cue for step in routine.steps)
    assert len(routine.first_cue) <= 90


@EVERY
def test_both_sides_get_the_same(routine: Routine) -> None:
    left, right, neither = held(routine, "left"), held(routine, "right"), held(routine, None)
    assert left == right
    assert bool(neither) != bool(left)
    assert len(left or neither) == routine.repeats


@EVERY
def test_the_length_in_the_prompt_is_the_length_of_the_script(routine: Routine) -> None:
    assert routine.length == sum(part.seconds for part in script(routine, "right"))
    assert duration(routine.length) in prompt_words(routine, 2760)[1]


@pytest.mark.parametrize("routine_id", FROM_THE_ARTICLE)
def test_the_doses_are_those_of_the_article(routine_id: str) -> None:
    routine = find(routine_id)
    holds = held(routine, "left") or held(routine, None)
    assert (holds[0], len(holds)) == FROM_THE_ARTICLE[routine_id]


def test_the_ball_is_never_in_the_rotation_unless_the_person_puts_it_there() -> None:
    assert "ball-release" not in ROTATION
    for number in range(20):
        last_used = {routine.id: number for routine in CATALOGUE if routine.id != "ball-release"}
        assert suggestion(last_used, ROTATION, floor=True, last=True).id != "ball-release"
    assert suggestion({}, ("ball-release",), floor=True, last=True) is FALLBACK, "its warnings were not read"
    read = {"ball-release": find("ball-release").warned}
    assert suggestion({}, ("ball-release",), read=read, floor=True, last=True).id == "ball-release"
    assert suggestion({}, ("ball-release",), read={"ball-release": 7}, floor=True, last=True) is FALLBACK, (
        "they changed"
    )


@pytest.mark.parametrize("floor", [True, False], ids=["floor", "no floor"])
def test_stretching_and_strength_alternate_and_all_get_their_turn(floor: bool) -> None:
    last_used: dict[str, int] = {}
    seen = []
    for number in range(1, 13):
        chosen = suggestion(last_used, ROTATION, floor=floor)
        last_used[chosen.id] = number
        seen.append(chosen)
    assert [routine.aim for routine in seen] == ["stretch", "strength"] * 6
    assert {routine.id for routine in seen} == {
        name for name in ROTATION if not find(name).long_break and (floor or "floor" not in find(name).needs)
    }
    assert seen[0].id == "standing-hip-flexor"


def test_a_rotation_of_one_aim_goes_on_with_it() -> None:
    assert suggestion({"standing-hip-flexor": 1}, ("standing-hip-flexor", "chair-edge-hip-flexor")).aim == "stretch"
    assert suggestion({"standing-hip-flexor": 1}, ("standing-hip-flexor",)).id == "standing-hip-flexor"


def test_in_office_clothes_nothing_needs_the_floor() -> None:
    chosen = {suggestion({}, ROTATION).id, suggestion({"standing-hip-flexor": 1, "standing-march": 2}, ROTATION).id}
    assert chosen == {"standing-hip-flexor", "chair-edge-hip-flexor"}


def test_lying_down_is_kept_for_the_last_break_before_hours_close() -> None:
    last_used = {name: 1 for name in ROTATION if name != "constructive-rest"}
    assert suggestion(last_used, ROTATION, floor=True).id != "constructive-rest"
    assert suggestion(last_used, ROTATION, floor=True, last=True).id == "constructive-rest"
    assert suggestion(last_used, ROTATION, floor=False, last=True).id != "constructive-rest"


def test_what_would_not_be_over_before_hours_close_is_left_out_and_the_short_one_always_fits() -> None:
    assert (
        suggestion({}, ("kneeling-hip-flexor", "standing-hip-flexor"), floor=True, time_left=200).id
        == "standing-hip-flexor"
    )
    just_enough = find("standing-hip-flexor").length
    assert suggestion({}, ROTATION, time_left=just_enough).id == "standing-hip-flexor"
    assert suggestion({}, ROTATION, floor=True, time_left=60) is FALLBACK
    assert suggestion({}, ("kneeling-hip-flexor",)) is FALLBACK


def test_who_is_in_pain_is_asked_to_walk_whatever_the_rotation_says() -> None:
    assert suggestion({}, ("kneeling-hip-flexor",), floor=True, put_off="sharp").id == "stand-and-walk"


def test_choose_takes_the_first_in_the_rotation_among_equals() -> None:
    routines = rotation(("chair-edge-hip-flexor", "standing-hip-flexor"))
    for turns in ({}, {"chair-edge-hip-flexor": 3, "standing-hip-flexor": 3}):
        chosen = choose(turns, routines, fallback=FALLBACK, floor=False, time_left=3600, last=False)
        assert chosen is routines[0]


def test_the_prompt_names_the_routine_its_length_and_the_first_cue() -> None:
    title, body = prompt_words(find("standing-hip-flexor"), 46 * 60 + 12)
    assert title == "You've been sitting for 46 minutes"
    assert body == "standing hip-flexor stretch, 3 min. Tuck your pelvis, then shift forward."


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (4, "4 seconds"),
        (60, "1 minute"),
        (45 * 60, "45 minutes"),
        (3600, "1 hour"),
        (3660, "1 hour 1 minute"),
        (7500, "2 hours 5 minutes"),
    ],
)
def test_the_title_of_a_prompt_spells_the_time_out(seconds: float, words: str) -> None:
    assert prompt_words(find("standing-hip-flexor"), seconds)[0] == f"You've been sitting for {words}"


def test_the_script_can_begin_with_the_right_side() -> None:
    sides = [part.side for part in script(find("standing-hip-flexor"), "right")]
    assert sides[0] == "right"
    assert sides[-1] == "left"


def test_a_change_of_sides_is_announced_before_the_new_side_starts() -> None:
    parts = script(find("kneeling-hip-flexor"))
    (switch,) = [number for number, part in enumerate(parts) if part.kind == "switch"]
    assert parts[switch - 1].side == "left"
    assert {part.side for part in parts[switch:]} == {"right"}
    assert "right" in parts[switch].text


@pytest.mark.parametrize("routine", [each for each in CATALOGUE if each.aim == "stretch"], ids=lambda each: each.id)
def test_every_hold_of_a_stretch_has_its_own_tuck_before_it(routine: Routine) -> None:
    parts = [part for part in script(routine) if part.kind != "rest"]
    for at, part in enumerate(parts):
        if part.kind == "hold":
            before = [each for each in parts[:at] if each.kind == "move"][-2:]
            assert any(each.text.startswith("Tuck your pelvis") and each.seconds >= 5 for each in before)


def test_steps_that_are_done_again_and_the_rests_stand_between_the_holds() -> None:
    parts = [part for part in script(find("kneeling-hip-flexor")) if part.side == "left"]
    tuck_and_hold = ["tuck move", "end move", "end hold"]
    assert [f"{part.picture} {part.kind}" for part in parts] == [
        "start move", *tuck_and_hold, "start rest", *tuck_and_hold, "start rest", *tuck_and_hold,
    ]  # fmt: skip


def test_getting_into_position_is_no_dose_and_a_repetition_has_its_own_time() -> None:
    (reps,) = [part for part in script(find("standing-march"), "left") if part.counts and part.side == "left"]
    assert (reps.kind, reps.reps, reps.seconds) == ("reps", 8, 32)
    assert sum(held(find("standing-hip-flexor"), "left")) == 60


STEPS = (
    Step(text="Kneel.", seconds=10, picture="kneel"),
    Step(text="Tuck.", seconds=5, again=True, picture="tuck"),
    Step(text="Hold.", seconds=30, hold=True, picture="held"),
    Step(text="Lift.", seconds=4, reps=3, picture="down", returns_to="up"),
)


def test_a_script_is_the_steps_the_rests_and_the_change_of_sides_in_order() -> None:
    routine = Routine(id="x", title="X", purpose="", steps=STEPS, repeats=2)
    parts = script(routine)
    one_side = [
        ("move", 10, 1, "kneel"), ("move", 5, 1, "tuck"), ("hold", 30, 1, "held"), ("reps", 12, 1, "down"),
        ("rest", 6, 2, "kneel"), ("move", 5, 2, "tuck"), ("hold", 30, 2, "held"), ("reps", 12, 2, "down"),
    ]  # fmt: skip
    assert [(part.kind, part.seconds, part.repeat, part.picture) for part in parts] == [
        *one_side, ("switch", 6, 1, "kneel"), *one_side,
    ]  # fmt: skip
    assert [part.side for part in parts] == ["left"] * 8 + ["right"] * 9
    assert {part.repeats for part in parts} == {2}
    assert [part.reps for part in parts if part.counts] == [0, 3] * 4
    assert not any(part.reps for part in parts if not part.counts)
    assert routine.length == 2 * 110 + 6


def test_without_sides_a_script_goes_through_the_steps_once() -> None:
    routine = Routine(id="x", title="X", purpose="", steps=STEPS[1:3], sided=False)
    assert [(part.kind, part.side, part.repeat, part.repeats) for part in script(routine)] == [
        ("move", None, 1, 1),
        ("hold", None, 1, 1),
    ]
    assert script(replace(routine, steps=())) == ()


def test_a_rest_shows_the_position_before_the_hold_also_without_a_way_into_it() -> None:
    routine = Routine(id="x", title="X", purpose="", steps=STEPS[2:3], repeats=2, sided=False)
    assert [part.picture for part in script(routine)] == ["held", "held", "held"]
    two_steps = Routine(id="x", title="X", purpose="", steps=(STEPS[0], *STEPS[:3]), repeats=2, sided=False)
    twice = replace(two_steps, steps=(replace(STEPS[0], picture="stand"), *STEPS[:3]))
    assert [part.picture for part in script(twice) if part.kind == "rest"] == ["kneel"]


def test_one_repetition_counts() -> None:
    assert Step(text="Lift.", seconds=4, reps=1).counts
    assert not Step(text="Lift.", seconds=4).counts


def test_one_breath_takes_ten_seconds() -> None:
    assert (BREATH_IN, BREATH_OUT) == (4, 6)


OWN = Routine(id="my-lunge", title="My lunge", purpose="", steps=(Step(text="Lunge.", seconds=40, hold=True),))


def test_a_routine_of_ones_own_takes_turns_like_any_other() -> None:
    assert problems(OWN) == []
    assert suggestion({}, ("my-lunge",), (OWN,)) is OWN
    assert prompt_words(OWN, 1800)[1] == "My lunge, 1 min. Lunge."


def test_the_pictures_of_a_routine_are_those_that_its_steps_name() -> None:
    lift = Step(text="Lift.", seconds=4, reps=2, picture="up.png", returns_to="down.png")
    routine = replace(OWN, steps=(Step(text="Stand.", seconds=5), lift))
    assert list(routine.names) == [(1, "picture", "up.png"), (1, "returns_to", "down.png")]


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (replace(OWN, id="My Lunge"), "id"),
        (replace(OWN, id="a--b"), "id"),
        (replace(OWN, id=""), "id"),
        (replace(OWN, title=" "), "title"),
        (replace(OWN, steps=()), "steps"),
        (replace(OWN, steps=(Step(text="Wait.", seconds=10),)), "steps"),
        (replace(OWN, steps=(Step(text="", seconds=10, hold=True),)), "steps[1].text"),
        (replace(OWN, steps=(Step(text="Hold.", seconds=0, hold=True),)), "steps[1].seconds"),
        (replace(OWN, steps=(Step(text="Hold.", seconds=float("nan"), hold=True),)), "steps[1].seconds"),
        (replace(OWN, steps=(Step(text="Lift.", seconds=4, reps=51),)), "steps[1].reps"),
        (replace(OWN, steps=(Step(text="Lift.", seconds=4, reps=8, hold=True),)), "steps[1].reps"),
        (replace(OWN, repeats=0), "repeats"),
        (replace(OWN, repeats=21), "repeats"),
        (replace(OWN, rest=-1), "rest"),
        (replace(OWN, rest=301), "rest"),
        (replace(OWN, steps=(Step(text="Lift.", seconds=4, reps=-1), *OWN.steps)), "steps[1].reps"),
        (replace(OWN, steps=(Step(text="Hold.", seconds=0.9, hold=True),)), "steps[1].seconds"),
        (replace(OWN, steps=(*OWN.steps, Step(text="Hold.", seconds=3601, hold=True))), "steps[2].seconds"),
        (replace(OWN, sided=False, steps=(*OWN.steps, Step(text="Hold.", seconds=3561, hold=True))), "steps"),
        (replace(OWN, steps=(Step(text="Hold.", seconds=3000, hold=True),)), "steps"),
    ],
)
def test_what_is_wrong_with_a_routine_of_ones_own_is_named(broken: Routine, named: str) -> None:
    (problem,) = problems(broken)
    assert problem.startswith(f"{named}: ")


@pytest.mark.parametrize(
    "fine",
    [
        replace(OWN, repeats=20, rest=0, sided=False),
        replace(OWN, rest=300),
        replace(OWN, sided=False, steps=(Step(text="Hold.", seconds=3600, hold=True),)),
        replace(OWN, sided=False, steps=(Step(text="Lift.", seconds=1, reps=50),)),
        replace(OWN, id="lunge-2"),
    ],
)
def test_the_longest_and_the_shortest_that_may_be_are_fine(fine: Routine) -> None:
    assert problems(fine) == []


def test_a_routine_that_does_not_exist_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(
        BadInput, match=r"There is no routine 'standing'\. (Did you mean 'stand|See: psoas-nudge routines)"
    ):
        find("standing")
    with pytest.raises(BadInput, match="Did you mean 'ball-release'"):
        find("bal-release")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (45, "45 s"),
        (59.4, "59 s"),
        (59.5, "1 min"),
        (59.6, "1 min"),
        (90, "2 min"),
        (3599, "1 h"),
        (3600, "1 h"),
        (5400, "1 h 30 min"),
    ],
)
def test_lengths_read_at_a_glance(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(59, "59 s"), (60, "1 min"), (119, "1 min"), (3599, "59 min"), (7199, "1 h 59 min")],
)
def test_of_time_that_is_still_passing_a_minute_counts_when_it_is_over(seconds: float, words: str) -> None:
    assert elapsed(seconds) == words


def test_a_routine_is_pictured_by_its_last_hold_that_has_a_picture_or_else_by_any_step() -> None:
    stand, tuck = Step(text="Stand.", seconds=5, picture="stand"), Step(text="Tuck.", seconds=5, picture="tuck")
    low = Step(text="Hold.", seconds=30, hold=True, picture="low")
    lift = Step(text="Lift.", seconds=4, reps=3, picture="lift")
    bare = Step(text="Hold.", seconds=30, hold=True)
    for steps, picture in (
        ((stand, low, lift, bare, tuck), "lift"),
        ((stand, low, bare), "low"),
        ((stand, tuck, bare), "tuck"),
        ((stand, tuck, stand, bare), "stand"),
        ((bare,), ""),
    ):
        assert Routine(id="mine", title="Mine", purpose="", steps=steps).picture == picture


def test_a_routine_without_warnings_needs_no_reading() -> None:
    mine = Routine(id="mine", title="Mine", purpose="", steps=(Step(text="Hold.", seconds=30, hold=True),))
    assert mine.is_read({})
    assert not replace(mine, cautions=("Slowly.",)).is_read({})
