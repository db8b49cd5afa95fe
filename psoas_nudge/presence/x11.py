"""Idle time on X11 without polling: the server's IDLETIME counter and two alarms on it (XSync extension).

One alarm tells when the counter rises to the threshold, the other when it falls below it again. Between the two
nothing wakes this process, however much is typed. The counter covers every device of the display and says only how
long ago any input was. Idea: xss-lock, xautolock and GNOME's idle monitor on X11.
"""

from __future__ import annotations

import struct

from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import InputSeen, InputStopped, Report, Session, SourceLost
from psoas_nudge.presence.xcb import Connection, Extension, Refused, ServerGone

INITIALIZE, LIST_SYSTEM_COUNTERS, QUERY_COUNTER, CREATE_ALARM, CHANGE_ALARM = 0, 1, 5, 8, 9
ALARM_NOTIFY = 1
COUNTER, VALUE_TYPE, VALUE, TEST_TYPE, DELTA, EVENTS = (1 << bit for bit in range(6))
ABSOLUTE = 0
POSITIVE_TRANSITION, NEGATIVE_TRANSITION = 0, 1


def display_of(session: Session) -> str:
    """The display to connect to; raises Unavailable outside of an X11 session."""
    environ = session.environ
    if environ.get("WAYLAND_DISPLAY") or environ.get("XDG_SESSION_TYPE") == "wayland":
        raise Unavailable("in a Wayland session the X server sees only what is typed into X11 windows")
    display = environ.get("DISPLAY")
    if not display:
        raise Unavailable("no X11 session: DISPLAY is not set")
    return display


class X11Idle:
    """The idle source of an X11 session."""

    name = "x11"

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self._sync = Extension(0, 0)
        self._counter = self._rise = self._fall = 0
        self._threshold = self._fall_below = 0
        self._idle: bool | None = None

    async def start(self, session: Session, report: Report) -> None:
        """Connect; raises Unavailable without an X server, without SYNC or without its IDLETIME counter."""
        display = display_of(session)
        self._report = report
        self._threshold, self._idle = 0, None
        self._connection = Connection(display, self._on_event, self._on_lost)
        try:
            self._sync = self._connection.extension("SYNC")
            self._connection.ask(self._sync.major, INITIALIZE, bytes((3, 1, 0, 0)))
            self._counter = self._find_counter(self._connection)
        except (Unavailable, Refused, ServerGone) as error:
            await self.stop()
            raise Unavailable(str(error) or "the X server went away") from error

    async def stop(self) -> None:
        """Disconnect."""
        if self._connection:
            self._connection.close()
            self._connection = None

    async def watch(self, threshold: float) -> None:
        """See port.IdleSource."""
        if self._connection is None:
            return
        try:
            self._watch(self._connection, max(2, round(threshold * 1000)))
        except ServerGone:
            self._on_lost()

    def _watch(self, connection: Connection, threshold: int) -> None:
        first = not self._threshold
        self._threshold = threshold
        if first:
            self._rise, self._fall = connection.new_id(), connection.new_id()
            self._alarm(CREATE_ALARM, self._rise, threshold, POSITIVE_TRANSITION)
            self._alarm(CREATE_ALARM, self._fall, threshold - 1, NEGATIVE_TRANSITION)
            self._fall_below = threshold - 1
        else:
            self._alarm(CHANGE_ALARM, self._rise, threshold, POSITIVE_TRANSITION)
        reply = connection.ask(self._sync.major, QUERY_COUNTER, struct.pack("<I", self._counter))
        high, low = struct.unpack_from("<8xiI", reply)
        since_input = (high << 32) + low
        if self._idle:
            # Input is still owed to the listener: hear it even when the new threshold is not reached yet.
            self._fall_at(min(threshold, since_input) - 1)
            return
        self._fall_at(threshold - 1)
        if since_input >= threshold:
            self._idle = True
            self._report(InputStopped(since_input / 1000))
        elif first:
            self._idle = False
            self._report(InputSeen())

    def _find_counter(self, connection: Connection) -> int:
        reply = connection.ask(self._sync.major, LIST_SYSTEM_COUNTERS)
        (count,) = struct.unpack_from("<8xI", reply)
        offset = 32
        for _ in range(count):
            counter, length = struct.unpack_from("<I8xH", reply, offset)
            if reply[offset + 14 : offset + 14 + length] == b"IDLETIME":
                return int(counter)
            offset += (14 + length + 3) // 4 * 4
        raise Unavailable("the X server's SYNC extension has no IDLETIME counter")

    def _fall_at(self, value: int) -> None:
        if value != self._fall_below:
            self._fall_below = value
            self._alarm(CHANGE_ALARM, self._fall, value, NEGATIVE_TRANSITION)

    def _alarm(self, request: int, alarm: int, value: int, test: int) -> None:
        mask = VALUE_TYPE | VALUE | TEST_TYPE | DELTA | EVENTS
        values = struct.pack("<IiIIiII", ABSOLUTE, value >> 32, value & 0xFFFFFFFF, test, 0, 0, 1)
        if request == CREATE_ALARM:
            mask |= COUNTER
            values = struct.pack("<I", self._counter) + values
        if self._connection is None:
            raise ServerGone
        self._connection.send(self._sync.major, request, struct.pack("<II", alarm, mask) + values)

    def _on_event(self, event: bytes) -> None:
        if event[0] & 0x7F != self._sync.first_event + ALARM_NOTIFY:
            return
        alarm, high, low, set_high, set_low = struct.unpack_from("<4xIiIiI", event)
        since_input, value = (high << 32) + low, (set_high << 32) + set_low
        if alarm == self._rise and value == self._threshold and not self._idle:
            self._idle = True
            self._report(InputStopped(since_input / 1000))
        elif alarm == self._fall and value == self._fall_below and self._idle:
            self._idle = False
            self._report(InputSeen())
            try:
                self._fall_at(self._threshold - 1)
            except ServerGone:
                self._on_lost()

    def _on_lost(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None
            self._report(SourceLost("the X server went away"))


if __name__ == "__main__":
    from psoas_nudge.presence.probe import run

    run(X11Idle())
