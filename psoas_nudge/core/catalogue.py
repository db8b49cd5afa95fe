"""The routines that come with the program, as data: one entry each, in the order of the rotation.

Sources: the article that the project began with (kneeling stretch, constructive rest, ball release and their doses) and
common physiotherapy practice (the versions for a desk). A hold of 30 s and 10 min a week and side follow the evidence
that the README names under "The stretch".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from psoas_nudge.core.routines import LONGEST, WALK, Routine, Step, choose
from psoas_nudge.errors import BadInput

SHARP = "Stop at once if anything feels sharp or throbbing."
NERVE = "Pain that shoots or runs down the leg is for a physiotherapist or doctor to look at, not for stretching."

CATALOGUE: tuple[Routine, ...] = (
    Routine(
        id="standing-hip-flexor",
        title="Standing hip-flexor stretch",
        purpose="Opens the front of the hip on your feet, in any clothes and beside any desk.",
        steps=(
            Step(text="Stand tall and take one long step back.", cue="Both feet point forward.", seconds=10),
            Step(
                text="Tuck your pelvis under and squeeze the buttock of the back leg.",
                cue="The back heel may lift.",
                seconds=8,
            ),
            Step(
                text="Keep the tuck and let your weight drift forward until the front of the back hip pulls.",
                cue="Tailbone down, ribs low, breathe into the belly.",
                seconds=30,
                hold=True,
            ),
        ),
        repeats=2,
        cues=("Tuck the pelvis first, then lean.", "Keep the lower back long; an arch lets the psoas off."),
        cautions=("Hold on to the desk if your balance is unsure.", SHARP, NERVE),
    ),
    Routine(
        id="chair-edge-hip-flexor",
        title="Chair-edge hip-flexor stretch",
        purpose="Stretches one hip at a time while the chair carries your weight.",
        needs=("chair",),
        steps=(
            Step(
                text="Sit sideways on the front edge of the chair, half of you over the side.",
                cue="A chair with wheels goes against the desk.",
                seconds=12,
            ),
            Step(
                text="Slide the free leg back and rest it on the ball of the foot.",
                cue="Sit tall over the seat.",
                seconds=10,
            ),
            Step(
                text="Roll the pelvis under and lift the chest until the front of the free hip pulls.",
                cue="Tailbone under, long lower back, slow breath.",
                seconds=30,
                hold=True,
            ),
        ),
        repeats=2,
        rest=5,
        cues=("Sit on the very edge, so that one leg can reach back.", "Grow taller instead of leaning back."),
        cautions=("Make sure that the chair cannot roll away.", SHARP, NERVE),
    ),
    Routine(
        id="kneeling-hip-flexor",
        title="Kneeling hip-flexor stretch",
        purpose="The classic active stretch of the psoas, from a half-kneel on something soft.",
        needs=("floor",),
        steps=(
            Step(
                text="Kneel on one knee, on padding, with the other foot in front.",
                cue="Front knee above the ankle.",
                seconds=15,
            ),
            Step(
                text="Draw the tailbone down and squeeze the buttock of the kneeling leg.",
                cue="Ribs stay over the hips.",
                seconds=8,
            ),
            Step(
                text="Keep the tuck and glide forward until the front of the back hip and thigh pulls.",
                cue="Long lower back. Breathe down into the belly.",
                seconds=25,
                hold=True,
            ),
        ),
        repeats=3,
        cues=("Put something soft under the back knee.", "Arching the back steers the stretch past the psoas."),
        cautions=("Leave it out when kneeling hurts the knee.", SHARP, NERVE),
    ),
    Routine(
        id="chair-kneeling-hip-flexor",
        title="Half-kneel with a hand on the chair",
        purpose="The kneeling stretch with something to hold, for days when balance costs too much attention.",
        needs=("floor", "chair"),
        steps=(
            Step(
                text="Half-kneel beside the chair or desk, padding under the back knee, one hand on the seat.",
                cue="Front knee above the ankle.",
                seconds=15,
            ),
            Step(
                text="Let the tailbone sink and squeeze the buttock of the kneeling leg.",
                cue="The hand steadies, it does not pull.",
                seconds=8,
            ),
            Step(
                text="Hold the tuck and move the hips forward until the back hip opens in front.",
                cue="Tall from knee to head, easy breath.",
                seconds=30,
                hold=True,
            ),
        ),
        repeats=2,
        cues=("One hand on the chair, something soft under the knee.", "Move the hips, not the shoulders."),
        cautions=(
            "A chair with wheels goes against the wall or desk.",
            "Leave it out when kneeling hurts the knee.",
            SHARP,
            NERVE,
        ),
    ),
    Routine(
        id="glute-squeeze",
        title="Glute squeeze, standing tall",
        purpose="Wakes the muscle opposite the hip flexor when nothing else fits the room.",
        sided=False,
        steps=(
            Step(text="Stand up, feet as wide as your hips.", cue="Weight on both feet.", seconds=6),
            Step(
                text="Squeeze both buttocks and grow tall.",
                cue="Hips forward, jaw loose, keep breathing.",
                seconds=10,
                hold=True,
            ),
        ),
        repeats=3,
        rest=5,
        cues=("Stand up and grow tall; nobody needs to notice.",),
        cautions=(SHARP,),
        stretches=False,
        default_on=False,
    ),
    Routine(
        id="constructive-rest",
        title="Constructive rest",
        purpose="Lets the psoas let go: lying down, knees bent, nothing to do.",
        needs=("floor",),
        sided=False,
        steps=(
            Step(
                text="Lie on your back, knees bent, feet flat and as wide as your hips.",
                cue="Find a place where the legs stand by themselves.",
                seconds=20,
            ),
            Step(
                text="Lay the arms at your sides with the palms up.",
                cue="The spine keeps its natural curve.",
                seconds=10,
            ),
            Step(
                text="Rest. Let the belly and the lower ribs widen with each slow breath.",
                cue="There is nothing to stretch; it is enough to lie here.",
                seconds=300,
                hold=True,
            ),
        ),
        cues=("Find a quiet piece of floor; this one is for a long break.",),
        cautions=("Roll on to your side before you get up.", SHARP),
        stretches=False,
        long_break=True,
    ),
    Routine(
        id="ball-release",
        title="Ball release of the psoas",
        purpose="Steady pressure on a tender spot, for people who know the technique and want it.",
        needs=("floor",),
        steps=(
            Step(
                text="Lie face down with the ball just beside the navel, a little below the height of the hip bones.",
                cue="Prop yourself on the forearms.",
                seconds=20,
            ),
            Step(text="Move a little until you find the most tender spot.", cue="Take your time.", seconds=10),
            Step(
                text="Stay there and let your weight sink on to the ball.",
                cue="Only a deep, dull feeling is right. Sharp or throbbing: move the ball at once.",
                seconds=45,
                hold=True,
            ),
        ),
        cues=("Only a deep, dull feeling is right; move the ball at once if it is anything else.",),
        cautions=(
            "The ball presses deep into the abdomen: leave it out when in doubt.",
            "Sharp or throbbing pain: take the ball away at once.",
            NERVE,
        ),
        stretches=False,
        default_on=False,
        long_break=True,
    ),
    Routine(
        id=WALK,
        title="Stand up and walk",
        purpose="Breaks the sitting without stretching anything, while stretches are put off because of pain.",
        sided=False,
        steps=(
            Step(text="Stand up, slowly.", cue="Let the arms hang.", seconds=10),
            Step(
                text="Walk, as far as the room or the corridor lets you.",
                cue="An easy pace, eyes far away.",
                seconds=180,
                hold=True,
            ),
        ),
        cues=("No stretching for now: an easy walk is enough.",),
        cautions=("Sit down again if walking hurts.",),
        stretches=False,
        default_on=False,
    ),
)

FALLBACK = next(routine for routine in CATALOGUE if routine.id == "glute-squeeze")
WALKING = next(routine for routine in CATALOGUE if routine.id == WALK)
ROTATION = tuple(routine.id for routine in CATALOGUE if routine.default_on)
"""The rotation of a person who sets none."""


def find(routine_id: str, own: Iterable[Routine] = ()) -> Routine:
    """The routine with this id, a person's own before one of the catalogue; raises errors.BadInput."""
    known = {routine.id: routine for routine in (*CATALOGUE, *own)}
    if routine_id in known:
        return known[routine_id]
    from difflib import get_close_matches

    near = get_close_matches(routine_id, known, 1)
    hint = f"Did you mean '{near[0]}'?" if near else "See: psoas-nudge routines"
    raise BadInput(f"There is no routine '{routine_id}'. {hint}")


def suggestion(
    turns: Mapping[str, int],
    ids: Iterable[str],
    own: Iterable[Routine] = (),
    *,
    hurt: bool = False,
    floor: bool = False,
    time_left: float = LONGEST,
    last: bool = False,
) -> Routine:
    """What a prompt suggests now: a walk while stretches are put off (`hurt`), else `choose` among the rotation."""
    if hurt:
        return WALKING
    return choose(turns, rotation(ids, own), fallback=FALLBACK, floor=floor, time_left=time_left, last=last)


def rotation(ids: Iterable[str], own: Iterable[Routine] = ()) -> tuple[Routine, ...]:
    """The routines that take turns, from their ids; raises errors.BadInput for one that does not exist."""
    own = tuple(own)
    return tuple(find(routine_id, own) for routine_id in ids)
