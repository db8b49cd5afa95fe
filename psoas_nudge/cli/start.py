"""`start`: starts the daemon in the background and prints the greeting."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
import sys
import time
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

import click

from psoas_nudge import places
from psoas_nudge.autostart import application, chooser
from psoas_nudge.autostart.port import Computer
from psoas_nudge.bus import buses
from psoas_nudge.cli.output import say
from psoas_nudge.cli.run import engine_command
from psoas_nudge.cli.running import running
from psoas_nudge.config import load
from psoas_nudge.control import lock
from psoas_nudge.control.session import session_of
from psoas_nudge.core.status import Status
from psoas_nudge.engine.greeting import lines
from psoas_nudge.errors import AlreadyRunning, PsoasNudgeError, Unavailable
from psoas_nudge.notify.chooser import AUTO, LAST_RESORT, NOTIFIERS, Chooser
from psoas_nudge.notify.port import Surroundings
from psoas_nudge.system.processes import HIDDEN
from psoas_nudge.system.terminal import is_one

UP_SECONDS = 15.0
"""Time limit for the daemon to answer. A slow notification service takes a few seconds."""
LOG_LINES = 5
"""Lines of the log that are shown when it does not answer."""


@click.command(epilog="Example: psoas-nudge start --autostart")
@click.option(
    "--autostart/--no-autostart",
    default=None,
    help="Also start at every login, or don't. Without either, psoas-nudge asks you in a terminal.",
)
@click.pass_obj
def start(config_file: Path | None, autostart: bool | None) -> None:
    """Start in the background, and show when the next prompt can come.

    You can close the terminal afterwards. If you use autostart with systemd, this starts the systemd unit. Otherwise it
    starts a process of its own, which writes its warnings to a log file.
    """
    settings = load(config_file, os.environ)
    status = running()
    if status is None or _stopped_if_left_behind():
        asyncio.run(_can_prompt(settings.desktop.notifier))
        status = _started(config_file)
    else:
        click.echo("psoas-nudge was already running.")
    file = places.config_file(config_file)
    click.echo("\n".join(lines(status, settings.rules.hours, file, datetime.now(UTC))))
    _at_login(config_file, autostart)


def _stopped_if_left_behind() -> bool:
    """Stop a daemon whose session has ended: it would end within a minute (engine/life.py), after `start` said that it
    runs."""
    with suppress(AlreadyRunning):
        lock.take(places.lock_file(), places.socket_file(), session_of(os.environ)).release()
        return True
    return False


async def _can_prompt(wanted: str) -> None:
    """Raise Unavailable if a daemon in the background could not show notifications."""
    in_a_terminal = "To get prompts in this terminal, use: psoas-nudge run"
    if wanted == LAST_RESORT:
        raise Unavailable(f"Your settings put prompts in a terminal (desktop.notifier). {in_a_terminal}")
    elsewhere = {name: make for name, make in NOTIFIERS.items() if name != LAST_RESORT}
    async with AsyncExitStack() as stack:
        session_bus, _ = await stack.enter_async_context(buses(lambda _kind, _why: None))
        notifiers = Chooser(wanted if wanted in elsewhere else AUTO, elsewhere)
        notifiers.begin(Surroundings(dict(os.environ), session_bus), lambda _pressed: None)
        stack.push_async_callback(notifiers.stop)
        if not any(each.verdict == "chosen" for each in await notifiers.choices()):
            none = f"No notification service answers in this session. {in_a_terminal}"
            raise Unavailable(f"{none}\nTo see why: psoas-nudge doctor")


def _started(config_file: Path | None) -> Status:
    """Start the daemon and wait for its first status. Raises PsoasNudgeError with the end of its log if it fails."""
    if by_service := _service_command():
        done = Computer().run(by_service)
        if done.code:
            raise PsoasNudgeError(f"{shlex.join(by_service)} failed: {done.text}")
        return _answer(None, "journalctl --user --unit psoas-nudge")
    file = places.log_file()
    places.private_directory(file.parent)
    with file.open("wb") as log:
        file.chmod(0o600)
        child = subprocess.Popen(  # noqa: S603 - this very program
            engine_command(0, config_file),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # not the log: the terminal notifier must not print prompts there
            stderr=log,
            start_new_session=True,
            creationflags=HIDDEN,
        )
    return _answer(child, str(file))


def _service_command() -> tuple[str, ...]:
    """The command that starts the service that autostart has installed; empty when there is none."""
    computer = Computer()
    ways = (way for way, _ in chooser.find(computer, ()) if way.start_now and way.unavailable(computer) is None)
    return next((way.start_now for way in ways), ())


def _answer(child: subprocess.Popen[bytes] | None, log: str) -> Status:
    end = time.monotonic() + UP_SECONDS
    while time.monotonic() < end:
        if status := running():
            return status
        if child and child.poll() is not None:
            said = Path(log).read_text("utf-8", "replace").splitlines()[-LOG_LINES:]
            raise PsoasNudgeError("\n".join(("psoas-nudge stopped right after it started. Its log says:", *said)))
        time.sleep(0.05)
    raise PsoasNudgeError(f"psoas-nudge did not answer within {UP_SECONDS:g} s. To see why: {log}")


def _at_login(config_file: Path | None, wanted: bool | None) -> None:
    """Enable autostart if `wanted`; ask in a terminal if `wanted` is None and it is not enabled yet."""
    if wanted is False or (wanted is None and chooser.find(Computer(), ())):
        return
    if wanted is None:
        if not (is_one(sys.stdin) and is_one(sys.stdout)):
            say("  At every login psoas-nudge autostart enable")
            return
        wanted = click.confirm("\nStart it at every login?", default=True)
        if not wanted:
            _in_the_menu(config_file)
    if wanted:
        done = chooser.enable(Computer(), chooser.command(config_file))
        click.echo(f"It will start at every login ({done.way.title}).")
        say("To undo that: psoas-nudge autostart disable")


def _in_the_menu(config_file: Path | None) -> None:
    """Offer the desktop entry, which `autostart enable` would have installed."""
    computer = Computer()
    if not application.is_supported(computer) or application.is_installed(computer):
        return
    if click.confirm("Add it to the applications menu, so that its windows show its name and icon?", default=True):
        application.install(computer, chooser.command(config_file))
        say("To undo that: psoas-nudge autostart disable")
