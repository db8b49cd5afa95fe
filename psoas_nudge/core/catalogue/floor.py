"""The routines on the floor: kneeling and lying."""

from __future__ import annotations

from psoas_nudge.core.catalogue.words import (
    HIP,
    KNEE,
    NERVE,
    SHARP,
    STRETCH_CHECK,
    STRETCH_EFFORT,
    STRETCH_FEEL,
    STRETCH_FEEL_NOT,
    STRETCH_WHY,
    shift,
    tuck,
)
from psoas_nudge.core.routines import Routine, Step

KNEELING = Routine(
    id="kneeling-hip-flexor",
    title="Kneeling hip-flexor stretch",
    purpose=(
        "The classic stretch of the psoas: a half-kneel on something soft. "
        "The study of the tuck used this position [tilt-2024]."
    ),
    needs=("floor",),
    steps=(
        Step(
            text="Kneel on this knee, on something soft, the other foot in front.",
            cue="The front knee is above its ankle, the back knee below the hip.",
            seconds=12,
            picture="start",
        ),
        tuck("Squeeze the buttock of the kneeling leg. Your lower back goes flat."),
        shift("Stop where the front of the hip begins to pull mildly."),
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
)

CHAIR_KNEELING = Routine(
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
        tuck("Squeeze the buttock of the kneeling leg. Your lower back goes flat."),
        shift("The hand keeps you steady; it does not pull."),
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
)

REST = Routine(
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
)

BALL = Routine(
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
)
