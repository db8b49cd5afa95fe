"""`settings`: the settings page in the browser."""

from __future__ import annotations

import os
from pathlib import Path

import click

from psoas_nudge.cli.completion import setting_keys
from psoas_nudge.config import place
from psoas_nudge.errors import Unavailable
from psoas_nudge.pages import browser
from psoas_nudge.settings import rows


@click.command(epilog="Examples: psoas-nudge settings; psoas-nudge settings prompt.wind_down 1h")
@click.argument("key", required=False, shell_complete=setting_keys)
@click.argument("value", required=False)
@click.pass_obj
def settings(config_file: Path | None, key: str | None, value: str | None) -> None:
    """Change the settings on a page in the browser.

    With KEY the page begins at that setting. With VALUE the new value is filled in; you see what it would do, and it
    is saved only when you save it.

    Before you save, the page shows what your coming days would look like. The command ends a minute after you close the
    window. Without a browser, use `psoas-nudge config edit`.
    """
    begin = rows.begin(key, value) if key else None
    if why := browser.page_missing(os.environ):
        raise Unavailable(f"The settings cannot be shown: {why}. To edit the file instead: psoas-nudge config edit")
    from psoas_nudge.settings.server import run

    run(place(config_file, os.environ)[0], os.environ, begin)
