"""The `autostart` commands."""

from __future__ import annotations

from pathlib import Path

import click

from psoas_nudge.autostart import application, chooser
from psoas_nudge.autostart.port import Computer, Found, Way
from psoas_nudge.cli.output import say
from psoas_nudge.cli.running import running
from psoas_nudge.errors import Unavailable
from psoas_nudge.system import command_line


@click.group()
def autostart() -> None:
    """Turn starting at login on or off, and see what is set up.

    \b
    Example:  psoas-nudge autostart enable
    """


@autostart.command()
@click.option(
    "--way",
    type=click.Choice([way.name for way in chooser.WAYS]),
    help="How to start at login. The default is the best way that works here.",
)
@click.pass_obj
def enable(config: Path | None, way: str | None) -> None:
    """Start at every login. Run it again after you moved the program.

    \b
    Example:  psoas-nudge autostart enable --way xdg
    """
    done = chooser.enable(Computer(), chooser.command(config), way)
    for reason in done.passed_over:
        if done.way.name == "xdg" and reason.startswith("systemd"):
            click.echo(f"psoas-nudge cannot use a {reason}.")
    for other in done.removed:
        click.echo(f"Removed: {other.title}, because with both psoas-nudge would start twice.")
    found = done.way.find(Computer(), chooser.command(config))
    place = found.place if found else ""
    click.echo(f"{'Set up' if done.changed else 'Already set up'}: {done.way.title} {place}")
    if not (found and _runs(found)):
        say("It starts at the next login. To start it now: psoas-nudge start")
    if done.way.name == "xdg":
        click.echo(
            "A bare window manager does not read this entry. If you use one, put this into its own startup file:"
        )
        click.echo(f"  {command_line.join(chooser.command(config))}")


@autostart.command()
def disable() -> None:
    """Stop starting at login. Removes everything that `enable` created.

    \b
    Example:  psoas-nudge autostart disable
    """
    removed = chooser.disable(Computer())
    for title in removed:
        click.echo(f"Removed: {title}.")
    if removed and running():
        say("psoas-nudge keeps running until you stop it: psoas-nudge stop")
    if not removed:
        click.echo("It was not set up to start at login.")


@autostart.command()
@click.pass_obj
def menu(config: Path | None) -> None:
    """Add it to the applications menu. It does not start at login then.

    Its windows and notifications then show its name and icon. `enable` does this too; `disable` undoes it.

    \b
    Example:  psoas-nudge autostart menu
    """
    if not application.is_supported(Computer()):
        raise Unavailable("This desktop has no applications menu that psoas-nudge could write to.")
    application.install(Computer(), chooser.command(config))
    click.echo("psoas-nudge is in the applications menu. Its windows show its name and icon.")
    say("To undo that: psoas-nudge autostart disable")


@autostart.command()
@click.pass_obj
def status(config: Path | None) -> None:
    """Show what is set up. Also whether it is turned on and running, and which program it starts.

    \b
    Example:  psoas-nudge autostart status
    """
    try:
        argv = chooser.command(config)
    except Unavailable:
        argv = ()
    found = chooser.find(Computer(), argv)
    if not found:
        say("Not set up to start at login. To do that: psoas-nudge autostart enable")
    for way, what in found:
        _describe(way, what, bool(argv))
    if len(found) > 1:
        say("It is set up twice, so psoas-nudge would start twice. To repair it: psoas-nudge autostart enable")


def _describe(way: Way, found: Found, comparable: bool) -> None:
    click.echo(f"{way.title}: {found.place}")
    click.echo(f"  starts   {command_line.join(found.starts)}")
    click.echo(f"  enabled  {'yes' if found.enabled else 'no'}")
    click.echo(f"  running  {'yes' if _runs(found) else 'no'}")
    if found.starts and not Path(found.starts[0]).exists():
        say(f"  {found.starts[0]} no longer exists. To repair it: psoas-nudge autostart enable")
    elif comparable and not found.as_written_now:
        say("  This version sets it up differently. To update it: psoas-nudge autostart enable")


def _runs(found: Found) -> bool:
    """Whether the daemon runs; asks the daemon itself where the way cannot tell."""
    return running() is not None if found.running is None else found.running
