"""Idle time on X11 without polling: the server's IDLETIME counter and two alarms on it (XSync extension).

One alarm fires when the counter rises to the threshold, the other when it falls below it again. In between, input does
not wake the process. The counter covers every device of the display and gives only the time since the last input.
Idea: xss-lock, xautolock and GNOME's idle monitor on X11.
"""

from __future__ import annotations

import struct

from psoas_nudge.core.events import Active, Idle
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import DesktopSession, IdleSource
from psoas_nudge.presence.xserver import MESSAGE_BYTES, XConnection

INITIALIZE, LIST_SYSTEM_COUNTERS, QUERY_COUNTER, CREATE_ALARM, CHANGE_ALARM = 0, 1, 5, 8, 9
ALARM_NOTIFY, MAPPING_NOTIFY = 1, 34
COUNTER, VALUE_TYPE, VALUE, TEST_TYPE, DELTA, EVENTS = (1 << bit for bit in range(6))
ABSOLUTE = 0
POSITIVE_TRANSITION, NEGATIVE_TRANSITION = 0, 1


class X11Idle(IdleSource):
    """The idle source of an X11 session."""

    name = "x11"

    def __init__(self) -> None:
        super().__init__()
        self._counter = self._rise = self._fall = 0
        self._threshold = self._fall_below = 0
        self._idle: bool | None = None

    async def open(self, session: DesktopSession) -> None:
        """Raises Unavailable without an X server, without SYNC or without its IDLETIME counter."""
        self._connection = XConnection(self._on_event, self.lose)
        self.close_at_end(self._connection.close)
        await self._connection.connect(session.environ)
        self._sync, self._first_event = await self._connection.extension("SYNC")
        await self._connection.ask(self._sync, INITIALIZE, bytes((3, 1, 0, 0)))
        self._counter = await self._find_counter()

    async def set_threshold(self, threshold: int) -> None:
        """Set the alarms. Events that arrive before the reply to the query are handled before it."""
        connection = self._connection
        first, self._threshold = not self._threshold, max(2, threshold)
        if first:
            self._rise, self._fall = connection.new_id(), connection.new_id()
            self._alarm(CREATE_ALARM, self._rise, self._threshold, POSITIVE_TRANSITION)
            self._alarm(CREATE_ALARM, self._fall, self._threshold - 1, NEGATIVE_TRANSITION)
            self._fall_below = self._threshold - 1
        else:
            self._alarm(CHANGE_ALARM, self._rise, self._threshold, POSITIVE_TRANSITION)
        reply = await connection.ask(self._sync, QUERY_COUNTER, struct.pack("<I", self._counter))
        high, low = struct.unpack_from("<8xiI", reply)
        since_input = (high << 32) + low
        if self._idle:
            # Active has not been reported yet; it has to be, also below the new threshold.
            self._fall_at(min(self._threshold, since_input) - 1)
            return
        self._fall_at(self._threshold - 1)
        if since_input >= self._threshold:
            self._idle = True
            self.report(Idle(idle_for=since_input))
        elif self._idle is None:
            self._idle = False
            self.report(Active())

    async def _find_counter(self) -> int:
        reply = await self._connection.ask(self._sync, LIST_SYSTEM_COUNTERS)
        (count,) = struct.unpack_from("<8xI", reply)
        offset = MESSAGE_BYTES
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
        self._connection.send(self._sync, request, struct.pack("<II", alarm, mask) + values)

    def _on_event(self, event: bytes) -> None:
        kind = event[0] & 0x7F
        if kind == MAPPING_NOTIFY:
            return  # sent to every client
        if kind != self._first_event + ALARM_NOTIFY:
            raise ValueError(f"an event of kind {kind}, which was not asked for")
        alarm, high, low, set_high, set_low = struct.unpack_from("<4xIiIiI", event)
        since_input, value = (high << 32) + low, (set_high << 32) + set_low
        if alarm == self._rise and value == self._threshold and not self._idle:
            self._idle = True
            self.report(Idle(idle_for=since_input))
        elif alarm == self._fall and value == self._fall_below and self._idle:
            self._idle = False
            self.report(Active())
            self._fall_at(self._threshold - 1)
