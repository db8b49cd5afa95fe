"""The stretches of the front of the hip, and the warnings and steps that all routines share."""

from __future__ import annotations

from psoas_nudge.core.routines import Routine, Step

SHARP = "Stop at once if you feel sharp or throbbing pain."
NERVE = "If pain shoots or spreads down your leg, don't stretch. See a physiotherapist or doctor."
HIP = (
    "you have pain at the front of the hip or in the groin, or the hip pinches, catches or snaps",
    "you have an artificial hip, or had hip or spine surgery in the last few months",
    "you have a hernia in the groin",
    "you have pins and needles or numbness in a leg",
)
KNEE = "kneeling hurts your knee"
PSOAS = (
    "The psoas, your deepest hip flexor, is short and still while you sit. "
    "Running and stress also make it tight [article]."
)


def start(seconds: float, text: str, cue: str) -> Step:
    """A step on the way into the position."""
    return Step(text=text, cue=cue, seconds=seconds, picture="start")


def tuck(cue: str, text: str = "Tuck your pelvis: tailbone down, belt buckle up.") -> Step:
    """The step before every hold. Without the tuck, the hip flexors are hardly stretched [tilt-2024]."""
    return Step(text=text, cue=cue, seconds=6, again=True, picture="tuck")


def shift(cue: str) -> Step:
    """The step from the tuck into the stretched position, before every hold."""
    text = "Keep the tuck. Move your hips forward a little, by a few centimetres."
    return Step(text=text, cue=cue, seconds=4, again=True, picture="end")


def hold(seconds: float, text: str, cue: str) -> Step:
    """The step whose seconds count."""
    return Step(text=text, cue=cue, seconds=seconds, hold=True, picture="end")


class HipStretch(Routine, frozen=True, kw_only=True):
    """A stretch of the front of the hip, where it says nothing else."""

    not_for: tuple[str, ...] = HIP
    feel: str = "A pull at the front of the hip and in the upper thigh of the back leg."
    feel_not: str = (
        "Not in the lower back, the knee or deep in the groin. "
        "If you feel it there, stretch less and tuck again. If it stays, stop."
    )
    effort: str = "A mild to moderate pull that stays the same. Don't bounce."
    check: str = "The pull begins when you tuck, before you move forward. Your lower back stays flat and does not move."
    why: str = f"{PSOAS} The tuck is what stretches it [tilt-2024]."


STANDING = HipStretch(
    id="standing-hip-flexor",
    title="Standing hip-flexor stretch",
    purpose="A standing stretch for the front of the hip. Works in office clothes, next to any desk.",
    steps=(
        start(
            8,
            "Put one hand on the desk. Take a short step back with this leg, and lift its heel.",
            "Bend both knees a little. Both feet point forward.",
        ),
        tuck("Squeeze the buttock of the back leg. Your lower back gets flat."),
        shift("Stop when you feel a mild pull at the front of your hip."),
        hold(30, "Hold, and keep the tuck.", "Feel a mild pull at the front of the hip. Breathe into your belly."),
    ),
    repeats=2,
    cues=("Tuck your pelvis, then shift forward.", "If your lower back arches, the stretch misses the psoas."),
    cautions=("Keep a hand on the desk if you might lose your balance.", SHARP, NERVE),
    easier="Take a shorter step, and stop after the tuck. That is already a stretch.",
    harder="Bend the back knee more, or raise the arm of the same side.",
)

CHAIR_EDGE = HipStretch(
    id="chair-edge-hip-flexor",
    title="Chair-edge hip-flexor stretch",
    purpose="Stretches one hip at a time while the chair carries your weight.",
    needs=("chair",),
    steps=(
        Step(
            text="Sit sideways on the front of the chair, with the other thigh on the seat and this leg off it.",
            cue="Push a chair with wheels against the desk. Raise the seat if you can.",
            seconds=12,
            picture="seat",
        ),
        start(8, "Pull your free foot back under you, and lift its heel.", "Your knee points down, next to the seat."),
        tuck(
            "Squeeze the buttock of the free leg. Your lower back gets flat.",
            "Tuck your pelvis: tailbone under, belt buckle up.",
        ),
        hold(30, "Hold the tuck and sit up taller.", "Feel a mild pull at the front of the free hip. Breathe slowly."),
    ),
    repeats=2,
    rest=5,
    cues=("Sit with one leg off the seat, then tuck your pelvis.", "Sit up taller. Don't lean back."),
    cautions=("Make sure that the chair cannot roll away.", SHARP, NERVE),
    feel="A pull at the front of the hip and in the upper thigh of the free leg.",
    easier="Keep your foot further forward.",
    harder="Pull your foot further back, but only if you can keep the tuck.",
)

KNEELING = HipStretch(
    id="kneeling-hip-flexor",
    title="Kneeling hip-flexor stretch",
    purpose="The classic stretch for the psoas. You kneel on one knee, as in the study of the tuck [tilt-2024].",
    needs=("floor",),
    steps=(
        start(
            12,
            "Kneel on this knee, on something soft. Put the other foot in front of you.",
            "Your front knee is above the ankle. Your back knee is under the hip.",
        ),
        tuck("Squeeze the buttock of the kneeling leg. Your lower back gets flat."),
        shift("Stop when you feel a mild pull at the front of your hip."),
        hold(25, "Hold, and keep the tuck.", "Feel a mild pull at the front of the hip. Breathe deep into your belly."),
    ),
    repeats=3,
    cues=(
        "Kneel on something soft, tuck, then shift forward.",
        "If your lower back arches, the stretch misses the psoas.",
    ),
    cautions=(SHARP, NERVE),
    not_for=(*HIP, KNEE, "you lose your balance without something to hold on to"),
    easier="Stop after the tuck. That is already a stretch.",
    harder="Raise the arm on the kneeling side, and lean a little to the other side.",
)

CHAIR_KNEELING = HipStretch(
    id="chair-kneeling-hip-flexor",
    title="Half-kneel with a hand on the chair",
    purpose="The kneeling stretch with something to hold on to.",
    needs=("floor", "chair"),
    steps=(
        start(
            12,
            "Kneel on this knee, on something soft. Put the other foot in front of you, and a hand on a chair.",
            "Push the chair against the wall or the desk first.",
        ),
        tuck("Squeeze the buttock of the kneeling leg. Your lower back gets flat."),
        shift("Use your hand for balance. Don't pull with it."),
        hold(30, "Hold, and keep the tuck.", "Feel a mild pull at the front of the hip. Breathe slowly."),
    ),
    repeats=2,
    cues=("One hand on the chair. Tuck, then shift forward.", "Move your hips, not your shoulders."),
    cautions=("Push a chair with wheels against the wall or the desk.", SHARP, NERVE),
    not_for=(*HIP, KNEE),
    easier="Stop after the tuck. That is already a stretch.",
    harder="Take the hand off the chair.",
)
