"""A daemon whose journal cannot be opened: it says so on the desktop, and begins when the file is mended.

Meanwhile it answers on the socket with the reason, and takes nothing that it could not keep.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from psoas_nudge import places
from psoas_nudge.bus import buses
from psoas_nudge.config.watch import FileWatch
from psoas_nudge.control import messages as c
from psoas_nudge.control.lock import Lock
from psoas_nudge.control.server import ControlServer
from psoas_nudge.engine import ready
from psoas_nudge.engine.screen import NOTICE
from psoas_nudge.errors import JournalBroken, ShowFailed, Unavailable
from psoas_nudge.notify import ICON
from psoas_nudge.notify.chooser import Chooser
from psoas_nudge.notify.port import Message, Surroundings
from psoas_nudge.system.signals import on_end

log = logging.getLogger(__name__)

TITLE = "psoas-nudge cannot start"
MENDED = "It starts by itself once the file can be used again."


class WaitForJournal:
    """Waits until `opens` raises JournalBroken no longer. `notifier`: the setting."""

    def __init__(self, opens: Callable[[], object], watched: Path, lock: Lock, notifier: str) -> None:
        self._opens, self._watched, self._lock = opens, watched, lock
        self._notifiers = Chooser(notifier, time.monotonic)
        self._stirred = asyncio.Event()
        self._ended = False
        self._why = ""

    async def mended(self, error: JournalBroken) -> bool:
        """True: it can be opened. False: the daemon was asked to end. Raises `error` where files cannot be watched."""
        self._why = str(error)
        log.error("%s %s", error, MENDED)
        on_end(self._end, self._stirred.set)
        async with AsyncExitStack() as stack:
            watch = FileWatch(self._watched, self._stirred.set)
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
            ready.tell(f"READY=1\nWATCHDOG_USEC=0\nSTATUS={self._why}")  # nothing is decided that could feed it
            return await self._wait()

    async def _wait(self) -> bool:
        message = Message(prompt=NOTICE, title=TITLE, body=f"{self._why}\n{MENDED}", icon=ICON)
        shown = None
        try:
            shown = await self._notifiers.show(message)
        except ShowFailed as error:
            log.info("the message was not shown: %s", error)
        while not self._ended and self._still_broken():
            await self._stirred.wait()
            self._stirred.clear()
        if shown:
            await self._notifiers.withdraw(shown.notifier, shown.ref)
        usual = os.environ.get("WATCHDOG_USEC")
        ready.tell(f"WATCHDOG_USEC={usual}\nSTATUS=" if usual else "STATUS=")
        return not self._ended

    def _still_broken(self) -> bool:
        try:
            self._opens()
        except JournalBroken as error:
            if str(error) != self._why:
                self._why = str(error)
                log.warning("%s", error)
            return True
        log.warning("the journal can be opened again")
        return False

    def _end(self) -> None:
        self._ended = True
        self._stirred.set()

    def _answer(self, request: c.AnyRequest) -> c.Ok:
        if isinstance(request, c.Stop):
            self._end()
            return c.Ok(said=request.answer)
        if isinstance(request, c.Reload):
            self._stirred.set()
        raise JournalBroken(f"psoas-nudge waits: {self._why} {MENDED}")
