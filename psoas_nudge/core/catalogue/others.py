"""Strength exercises, rest, pressure and walking."""

from __future__ import annotations

from psoas_nudge.core.catalogue.stretches import HIP, NERVE, PSOAS, SHARP, hold, start, tuck
from psoas_nudge.core.routines import WALK, Aim, Routine, Step


class HipStrength(Routine, frozen=True, kw_only=True):
    """Lifting the leg, where it says nothing else."""

    rest: float = 0
    cautions: tuple[str, ...] = ("Keep a hand on the desk so that you stand safely on one leg.", SHARP, NERVE)
    not_for: tuple[str, ...] = HIP
    feel: str = "The muscles at the front of the lifted hip work, and so does the buttock of the leg you stand on."
    effort: str = "The last two are hard work, but you could still do two more."
    why: str = f"{PSOAS} Strength exercises improve how far you can move as much as stretching does [strength-2021]."
    aim: Aim = "strength"


MARCH = HipStrength(
    id="standing-march",
    title="Standing psoas march",
    purpose="Strengthens the psoas [practice]: lift one knee slowly to hip height, next to your desk.",
    steps=(
        start(
            8,
            "Stand up straight next to the desk, with one hand on it.",
            "Put your weight on the other leg. This leg will do the work.",
        ),
        Step(
            text="Lift your knee to hip height, then lower it again. Take two seconds each way.",
            cue="Stay upright. Keep your chest above your hips.",
            seconds=4,
            reps=8,
            picture="end",
            returns_to="start",
        ),
    ),
    cues=("Lift the knee slowly, and don't lean back.", "Lower it as slowly as you lift it."),
    feel_not="No pinch in the groin and no pull in the lower back. If you feel one, lift the knee less.",
    easier="Lift the knee halfway, or rest with both feet on the floor between lifts.",
    harder="Hold the knee up for three seconds, do 12, or press down on the thigh with your hand.",
    check="Only your leg moves. The rest of your body stays still.",
)

RAISE = HipStrength(
    id="split-stance-raise",
    title="Split-stance knee raise",
    purpose="Strengthens the psoas from a stretched position, and the buttock of the leg you stand on [practice].",
    steps=(
        start(
            8,
            "Stand next to the desk, with one hand on it. Step back with this leg, and lift its heel.",
            "Keep most of your weight on the front leg.",
        ),
        tuck("Squeeze the buttock of the back leg."),
        Step(
            text="Bring your back knee forward and up to hip height. Then put the foot back again.",
            cue="Two seconds up, three seconds back. Stay upright.",
            seconds=5,
            reps=8,
            picture="end",
            returns_to="tuck",
        ),
    ),
    cues=(
        "Bring your back knee forward and up slowly.",
        "Put the foot down behind you without arching your back.",
    ),
    feel_not="No pinch in the groin and no pull in the lower back. If you feel one, lift less and step back less.",
    easier="Touch the floor next to your other foot first, then step back.",
    harder="Do 12, or hold the knee up for three seconds.",
    check="Your belt stays level the whole time.",
)

SQUEEZE = Routine(
    id="glute-squeeze",
    title="Glute squeeze, standing tall",
    purpose="Strengthens the buttocks, which pull against the psoas [practice]. You can do it anywhere.",
    sided=False,
    steps=(
        start(6, "Stand up with your feet as far apart as your hips.", "Put your weight on both feet."),
        hold(10, "Squeeze both buttocks and stand tall.", "Tailbone down. Relax your jaw and keep breathing."),
    ),
    repeats=3,
    rest=5,
    cues=("Stand up tall and squeeze both buttocks. Nobody will notice.",),
    cautions=(SHARP,),
    not_for=HIP[1:2],
    feel="Both buttocks are firm.",
    feel_not="Not in the lower back. If you feel it there, squeeze less and tuck more.",
    effort="About half as hard as you can.",
    easier="Squeeze for five seconds.",
    harder="Squeeze one side at a time.",
    check="You get a little taller, and your lower back gets flat.",
    why="The buttocks and the psoas pull the pelvis in opposite directions. Squeezing helps you tuck [practice].",
    aim="strength",
    default_on=False,
)

REST = Routine(
    id="constructive-rest",
    title="Constructive rest",
    purpose="Relaxes the psoas. You lie on your back with your knees bent, and rest.",
    needs=("floor",),
    sided=False,
    steps=(
        start(
            20,
            "Lie on your back and bend your knees. Put your feet flat on the floor, as far apart as your hips.",
            "Move your feet until your legs stay up without effort.",
        ),
        Step(
            text="Put your arms at your sides, with the palms up.",
            cue="Let your back keep its natural curve. Don't press it down.",
            seconds=10,
            picture="end",
        ),
        hold(
            300,
            "Rest and breathe slowly. With each breath, your belly and lower ribs get wider.",
            "You don't have to stretch. Lying here is enough.",
        ),
    ),
    cues=("Find a quiet place on the floor. This one is for a long break.",),
    cautions=("Roll on to your side before you get up.", SHARP),
    not_for=("you are late in pregnancy: lie on your side instead",),
    feel="Your weight on the floor, and your breath in the belly and lower ribs.",
    feel_not="No pull and no pain anywhere.",
    effort="No effort at all.",
    easier="Put a book under your head, or put your lower legs on a chair.",
    harder="It does not have to be harder. You can stay for ten minutes.",
    check="After a few breaths, your legs stay up without effort.",
    why="The psoas is tied to the diaphragm, the muscle you breathe with. Slow breaths and rest relax both [article].",
    aim="ease",
    long_break=True,
)

BALL = Routine(
    id="ball-release",
    title="Ball release of the psoas",
    purpose="Steady pressure on a sore spot, for people who know this technique and want it.",
    needs=("floor",),
    steps=(
        start(
            20,
            "Lie face down. Put the ball on this side, next to your navel, a little lower than the hip bones.",
            "Lean on your forearms. If you feel a pulse under the ball, move the ball outward at once.",
        ),
        start(
            10,
            "Move a little until you find the spot that is most sore.",
            "Take your time. If you feel a pulse under the ball, move the ball outward at once.",
        ),
        hold(
            45,
            "Stay there, and let your weight sink on to the ball.",
            "Only a deep, dull feeling is right. If it is sharp or throbbing, move the ball at once.",
        ),
    ),
    cues=("Only a deep, dull feeling is right. If you feel anything else, move the ball at once.",),
    cautions=(
        "The ball presses deep into the abdomen. If you are unsure, leave it out.",
        "If you feel a pulse under the ball, move the ball outward at once. A large artery is there.",
        "If you feel sharp or throbbing pain, take the ball away at once.",
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
    feel="A deep, dull feeling under the ball.",
    feel_not="Nothing sharp or throbbing, no pulse, and nothing down the leg.",
    effort="Only as much weight as still lets you breathe calmly.",
    easier="Keep more weight on your forearms, or use a larger, softer ball.",
    harder="It does not have to be harder. You can stay for up to 60 seconds.",
    check="The spot gets less sore while you stay.",
    why="Pressure on a sore spot may reduce tension. For the psoas this is not proven [article].",
    aim="ease",
    default_on=False,
    careful=True,
    long_break=True,
)

WALKING = Routine(
    id=WALK,
    title="Stand up and walk",
    purpose="A break from sitting without any stretching. Prompts suggest it after you report pain.",
    sided=False,
    steps=(
        start(10, "Stand up slowly.", "Let your arms hang."),
        hold(
            180,
            "Walk around the room or along the corridor.",
            "Walk at an easy pace, and look into the distance.",
        ),
    ),
    cues=("No stretching for now. An easy walk is enough.",),
    cautions=("Sit down again if walking hurts.",),
    not_for=("walking hurts",),
    feel="Your hips and back move easily.",
    feel_not="No pain. If walking hurts, sit down again.",
    effort="You can talk while you walk.",
    easier="Stand for a while instead.",
    harder="Take the stairs.",
    check="You move more easily after the walk than before.",
    why="Any movement instead of sitting helps. No number of minutes is known to be safe [who-2020].",
    aim="ease",
    default_on=False,
)
