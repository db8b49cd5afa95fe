"""`routines check|import|export|remove`: packs of routines with pictures."""

from __future__ import annotations

import os
from pathlib import Path

import click

from psoas_nudge import config, places
from psoas_nudge.cli.new_file import new_file
from psoas_nudge.config.packs import Pack, imported
from psoas_nudge.config.read import read_one
from psoas_nudge.control.client import ask
from psoas_nudge.control.messages import Reload
from psoas_nudge.core.durations import duration
from psoas_nudge.errors import ConfigInvalid, NoDaemon, PsoasNudgeError

FROM = click.Path(path_type=Path)


@click.command(epilog="Example: psoas-nudge routines check plan.zip")
@click.argument("pack", metavar="FOLDER|ZIP", type=FROM)
def check(pack: Path) -> None:
    """Check a pack of routines, and change nothing.

    A pack is a folder, or a zip of it, with pack.toml and pictures; see: psoas-nudge help packs
    """
    from psoas_nudge.packs.checking import check
    from psoas_nudge.packs.reading import zipped

    found = check(zipped(pack), str(pack)).pack
    click.echo(f"{_called(found)}. Nothing is wrong with it.")
    _list(found)


@click.command("import", epilog="Example: psoas-nudge routines import plan.zip")
@click.argument("pack", metavar="FOLDER|ZIP", type=FROM)
@click.pass_obj
def import_(config_file: Path | None, pack: Path) -> None:
    """Add the routines of a pack, with their pictures.

    The pack is checked first, as `check` does. See: psoas-nudge help packs
    """
    from psoas_nudge.packs import keeping
    from psoas_nudge.packs.checking import check
    from psoas_nudge.packs.reading import zipped

    settings = config.load(config_file, os.environ)
    checked = check(zipped(pack), str(pack))
    keeping.keep(checked, [routine.id for routine in settings.rules.routines])
    click.echo(f"Imported: {_called(checked.pack)}.")
    _list(checked.pack)
    ids = [routine.id for routine in checked.pack.routines]
    if "stretch.rotation" in settings.given:
        click.echo(f"To get them in prompts, add to stretch.rotation: {', '.join(ids)}.")
    else:
        click.echo("Prompts suggest them in turn from now on.")
    if not settings.rules.floor and any("floor" in routine.needs for routine in checked.pack.routines):
        click.echo("To get those on the floor too: psoas-nudge config set stretch.floor true")
    _reload()


@click.command(epilog="Examples: psoas-nudge routines export plan copy.zip; psoas-nudge routines export plan folder")
@click.argument("pack_id", metavar="ID")
@click.argument("to", metavar="ZIP|FOLDER", type=FROM)
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


@click.command(epilog="Example: psoas-nudge routines remove plan")
@click.argument("pack_id", metavar="ID")
@click.pass_obj
def remove(config_file: Path | None, pack_id: str) -> None:
    """Remove an imported pack. What you did with it stays in the journal."""
    from psoas_nudge.packs import keeping

    if used := sorted(_routines_of(pack_id) & set(_rotation(config_file))):
        raise PsoasNudgeError(
            f"stretch.rotation in your configuration names {', '.join(used)} of this pack. Nothing was removed. "
            f"First take {'it' if len(used) == 1 else 'them'} out: psoas-nudge config edit"
        )
    keeping.remove(pack_id)
    click.echo(f"Removed: {pack_id}.")
    _reload()


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


def _rotation(config_file: Path | None) -> list[str]:
    """The value of stretch.rotation, even if other lines of the file have mistakes."""
    nothing = ConfigInvalid(["The configuration has mistakes. List them: psoas-nudge config check"])
    found: list[str] = read_one("stretch.rotation", config_file, os.environ, nothing)
    return found


def _reload() -> None:
    """Make a running daemon read the routines again."""
    try:
        ask(Reload(), places.socket_file())
    except NoDaemon:
        return
