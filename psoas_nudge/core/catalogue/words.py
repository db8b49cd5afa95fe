"""Sentences and steps that several routines share. Ids in square brackets are sources in evidence.py."""

from __future__ import annotations

from psoas_nudge.core.routines import Step

SHARP = "Stop at once if you feel sharp or throbbing pain."
NERVE = "If pain shoots or spreads down your leg, don't stretch. See a physiotherapist or doctor."

HIP = (
    "you have pain at the front of the hip or in the groin, or the hip pinches, catches or snaps",
    "you have an artificial hip, or had hip or spine surgery in the last few months",
    "you have a hernia in the groin",
    "you have pins and needles or numbness in a leg",
)
KNEE = "kneeling hurts your knee"

STRETCH_FEEL = "A pull at the front of the hip and in the upper thigh of the back leg."
STRETCH_FEEL_NOT = (
    "Not in the lower back, the knee or deep in the groin. "
    "If you feel it there, stretch less and tuck again. If it stays, stop."
)
STRETCH_EFFORT = "A mild to moderate pull that stays the same. Don't bounce."
STRETCH_CHECK = "The pull begins when you tuck, before you move forward. Your lower back stays flat and does not move."
PSOAS = (
    "The psoas, your deepest hip flexor, is short and still while you sit. "
    "Running and stress also make it tight [article]."
)
STRETCH_WHY = f"{PSOAS} The tuck is what stretches it [tilt-2024]."
STRENGTH_WHY = f"{PSOAS} Strength exercises improve how far you can move as much as stretching does [strength-2021]."


def tuck(cue: str, text: str = "Tuck your pelvis: tailbone down, belt buckle up.") -> Step:
    """The step before every hold. Without the tuck, the hip flexors are hardly stretched [tilt-2024]."""
    return Step(text=text, cue=cue, seconds=6, again=True, picture="tuck")


def shift(cue: str) -> Step:
    """The step from the tuck into the stretched position, before every hold."""
    text = "Keep the tuck. Move your hips forward a little, by a few centimetres."
    return Step(text=text, cue=cue, seconds=4, again=True, picture="end")
