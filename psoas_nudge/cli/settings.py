"""`settings`: see and change the settings on a page in the browser."""

from __future__ import annotations

import os
from pathlib import Path

import click

from psoas_nudge.config import place
from psoas_nudge.errors import Unavailable
from psoas_nudge.pages import browser


@click.command(epilog="Example: psoas-nudge settings")
@click.pass_obj
def settings(config_file: Path | None) -> None:
    """Change the settings on a page in the browser.

    Before you save, the page shows what your coming days would look like. The command ends a minute after you close the
    window. Without a browser, use `psoas-nudge config edit`.
    """
    if why := browser.page_missing(os.environ):
        raise Unavailable(f"The settings cannot be shown: {why}. To edit the file instead: psoas-nudge config edit")
    from psoas_nudge.settings.page import run

    run(place(config_file, os.environ)[0], os.environ)
