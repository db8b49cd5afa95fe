"""`run`: the daemon in the foreground, for a terminal or a service manager."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from psoas_nudge import places
from psoas_nudge.called import called


def engine_command(verbosity: int, config_file: Path | None) -> list[str]:
    """The command line of the daemon process, which does not import click (saves 1 MB)."""
    config = [str(config_file)] if config_file else []
    return [sys.executable, "-m", "psoas_nudge.engine", str(verbosity), called(), *config]


@click.command(epilog="Example: psoas-nudge run -v")
@click.option("-v", "--verbose", count=True, help="Log each decision. Use -vv to log each event too.")
@click.pass_obj
def run(config_file: Path | None, verbose: int) -> None:
    """Watch how long you sit and prompt you, in this terminal, until you press Ctrl+C.

    To run it in the background, use `psoas-nudge start`. You need no configuration and no desktop. Without a
    notification service, prompts appear in this terminal.
    """
    _must_exist(config_file)
    command = engine_command(verbose, config_file)
    if sys.platform == "win32":  # where exec starts a second process
        from psoas_nudge.engine.__main__ import main

        sys.exit(main(command[3:]))
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606 - replaces this process


def _must_exist(config_file: Path | None) -> None:
    """Raise if a named configuration file does not exist. Under systemd (INVOCATION_ID) the daemon waits for it."""
    named = config_file or os.environ.get(places.CONFIG_VARIABLE)
    if named and "INVOCATION_ID" not in os.environ and not places.config_file(config_file).exists():
        from psoas_nudge.config import load

        load(config_file, os.environ)  # raises, with the reason
