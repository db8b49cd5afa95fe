"""A fullscreen window in front, on Wayland: the protocol wlr-foreign-toplevel-management (sway, Hyprland, labwc …).

The compositor sends its windows with their states. The titles and names that it also sends are not decoded.
"""

from __future__ import annotations

import struct

from psoas_nudge.core.words import Signal
from psoas_nudge.presence.port import DesktopSession, Sensor
from psoas_nudge.presence.wayland import Compositor, read_numbers

MANAGER = "zwlr_foreign_toplevel_manager_v1"
TOPLEVEL, FINISHED = 0, 1
STATE, DONE, CLOSED = 4, 5, 6
DESTROY = 7
ACTIVATED, FULLSCREEN = 2, 3


class Toplevels(Sensor):
    """Reports FULLSCREEN."""

    name = "toplevels"

    def __init__(self) -> None:
        super().__init__()
        self._states: dict[int, tuple[int, ...]] = {}

    async def open(self, session: DesktopSession) -> None:
        """Raises Unavailable where the compositor does not offer the protocol."""
        self._compositor = Compositor(self.lose)
        self.close_at_end(self._compositor.close)
        await self._compositor.connect(session.environ)
        self._compositor.bind(MANAGER, 2, self._on_manager)
        await self._compositor.round_trip()

    def _on_manager(self, what: int, data: bytes) -> None:
        if what == TOPLEVEL:
            (window,) = struct.unpack_from("=I", data)
            self._states[window] = ()
            self._compositor.on_events(window, lambda event, arguments: self._on_window(window, event, arguments))
        elif what == FINISHED:
            self.lose("the compositor no longer lists its windows")

    def _on_window(self, window: int, what: int, data: bytes) -> None:
        if what == STATE:
            self._states[window] = read_numbers(data)
        elif what == CLOSED:
            self._states.pop(window, None)
            self._compositor.ignore(window)
            self._compositor.send(window, DESTROY)
        if what in {DONE, CLOSED}:
            on = any(ACTIVATED in states and FULLSCREEN in states for states in self._states.values())
            self.report_change(Signal.FULLSCREEN, on=on)
