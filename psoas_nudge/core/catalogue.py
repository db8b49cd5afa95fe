"""The routines that come with the program, as data: one entry each, in the order of the rotation.

Sources: the article that the project began with (kneeling stretch, constructive rest, ball release and their doses),
common physiotherapy practice (the versions for a desk, the strength work), and the studies in evidence.py, whose ids
stand in square brackets. No physiotherapist has reviewed the words yet; REVIEWED says so wherever they are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from psoas_nudge.core.durations import duration, spelled
from psoas_nudge.core.routines import LONGEST, WALK, Routine, Step, choose
from psoas_nudge.errors import BadInput

REVIEWED = "No physiotherapist has reviewed these routines yet."
SHARP = "Stop at once if anything feels sharp or throbbing."
NERVE = "Does pain shoot or spread down the leg? Don't stretch it. See a physiotherapist or doctor."

HIP = (
    "you have pain at the front of the hip or in the groin, or the hip pinches, catches or snaps",
    "you have an artificial hip, or had hip or spine surgery in the last months",
    "you have a hernia in the groin",
    "you have pins and needles or numbness in a leg",
)
KNEE = "kneeling hurts your knee"

STRETCH_FEEL = "A pull in the front of the hip and the upper thigh of the back leg."
STRETCH_FEEL_NOT = (
    "Not in the lower back, the knee or deep in the groin. "
    "If you feel it there, ease off and tuck again. If it stays, stop."
)
STRETCH_EFFORT = "A mild to moderate pull that stays the same. Don't bounce."
STRETCH_CHECK = "The pull begins with the tuck, before you move forward. Your lower back stays flat and quiet."
STRETCH_WHY = "The psoas is short and still while you sit; the tuck is what lengthens it [tilt-2024, sitting-2021]."
STRENGTH_WHY = (
    "A muscle that rests all day also gets weak; strength work adds as much range as stretching [strength-2021]."
)


def _tuck(text: str, cue: str) -> Step:
    return Step(text=text, cue=cue, seconds=6, again=True, picture="tuck")


CATALOGUE: tuple[Routine, ...] = (
    Routine(
        id="standing-hip-flexor",
        title="Standing hip-flexor stretch",
        purpose="A standing stretch for the front of the hip. Works in office clothes, next to any desk.",
        steps=(
            Step(
                text="Put one hand on the desk. Step this leg back, a short step, and lift its heel.",
                cue="Bend both knees a little. Both feet point forward.",
                seconds=8,
                picture="start",
            ),
            _tuck(
                "Tuck your pelvis: tailbone down, belt buckle up.",
                "Squeeze the buttock of the back leg. Your lower back goes flat.",
            ),
            Step(
                text="Keep the tuck. Move your hips forward by a few finger-widths.",
                cue="Stop where the front of the hip begins to pull mildly.",
                seconds=4,
                again=True,
                picture="end",
            ),
            Step(
                text="Hold, and keep the tuck.",
                cue="A mild pull in front of the hip. Breathe into your belly.",
                seconds=30,
                hold=True,
                picture="end",
            ),
        ),
        repeats=2,
        cues=("Tuck your pelvis, then shift forward.", "If your lower back arches, it misses the psoas."),
        cautions=("Keep a hand on the desk if your balance is unsure.", SHARP, NERVE),
        not_for=HIP,
        feel=STRETCH_FEEL,
        feel_not=STRETCH_FEEL_NOT,
        effort=STRETCH_EFFORT,
        easier="Take a shorter step, and stop after the tuck: that is a stretch already.",
        harder="Bend the back knee more, or raise the arm of the same side.",
        check=STRETCH_CHECK,
        why=STRETCH_WHY,
    ),
    Routine(
        id="standing-march",
        title="Standing psoas march",
        purpose="Strengthens the psoas: lift one knee slowly to hip height, next to your desk.",
        steps=(
            Step(
                text="Stand tall beside the desk, a hand on it.",
                cue="Your weight is on the other leg; this one is about to work.",
                seconds=8,
                picture="start",
            ),
            Step(
                text="Lift the knee to hip height in two seconds, lower it in two.",
                cue="Stay tall: your chest stays above your hips.",
                seconds=4,
                reps=8,
                picture="end",
                returns_to="start",
            ),
        ),
        rest=0,
        cues=("Lift the knee slowly, and don't lean back.", "Lower it as slowly as you lift it."),
        cautions=("Keep a hand on the desk so that you stand safely on one leg.", SHARP, NERVE),
        not_for=HIP,
        feel="Work in the front of the hip of the lifted leg, and in the buttock you stand on.",
        feel_not="No pinch in the groin and no pull in the lower back. If there is, lift the knee less high.",
        effort="The last two should feel like work, and you could still do two more.",
        easier="Lift the knee halfway, or put the foot down between two lifts for as long as you like.",
        harder="Hold the knee up for three seconds, do 12, or press down on the thigh with your hand.",
        check="Somebody beside you sees only your leg move.",
        why=STRENGTH_WHY,
        aim="strength",
    ),
    Routine(
        id="chair-edge-hip-flexor",
        title="Chair-edge hip-flexor stretch",
        purpose="Stretches one hip at a time while the chair carries your weight.",
        needs=("chair",),
        steps=(
            Step(
                text="Sit sideways on the front edge of the seat: this leg off the edge, the other thigh on it.",
                cue="A chair with wheels stands against the desk. Raise the seat if you can.",
                seconds=12,
                picture="seat",
            ),
            Step(
                text="Draw the free foot back under you, on to the ball of the foot.",
                cue="The knee points down beside the seat.",
                seconds=8,
                picture="start",
            ),
            _tuck(
                "Tuck your pelvis: tailbone under, belt buckle up.",
                "Squeeze the buttock of the free leg. Your lower back goes flat.",
            ),
            Step(
                text="Hold the tuck and grow taller.",
                cue="A mild pull in front of the free hip. Breathe slowly.",
                seconds=30,
                hold=True,
                picture="end",
            ),
        ),
        repeats=2,
        rest=5,
        cues=("Let one leg hang free beside the seat, then tuck your pelvis.", "Grow taller; don't lean back."),
        cautions=("Make sure that the chair cannot roll away.", SHARP, NERVE),
        not_for=HIP,
        feel="A pull in the front of the hip and the upper thigh of the free leg.",
        feel_not=STRETCH_FEEL_NOT,
        effort=STRETCH_EFFORT,
        easier="Leave the foot further in front.",
        harder="Draw the foot further back, but only while the tuck stays.",
        check=STRETCH_CHECK,
        why=STRETCH_WHY,
    ),
    Routine(
        id="split-stance-raise",
        title="Split-stance knee raise",
        purpose="Strengthens the psoas from its long position, and the buttock of the leg you stand on.",
        steps=(
            Step(
                text="Stand beside the desk, a hand on it. Step this leg back on to the ball of its foot.",
                cue="Most of your weight is on the front leg.",
                seconds=8,
                picture="start",
            ),
            _tuck("Tuck your pelvis: tailbone down, belt buckle up.", "Squeeze the buttock of the back leg."),
            Step(
                text="Bring the back knee up in front to hip height, then set the foot back again.",
                cue="Two seconds up, three seconds back. Stay tall.",
                seconds=5,
                reps=8,
                picture="end",
                returns_to="tuck",
            ),
        ),
        rest=0,
        cues=(
            "From the back foot, bring the knee up slowly.",
            "Set the foot down behind you without arching your back.",
        ),
        cautions=("Keep a hand on the desk so that you stand safely on one leg.", SHARP, NERVE),
        not_for=HIP,
        feel="Work in the front of the hip that lifts, and in the buttock of the leg you stand on.",
        feel_not="No pinch in the groin and no pull in the lower back. If there is, lift less and step back less.",
        effort="The last two should feel like work, and you could still do two more.",
        easier="Touch the floor beside the standing foot first, then step back.",
        harder="Do 12, or hold the knee up for three seconds.",
        check="Your belt stays level from beginning to end.",
        why=STRENGTH_WHY,
        aim="strength",
    ),
    Routine(
        id="kneeling-hip-flexor",
        title="Kneeling hip-flexor stretch",
        purpose="The classic stretch of the psoas, and the best studied one: a half-kneel on something soft.",
        needs=("floor",),
        steps=(
            Step(
                text="Kneel on this knee, on something soft, the other foot in front.",
                cue="The front knee is above its ankle, the back knee below the hip.",
                seconds=12,
                picture="start",
            ),
            _tuck(
                "Tuck your pelvis: tailbone down, belt buckle up.",
                "Squeeze the buttock of the kneeling leg. Your lower back goes flat.",
            ),
            Step(
                text="Keep the tuck. Move your hips forward by a few finger-widths.",
                cue="Stop where the front of the hip begins to pull mildly.",
                seconds=4,
                again=True,
                picture="end",
            ),
            Step(
                text="Hold, and keep the tuck.",
                cue="A mild pull in front of the hip. Breathe deep into your belly.",
                seconds=25,
                hold=True,
                picture="end",
            ),
        ),
        repeats=3,
        cues=(
            "Kneel on something soft, tuck, then shift forward.",
            "If your lower back arches, it misses the psoas.",
        ),
        cautions=(SHARP, NERVE),
        not_for=(*HIP, KNEE, "you lose your balance without something to hold on to"),
        feel=STRETCH_FEEL,
        feel_not=STRETCH_FEEL_NOT,
        effort=STRETCH_EFFORT,
        easier="Stop after the tuck: that is a stretch already.",
        harder="Raise the arm of the kneeling side and lean a little away from it.",
        check=STRETCH_CHECK,
        why=STRETCH_WHY,
    ),
    Routine(
        id="chair-kneeling-hip-flexor",
        title="Half-kneel with a hand on the chair",
        purpose="The kneeling stretch with something to hold on to.",
        needs=("floor", "chair"),
        steps=(
            Step(
                text="Kneel on this knee, on something soft, the other foot in front, a hand on a chair.",
                cue="The chair stands against the wall or the desk.",
                seconds=12,
                picture="start",
            ),
            _tuck(
                "Tuck your pelvis: tailbone down, belt buckle up.",
                "Squeeze the buttock of the kneeling leg. Your lower back goes flat.",
            ),
            Step(
                text="Keep the tuck. Move your hips forward by a few finger-widths.",
                cue="The hand keeps you steady; it does not pull.",
                seconds=4,
                again=True,
                picture="end",
            ),
            Step(
                text="Hold, and keep the tuck.",
                cue="A mild pull in front of the hip. Breathe slowly.",
                seconds=30,
                hold=True,
                picture="end",
            ),
        ),
        repeats=2,
        cues=("One hand on the chair. Tuck, then shift forward.", "Move your hips, not your shoulders."),
        cautions=("A chair with wheels stands against the wall or desk.", SHARP, NERVE),
        not_for=(*HIP, KNEE),
        feel=STRETCH_FEEL,
        feel_not=STRETCH_FEEL_NOT,
        effort=STRETCH_EFFORT,
        easier="Stop after the tuck: that is a stretch already.",
        harder="Take the hand off the chair.",
        check=STRETCH_CHECK,
        why=STRETCH_WHY,
    ),
    Routine(
        id="glute-squeeze",
        title="Glute squeeze, standing tall",
        purpose="Works the buttocks, the muscles opposite the psoas. Fits where nothing else does.",
        sided=False,
        steps=(
            Step(
                text="Stand up, feet as wide as your hips.",
                cue="Your weight is on both feet.",
                seconds=6,
                picture="start",
            ),
            Step(
                text="Squeeze both buttocks and grow tall.",
                cue="Tailbone down, jaw loose. Keep breathing.",
                seconds=10,
                hold=True,
                picture="end",
            ),
        ),
        repeats=3,
        rest=5,
        cues=("Stand up and grow tall; nobody needs to notice.",),
        cautions=(SHARP,),
        not_for=HIP[1:2],
        feel="Firm work in both buttocks.",
        feel_not="Not in the lower back. If you feel it there, squeeze less and tuck more.",
        effort="About half as hard as you can.",
        easier="Squeeze for five seconds.",
        harder="Squeeze one side at a time.",
        check="You come up a little taller, and your lower back goes flat.",
        why="Buttocks and psoas pull the pelvis against each other; the squeeze helps the tuck [practice].",
        aim="strength",
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
                cue="Find the place where your legs stand by themselves.",
                seconds=20,
                picture="start",
            ),
            Step(
                text="Lay your arms at your sides, palms up.",
                cue="Your back keeps its natural curve; don't press it down.",
                seconds=10,
                picture="end",
            ),
            Step(
                text="Rest. With each slow breath your belly and lower ribs widen.",
                cue="There is nothing to stretch. Lying here is enough.",
                seconds=300,
                hold=True,
                picture="end",
            ),
        ),
        cues=("Find a quiet piece of floor; this one is for a long break.",),
        cautions=("Roll on to your side before you get up.", SHARP),
        not_for=("you are late in pregnancy: lie on your side instead",),
        feel="Your weight on the floor, and the breath in belly and lower ribs.",
        feel_not="No pull and no pain anywhere.",
        effort="None. Nothing is held.",
        easier="Put a book under your head, or lay your calves on a chair.",
        harder="It is not meant to get harder. Stay for ten minutes.",
        check="After some breaths your legs stand without any effort of yours.",
        why="The psoas is tied to the diaphragm; slow breathing and rest let both loosen [article].",
        aim="ease",
        long_break=True,
    ),
    Routine(
        id="ball-release",
        title="Ball release of the psoas",
        purpose="Steady pressure on a tender spot, for people who know the technique and want it.",
        needs=("floor",),
        steps=(
            Step(
                text="Lie face down, the ball on this side beside the navel, a little lower than the hip bones.",
                cue="Prop yourself on your forearms. If you feel a pulse under the ball, move it outward at once.",
                seconds=20,
                picture="start",
            ),
            Step(
                text="Move a little until you find the most tender spot.",
                cue="Take your time. A pulse under the ball: move it outward.",
                seconds=10,
                picture="start",
            ),
            Step(
                text="Stay there and let your weight sink on to the ball.",
                cue="Only a deep, dull feeling is right. Sharp or throbbing: move the ball at once.",
                seconds=45,
                hold=True,
                picture="end",
            ),
        ),
        cues=("Only a deep, dull feeling is right; move the ball at once if it is anything else.",),
        cautions=(
            "The ball presses deep into the abdomen. If you are unsure, leave it out.",
            "If you feel a pulse under the ball, move it outward at once: a large artery runs there.",
            "Sharp or throbbing pain: take the ball away at once.",
            NERVE,
        ),
        not_for=(
            "you are pregnant",
            "you had abdominal surgery, or have a hernia or a bowel disease",
            "you have an aneurysm or a vascular disease, or take blood thinners",
            "you have osteoporosis",
            "you are unsure about any of these",
            *HIP,
        ),
        feel="Deep and dull, under the ball.",
        feel_not="Nothing sharp, throbbing or beating, and nothing down the leg.",
        effort="As much weight as lets you breathe calmly.",
        easier="Keep more weight on your forearms, or use a larger, softer ball.",
        harder="It is not meant to get harder. Stay up to 60 seconds.",
        check="The tender spot gets duller while you stay.",
        why="Pressure on a tender spot may ease tension; for the psoas this is practice, not proven [article].",
        aim="ease",
        default_on=False,
        careful=True,
        long_break=True,
    ),
    Routine(
        id=WALK,
        title="Stand up and walk",
        purpose="Breaks up the sitting without stretching anything, while stretches are put off because of pain.",
        sided=False,
        steps=(
            Step(text="Stand up, slowly.", cue="Let your arms hang.", seconds=10, picture="start"),
            Step(
                text="Walk, as far as the room or the corridor lets you.",
                cue="An easy pace, eyes far away.",
                seconds=180,
                hold=True,
                picture="end",
            ),
        ),
        cues=("No stretching for now: an easy walk is enough.",),
        cautions=("Sit down again if walking hurts.",),
        not_for=("walking hurts",),
        feel="Easy movement in hips and back.",
        feel_not="No pain. If walking hurts, sit down again.",
        effort="You could talk meanwhile.",
        easier="Stand for a while instead.",
        harder="Take the stairs.",
        check="You get up more easily after it than before.",
        why="Any movement in place of sitting counts; there is no safe number of minutes [who-2020].",
        aim="ease",
        default_on=False,
    ),
)

FALLBACK = next(routine for routine in CATALOGUE if routine.id == "glute-squeeze")
WALKING = next(routine for routine in CATALOGUE if routine.id == WALK)
TITLES = {routine.id: routine.title for routine in CATALOGUE}
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


def is_known(routine_id: str, own: Iterable[Routine]) -> bool:
    """Whether there is such a routine."""
    return routine_id in TITLES or any(routine.id == routine_id for routine in own)


def suggestion(
    turns: Mapping[str, int],
    ids: Iterable[str],
    own: Iterable[Routine] = (),
    *,
    read: Mapping[str, int] = MappingProxyType({}),
    hurt: bool = False,
    floor: bool = False,
    time_left: float = LONGEST,
    last: bool = False,
) -> Routine:
    """What a prompt suggests now: a walk while stretches are put off (`hurt`), else `choose` among the rotation.

    What needs care waits until its warnings were read (`read`: see State.read).
    """
    if hurt:
        return WALKING
    fitting = [routine for routine in rotation(ids, own) if not routine.careful or routine.is_read(read)]
    return choose(turns, fitting, fallback=FALLBACK, floor=floor, time_left=time_left, last=last)


def rotation(ids: Iterable[str], own: Iterable[Routine] = ()) -> tuple[Routine, ...]:
    """The routines that take turns, from their ids; raises errors.BadInput for one that does not exist."""
    own = tuple(own)
    return tuple(find(routine_id, own) for routine_id in ids)


def prompt_words(routine: Routine, sat_seconds: float) -> tuple[str, str]:
    """(title, body) of a prompt: how long the person has sat; the routine, its length and the first cue.

    The body can follow a colon, as in "Click to start: ...". A person's own title stays as it is written."""
    name = routine.title
    if routine in CATALOGUE:
        name = name[:1].lower() + name[1:]
    return (
        f"You've been sitting for {spelled(sat_seconds)}",
        f"{name}, {duration(routine.length)}. {routine.first_cue}",
    )
