"""Whether the screen is shared or recorded: a compositor or its portal offers a video stream through PipeWire.

Every program in a Wayland session shares the screen that way. The sensor reads PipeWire's registry; it does not see
which screen or window is shared, or with whom. Plasma's previews in the task bar use the same kind of stream and count
while they are visible.

The client speaks the part of PipeWire's native protocol that lists objects and their changes. Client libraries cost
megabytes in the daemon. Of the values (SPA pods) only numbers, texts and structs are decoded. Layouts: PipeWire's
documentation, "Native Protocol" and "SPA POD". No stream is opened: this process gets no picture and no sound.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import DesktopSession, Sensor
from psoas_nudge.presence.wire import ServerGone, ServerRefused, Stream

log = logging.getLogger(__name__)

INT, STRING, STRUCT = 4, 8, 14
CORE, CLIENT, REGISTRY = 0, 1, 2
"""Objects of a connection: the first two are given, the third is the first free number."""
HELLO, SYNC, PONG, GET_REGISTRY = 1, 2, 3, 5
UPDATE_PROPERTIES = 2
CORE_EVENTS = {1: "done", 2: "ping", 3: "error"}
REGISTRY_EVENTS = {0: "global", 1: "gone"}
VERSION = 3
"""Of the core and of its registry, since PipeWire 0.3."""
END_OF_LIST = [CORE, 1]
"""The answer after the list of objects. The server also sends "done" without a request (-1, 0)."""
HEAD = struct.Struct("=4I")
"""A message's header: object; opcode and size; sequence number; number of file descriptors."""

NODE = "PipeWire:Interface:Node"
CAST = "Stream/Output/Video"
"""The media class of casts by GNOME, Plasma and niri."""
SOURCE = "Video/Source"
PORTALS = ("xdg-desktop-portal", "xdpw-", "xdph-")
"""Names of the portals of wlroots and Hyprland, whose casts have the media class of cameras."""
SETTLE_SECONDS = 2.0
"""Programs end a cast and begin the next one within this: from a dialog's preview to the call, or at a new size."""


def _pod(kind: int, body: bytes) -> bytes:
    return struct.pack("=II", len(body), kind) + body + bytes(-len(body) % 8)


def record(*values: int | str | bytes) -> bytes:
    """A struct of numbers, texts and ready pods."""
    body = b""
    for value in values:
        if isinstance(value, int):
            body += _pod(INT, struct.pack("=i", value))
        elif isinstance(value, str):
            body += _pod(STRING, value.encode() + b"\0")
        else:
            body += value
    return _pod(STRUCT, body)


def fields(data: bytes) -> list[Any]:
    """The values of the struct at the start of `data`: numbers, texts, a nested struct as bytes for `fields`, and None
    for every other kind. Raises ValueError when it is not a struct.
    """
    size, kind = _head(data, 0, len(data))
    if kind != STRUCT:
        raise ValueError(f"a struct was expected, not a value of kind {kind}")
    found: list[Any] = []
    at, end = 8, 8 + size
    while at < end:
        size, kind = _head(data, at, end)
        body = data[at + 8 : at + 8 + size]
        if kind == INT:
            found.append(struct.unpack_from("=i", body)[0])
        elif kind == STRING:
            found.append(body.rstrip(b"\0").decode(errors="replace"))
        else:
            found.append(data[at : at + 8 + size] if kind == STRUCT else None)
        at += 8 + size + -size % 8
    return found


def _head(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Size and kind of the pod at this offset."""
    if at + 8 > end:
        raise ValueError("a value is cut off")
    size, kind = struct.unpack_from("=II", data, at)
    if at + 8 + size > end:
        raise ValueError("a value is longer than what it is in")
    return size, kind


def properties(data: bytes) -> dict[str, str]:
    """A dictionary from a struct of the count and then each key and value. Raises ValueError."""
    _count, *rest = fields(data)
    return {key: value for key, value in zip(rest[::2], rest[1::2], strict=True) if isinstance(value, str)}


class PipeWireClient:
    """A connection. `on_global` is called for every object (number, kind, properties), for existing ones before `open`
    returns; `on_remove` when an object is removed; `on_lost` when the connection ends.
    """

    def __init__(
        self,
        on_global: Callable[[int, str, dict[str, str]], None],
        on_remove: Callable[[int], None],
        on_lost: Callable[[str], None],
    ) -> None:
        self._on_global, self._on_remove = on_global, on_remove
        self._sent = 0
        self._stream: Stream[None] = Stream(
            "PipeWire", HEAD.size, lambda head: int(HEAD.unpack(head)[1]) & 0xFFFFFF, self._on_message, on_lost
        )
        self.close = self._stream.close

    async def open(self, path: str) -> None:
        """Connect and wait for the list of objects; raises OSError, ServerGone or ServerRefused."""
        await self._stream.open(path)
        self._send(CORE, HELLO, record(VERSION))
        self._send(CLIENT, UPDATE_PROPERTIES, record(record(1, "application.name", "psoas-nudge")))
        self._send(CORE, GET_REGISTRY, record(VERSION, REGISTRY))
        self._send(CORE, SYNC, record(*END_OF_LIST))
        await self._stream.answer(CORE)

    def _send(self, number: int, opcode: int, payload: bytes) -> None:
        self._stream.send(HEAD.pack(number, opcode << 24 | len(payload), self._sent, 0) + payload)
        self._sent += 1

    def _on_message(self, head: bytes, payload: bytes) -> None:
        """Handle a message. After the first struct there may be a footer, which is ignored."""
        number, word, *_ = HEAD.unpack(head)
        if number not in {CORE, REGISTRY}:
            return
        match (CORE_EVENTS if number == CORE else REGISTRY_EVENTS).get(word >> 24):
            case "global":
                who, _permissions, kind, _version, about, *_ = fields(payload)
                self._on_global(who, kind, properties(about) if about else {})
            case "gone":
                who, *_ = fields(payload)
                self._on_remove(who)
            case "done" if fields(payload)[:2] == END_OF_LIST:
                self._stream.answered(CORE, None)
            case "ping":
                self._send(CORE, PONG, record(*fields(payload)))
            case "error":
                _who, _sequence, _code, message, *_ = fields(payload)
                log.debug("PipeWire reports an error: %s", message)
                self._stream.refused(CORE, ServerRefused(message))


def socket_of(environ: dict[str, str]) -> Path:
    """The server's socket; raises Unavailable where there is none."""
    folder = environ.get("PIPEWIRE_RUNTIME_DIR") or environ.get("XDG_RUNTIME_DIR", "")
    path = Path(folder, environ.get("PIPEWIRE_REMOTE") or "pipewire-0")
    if not path.is_socket():
        raise Unavailable("no PipeWire, through which screens are shared: the service pipewire is not running")
    return path


def is_cast(kind: str, properties: dict[str, str]) -> bool:
    """Whether this object of the registry is a shared screen or window."""
    if kind != NODE:
        return False
    offered = properties.get("media.class")
    return offered == CAST or (offered == SOURCE and properties.get("node.name", "").startswith(PORTALS))


class ScreenShare(Sensor):
    """Reports SCREEN_SHARE. `settle`: seconds after the end of the last cast until it counts."""

    name = "screen-share"

    def __init__(self, *, settle: float = SETTLE_SECONDS) -> None:
        super().__init__()
        self._settle = settle
        self._casts: set[int] = set()
        self._listed = False

    async def open(self, session: DesktopSession) -> None:
        """Raises Unavailable without PipeWire."""
        path = socket_of(session.environ)
        client = PipeWireClient(self._on_global, self._on_remove, self.lose)
        self.close_at_end(client.close)
        try:
            await client.open(str(path))
        except (OSError, ServerGone, ServerRefused) as error:
            raise Unavailable(f"PipeWire at {path} cannot be used: {error}") from error
        self._listed = True
        self._report_casts()

    def _report_casts(self) -> None:
        self.report_signal(Signal.SCREEN_SHARE, on=bool(self._casts))

    def _on_global(self, number: int, kind: str, properties: dict[str, str]) -> None:
        if not is_cast(kind, properties):
            return
        self.not_later(self._report_casts)
        self._casts.add(number)
        if self._listed:
            self._report_casts()

    def _on_remove(self, number: int) -> None:
        if number not in self._casts:
            return
        self._casts.remove(number)
        if self._listed and not self._casts:
            self.later(self._settle, self._report_casts)
