"""Idle time on Wayland: the protocol ext-idle-notify-v1 (Plasma, sway from 1.8, Hyprland, labwc, niri, COSMIC …).

Its predecessor, KDE's org_kde_kwin_idle, says the same in other words and is all that sway 1.7 and Plasma 5.26 have.

The compositor tells when there was no input for the threshold and when there is input again; nothing wakes this process
in between. Since version 2 there is a request that ignores idle inhibitors. With both, "no input" can be told from "no
input, but something keeps the screen on": somebody watches a film. With version 1 a film looks like input.

A compositor counts from the moment it is asked, and cannot be asked how long ago the last input was.
"""

from __future__ import annotations

import asyncio
import struct

from psoas_nudge.core.model import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import InputSeen, InputStopped, Report, Session, SignalChanged, SourceLost
from psoas_nudge.presence.wayland import Compositor

SEAT, NOTIFIER, PREDECESSOR = "wl_seat", "ext_idle_notifier_v1", "org_kde_kwin_idle"
GET_TIMEOUT = 0
DESTROY, GET_NOTIFICATION, GET_INPUT_NOTIFICATION = 0, 1, 2
INPUT_BY_VERSION = (GET_TIMEOUT, GET_NOTIFICATION, GET_INPUT_NOTIFICATION)
"""The request that comes nearest to input alone; version 0 is the predecessor."""
IDLED, RESUMED = 0, 1
INHIBITED_AFTER = 1.0
"""Seconds: a compositor that is not inhibited tells both within one moment."""


class ExtIdle:
    """The idle source of a Wayland session; reports PLAYING where the compositor can tell."""

    name = "ext-idle-notify"

    def __init__(self) -> None:
        self._compositor: Compositor | None = None
        self._seat = self._notifier = self._version = 0
        self._input = self._inhibitable = 0
        self._owed = 0
        self._threshold = 0.0
        self._idle: bool | None = None
        self._rests = self._plays = False
        self._doubt: asyncio.TimerHandle | None = None

    async def start(self, session: Session, report: Report) -> None:
        """Connect; raises Unavailable without a compositor or where it does not offer the protocol."""
        self._report = report
        self._input = self._inhibitable = self._owed = 0
        self._idle, self._rests, self._plays = None, False, False
        compositor = Compositor(self._on_lost)
        await compositor.connect(session.environ)
        try:
            self._seat, _ = compositor.bind(SEAT, 1)
            if NOTIFIER in compositor.globals or PREDECESSOR not in compositor.globals:
                self._notifier, self._version = compositor.bind(NOTIFIER, 2)
            else:
                self._notifier, self._version = compositor.bind(PREDECESSOR, 1)[0], 0
        except Unavailable as error:
            await compositor.close()
            raise Unavailable(f"{error}; Plasma from 5.27 and sway from 1.8 do") from error
        self._compositor = compositor

    async def stop(self) -> None:
        """Disconnect."""
        self._no_doubt()
        compositor, self._compositor = self._compositor, None
        if compositor:
            await compositor.close()

    async def watch(self, threshold: float) -> None:
        """See port.IdleSource; the first call always reports InputSeen, because the compositor cannot be asked."""
        compositor = self._compositor
        if compositor is None:
            return
        self._threshold = threshold
        if self._idle:
            self._owed, old = self._input, self._owed  # it will tell of the next input
        else:
            old = self._input
        for notification in (old, self._inhibitable):
            self._forget(compositor, notification)
        self._rests = False
        self._input = self._ask(compositor, self._on_input, INPUT_BY_VERSION[self._version])
        if self._version > 1:
            self._inhibitable = self._ask(compositor, self._on_inhibitable, GET_NOTIFICATION)
        if self._idle is None:
            self._idle = False
            self._report(InputSeen())

    def _ask(self, compositor: Compositor, on_event: object, opcode: int) -> int:
        def heard(what: int, _data: bytes) -> None:
            if self._compositor is compositor:
                on_event(number, what)  # type: ignore[operator] # one of the two methods below

        number = compositor.new(heard)
        milliseconds = max(1, round(self._threshold * 1000))
        wish = (milliseconds, self._seat) if self._version else (self._seat, milliseconds)
        compositor.send(self._notifier, opcode, struct.pack("=III", number, *wish))
        return number

    def _forget(self, compositor: Compositor, notification: int) -> None:
        if notification:
            compositor.ignore(notification)
            compositor.send(notification, DESTROY)

    def _on_input(self, notification: int, what: int) -> None:
        if what == IDLED and notification == self._input and not self._idle:
            self._idle = True
            self._report(InputStopped(self._threshold))
            if self._version > 1:
                self._wonder()
        elif what == RESUMED and self._idle:
            self._idle = False
            self._no_doubt()
            if self._compositor and self._owed:
                self._forget(self._compositor, self._owed)
                self._owed = 0
            self._report(InputSeen())
            self._say_playing(on=False)

    def _on_inhibitable(self, _notification: int, what: int) -> None:
        self._rests = what == IDLED
        if self._idle and self._rests and not self._doubt:
            self._settle()
        elif self._idle and not self._rests:
            self._wonder()  # the person may just have come back: both resume, one after the other

    def _wonder(self) -> None:
        if not self._doubt:
            self._doubt = asyncio.get_running_loop().call_later(INHIBITED_AFTER, self._settle)

    def _settle(self) -> None:
        """No input, but the compositor does not call it idle: something keeps the screen on."""
        self._no_doubt()
        self._say_playing(on=bool(self._idle) and not self._rests)

    def _say_playing(self, *, on: bool) -> None:
        if on != self._plays:
            self._plays = on
            self._report(SignalChanged(Signal.PLAYING, on))

    def _no_doubt(self) -> None:
        if self._doubt:
            self._doubt.cancel()
            self._doubt = None

    def _on_lost(self, why: str) -> None:
        self._no_doubt()
        if self._compositor:
            self._compositor = None
            self._report(SourceLost(why))


if __name__ == "__main__":
    from psoas_nudge.presence.probe import run

    run(ExtIdle())
