"""`psoas-nudge autostart`: start at login, or no longer."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from psoas_nudge.autostart import application, chooser
from psoas_nudge.autostart.port import Found, Way, this_computer
from psoas_nudge.called import as_called
from psoas_nudge.errors import NoDaemon, Unavailable


@click.group()
def autostart() -> None:
    """Start at login, or no longer; see what is set up.

    \b
    Example:  psoas-nudge autostart enable
    """


@autostart.command()
@click.option(
    "--way",
    type=click.Choice([way.name for way in chooser.WAYS]),
    help="The way to use in place of the best one that works here.",
)
@click.pass_obj
def enable(config: Path | None, way: str | None) -> None:
    """Start at every login from now on; called again, it mends what has gone stale.

    \b
    Example:  psoas-nudge autostart enable --way xdg
    """
    done = chooser.enable(this_computer(), chooser.command(config), way)
    for reason in done.passed_over:
        if done.way.name == "xdg" and reason.startswith("systemd"):
            click.echo(f"Not by {reason}.")
    for other in done.removed:
        click.echo(f"Removed: {other.title}, because two would start it twice.")
    found = done.way.find(this_computer(), chooser.command(config))
    place = found.place if found else ""
    click.echo(f"{'Set up' if done.changed else 'Already set up'}: {done.way.title} {place}")
    if not (found and (_runs() if found.running is None else found.running)):
        click.echo(as_called("It starts at the next login. To start it now: psoas-nudge start"))
    if done.way.name == "xdg":
        click.echo("A bare window manager reads no such entry; there, put this into its own startup file:")
        click.echo(f"  {shlex.join(chooser.command(config))}")


@autostart.command()
def disable() -> None:
    """Start at no login any more, and leave nothing behind.

    \b
    Example:  psoas-nudge autostart disable
    """
    removed = chooser.disable(this_computer())
    for title in removed:
        click.echo(f"Removed: {title}.")
    if removed:
        click.echo(as_called("If psoas-nudge is running, it goes on until you stop it: psoas-nudge stop"))
    else:
        click.echo("It was not set up to start at login.")


@autostart.command()
@click.pass_obj
def menu(config: Path | None) -> None:
    """Put psoas-nudge into the applications menu without starting it at login.

    Its windows and notifications then show its name and icon. `enable` does this too; `disable` undoes it.

    \b
    Example:  psoas-nudge autostart menu
    """
    if not application.knows(this_computer()):
        raise Unavailable("This desktop has no applications menu that psoas-nudge could write to.")
    chooser.named(this_computer(), chooser.command(config))
    click.echo("psoas-nudge is in the applications menu. Its windows show its name and icon.")
    click.echo(as_called("To undo that: psoas-nudge autostart disable"))


@autostart.command()
@click.pass_obj
def status(config: Path | None) -> None:
    """Say what is set up, whether it is on, whether it runs, and which program it starts.

    \b
    Example:  psoas-nudge autostart status
    """
    try:
        argv = chooser.command(config)
    except Unavailable:
        argv = ()
    found = chooser.find(this_computer(), argv)
    if not found:
        click.echo(as_called("Not set up to start at login. To do that: psoas-nudge autostart enable"))
    for way, what in found:
        _describe(way, what, bool(argv))
    if len(found) > 1:
        click.echo(as_called("It is set up twice, so it would start twice. To repair it: psoas-nudge autostart enable"))


def _describe(way: Way, found: Found, comparable: bool) -> None:
    running = _runs() if found.running is None else found.running
    click.echo(f"{way.title}: {found.place}")
    click.echo(f"  starts   {shlex.join(found.starts)}")
    click.echo(f"  enabled  {'yes' if found.enabled else 'no'}")
    click.echo(f"  running  {'yes' if running else 'no'}")
    if found.starts and way.name != "windows" and not Path(found.starts[0]).exists():
        click.echo(as_called(f"  There is no {found.starts[0]} any more. To repair it: psoas-nudge autostart enable"))
    elif comparable and not found.as_written_now:
        click.echo(as_called("  It differs from what this version sets up. To renew it: psoas-nudge autostart enable"))


def _runs() -> bool:
    """Whether a daemon answers, for ways that do not know what became of what they started."""
    from psoas_nudge import places
    from psoas_nudge.control.client import ask
    from psoas_nudge.control.messages import GetStatus

    try:
        ask(GetStatus(), places.socket_file())
    except NoDaemon:
        return False
    return True
