"""Idle time on Wayland: the protocol ext-idle-notify-v1 (Plasma, sway from 1.8, Hyprland, labwc, niri, COSMIC …).

Its predecessor, KDE's org_kde_kwin_idle, has the same events; sway 1.7 and Plasma 5.26 have only that one.

The compositor sends an event when there was no input for the threshold and another at the next input; the process is
not woken in between. Version 2 adds a request that ignores idle inhibitors. Both requests together distinguish "no
input" from "no input, but a program keeps the screen on": the person watches a video. With version 1 a video looks like
input.

A compositor counts from the time of the request. It cannot be asked how long ago the last input was.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from psoas_nudge.core.events import Active, Idle
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import DesktopSession, IdleSource
from psoas_nudge.presence.wayland import Compositor

SEAT, NOTIFIER, PREDECESSOR = "wl_seat", "ext_idle_notifier_v1", "org_kde_kwin_idle"
GET_TIMEOUT = 0
DESTROY, GET_NOTIFICATION, GET_INPUT_NOTIFICATION = 0, 1, 2
INPUT_BY_VERSION = (GET_TIMEOUT, GET_NOTIFICATION, GET_INPUT_NOTIFICATION)
"""The request that reports input most precisely, by version; version 0 is the predecessor."""
IDLED, RESUMED = 0, 1
INHIBITED_AFTER = 1.0
"""Seconds: without an inhibitor, a compositor sends both events almost at the same time."""


class ExtIdle(IdleSource):
    """The idle source of a Wayland session; from version 2 on it also reports PLAYING."""

    name = "ext-idle-notify"

    def __init__(self) -> None:
        super().__init__()
        self._seat = self._notifier = self._version = 0
        self._input = self._inhibitable = 0
        self._resuming = 0
        """The notification of an earlier threshold that will report the next input."""
        self._threshold = 0
        self._idle: bool | None = None
        self._inhibitable_idle = False

    async def open(self, session: DesktopSession) -> None:
        """Raises Unavailable without a compositor or where it does not offer the protocol."""
        compositor = self._compositor = Compositor(self.lose)
        self.close_at_end(compositor.close)
        await compositor.connect(session.environ)
        try:
            self._seat, _ = compositor.bind(SEAT, 1)
            if NOTIFIER in compositor.globals or PREDECESSOR not in compositor.globals:
                self._notifier, self._version = compositor.bind(NOTIFIER, 2)
            else:
                self._notifier, self._version = compositor.bind(PREDECESSOR, 1)[0], 0
        except Unavailable as error:
            raise Unavailable(f"{error}; Plasma from 5.27 and sway from 1.8 do") from error

    async def set_threshold(self, threshold: int) -> None:
        """The first call always reports Active, because the compositor cannot be queried."""
        self._threshold = threshold
        if self._idle:
            self._resuming, old = self._input, self._resuming
        else:
            old = self._input
        for notification in (old, self._inhibitable):
            self._destroy(notification)
        self._inhibitable_idle = False
        self._input = self._notification(self._on_input, INPUT_BY_VERSION[self._version])
        if self._version > 1:
            self._inhibitable = self._notification(self._on_inhibitable, GET_NOTIFICATION)
        if self._idle is None:
            self._idle = False
            self.report(Active())

    def _notification(self, on_event: Callable[[int, int], None], opcode: int) -> int:
        number = self._compositor.new(lambda what, _data: on_event(number, what))
        timeout = max(1, self._threshold)
        arguments = (timeout, self._seat) if self._version else (self._seat, timeout)
        self._compositor.send(self._notifier, opcode, struct.pack("=III", number, *arguments))
        return number

    def _destroy(self, notification: int) -> None:
        if notification:
            self._compositor.ignore(notification)
            self._compositor.send(notification, DESTROY)

    def _on_input(self, notification: int, what: int) -> None:
        if what == IDLED and notification == self._input and not self._idle:
            self._idle = True
            self.report(Idle(idle_for=self._threshold))
            if self._version > 1:
                self.later(INHIBITED_AFTER, self._settle)
        elif what == RESUMED and self._idle:
            self._idle = False
            self.not_later(self._settle)
            self._destroy(self._resuming)
            self._resuming = 0
            self.report(Active())
            self.report_change(Signal.PLAYING, on=False)

    def _on_inhibitable(self, _notification: int, what: int) -> None:
        self._inhibitable_idle = what == IDLED
        if self._idle and self._inhibitable_idle:
            self._settle()
        elif self._idle:  # the person may have come back: then both resume, one after the other
            self.later(INHIBITED_AFTER, self._settle)

    def _settle(self) -> None:
        """Without input, but not idle for the compositor: a program keeps the screen on."""
        self.not_later(self._settle)
        self.report_change(Signal.PLAYING, on=bool(self._idle) and not self._inhibitable_idle)
