"""GNOME's do-not-disturb: the setting show-banners. dconf announces changes on the session bus; `gsettings` reads it.

dconf's file has a binary format of its own, and GLib would need more memory than the rest of the daemon. So a child
process reads the value, at the start and when something in that folder of settings has changed.
"""

from __future__ import annotations

import asyncio
from typing import Any

from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import DesktopSession, RereadingSensor

SHELL = "org.gnome.Shell"
DCONF, WRITER, WRITER_PATH = "ca.desrt.dconf", "ca.desrt.dconf.Writer", "/ca/desrt/dconf/Writer/user"
FOLDER, KEY = "/org/gnome/desktop/notifications/", "show-banners"
ARGV = ("gsettings", "get", "org.gnome.desktop.notifications", KEY)
READ_SECONDS = 10.0


class GnomeBanners(RereadingSensor):
    """Reports DO_NOT_DISTURB on GNOME."""

    name = "gnome-banners"

    async def open(self, session: DesktopSession) -> None:
        """Raises Unavailable outside of GNOME or without gsettings."""
        bus = session.bus("session")
        self._environ = session.environ
        if await bus.owner(SHELL) is None:
            raise Unavailable("no GNOME session: GNOME Shell is not running")
        await self.subscribe(bus, self._on_change, sender=DCONF, interface=WRITER, member="Notify", path=WRITER_PATH)
        await self.read()

    def _on_change(self, body: list[Any]) -> None:
        prefix, changed = str(body[0]), body[1]
        paths = [prefix + path for path in changed] or [prefix]
        wanted = FOLDER + KEY
        if any(wanted.startswith(path) if path.endswith("/") else path == wanted for path in paths):
            self.read_again()

    async def read(self) -> None:
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
        self.report_signal(Signal.DO_NOT_DISTURB, on=out.strip() == b"false")
