"""Idle time on an X server without the SYNC extension: the MIT-SCREEN-SAVER extension, queried at deadlines.

`xset s reset` and players that reset the screen saver count as input here.
"""

from __future__ import annotations

import struct

from psoas_nudge.presence.deadline import DeadlineSource
from psoas_nudge.presence.port import DesktopSession
from psoas_nudge.presence.xserver import XConnection

QUERY_INFO = 1


class XScreenSaverIdle(DeadlineSource):
    """The fallback idle source of an X11 session."""

    name = "xscreensaver"

    async def open(self, session: DesktopSession) -> None:
        """Raises Unavailable without an X server or without the extension."""
        self._connection = XConnection(lambda _event: None, self.lose)
        self.close_at_end(self._connection.close)
        await self._connection.connect(session.environ)
        self._saver, _ = await self._connection.extension("MIT-SCREEN-SAVER")

    async def since_input(self) -> int:
        window = struct.pack("<I", self._connection.root)
        reply = await self._connection.ask(self._saver, QUERY_INFO, window)
        return int(struct.unpack_from("<16xI", reply)[0])
