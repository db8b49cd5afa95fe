"""Whether the microphone is in use: a program records from a real source of the sound server (PulseAudio or PipeWire).

That is a call or a dictation: a bad moment for a prompt, and not a break. The server sends an event for each change.
Recordings of the computer's own sound (a monitor), level meters and paused recordings do not count.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import DesktopSession, RereadingSensor
from psoas_nudge.presence.pulse import (
    GET_SOURCE_INFO,
    GET_SOURCE_OUTPUT_INFO_LIST,
    INVALID,
    PulseClient,
    number,
    text,
)
from psoas_nudge.presence.wire import ServerGone, ServerRefused

FIELDS = 13
"""Values of one recording: index, name, module, client, source, format, map, two latencies, resampler, driver,
properties, whether it is paused."""
SOURCE, RESAMPLER, PROPERTIES, PAUSED = 4, 9, 11, 12
MONITOR_OF = 8
"""The index of this value among those of a source."""


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
        on = False
        for source in sources:
            on = on or await self._is_microphone(source)
        self.report_signal(Signal.CALL, on=on)

    async def _is_microphone(self, source: int) -> bool:
        try:
            got = await self._client.ask(GET_SOURCE_INFO, number(source) + text(None))
        except ServerRefused:
            return False  # unplugged meanwhile
        return bool(got[MONITOR_OF] == INVALID)
