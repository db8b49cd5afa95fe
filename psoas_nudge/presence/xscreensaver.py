"""Idle time on an X server without the SYNC extension: the MIT-SCREEN-SAVER extension, asked at deadlines.

The query costs some 15 microseconds. `xset s reset` and players that reset the screen saver count as input here.
"""

from __future__ import annotations

import struct

from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.deadline import DeadlineSource, ReadFailed
from psoas_nudge.presence.port import Report, Session, SourceLost
from psoas_nudge.presence.x11 import display_of
from psoas_nudge.presence.xcb import Connection, Extension, Refused, ServerGone

QUERY_INFO = 1


class XScreenSaverIdle(DeadlineSource):
    """The idle source of an X11 session that has nothing better."""

    name = "xscreensaver"

    def __init__(self) -> None:
        super().__init__()
        self._connection: Connection | None = None
        self._saver = Extension(0, 0)

    async def start(self, session: Session, report: Report) -> None:
        """Connect; raises Unavailable without an X server or without the extension."""
        self._report = report
        await super().start(session, report)

    async def stop(self) -> None:
        """Disconnect."""
        await super().stop()
        if self._connection:
            self._connection.close()
            self._connection = None

    def open(self, session: Session) -> None:
        """Connect and find the extension."""
        self._connection = Connection(display_of(session), lambda _event: None, self._on_lost)
        try:
            self._saver = self._connection.extension("MIT-SCREEN-SAVER")
        except (ServerGone, Refused) as error:
            raise Unavailable("the X server went away") from error

    def seconds(self) -> float:
        """See DeadlineSource."""
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
