"""The keys of [[exceptions]] and [[stretch.routines]], and the values built from them."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

from psoas_nudge.config.kinds import Choice, FreeText, Pattern, Place, ReportMistake, Switch, Whole
from psoas_nudge.config.lists import Field, ListOf, Tables
from psoas_nudge.config.times import Date, Duration, Hours
from psoas_nudge.core.hours import DayException
from psoas_nudge.core.routines import MOST_REPS, SIDES, Aim, Routine, Step, problems
from psoas_nudge.core.words import capitalized

EXCEPTION_FIELDS = (
    Field("on", Date(), "The day, such as 2026-12-24."),
    Field("from", Date(), "The first of several days."),
    Field("to", Date(), "The last of several days."),
    Field(
        "hours",
        ListOf(Hours(), '["10:00-14:00"]'),
        "The hours of these days, instead of the usual ones. [] means no prompts.",
    ),
    Field("note", FreeText(200), "A note for yourself. `psoas-nudge preview` and `psoas-nudge explain` show it."),
)


def exception(values: dict[str, Any], at: Place, report: ReportMistake) -> DayException | None:
    """One entry: the days are given either by `on` or by `from` and `to`."""
    span = "from" in values and "to" in values
    if ("on" in values) == span or ("on" in values and ("from" in values or "to" in values)):
        report(at, "Set either on = 2026-12-24, or both from = 2026-12-24 and to = 2027-01-06.")
        return None
    first, last = (values["from"], values["to"]) if span else (values["on"], values["on"])
    if first > last:
        report((*at, "to"), f"The last day, {last}, is before the first, {first}. Swap the two dates.")
        return None
    return DayException(first, last, values.get("hours", ()), values.get("note", ""))


ID = r"[a-z0-9]+(-[a-z0-9]+)*"
PICTURE = Pattern(
    "the name of a picture",
    r"(?=.{1,200}$)[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}(/[A-Za-z0-9][A-Za-z0-9 ._-]{0,99})*\.(?i:png|svg)",
    "lunge.png",
)
STEP_FIELDS = (
    Field("text", FreeText(empty=False), "What to do.", required=True),
    Field("seconds", Duration(), "How long the step takes.", required=True),
    Field("cue", FreeText(), "A short reminder shown during the step."),
    Field("hold", Switch(), "Whether the step is a hold, which counts toward the weekly goal."),
    Field("reps", Whole(0, MOST_REPS), "How many times to repeat the movement. `seconds` is then the time for one."),
    Field("again", Switch(), "Whether to repeat the step before every hold, as you do with a tuck."),
    Field("picture", PICTURE, "The picture of the step: a PNG or SVG file in the folder of this file."),
    Field("returns_to", PICTURE, "The picture of the second half of each repetition."),
)
STEPS = '{ text = "Shift forward and hold.", seconds = "30s", hold = true }'

ROUTINE_FIELDS = (
    Field("id", Pattern("an id", ID, "my-stretch"), "A short name for stretch.rotation.", required=True),
    Field("title", FreeText(80, empty=False), "The name shown in prompts.", required=True),
    Field("purpose", FreeText(), "What it is good for."),
    Field(
        "steps",
        Tables(STEPS, STEP_FIELDS, lambda values, *_: Step(**values), least=1),
        "What to do, step by step.",
        required=True,
    ),
    Field("needs", ListOf(Choice("floor", "chair"), '["chair"]'), "What you need for it."),
    Field("sided", Switch(), "Whether to do it once for each side."),
    Field("repeats", Whole(1, 20), "How many times to do the holds on each side."),
    Field("rest", Duration(), "Rest between two repeats."),
    Field(
        "cues", ListOf(FreeText(), '["Tuck your pelvis first."]'), "Reminders. The first one is shown in the prompt."
    ),
    Field("cautions", ListOf(FreeText(), '["Stop if it hurts."]'), "When to stop."),
    Field(
        "not_for", ListOf(FreeText(), '["kneeling hurts your knee"]'), "Who should skip it or ask a professional first."
    ),
    Field("feel", FreeText(), "Where you should feel it."),
    Field("feel_not", FreeText(), "Where you should not feel it."),
    Field("effort", FreeText(), "How strong it should be."),
    Field("easier", FreeText(), "How to make it easier."),
    Field("harder", FreeText(), "How to make it harder."),
    Field("check", FreeText(), "How to tell that you are doing it right."),
    Field("why", FreeText(), "Why it helps, in one line."),
    Field("aim", Choice(*get_args(Aim)), "What it is for. Only holds of a stretch count toward the weekly goal."),
    Field("long_break", Switch(), "Whether to suggest it only before a long break."),
    Field("drawn_side", Choice(*SIDES), "The side that the pictures show. They are mirrored for the other."),
)


def routine(values: dict[str, Any], at: Place, report: ReportMistake) -> Routine:
    """A routine from the file; reports mistakes that would keep the guide from playing it."""
    made = Routine(**{"purpose": "", **values})
    for problem in problems(made):
        field, _, right = problem.partition(": ")
        place: Place = (*at, field.partition("[")[0])
        report(place, f"{capitalized(right)}.")
    return made


EXCEPTION_EXAMPLES = [
    {"on": date(2026, 12, 24), "hours": ["09:00-12:00"], "note": "Christmas Eve"},
    {"from": date(2026, 12, 25), "to": date(2027, 1, 6), "hours": [], "note": "Holiday"},
]
ROUTINE_EXAMPLES = [
    {
        "id": "my-lunge",
        "title": "My lunge",
        "steps": [
            {"text": "Kneel on one knee with a hand on the desk.", "seconds": "10s"},
            {"text": "Shift forward and hold.", "seconds": "40s", "hold": True},
        ],
        "needs": ["floor"],
        "repeats": 2,
        "cues": ["Tuck your pelvis first."],
    }
]
