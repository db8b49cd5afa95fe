"""Serves the settings page, opens it in a browser, and ends a minute after its last window."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from psoas_nudge.errors import Unavailable
from psoas_nudge.pages.guard import Guard
from psoas_nudge.pages.handover import show
from psoas_nudge.pages.serving import listen, serve
from psoas_nudge.pages.windows import Windows
from psoas_nudge.settings.file import SettingsFile
from psoas_nudge.settings.server import app
from psoas_nudge.system.signals import on_end


def run(file: Path, environ: Mapping[str, str]) -> None:
    """Show the page until it is over. Raises Unavailable when no browser has shown it."""
    if not asyncio.run(_run(file, environ)):
        raise Unavailable("No browser has opened the settings. To edit the file instead: psoas-nudge config edit")


async def _run(file: Path, environ: Mapping[str, str]) -> bool:
    windows = Windows()
    on_end(windows.close)
    with listen() as listener:
        guard = app(SettingsFile(file, environ), windows, listener.getsockname()[1])
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(serve(guard, listener, windows.over))
            tasks.create_task(_show(windows, guard, environ))
    return windows.seen


async def _show(windows: Windows, guard: Guard, environ: Mapping[str, str]) -> None:
    if not await show(guard, environ, lambda: windows.seen or windows.over.is_set()):
        windows.close()
