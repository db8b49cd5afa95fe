"""Hands the token of a page to the browser in a file that only this person can read.

Every local user can read the command line of every process, so it must not contain the token. The browser opens a small
HTML file that redirects to the address. The file is removed as soon as the token is used. Idea: jupyter-server,
`serverapp.py`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import escape
from pathlib import Path
from secrets import token_hex

from psoas_nudge import places
from psoas_nudge.errors import PsoasNudgeError
from psoas_nudge.pages import browser
from psoas_nudge.pages.guard import Guard

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.1
"""Interval at which the browser's process and the page are polled while the page opens."""


@contextmanager
def redirect(url: str, directory: Path) -> Iterator[Path]:
    """A temporary file, mode 0600, that redirects a browser to the address. Raises PsoasNudgeError.

    Its name is always the same, because Chromium on Wayland derives the window's id from it (autostart/application.py),
    except while another page opens.
    """
    usual = places.private_directory(directory) / places.page_file().name
    path = usual.with_name(f"page-{token_hex(8)}.html") if os.path.lexists(usual) else usual
    address = escape(url, quote=True)
    text = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
        f'<title>psoas-nudge</title><meta http-equiv="refresh" content="0;url={address}">'
        f'<p><a href="{address}">Continue to psoas-nudge</a></html>\n'
    )
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise PsoasNudgeError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


async def show(guard: Guard, environ: Mapping[str, str], settled: Callable[[], bool]) -> subprocess.Popen[bytes] | None:
    """Open the page in a browser. Returns the browser's process; None when no browser has used the token.

    `settled`: returns True when the page was opened or is no longer wanted.
    """
    for command in browser.commands(environ):
        directory = browser.readable_directory(command[0], environ) or places.runtime_directory()
        try:
            with redirect(guard.url, directory) as file:
                process = browser.start(browser.opening(command, file.as_uri()), environ)
                if await _opened(guard, process, settled):
                    return process
        except (PsoasNudgeError, OSError) as error:
            log.warning("%s cannot be started: %s", command[0], error)
        else:
            log.warning("%s ended with status %s", command[0], process.returncode)
    return None


async def _opened(guard: Guard, process: subprocess.Popen[bytes], settled: Callable[[], bool]) -> bool:
    """Whether the token was used. A process that ends with 0 has passed the file to a browser that was running."""
    while guard.token is not None and not settled():
        if process.poll() not in {None, 0}:
            return False
        await asyncio.sleep(LOOK_SECONDS)
    return True
