"""`routines`: the catalogue and the person's own, in a list or one in full."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill

import click
import msgspec

from psoas_nudge.cli.candidates import routine_ids
from psoas_nudge.core.catalogue import CATALOGUE, find
from psoas_nudge.core.durations import duration
from psoas_nudge.core.routines import Routine
from psoas_nudge.guide.opening import load_settings


@click.group(
    invoke_without_command=True, epilog="Examples: psoas-nudge routines; psoas-nudge routines show standing-hip-flexor"
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line; lengths in seconds.")
@click.pass_context
def routines(ctx: click.Context, as_json: bool) -> None:
    """The routines there are; * marks those that take turns in prompts.

    Those that need the floor take turns when the setting stretch.floor is on.
    """
    if ctx.invoked_subcommand:
        return
    rules = load_settings(ctx.obj).rules
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
        print(f"{mark} {routine.id:{width}}  {routine.title}, {duration(routine.length)}{needs}")


@routines.command(epilog="Example: psoas-nudge routines show standing-hip-flexor")
@click.argument("routine_id", metavar="ID", shell_complete=routine_ids)
@click.pass_obj
def show(config_file: Path | None, routine_id: str) -> None:
    """One routine in full: what to do, for how long, and when to stop."""
    print(_in_full(find(routine_id, load_settings(config_file).rules.routines)))


def _in_full(routine: Routine) -> str:
    sides = "left, then right" if routine.sided else "both sides at once"
    times = f", {routine.repeats} times" if routine.repeats > 1 else ""
    lines = [
        f"{routine.title} ({routine.id})",
        fill(routine.purpose, 90),
        "",
        f"{duration(routine.length)} in all, {sides}{times}. Needs: {' and '.join(routine.needs) or 'nothing'}.",
        "",
    ]
    for number, step in enumerate(routine.steps, 1):
        held = "hold " if step.hold else ""
        lines.append(fill(f"{number}. {step.text} {step.cue}".rstrip() + f" ({held}{step.seconds:g} s)", 90))
    lines += ["", *(fill(f"- {cue}", 90) for cue in routine.cues), *(fill(f"! {c}", 90) for c in routine.cautions)]
    if not routine.stretches:
        lines += ["", "Its seconds are no part of the weekly dose: it does not lengthen the hip flexors."]
    return "\n".join(lines)
