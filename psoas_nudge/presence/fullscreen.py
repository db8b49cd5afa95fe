"""A fullscreen window in front, on X11: the window manager's properties of the root window and of the active window.

_NET_ACTIVE_WINDOW is the window in front, and its _NET_WM_STATE tells whether it is fullscreen; the server sends an
event when either changes. No title and no content of a window is read. See the Extended Window Manager Hints.
"""

from __future__ import annotations

import struct

from psoas_nudge.core.words import Signal
from psoas_nudge.presence.port import DesktopSession, RereadingSensor
from psoas_nudge.presence.wire import ServerRefused
from psoas_nudge.presence.xserver import XConnection

CHANGE_ATTRIBUTES, INTERN_ATOM, GET_PROPERTY = 2, 16, 20
DESTROY_NOTIFY, PROPERTY_NOTIFY = 17, 28
EVENT_MASK, STRUCTURE_NOTIFY, PROPERTY_CHANGE = 1 << 11, 1 << 17, 1 << 22
MOST_STATES = 64


async def atom(connection: XConnection, name: str) -> int:
    """The server's atom for a name."""
    reply = await connection.ask(INTERN_ATOM, 0, struct.pack("<HH", len(name), 0) + name.encode())
    return int(struct.unpack_from("<8xI", reply)[0])


async def numbers(connection: XConnection, window: int, prop: int) -> tuple[int, ...]:
    """The 32-bit numbers of a property; none when there is no such property or window."""
    try:
        reply = await connection.ask(GET_PROPERTY, 0, struct.pack("<5I", window, prop, 0, 0, MOST_STATES))
    except ServerRefused:
        return ()
    form, count = reply[1], struct.unpack_from("<16xI", reply)[0]
    return struct.unpack_from(f"<32x{count}I", reply) if form == 32 else ()


class Fullscreen(RereadingSensor):
    """Reports FULLSCREEN."""

    name = "fullscreen"

    def __init__(self) -> None:
        super().__init__()
        self._window = 0
        self._active = self._state = self._is_fullscreen = 0

    async def open(self, session: DesktopSession) -> None:
        """Raises Unavailable outside of an X11 session."""
        connection = self._connection = XConnection(self._on_event, self.lose)
        self.close_at_end(connection.close)
        await connection.connect(session.environ)
        self._active = await atom(connection, "_NET_ACTIVE_WINDOW")
        self._state = await atom(connection, "_NET_WM_STATE")
        self._is_fullscreen = await atom(connection, "_NET_WM_STATE_FULLSCREEN")
        self._select(connection.root, PROPERTY_CHANGE)
        await self.read()

    def _select(self, window: int, events: int) -> None:
        self._connection.send(CHANGE_ATTRIBUTES, 0, struct.pack("<III", window, EVENT_MASK, events))

    async def read(self) -> None:
        root = self._connection.root
        window = next(iter(await numbers(self._connection, root, self._active)), 0)
        if window not in {self._window, 0, root}:
            self._select(window, PROPERTY_CHANGE | STRUCTURE_NOTIFY)
        self._window = window
        on = window != 0 and self._is_fullscreen in await numbers(self._connection, window, self._state)
        self.report_change(Signal.FULLSCREEN, on=on)

    def _on_event(self, event: bytes) -> None:
        kind, (window, what) = event[0] & 0x7F, struct.unpack_from("<4xII", event)
        # Some window managers do not update the property when the window is destroyed.
        gone = kind == DESTROY_NOTIFY and what == self._window
        changed = kind == PROPERTY_NOTIFY and (what == self._active or (what == self._state and window == self._window))
        if gone or changed:
            self.read_again()
