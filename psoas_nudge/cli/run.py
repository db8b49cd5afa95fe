"""`run`: the daemon in the foreground, as a service manager or a terminal starts it."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="Example: psoas-nudge run -v")
@click.option("-v", "--verbose", count=True, help="Log each decision; twice: each event.")
@click.pass_obj
def run(config_file: Path | None, verbose: int) -> None:
    """Watch for long sitting and prompt you, until stopped (Ctrl-C).

    Needs no configuration and no desktop: without a notification service it prompts in this terminal.
    """
    from psoas_nudge.engine.lean import without_openssl

    without_openssl()
    import asyncio

    from psoas_nudge.engine import log
    from psoas_nudge.engine.service import serve

    log.set_up(verbose)
    asyncio.run(serve(config_file))
