"""The page player: one stretch on a page in a browser."""

from __future__ import annotations

import asyncio
import os
import time

from psoas_nudge.errors import NotRecorded, Unavailable
from psoas_nudge.guide.player import Player
from psoas_nudge.guide.reports import Reports
from psoas_nudge.guide.server import Sound, app
from psoas_nudge.guide.session import Asks, StretchSession
from psoas_nudge.pages.browser import with_token
from psoas_nudge.pages.serving import serve_and_show


def play(player: Player, reports: Reports, asks: Asks, sound: Sound, token: str | None = None) -> None:
    """Serve and show the stretch until it is over. Raises Unavailable when no browser has shown it, and NotRecorded.

    `token`: the activation token for the window, if any.
    """
    session = StretchSession(player, time.monotonic, reports, asks)
    environ = with_token(os.environ, token)
    asyncio.run(
        serve_and_show(session, session.closed, lambda port: app(session, port, sound), environ, run_clock(session))
    )
    if not session.seen:
        raise Unavailable("no browser has opened the page")
    if session.trouble:
        raise NotRecorded(session.trouble)


async def run_clock(session: StretchSession) -> None:
    """Call session.tick when it is due, until the session is closed."""
    while not session.closed.is_set():
        session.stirred.clear()
        try:
            await asyncio.wait_for(session.stirred.wait(), session.due)
        except TimeoutError:
            session.tick()
