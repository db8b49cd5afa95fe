"""The `routines` commands."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from textwrap import fill

import click
import msgspec

from psoas_nudge.cli import packs
from psoas_nudge.cli.candidates import routine_ids
from psoas_nudge.cli.width import columns, hanging
from psoas_nudge.config import load
from psoas_nudge.core.catalogue import CATALOGUE, REVIEWED, find
from psoas_nudge.core.durations import duration
from psoas_nudge.core.evidence import SOURCES, WHY
from psoas_nudge.core.routines import SIDES, Routine, Side, Step
from psoas_nudge.core.words import times
from psoas_nudge.errors import BadInput
from psoas_nudge.guide.figures import in_terminal, sheet

PICTURE = (60, 16)
"""(columns, lines) of the picture in `routines show`."""


@click.group(
    invoke_without_command=True, epilog="Examples: psoas-nudge routines; psoas-nudge routines show standing-hip-flexor"
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line, with lengths in seconds.")
@click.pass_context
def routines(ctx: click.Context, as_json: bool) -> None:
    """List the stretches and exercises. A * marks those that prompts suggest in turn.

    Prompts suggest those on the floor only if you set stretch.floor to true.
    """
    if ctx.invoked_subcommand:
        return
    rules = load(ctx.obj, os.environ).rules
    own = {routine.id for routine in rules.routines}
    every = [*(routine for routine in CATALOGUE if routine.id not in own), *rules.routines]
    if as_json:
        for routine in every:
            print(msgspec.json.encode(routine).decode())
        return
    width = max(len(routine.id) for routine in every)
    for routine in every:
        mark = "*" if routine.id in rules.rotation and (rules.floor or "floor" not in routine.needs) else " "
        needs = f", needs {' and '.join(routine.needs)}" if routine.needs else ""
        source = f", from the pack {routine.pack}" if routine.pack else ""
        about = f"{routine.title}, {duration(routine.length)}{needs}{source}"
        print(hanging(f"{mark} {routine.id:{width}}  ", about, columns()))


@routines.command(epilog="Example: psoas-nudge routines show standing-hip-flexor")
@click.argument("routine_id", metavar="ID", shell_complete=routine_ids)
@click.pass_obj
def show(config_file: Path | None, routine_id: str) -> None:
    """Show one in full: what to do, for how long, and when to stop; in a terminal with its picture."""
    routine = find(routine_id, load(config_file, os.environ).rules.routines)
    print(in_full(routine))
    if sys.stdout.isatty() and (sys.stdout.encoding or "").lower().startswith("utf"):
        print("\n" + "\n".join(in_terminal(routine, routine.picture, "right" if routine.sided else None, PICTURE)))


@routines.command(epilog="Example: psoas-nudge routines picture kneeling-hip-flexor > stretch.svg")
@click.argument("routine_id", metavar="ID", shell_complete=routine_ids)
@click.option("--side", type=click.Choice(SIDES), default="right", show_default=True, help="The side to draw.")
@click.pass_obj
def picture(config_file: Path | None, routine_id: str, side: Side) -> None:
    """Print the drawings of one routine as an SVG picture."""
    routine = find(routine_id, load(config_file, os.environ).rules.routines)
    if not routine.picture:
        raise BadInput(f"{routine.title} has no pictures.")
    print(sheet(routine, side if routine.sided else None))


@routines.command(epilog="Example: psoas-nudge routines why")
def why() -> None:
    """Explain what sitting does to the psoas. Also what is known for and against stretching it, with all sources."""
    for paragraph in WHY:
        print(fill(" ".join(paragraph.split()), 90) + "\n")
    print(REVIEWED + "\n\nSources")
    for source in SOURCES:
        against = "Against. " if source.speaks == "against" else ""
        text = f"[{source.id}] {source.cite}. {against}{source.finding} ({source.limit})."
        print(fill(text, 90, subsequent_indent="    "))
        if source.url:
            print(f"    {source.url}")


for command in (packs.check, packs.import_, packs.export, packs.remove):
    routines.add_command(command)


def in_full(routine: Routine) -> str:
    """The routine as text for the terminal."""
    sides = "first left, then right" if routine.sided else "both sides at once"
    repeats = f", {times(routine.repeats)}{' on each side' * routine.sided}" if routine.repeats > 1 else ""
    lines = [
        f"{routine.title} ({routine.id})",
        fill(routine.purpose, 90),
        *([fill(routine.why, 90)] if routine.why else []),
        "",
        f"{duration(routine.length)} in all: {sides}{repeats}. Needs: {' and '.join(routine.needs) or 'nothing'}.",
        *([f"From the pack {routine.pack}."] if routine.pack else []),
    ]
    if routine.not_for:
        lines += ["", "Skip it, or ask a physiotherapist or doctor first, if"]
        lines += [fill(f"- {reason}", 90, subsequent_indent="  ") for reason in routine.not_for]
    lines.append("")
    for number, step in enumerate(routine.steps, 1):
        lines.append(fill(f"{number}. {step.text} {step.cue}".rstrip() + f" ({_time(step, routine)})", 90))
    facts = {
        "Feel it": f"{routine.feel} {routine.feel_not}".strip(),
        "How strong": routine.effort,
        "Easier": routine.easier,
        "Harder": routine.harder,
        "How to check": routine.check,
    }
    lines += ["", *(fill(f"{name}: {text}", 90, subsequent_indent="  ") for name, text in facts.items() if text)]
    lines += ["", *(fill(f"- {cue}", 90) for cue in routine.cues), *(fill(f"! {c}", 90) for c in routine.cautions)]
    if routine.careful:
        lines += [
            "",
            "Prompts suggest it only if you add it to stretch.rotation and have read its warnings. To read them:",
            f"psoas-nudge stretch {routine.id}",
        ]
    if routine.aim != "stretch":
        lines += ["", "It does not count toward the weekly goal, because it does not stretch the hip flexors."]
    if routine in CATALOGUE:
        lines += ["", REVIEWED]
    return "\n".join(lines)


def _time(step: Step, routine: Routine) -> str:
    if step.reps:
        return f"{times(step.reps)}, {step.seconds:g} s each"
    held = "hold " if step.hold and routine.aim != "ease" else ""
    return f"{held}{duration(step.seconds)}{', before every hold' if step.again else ''}"
