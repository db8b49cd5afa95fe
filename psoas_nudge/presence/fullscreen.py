"""A fullscreen window in front, on X11: the window manager's notes on the root window and on the active window.

_NET_ACTIVE_WINDOW names the window in front, its _NET_WM_STATE says whether it is fullscreen; the server tells when
either changes. No window's name or content is read. See the Extended Window Manager Hints.
"""

from __future__ import annotations

import struct

from psoas_nudge.core.model import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import Report, Session, SignalChanged, SourceLost
from psoas_nudge.presence.x11 import display_of
from psoas_nudge.presence.xcb import Connection, Refused, ServerGone

CHANGE_ATTRIBUTES, INTERN_ATOM, GET_PROPERTY = 2, 16, 20
DESTROY_NOTIFY, PROPERTY_NOTIFY = 17, 28
EVENT_MASK, STRUCTURE_NOTIFY, PROPERTY_CHANGE = 1 << 11, 1 << 17, 1 << 22
MOST_STATES = 64


class Fullscreen:
    """Reports FULLSCREEN."""

    name = "fullscreen"

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self._window = 0
        self._on = False
        self._active = self._state = self._is_fullscreen = 0

    async def start(self, session: Session, report: Report) -> None:
        """Connect and look once; raises Unavailable outside of an X11 session."""
        display = display_of(session)
        self._report, self._window, self._on = report, 0, False
        self._connection = Connection(display, self._on_event, self._on_lost)
        try:
            self._active = self._atom(self._connection, "_NET_ACTIVE_WINDOW")
            self._state = self._atom(self._connection, "_NET_WM_STATE")
            self._is_fullscreen = self._atom(self._connection, "_NET_WM_STATE_FULLSCREEN")
            self._listen(self._connection, self._connection.root, PROPERTY_CHANGE)
            self._look(self._connection)
        except (ServerGone, Refused) as error:
            await self.stop()
            raise Unavailable(str(error) or "the X server went away") from error

    async def stop(self) -> None:
        """Disconnect."""
        if self._connection:
            self._connection.close()
            self._connection = None

    @staticmethod
    def _atom(connection: Connection, name: str) -> int:
        reply = connection.ask(INTERN_ATOM, 0, struct.pack("<HH", len(name), 0) + name.encode())
        return int(struct.unpack_from("<8xI", reply)[0])

    @staticmethod
    def _listen(connection: Connection, window: int, events: int) -> None:
        connection.send(CHANGE_ATTRIBUTES, 0, struct.pack("<III", window, EVENT_MASK, events))

    @staticmethod
    def _numbers(connection: Connection, window: int, prop: int) -> tuple[int, ...]:
        """The 32-bit numbers of a property; none when there is no such property or window."""
        try:
            reply = connection.ask(GET_PROPERTY, 0, struct.pack("<5I", window, prop, 0, 0, MOST_STATES))
        except Refused:
            return ()
        form, count = reply[1], struct.unpack_from("<16xI", reply)[0]
        return struct.unpack_from(f"<32x{count}I", reply) if form == 32 else ()

    def _look(self, connection: Connection) -> None:
        window = next(iter(self._numbers(connection, connection.root, self._active)), 0)
        if window not in {self._window, 0, connection.root}:
            self._listen(connection, window, PROPERTY_CHANGE | STRUCTURE_NOTIFY)
        self._window = window
        on = window != 0 and self._is_fullscreen in self._numbers(connection, window, self._state)
        if on != self._on:
            self._on = on
            self._report(SignalChanged(Signal.FULLSCREEN, on))

    def _on_event(self, event: bytes) -> None:
        if self._connection is None:
            return
        kind, (window, what) = event[0] & 0x7F, struct.unpack_from("<4xII", event)
        # Not every window manager takes a window that was destroyed off its note.
        gone = kind == DESTROY_NOTIFY and what == self._window
        changed = kind == PROPERTY_NOTIFY and (what == self._active or (what == self._state and window == self._window))
        if gone or changed:
            try:
                self._look(self._connection)
            except ServerGone:
                self._on_lost()

    def _on_lost(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None
            self._report(SourceLost("the X server went away"))


if __name__ == "__main__":
    from psoas_nudge.presence.probe import run

    run(Fullscreen())
