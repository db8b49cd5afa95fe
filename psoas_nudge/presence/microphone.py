"""The microphone is in use: some program records from a real source of the sound server (PulseAudio or PipeWire).

A call, then, or a dictation: in either case a bad moment for a prompt, and no break. Told by the server's own
subscription. What records the computer's own sound (a monitor), what only draws a level meter and what is paused
does not count.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from psoas_nudge.core.model import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import Report, Session, SignalChanged, SourceLost
from psoas_nudge.presence.pulse import (
    GET_SOURCE_INFO,
    GET_SOURCE_OUTPUT_INFO_LIST,
    INVALID,
    Client,
    Refused,
    number,
    text,
)
from psoas_nudge.presence.rereading import Rereading

log = logging.getLogger(__name__)

FIELDS = 13
"""Values of one recording: index, name, module, client, source, format, map, two latencies, resampler, driver,
properties, whether it is paused."""
SOURCE, RESAMPLER, PROPERTIES, PAUSED = 4, 9, 11, 12
MONITOR_OF = 8
"""The place of this value among those of a source."""


def socket_of(environ: dict[str, str]) -> Path:
    """The server's socket; raises Unavailable where there is none."""
    server = environ.get("PULSE_SERVER", "")
    if server and not server.startswith(("unix:", "/")):
        raise Unavailable(f"the sound server is on another machine: PULSE_SERVER={server}")
    runtime = environ.get("PULSE_RUNTIME_PATH") or f"{environ.get('XDG_RUNTIME_DIR', '')}/pulse"
    path = Path(server.removeprefix("unix:") or f"{runtime}/native")
    try:
        there = path.is_socket()
    except OSError as error:
        raise Unavailable(f"the sound server's socket {path} is not yours to look at: {error.strerror}") from error
    if not there:
        raise Unavailable("no sound server: PulseAudio or PipeWire's pulse server (pipewire-pulse) is not running")
    return path


def cookie_of(environ: dict[str, str]) -> bytes:
    """The server's password, where it wants one; the same user needs none."""
    named = environ.get("PULSE_COOKIE")
    home = Path(environ.get("XDG_CONFIG_HOME") or f"{environ.get('HOME', '')}/.config")
    try:
        return (Path(named) if named else home / "pulse" / "cookie").read_bytes()
    except OSError:
        return b""


def is_heard(recording: list[Any]) -> bool:
    """Whether this is a recording in earnest, as far as it tells of itself."""
    name = recording[PROPERTIES].get("media.name", "")
    return not recording[PAUSED] and recording[RESAMPLER] != "peaks" and name != "Peak detect"


class Microphone:
    """Reports CALL."""

    name = "microphone"

    def __init__(self) -> None:
        self._client: Client | None = None
        self._reading = Rereading("who records", self._look, (OSError, Refused))

    async def start(self, session: Session, report: Report) -> None:
        """Connect and look once; raises Unavailable without a sound server."""
        self._report = report
        path = socket_of(session.environ)
        self._client = Client(self._on_change, self._on_lost)
        try:
            await self._client.open(str(path), cookie_of(session.environ))
            await self._look()
        except (OSError, Refused) as error:
            await self.stop()
            raise Unavailable(f"the sound server at {path} cannot be used: {error}") from error

    async def stop(self) -> None:
        """Disconnect."""
        client, self._client = self._client, None
        await self._reading.stop()
        if client:
            await client.close()

    async def _look(self) -> None:
        client = self._client
        if client is None:
            return
        got = await client.ask(GET_SOURCE_OUTPUT_INFO_LIST)
        recordings = [got[at : at + FIELDS] for at in range(0, len(got), FIELDS)]
        heard = [recording for recording in recordings if is_heard(recording)]
        on = False
        for source in {recording[SOURCE] for recording in heard}:
            on = on or await self._is_microphone(client, source)
        self._report(SignalChanged(Signal.CALL, on))

    @staticmethod
    async def _is_microphone(client: Client, source: int) -> bool:
        try:
            return bool((await client.ask(GET_SOURCE_INFO, number(source) + text(None)))[MONITOR_OF] == INVALID)
        except Refused:
            return False  # unplugged meanwhile

    def _on_change(self) -> None:
        if self._client:
            self._reading.ask()

    def _on_lost(self, why: str) -> None:
        if self._client:
            self._client = None
            self._report(SourceLost(why))


if __name__ == "__main__":
    from psoas_nudge.presence.probe import run

    run(Microphone())
