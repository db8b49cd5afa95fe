"""The `routines` commands: the stretches and exercises, and packs of them with pictures."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import click
import msgspec

from psoas_nudge import places
from psoas_nudge.cli.completion import routine_ids
from psoas_nudge.cli.output import columns, hanging, new_file, say
from psoas_nudge.config import load
from psoas_nudge.config.packs import Pack, imported
from psoas_nudge.config.read import read_one
from psoas_nudge.control.client import ask
from psoas_nudge.control.messages import Reload
from psoas_nudge.core.catalogue import CATALOGUE, REVIEWED, find
from psoas_nudge.core.durations import duration
from psoas_nudge.core.evidence import SOURCES, WHY
from psoas_nudge.core.routines import SIDES, Routine, Side, Step
from psoas_nudge.core.words import times
from psoas_nudge.errors import BadInput, ConfigInvalid, NoDaemon, PsoasNudgeError
from psoas_nudge.guide.figures import in_terminal, sheet

if TYPE_CHECKING:
    from psoas_nudge.packs.checking import Checked

PACK = click.Path(path_type=Path)
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
    say(in_full(routine))
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


@routines.command(epilog="Example: psoas-nudge routines check plan.zip")
@click.argument("pack", metavar="FOLDER|ZIP", type=PACK)
def check(pack: Path) -> None:
    """Check a pack of routines, and change nothing.

    A pack is a folder, or a zip of it, with pack.toml and pictures; see: psoas-nudge help packs
    """
    found = _checked(pack).pack
    click.echo(f"{_called(found)}. Nothing is wrong with it.")
    _list(found)


@routines.command("import", epilog="Example: psoas-nudge routines import plan.zip")
@click.argument("pack", metavar="FOLDER|ZIP", type=PACK)
@click.pass_obj
def import_(config_file: Path | None, pack: Path) -> None:
    """Add the routines of a pack, with their pictures.

    The pack is checked first, as `check` does. See: psoas-nudge help packs
    """
    from psoas_nudge.packs import keeping

    settings = load(config_file, os.environ)
    checked = _checked(pack)
    keeping.keep(checked, [routine.id for routine in settings.rules.routines])
    click.echo(f"Imported: {_called(checked.pack)}.")
    _list(checked.pack)
    ids = [routine.id for routine in checked.pack.routines]
    if "stretch.rotation" in settings.given:
        click.echo(f"To get them in prompts, add to stretch.rotation: {', '.join(ids)}.")
    else:
        click.echo("Prompts suggest them in turn from now on.")
    if not settings.rules.floor and any("floor" in routine.needs for routine in checked.pack.routines):
        say("To get those on the floor too: psoas-nudge config set stretch.floor true")
    _reload()


@routines.command(epilog="Examples: psoas-nudge routines export plan copy.zip; psoas-nudge routines export plan folder")
@click.argument("pack_id", metavar="ID")
@click.argument("to", metavar="ZIP|FOLDER", type=PACK)
def export(pack_id: str, to: Path) -> None:
    """Write an imported pack to a new zip or folder, byte for byte."""
    from psoas_nudge.packs import keeping

    if to.suffix.lower() != ".zip":
        keeping.export(pack_id, to)
    else:
        data = keeping.original(pack_id)
        with new_file(to) as out:
            out.write(data)
    click.echo(f"Written: {to}")


@routines.command(epilog="Example: psoas-nudge routines remove plan")
@click.argument("pack_id", metavar="ID")
@click.pass_obj
def remove(config_file: Path | None, pack_id: str) -> None:
    """Remove an imported pack. What you did with it stays in the journal."""
    from psoas_nudge.packs import keeping

    # read even if other lines of the file have mistakes
    nothing = ConfigInvalid(["The configuration has mistakes. List them: psoas-nudge config check"])
    rotation = read_one("stretch.rotation", config_file, os.environ, nothing)
    if used := sorted(_routines_of(pack_id).intersection(rotation)):
        raise PsoasNudgeError(
            f"stretch.rotation in your configuration names {', '.join(used)} of this pack. Nothing was removed. "
            f"First take {'it' if len(used) == 1 else 'them'} out: psoas-nudge config edit"
        )
    keeping.remove(pack_id)
    click.echo(f"Removed: {pack_id}.")
    _reload()


def _checked(pack: Path) -> Checked:
    from psoas_nudge.packs.checking import check, zipped

    return check(zipped(pack), str(pack))


def _called(pack: Pack) -> str:
    return f"{pack.title} ({pack.id}){f', by {pack.by}' if pack.by else ''}"


def _list(pack: Pack) -> None:
    for routine in pack.routines:
        click.echo(f"  {routine.id}  {routine.title}, {duration(routine.length)}")


def _routines_of(pack_id: str) -> set[str]:
    """The ids of its routines; empty for an unreadable pack, which can then still be removed."""
    try:
        packs = imported(places.packs_directory())
    except ConfigInvalid:
        return set()
    return {routine.id for pack in packs if pack.id == pack_id for routine in pack.routines}


def _reload() -> None:
    """Make a running daemon read the routines again."""
    with suppress(NoDaemon):
        ask(Reload(), places.socket_file())


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
