"""Idle time on an X server without the SYNC extension: the MIT-SCREEN-SAVER extension, asked at deadlines.

The query costs some 15 microseconds. `xset s reset` and players that reset the screen saver count as input here.
"""

from __future__ import annotations

import struct

from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.deadline import DeadlinePoll, ReadFailed
from psoas_nudge.presence.port import Report, Session, SourceLost
from psoas_nudge.presence.x11 import display_of
from psoas_nudge.presence.xcb import Connection, Extension, Refused, ServerGone

QUERY_INFO = 1


class XScreenSaverIdle:
    """The idle source of an X11 session that has nothing better."""

    name = "xscreensaver"

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self._poll: DeadlinePoll | None = None
        self._saver = Extension(0, 0)

    async def start(self, session: Session, report: Report) -> None:
        """Connect; raises Unavailable without an X server or without the extension."""
        display = display_of(session)
        self._report = report
        self._connection = Connection(display, lambda _event: None, self._on_lost)
        try:
            self._saver = self._connection.extension("MIT-SCREEN-SAVER")
            self._seconds()
        except (Unavailable, ReadFailed, ServerGone, Refused) as error:
            await self.stop()
            raise Unavailable(str(error) or "the X server went away") from error
        self._poll = DeadlinePoll(self._seconds, report)

    async def stop(self) -> None:
        """Disconnect."""
        if self._poll:
            self._poll.stop()
            self._poll = None
        if self._connection:
            self._connection.close()
            self._connection = None

    async def watch(self, threshold: float) -> None:
        """See port.IdleSource."""
        if self._poll:
            self._poll.watch(threshold)

    def _seconds(self) -> float:
        if self._connection is None:
            raise ReadFailed("the X server went away")
        try:
            reply = self._connection.ask(self._saver.major, QUERY_INFO, struct.pack("<I", self._connection.root))
        except (ServerGone, Refused) as error:
            raise ReadFailed("the X server went away") from error
        return float(struct.unpack_from("<16xI", reply)[0]) / 1000

    def _on_lost(self) -> None:
        self._connection = None
        if self._poll:
            self._poll.stop()
            self._poll = None
            self._report(SourceLost("the X server went away"))


if __name__ == "__main__":
    from psoas_nudge.presence.probe import run

    run(XScreenSaverIdle())
