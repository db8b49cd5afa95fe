"""The page player: serves one stretch on a free loopback port and opens it in a browser."""

from __future__ import annotations

import asyncio
import os
import time

from psoas_nudge.errors import NotRecorded, Unavailable
from psoas_nudge.guide.player import Player
from psoas_nudge.guide.reports import Reports
from psoas_nudge.guide.server import Sound, app
from psoas_nudge.guide.session import Asks, StretchSession
from psoas_nudge.pages import browser
from psoas_nudge.pages.guard import Guard
from psoas_nudge.pages.handover import show
from psoas_nudge.pages.serving import listen, serve
from psoas_nudge.system.signals import on_end


def play(player: Player, reports: Reports, asks: Asks, sound: Sound, token: str | None = None) -> None:
    """Serve and show the stretch until it is over. Raises Unavailable when no browser has shown it, and NotRecorded.

    `token`: the activation token for the window, if any.
    """
    session = StretchSession(player, time.monotonic, reports, asks)
    asyncio.run(_play(session, sound, token))
    if not session.seen:
        raise Unavailable("no browser has opened the page")
    if session.trouble:
        raise NotRecorded(session.trouble)


async def _play(session: StretchSession, sound: Sound, token: str | None) -> None:
    on_end(session.close)
    with listen() as listener:
        guard = app(session, listener.getsockname()[1], sound)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(serve(guard, listener, session.closed))
            tasks.create_task(run_clock(session))
            tasks.create_task(_show(session, guard, token))


async def _show(session: StretchSession, guard: Guard, token: str | None) -> None:
    environ = browser.with_token(os.environ, token)
    if not await show(guard, environ, lambda: session.seen or session.closed.is_set()):
        session.close()


async def run_clock(session: StretchSession) -> None:
    """Call session.tick when it is due, until the session is closed."""
    while not session.closed.is_set():
        session.stirred.clear()
        try:
            await asyncio.wait_for(session.stirred.wait(), session.due)
        except TimeoutError:
            session.tick()
