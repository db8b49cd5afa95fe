"""The daemon and its session: it ends when display or bus are gone for good, and restarts when they appear later.

The end of a display server is noticed through a pidfd, that of a bus through its connection, and a socket that does not
exist yet through inotify, all without polling. A restart repeats the whole start within the process, so every sensor
and notifier finds the new display or bus; rule 14 keeps the bout.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import struct
import sys
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from pathlib import Path

from psoas_nudge.bus import Bus
from psoas_nudge.config.watch import FileWatch
from psoas_nudge.control.session import LoginSession, answers, connected
from psoas_nudge.errors import Unavailable

log = logging.getLogger(__name__)

LOST_SECONDS = 60.0
"""Time for a display or bus to come back: a compositor that crashed is restarted within seconds."""


class Life:
    """Calls `end` with the reason why the session is over, and `restart` with what has appeared since the start."""

    def __init__(
        self,
        session: LoginSession,
        end: Callable[[str], None],
        restart: Callable[[str], None],
        lost_seconds: float = LOST_SECONDS,
    ) -> None:
        self._session, self._end, self._restart, self._lost_seconds = session, end, restart, lost_seconds
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._pidfd: int | None = None
        self._watches: list[FileWatch] = []
        self._missing = {each for each in (session.display, session.bus) if each and not answers(each)}

    async def start(self, bus: Bus | None) -> None:
        """Begin to watch. `bus`: the session bus, None when there is none yet."""
        if bus:
            bus.watch_connection(self._on_bus)
        elif self._session.bus and not self._session.bus.startswith("@"):
            await self._await(self._session.bus, "the session bus")
        if self._session.display and not self._follow_display():
            await self._await(self._session.display, "the display")

    async def stop(self) -> None:
        """Call neither `end` nor `restart` from now on."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._close_pidfd()
        for watch in self._watches:
            await watch.stop()

    # --- what is lost -----------------------------------------------------------------------------------------

    def _on_bus(self, connected: bool) -> None:
        if not connected:
            self._lost("session bus", self._over)
        elif timer := self._timers.pop("session bus", None):
            timer.cancel()

    def _follow_display(self) -> bool:
        """Watch for the end of the display server; False when none listens on the socket."""
        client = connected(self._session.display)
        if client is None:
            return False
        with client:
            server = _process_of(client)
        if server is not None:
            self._pidfd = server
            asyncio.get_running_loop().add_reader(server, self._on_display_ended)
        return True

    def _on_display_ended(self) -> None:
        self._close_pidfd()
        self._lost("display", self._look_for_display)

    def _look_for_display(self, what: str) -> None:
        if self._follow_display():
            log.info("the display is back")
        else:
            self._over(what)

    def _lost(self, what: str, then: Callable[[str], None]) -> None:
        log.warning("the %s is gone; psoas-nudge ends in %g s unless it comes back", what, self._lost_seconds)
        loop = asyncio.get_running_loop()
        self._timers[what] = loop.call_later(self._lost_seconds, then, what)

    def _over(self, what: str) -> None:
        self._end(f"the {what} of this session has not come back within {self._lost_seconds:g} s")

    def _close_pidfd(self) -> None:
        if self._pidfd is not None:
            asyncio.get_running_loop().remove_reader(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = None

    # --- what comes later ------------------------------------------------------------------------------------

    async def _await(self, address: str, what: str) -> None:
        def on_change() -> None:
            if answers(address):
                self._restart(f"{what} is there now")

        watch = FileWatch(Path(address), on_change)
        try:
            await watch.start()
        except Unavailable as error:
            log.info("cannot watch whether %s comes back: %s", what, error)
            return
        self._watches.append(watch)
        if address in self._missing:  # it may have appeared before the watch began
            on_change()


def _process_of(client: socket.socket) -> int | None:
    """A pidfd of the process at the other end; None where the system has none."""
    if sys.platform != "linux" or not hasattr(os, "pidfd_open"):
        return None
    number, _, _ = struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    with suppress(OSError):
        return os.pidfd_open(int(number))
    log.debug("the end of the display server %d will not be noticed", number)
    return None


def name_bus(session: LoginSession, environ: MutableMapping[str, str]) -> None:
    """Set DBUS_SESSION_BUS_ADDRESS to the usual socket where it is not set, for D-Bus libraries."""
    if Path(session.bus).is_socket():
        environ.setdefault("DBUS_SESSION_BUS_ADDRESS", f"unix:path={session.bus}")
