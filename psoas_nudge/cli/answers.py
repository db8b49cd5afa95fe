"""Commands that send one request to the daemon: answers to the prompt, pauses, posture, reload, stop."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import datetime

import click

from psoas_nudge import places
from psoas_nudge.called import as_called
from psoas_nudge.cli.running import running
from psoas_nudge.cli.zone import system_zone
from psoas_nudge.control.client import ask
from psoas_nudge.control.messages import AnyRequest, Reload, Stop
from psoas_nudge.core.durations import parse_duration
from psoas_nudge.core.events import Pause, Plain, Skip, Snooze
from psoas_nudge.core.words import milliseconds
from psoas_nudge.core.written import parse_pause
from psoas_nudge.errors import PsoasNudgeError

END_SECONDS = 10.0
"""How long `stop` waits for the daemon to end, so that a `start` right after it works. Equal to TimeoutStopSec."""


def send(request: AnyRequest) -> None:
    """Send a request to the daemon and print its answer."""
    print(as_called(ask(request, places.socket_file()).said))


def plain(kind: type[Plain | Reload]) -> click.Command:
    """The command of a request without arguments: "accept", "stand"."""
    name = str(kind.__struct_config__.tag)
    return click.Command(name, callback=lambda: send(kind()), help=kind.help, epilog=f"Example: psoas-nudge {name}")


reload = plain(Reload)


@click.command(
    help=f'{Snooze.help}\n\nFOR is a length of time such as "10m". The default is the setting prompt.snooze_for.',
    epilog="Example: psoas-nudge snooze 10m",
)
@click.argument("for_", metavar="[FOR]", required=False)
def snooze(for_: str | None) -> None:
    send(Snooze(delay=None if for_ is None else milliseconds(parse_duration(for_))))


@click.command(help=Skip.help, epilog='Example: psoas-nudge skip --because "train to catch"')
@click.option("--because", metavar="TEXT", help="The reason, for your journal.")
def skip(because: str | None) -> None:
    send(Skip(because=because))


@click.command(
    help=f"{Pause.help} Without a length of time, until you resume.",
    epilog="Examples: psoas-nudge pause 30m; psoas-nudge pause until 14:00; psoas-nudge pause until tomorrow",
)
@click.argument("words", metavar="[FOR | until TIME | until tomorrow]", nargs=-1)
def pause(words: tuple[str, ...]) -> None:
    send(parse_pause(words, datetime.now().astimezone(), system_zone(), via="command line"))


@click.command(epilog="Example: psoas-nudge stop")
def stop() -> None:
    """Stop psoas-nudge. An open prompt is cancelled."""
    send(Stop())
    end = time.monotonic() + END_SECONDS
    with suppress(PsoasNudgeError):  # it did not answer any more
        while running() and time.monotonic() < end:
            time.sleep(0.02)
