"""Whether the microphone is in use: a program records from a real source of the sound server (PulseAudio or PipeWire).

That is a call or a dictation: a bad moment for a prompt, and not a break. The server sends an event for each change.
Recordings of the computer's own sound (a monitor), level meters and paused recordings do not count.

The client speaks the part of PulseAudio's native protocol that lists recordings; PipeWire's pulse server has the same
protocol. A client library costs 3 MB in the daemon. Values are tagged; a dozen kinds are decoded. Layouts:
pulsecore/protocol-native.c and pulse/tagstruct.c, at protocol version 19. No stream is opened and no sound is recorded.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import DesktopSession, RereadingSensor
from psoas_nudge.presence.wire import ServerGone, ServerRefused, Stream

VERSION = 19
COMMAND_ERROR, COMMAND_REPLY, AUTH, SET_CLIENT_NAME = 0, 2, 8, 9
GET_SOURCE_INFO, GET_SOURCE_OUTPUT_INFO_LIST, SUBSCRIBE, SUBSCRIBE_EVENT = 23, 32, 35, 66
MASK_SOURCE_OUTPUT = 0x0008
INVALID = 0xFFFFFFFF
HEAD = struct.Struct(">5I")
"""A message's header: its length, its channel, and three numbers for audio."""

FIXED = {b"L": ">I", b"B": ">B", b"U": ">Q", b"r": ">q", b"R": ">Q", b"T": ">II", b"V": ">I", b"a": ">BBI"}
"""Tagged values of fixed size: number, byte, microseconds, integers, time, volume, sample format."""

FLAGS = {b"N": None, b"1": True, b"0": False}

FIELDS = 13
"""Values of one recording: index, name, module, client, source, format, map, two latencies, resampler, driver,
properties, whether it is paused."""
SOURCE, RESAMPLER, PROPERTIES, PAUSED = 4, 9, 11, 12
MONITOR_OF = 8
"""The index of this value among those of a source."""


def number(value: int) -> bytes:
    """A number as a tagged value."""
    return b"L" + struct.pack(">I", value)


def text(value: str | None) -> bytes:
    """A text or None as a tagged value."""
    return b"N" if value is None else b"t" + value.encode() + b"\0"


def blob(value: bytes) -> bytes:
    """Bytes as a tagged value."""
    return b"x" + struct.pack(">I", len(value)) + value


def values(data: bytes) -> list[Any]:
    """All tagged values in order; a property list becomes a dict. Raises ValueError for an unknown kind."""
    found: list[Any] = []
    at = 0
    while at < len(data):
        value, at = _value(data, at)
        found.append(value)
    return found


def _value(data: bytes, at: int) -> tuple[Any, int]:
    tag, at = data[at : at + 1], at + 1
    if tag in FIXED:
        size = struct.calcsize(FIXED[tag])
        got = struct.unpack_from(FIXED[tag], data, at)
        return got[0] if len(got) == 1 else got, at + size
    if tag in FLAGS:
        return FLAGS[tag], at
    if tag == b"t":
        end = data.index(b"\0", at)
        return data[at:end].decode(errors="replace"), end + 1
    if tag == b"P":
        return _properties(data, at)
    return _sized(tag, data, at)


def _sized(tag: bytes, data: bytes, at: int) -> tuple[Any, int]:
    """A value that begins with its size: bytes, a channel map, volumes."""
    if tag == b"x":
        size = struct.unpack_from(">I", data, at)[0]
        return data[at + 4 : at + 4 + size], at + 4 + size
    if tag == b"m":
        return data[at + 1 : at + 1 + data[at]], at + 1 + data[at]
    if tag == b"v":
        return struct.unpack_from(f">{data[at]}I", data, at + 1), at + 1 + 4 * data[at]
    raise ValueError(f"unknown kind of value {tag!r}")


def _properties(data: bytes, at: int) -> tuple[dict[str, str], int]:
    found: dict[str, str] = {}
    while True:
        key, at = _value(data, at)
        if key is None:
            return found, at
        _, at = _value(data, at)
        content, at = _value(data, at)
        found[key] = content.rstrip(b"\0").decode(errors="replace")


class PulseClient:
    """A connection. `on_change` is called when a recording begins, changes or ends; `on_lost` when it is lost."""

    def __init__(self, on_change: Callable[[], None], on_lost: Callable[[str], None]) -> None:
        self._on_change = on_change
        self._tag = 0
        self._stream: Stream[list[Any]] = Stream(
            "the sound server", HEAD.size, lambda head: int(HEAD.unpack(head)[0]), self._on_message, on_lost
        )
        self.close = self._stream.close

    async def open(self, path: str, cookie: bytes) -> None:
        """Connect and subscribe; raises OSError, ServerGone, or ServerRefused when this user may not."""
        await self._stream.open(path)
        await self.ask(AUTH, number(VERSION) + blob(cookie.ljust(256, b"\0")[:256]))
        name = b"P" + text("application.name") + number(12) + blob(b"psoas-nudge\0") + b"N"
        await self.ask(SET_CLIENT_NAME, name)
        await self.ask(SUBSCRIBE, number(MASK_SOURCE_OUTPUT))

    async def ask(self, command: int, body: bytes = b"") -> list[Any]:
        """Send a command and wait for the values of its reply; raises ServerRefused or ServerGone."""
        self._tag += 1
        payload = number(command) + number(self._tag) + body
        self._stream.send(HEAD.pack(len(payload), INVALID, 0, 0, 0) + payload)
        return await self._stream.answer(self._tag)

    def _on_message(self, head: bytes, payload: bytes) -> None:
        if HEAD.unpack(head)[1] != INVALID:
            return  # audio
        command, tag = struct.unpack_from(">xIxI", payload)
        if command == SUBSCRIBE_EVENT:
            self._on_change()
        elif command == COMMAND_REPLY:
            self._stream.answered(tag, values(payload[10:]))
        elif command == COMMAND_ERROR:
            code = next(iter(values(payload[10:])), "?")
            self._stream.refused(tag, ServerRefused(f"the sound server refused with error {code}"))


def socket_of(environ: dict[str, str]) -> Path:
    """The server's socket; raises Unavailable where there is none."""
    server = environ.get("PULSE_SERVER", "")
    if server and not server.startswith(("unix:", "/")):
        raise Unavailable(f"the sound server is on another computer: PULSE_SERVER={server}")
    runtime = environ.get("PULSE_RUNTIME_PATH") or f"{environ.get('XDG_RUNTIME_DIR', '')}/pulse"
    path = Path(server.removeprefix("unix:") or f"{runtime}/native")
    try:
        there = path.is_socket()
    except OSError as error:
        raise Unavailable(f"you may not use the sound server's socket {path}: {error.strerror}") from error
    if not there:
        raise Unavailable("no sound server: PulseAudio or PipeWire's pulse server (pipewire-pulse) is not running")
    return path


def cookie_of(environ: dict[str, str]) -> bytes:
    """The server's cookie, where it wants one; the same user needs none."""
    named = environ.get("PULSE_COOKIE")
    home = Path(environ.get("XDG_CONFIG_HOME") or f"{environ.get('HOME', '')}/.config")
    try:
        return (Path(named) if named else home / "pulse" / "cookie").read_bytes()
    except OSError:
        return b""


def is_recording(recording: list[Any]) -> bool:
    """Whether this is neither a level meter nor a paused recording."""
    name = recording[PROPERTIES].get("media.name", "")
    return not recording[PAUSED] and recording[RESAMPLER] != "peaks" and name != "Peak detect"


class Microphone(RereadingSensor):
    """Reports CALL."""

    name = "microphone"

    async def open(self, session: DesktopSession) -> None:
        """Raises Unavailable without a sound server."""
        path = socket_of(session.environ)
        self._client = PulseClient(self.read_again, self.lose)
        self.close_at_end(self._client.close)
        try:
            await self._client.open(str(path), cookie_of(session.environ))
            await self.read()
        except (OSError, ServerGone, ServerRefused) as error:
            raise Unavailable(f"the sound server at {path} cannot be used: {error}") from error

    async def read(self) -> None:
        got = await self._client.ask(GET_SOURCE_OUTPUT_INFO_LIST)
        recordings = [got[at : at + FIELDS] for at in range(0, len(got), FIELDS)]
        sources = {recording[SOURCE] for recording in recordings if is_recording(recording)}
        self.report_signal(Signal.CALL, on=any([await self._is_microphone(source) for source in sources]))

    async def _is_microphone(self, source: int) -> bool:
        try:
            got = await self._client.ask(GET_SOURCE_INFO, number(source) + text(None))
        except ServerRefused:
            return False  # unplugged meanwhile
        return bool(got[MONITOR_OF] == INVALID)
