"""A fullscreen window in front, on Wayland: the protocol wlr-foreign-toplevel-management (sway, Hyprland, labwc …).

The compositor lists its windows with their states; titles and names that it also sends are thrown away unread.
"""

from __future__ import annotations

import struct

from psoas_nudge.core.model import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import Report, Session, SignalChanged, SourceLost
from psoas_nudge.presence.wayland import Compositor, read_numbers

MANAGER = "zwlr_foreign_toplevel_manager_v1"
TOPLEVEL, FINISHED = 0, 1
STATE, DONE, CLOSED = 4, 5, 6
DESTROY = 7
ACTIVATED, FULLSCREEN = 2, 3


class Toplevels:
    """Reports FULLSCREEN."""

    name = "toplevels"

    def __init__(self) -> None:
        self._compositor: Compositor | None = None
        self._states: dict[int, tuple[int, ...]] = {}
        self._on = False

    async def start(self, session: Session, report: Report) -> None:
        """Connect and look once; raises Unavailable where the compositor does not offer the protocol."""
        self._report, self._on = report, False
        self._states.clear()
        compositor = Compositor(self._on_lost)
        await compositor.connect(session.environ)
        self._compositor = compositor
        try:
            compositor.bind(MANAGER, 2, self._on_manager)
            await compositor.round_trip()
        except (Unavailable, TimeoutError, ConnectionError) as error:
            await self.stop()
            raise Unavailable(str(error) or "the compositor does not answer") from error

    async def stop(self) -> None:
        """Disconnect."""
        compositor, self._compositor = self._compositor, None
        if compositor:
            await compositor.close()

    def _on_manager(self, what: int, data: bytes) -> None:
        if what == TOPLEVEL and self._compositor:
            (window,) = struct.unpack_from("=I", data)
            self._states[window] = ()
            self._compositor.hear(window, lambda event, arguments: self._on_window(window, event, arguments))
        elif what == FINISHED:
            self._on_lost("the compositor lists its windows no more")

    def _on_window(self, window: int, what: int, data: bytes) -> None:
        if self._compositor is None:
            return
        if what == STATE:
            self._states[window] = read_numbers(data)
        elif what == CLOSED:
            self._states.pop(window, None)
            self._compositor.ignore(window)
            self._compositor.send(window, DESTROY)
        if what in {DONE, CLOSED}:
            on = any(ACTIVATED in states and FULLSCREEN in states for states in self._states.values())
            if on != self._on:
                self._on = on
                self._report(SignalChanged(Signal.FULLSCREEN, on))

    def _on_lost(self, why: str) -> None:
        if self._compositor:
            self._compositor = None
            self._report(SourceLost(why))


if __name__ == "__main__":
    from psoas_nudge.presence.probe import run

    run(Toplevels())
