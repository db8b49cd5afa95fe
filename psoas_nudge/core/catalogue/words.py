"""Sentences and steps that several routines share. Ids in square brackets are sources in evidence.py."""

from __future__ import annotations

from psoas_nudge.core.routines import Step

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
PSOAS = (
    "The psoas, your deepest hip flexor, is short and still while you sit; running and stress tighten it too [article]."
)
STRETCH_WHY = f"{PSOAS} The tuck is what stretches it [tilt-2024]."
STRENGTH_WHY = f"{PSOAS} Strength work adds as much range of motion as stretching [strength-2021]."


def tuck(cue: str, text: str = "Tuck your pelvis: tailbone down, belt buckle up.") -> Step:
    """The tuck of the pelvis before every hold."""
    return Step(text=text, cue=cue, seconds=6, again=True, picture="tuck")


def shift(cue: str) -> Step:
    """The move from the tuck into the stretch before every hold."""
    text = "Keep the tuck. Move your hips forward by a few finger-widths."
    return Step(text=text, cue=cue, seconds=4, again=True, picture="end")
