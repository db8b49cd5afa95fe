"""A small connection to an X server through libxcb: send a request, read a reply, hear events on the asyncio loop.

libxcb instead of Xlib because Xlib ends the whole process when its server dies; libxcb says so and goes on. Requests
are packed here, so that no library per extension is needed: libxcb itself is wherever X is. The layout of requests,
replies and events is that of the X11 and extension protocol documents (x.org, xorgproto).
"""

from __future__ import annotations

import asyncio
import ctypes
import ctypes.util
import struct
from collections.abc import Callable
from functools import cache
from typing import Any

from msgspec import Struct

from psoas_nudge.errors import Unavailable

CHECKED = 1
EVENT_BYTES = 32
QUERY_EXTENSION = 98


class ServerGone(Exception):
    """The X server has closed the connection."""


class Refused(Exception):
    """The X server answered a request with an error."""


class Extension(Struct, frozen=True):
    """The codes that this server gave to an extension."""

    major: int
    first_event: int


class _Request(ctypes.Structure):
    _fields_ = (
        ("count", ctypes.c_size_t),
        ("extension", ctypes.c_void_p),
        ("opcode", ctypes.c_uint8),
        ("is_void", ctypes.c_uint8),
    )


class _Part(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


@cache
def _library() -> Any:
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError as error:
        raise Unavailable("libxcb is missing; install libxcb1") from error
    pointer, integer = ctypes.c_void_p, ctypes.c_int
    signatures: dict[str, tuple[Any, list[Any]]] = {
        "xcb_connect": (pointer, [ctypes.c_char_p, pointer]),
        "xcb_connection_has_error": (integer, [pointer]),
        "xcb_disconnect": (None, [pointer]),
        "xcb_flush": (integer, [pointer]),
        "xcb_generate_id": (ctypes.c_uint32, [pointer]),
        "xcb_get_file_descriptor": (integer, [pointer]),
        "xcb_get_setup": (pointer, [pointer]),
        "xcb_poll_for_event": (pointer, [pointer]),
        "xcb_send_request": (ctypes.c_uint, [pointer, integer, pointer, pointer]),
        "xcb_wait_for_reply": (pointer, [pointer, ctypes.c_uint, pointer]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(xcb, name)
        function.restype, function.argtypes = result, arguments
    return xcb


@cache
def _free() -> Any:
    free = ctypes.CDLL(None).free
    free.restype, free.argtypes = None, [ctypes.c_void_p]
    return free


def _take(address: int, size: int) -> bytes:
    """Copy what libxcb allocated, and free it."""
    content = ctypes.string_at(address, size)
    _free()(address)
    return content


class Connection:
    """One connection. `on_event` gets each event's 32 bytes, `on_lost` is called once when the server is gone."""

    def __init__(self, display: str, on_event: Callable[[bytes], None], on_lost: Callable[[], None]) -> None:
        """Connect and listen on the running loop; raises Unavailable when there is no such server."""
        self._xcb = _library()
        self._on_event, self._on_lost = on_event, on_lost
        self._connection: int | None = self._xcb.xcb_connect(display.encode(), None)
        if self._xcb.xcb_connection_has_error(self._connection):
            self._xcb.xcb_disconnect(self._connection)
            self._connection = None
            raise Unavailable(f"no X server answers on display {display}")
        setup = self._xcb.xcb_get_setup(self._connection)
        vendor_length, formats = struct.unpack_from("<24xH3xB", ctypes.string_at(setup, 40))
        first_screen = 40 + (vendor_length + 3) // 4 * 4 + 8 * formats
        self.root: int = struct.unpack_from("<I", ctypes.string_at(setup + first_screen, 4))[0]
        self._loop = asyncio.get_running_loop()
        self._fd: int = self._xcb.xcb_get_file_descriptor(self._connection)
        self._loop.add_reader(self._fd, self._read)

    def close(self) -> None:
        """Disconnect; nothing is heard afterwards."""
        if self._connection is not None:
            self._loop.remove_reader(self._fd)
            self._xcb.xcb_disconnect(self._connection)
            self._connection = None

    def new_id(self) -> int:
        """An id for a new resource."""
        return int(self._xcb.xcb_generate_id(self._alive()))

    def extension(self, name: str) -> Extension:
        """Look an extension up; raises Unavailable when the server has none of this name."""
        data = struct.pack("<HH", len(name), 0) + name.encode()
        reply = self.ask(QUERY_EXTENSION, 0, data)
        present, major, first_event = struct.unpack_from("<8x3B", reply)
        if not present:
            raise Unavailable(f"the X server has no {name} extension")
        return Extension(major, first_event)

    def send(self, major: int, minor: int, data: bytes = b"") -> None:
        """Send a request that has no reply; `minor` is the second byte, `data` what follows the length."""
        self._send(major, minor, data, is_void=True)
        if self._xcb.xcb_flush(self._alive()) <= 0:
            raise ServerGone

    def ask(self, major: int, minor: int, data: bytes = b"") -> bytes:
        """Send a request and wait for its whole reply; raises Refused or ServerGone."""
        sequence = self._send(major, minor, data, is_void=False)
        error = ctypes.c_void_p()
        reply = self._xcb.xcb_wait_for_reply(self._alive(), sequence, ctypes.byref(error))
        # Waiting may have read events as well: the descriptor will not tell of those again.
        self._loop.call_soon(self._read)
        if reply:
            more = struct.unpack_from("<4xI", ctypes.string_at(reply, 8))[0]
            return _take(reply, EVENT_BYTES + 4 * more)
        if error.value:
            raise Refused(f"X error {_take(error.value, EVENT_BYTES)[1]} for request {major}.{minor}")
        raise ServerGone

    def _send(self, major: int, minor: int, data: bytes, *, is_void: bool) -> int:
        body = struct.pack("<BBH", major, minor, 0) + data
        body += bytes(-len(body) % 4)
        buffer = ctypes.create_string_buffer(body, len(body))
        parts = (_Part * 3)()  # libxcb wants room for two parts of its own before the first
        parts[2] = _Part(ctypes.addressof(buffer), len(body))
        request = _Request(1, None, major, is_void)
        first = ctypes.byref(parts, 2 * ctypes.sizeof(_Part))
        sequence = self._xcb.xcb_send_request(self._alive(), 0 if is_void else CHECKED, first, ctypes.byref(request))
        if not sequence:
            raise ServerGone
        return int(sequence)

    def _alive(self) -> int:
        if self._connection is None:
            raise ServerGone
        return self._connection

    def _read(self) -> None:
        while self._connection is not None:
            event = self._xcb.xcb_poll_for_event(self._connection)
            if not event:
                break
            content = _take(event, EVENT_BYTES)
            if content[0]:  # 0 is an error of a request that has no reply: its window or alarm is already gone
                self._on_event(content)
        if self._connection is not None and self._xcb.xcb_connection_has_error(self._connection):
            self.close()
            self._on_lost()
