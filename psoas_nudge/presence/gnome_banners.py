"""GNOME's do-not-disturb: the setting show-banners, announced by dconf on the session bus and read by `gsettings`.

The setting's file is dconf's own binary format and GLib would cost more memory than everything else here, so a child
is asked for the value; only at the start and when something in that folder of settings has changed.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from psoas_nudge.bus import Bus, CallFailed, Subscription
from psoas_nudge.core.model import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import Report, Session, SignalChanged

log = logging.getLogger(__name__)

SHELL = "org.gnome.Shell"
DCONF, WRITER, WRITER_PATH = "ca.desrt.dconf", "ca.desrt.dconf.Writer", "/ca/desrt/dconf/Writer/user"
FOLDER, KEY = "/org/gnome/desktop/notifications/", "show-banners"
ARGV = ("gsettings", "get", "org.gnome.desktop.notifications", KEY)
READ_SECONDS = 10.0


class GnomeBanners:
    """Reports DO_NOT_DISTURB on GNOME."""

    name = "gnome-banners"

    def __init__(self) -> None:
        self._changed: Subscription | None = None
        self._task: asyncio.Task[None] | None = None
        self._environ: dict[str, str] = {}

    async def start(self, session: Session, report: Report) -> None:
        """Read once and subscribe; raises Unavailable outside of GNOME or without gsettings."""
        bus = session.session_bus
        if bus is None:
            raise Unavailable("no session bus")
        self._report, self._environ = report, session.environ
        if await bus.owner(SHELL) is None:
            raise Unavailable("no GNOME session: GNOME Shell is not running")
        await self._read()
        await self._subscribe(bus)

    async def stop(self) -> None:
        """Listen no more."""
        if self._changed:
            self._changed.cancel()
            self._changed = None
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _subscribe(self, bus: Bus) -> None:
        try:
            self._changed = await bus.subscribe(
                self._on_change, sender=DCONF, interface=WRITER, member="Notify", path=WRITER_PATH
            )
        except CallFailed as error:
            raise Unavailable(f"the session bus does not answer: {error}") from error

    def _on_change(self, body: list[Any]) -> None:
        prefix, changed = str(body[0]), body[1]
        paths = [prefix + path for path in changed] or [prefix]
        wanted = FOLDER + KEY
        if any(wanted.startswith(path) if path.endswith("/") else path == wanted for path in paths) and self._changed:
            self._task = asyncio.get_running_loop().create_task(self._read_again(self._task))

    async def _read_again(self, before: asyncio.Task[None] | None) -> None:
        if before:
            await asyncio.gather(before, return_exceptions=True)
        try:
            await self._read()
        except Unavailable as error:
            log.warning("whether GNOME shows banners cannot be read: %s", error)

    async def _read(self) -> None:
        try:
            child = await asyncio.create_subprocess_exec(
                *ARGV, env=self._environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
            )
        except OSError as error:
            raise Unavailable("gsettings is missing; install libglib2.0-bin (Debian) or glib2 (elsewhere)") from error
        try:
            async with asyncio.timeout(READ_SECONDS):
                out, err = await child.communicate()
        except TimeoutError:
            child.kill()
            await child.wait()
            raise Unavailable(f"gsettings did not answer within {READ_SECONDS:g} s") from None
        if child.returncode:
            raise Unavailable(f"gsettings says: {err.decode(errors='replace').strip()}")
        self._report(SignalChanged(Signal.DO_NOT_DISTURB, out.strip() == b"false"))


if __name__ == "__main__":
    from psoas_nudge.presence.probe import run

    run(GnomeBanners())
