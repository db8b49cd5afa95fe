"""The keys of [[exceptions]] and [[stretch.routines]], and what is made of them."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

from psoas_nudge.config.kinds import Choice, Date, Duration, Hours, Pattern, Place, Report, Switch, Text, Whole, nearest
from psoas_nudge.config.lists import Field, ListOf, Tables
from psoas_nudge.core.hours import DayException
from psoas_nudge.core.routines import MOST_REPS, Aim, Routine, Step, problems

EXCEPTION_FIELDS = (
    Field("on", Date(), "The day, a date without quotes."),
    Field("from", Date(), "The first day of a span, ..."),
    Field("to", Date(), "... and its last day."),
    Field(
        "hours", ListOf(Hours(), '["10:00-14:00"]'), "The ranges of these days in place of the week's; [] closes them."
    ),
    Field("note", Text(200), "Why; it is shown in preview and explain."),
)


def exception(values: dict[str, Any], at: Place, report: Report) -> DayException | None:
    """The days with other hours; either `on`, or `from` and `to`, say which days."""
    span = "from" in values and "to" in values
    if ("on" in values) == span or ("on" in values and ("from" in values or "to" in values)):
        report(at, "Say which days: either on = 2026-12-24, or from = 2026-12-24 and to = 2027-01-06.")
        return None
    first, last = (values["from"], values["to"]) if span else (values["on"], values["on"])
    if first > last:
        report((*at, "to"), f"The span ends on {last}, before it begins on {first}. Exchange the two dates.")
        return None
    return DayException(first, last, values.get("hours", ()), values.get("note", ""))


def step(values: dict[str, Any], at: Place, report: Report) -> Step:  # noqa: ARG001 - the form that Tables calls
    """One step of a routine."""
    return Step(**values)


STEP_FIELDS = (
    Field("text", Text(empty=False), "What to do.", required=True),
    Field("seconds", Duration(), "How long it takes.", required=True),
    Field("cue", Text(), "The one thing to keep in mind meanwhile."),
    Field("hold", Switch(), "Whether its seconds count as held."),
    Field("reps", Whole(0, MOST_REPS), "How often the movement is made; seconds is then for one."),
    Field("again", Switch(), "Done before every hold, like a tuck, instead of once a side."),
)
STEPS = '{ text = "Shift forward and hold.", seconds = "30s", hold = true }'

ROUTINE_FIELDS = (
    Field(
        "id", Pattern("an id", r"[a-z0-9]+(-[a-z0-9]+)*", "my-stretch"), "A short name for the rotation.", required=True
    ),
    Field("title", Text(80, empty=False), "What a prompt calls it.", required=True),
    Field("purpose", Text(), "What it is good for."),
    Field("steps", Tables(STEPS, STEP_FIELDS, step, least=1), "What to do, in order.", required=True),
    Field("needs", ListOf(Choice("floor", "chair"), '["chair"]'), "What has to be there."),
    Field("sided", Switch(), "Done on one side, then on the other."),
    Field("repeats", Whole(1, 20), "How often the holds are done on each side."),
    Field("rest", Duration(), "The rest between two repeats."),
    Field(
        "cues", ListOf(Text(), '["Tuck the pelvis first."]'), "What to keep in mind; the first stands in the prompt."
    ),
    Field("cautions", ListOf(Text(), '["Stop if it hurts."]'), "When to stop."),
    Field("not_for", ListOf(Text(), '["kneeling hurts your knee"]'), "Who should leave it out or ask first."),
    Field("feel", Text(), "Where it is felt, ..."),
    Field("feel_not", Text(), "... and where not."),
    Field("effort", Text(), "How strong it is."),
    Field("easier", Text(), "How to make it easier."),
    Field("harder", Text(), "How to make it harder."),
    Field("check", Text(), "How to know that it is right."),
    Field("why", Text(), "The reason, in one line."),
    Field("aim", Choice(*get_args(Aim)), "Only holds of a stretch count toward the weekly dose."),
    Field("long_break", Switch(), "Only before a long break."),
)


def routine(values: dict[str, Any], at: Place, report: Report) -> Routine:
    """A routine of the person's own; what the guide could not play is reported."""
    made = Routine(**{"purpose": "", **values})
    for problem in problems(made):
        field, _, right = problem.partition(": ")
        place: Place = (*at, field.partition("[")[0])
        report(place, f"{right[:1].upper()}{right[1:]}.")
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
            {"text": "Kneel on one knee, hand on the desk.", "seconds": "10s"},
            {"text": "Shift forward and hold.", "seconds": "40s", "hold": True},
        ],
        "needs": ["floor"],
        "repeats": 2,
        "cues": ["Tuck the pelvis first."],
    }
]


def unknown_routine(routine_id: str, known: dict[str, Any]) -> str:
    """What to say of an id in the rotation that no routine has."""
    return f'There is no routine "{routine_id}".{nearest(routine_id, known) or " See: psoas-nudge routines"}'
