"""Waits while the journal cannot be opened: shows a notification, and continues once the file can be used.

Meanwhile the control socket answers every request with the reason, because nothing can be saved.
"""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import AsyncExitStack

from psoas_nudge import places
from psoas_nudge.bus import buses
from psoas_nudge.config.watch import FileWatch
from psoas_nudge.control import messages as c
from psoas_nudge.control.lock import Lock
from psoas_nudge.control.server import ControlServer
from psoas_nudge.engine import ready
from psoas_nudge.engine.desktop import NOTICE
from psoas_nudge.errors import JournalBroken, ShowFailed, Unavailable
from psoas_nudge.journal.store import Journal
from psoas_nudge.notify import ICON
from psoas_nudge.notify.chooser import Chooser
from psoas_nudge.notify.port import Message, Surroundings
from psoas_nudge.system.signals import on_end

log = logging.getLogger(__name__)

TITLE = "psoas-nudge cannot start"
RESUMES = "It starts as soon as the file can be used again."


class WaitForJournal:
    """Waits until the journal can be opened. `notifier`: the setting."""

    def __init__(self, lock: Lock, notifier: str) -> None:
        self._lock = lock
        self._notifiers = Chooser(notifier)
        self._changed = asyncio.Event()
        self._ended = False
        self._why = ""

    async def until_usable(self, error: JournalBroken) -> bool:
        """True when the journal can be opened, False when the daemon has to end. Raises `error` where files cannot be
        watched."""
        self._why = str(error)
        log.error("%s %s", error, RESUMES)
        on_end(self._end, self._changed.set)
        async with AsyncExitStack() as stack:
            watch = FileWatch(places.journal_file(), self._changed.set)
            try:
                await watch.start()
            except Unavailable:
                raise error from None
            stack.push_async_callback(watch.stop)
            server = ControlServer(places.socket_file(), self._answer, self._lock)
            await server.start()
            stack.push_async_callback(server.close)
            session_bus, _ = await stack.enter_async_context(buses(lambda _kind, why: log.info("%s", why)))
            await self._notifiers.start(Surroundings(dict(os.environ), session_bus), lambda _pressed: None)
            stack.push_async_callback(self._notifiers.stop)
            ready.notify(f"READY=1\nWATCHDOG_USEC=0\nSTATUS={self._why}")  # without steps nothing feeds the watchdog
            return await self._wait()

    async def _wait(self) -> bool:
        message = Message(prompt=NOTICE, title=TITLE, body=f"{self._why}\n{RESUMES}", icon=ICON)
        shown = None
        try:
            shown = await self._notifiers.show(message)
        except ShowFailed as error:
            log.info("the message was not shown: %s", error)
        while not self._ended and self._still_broken():
            await self._changed.wait()
            self._changed.clear()
        if shown:
            await self._notifiers.withdraw(shown.notifier, shown.ref)
        usual = os.environ.get("WATCHDOG_USEC")
        ready.notify(f"WATCHDOG_USEC={usual}\nSTATUS=" if usual else "STATUS=")
        return not self._ended

    def _still_broken(self) -> bool:
        try:
            Journal.open(places.journal_file()).close()
        except JournalBroken as error:
            if str(error) != self._why:
                self._why = str(error)
                log.warning("%s", error)
            return True
        log.warning("the journal can be opened again")
        return False

    def _end(self) -> None:
        self._ended = True
        self._changed.set()

    def _answer(self, request: c.AnyRequest) -> c.Ok:
        if isinstance(request, c.Stop):
            self._end()
            return c.Ok(said=request.answer)
        if isinstance(request, c.Reload):
            self._changed.set()
        raise JournalBroken(f"psoas-nudge waits: {self._why} {RESUMES}")
