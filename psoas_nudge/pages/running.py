"""Runs a page: serves it, opens it in a browser, and ends a minute after its last window was closed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from psoas_nudge.pages.guard import Guard
from psoas_nudge.pages.handover import show
from psoas_nudge.pages.serving import listen, serve
from psoas_nudge.pages.windows import PageWindows
from psoas_nudge.system.signals import on_end

Make = Callable[[PageWindows, int], Guard]
"""Creates the server of a page from its windows and a port."""


def run(make: Make, environ: Mapping[str, str]) -> bool:
    """Show the page until its windows are closed. Returns False when no browser has shown it."""
    return asyncio.run(_run(make, environ))


async def _run(make: Make, environ: Mapping[str, str]) -> bool:
    windows = PageWindows()
    on_end(windows.close)
    with listen() as listener:
        guard = make(windows, listener.getsockname()[1])
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(serve(guard, listener, windows.over))
            tasks.create_task(_show(windows, guard, environ))
    return windows.seen


async def _show(windows: PageWindows, guard: Guard, environ: Mapping[str, str]) -> None:
    if not await show(guard, environ, lambda: windows.seen or windows.over.is_set()):
        windows.close()
