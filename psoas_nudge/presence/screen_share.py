"""Whether the screen is shared or recorded: a compositor or its portal offers a video stream through PipeWire.

Every program in a Wayland session shares the screen that way. The sensor reads PipeWire's registry; it does not see
which screen or window is shared, or with whom. Plasma's previews in the task bar use the same kind of stream and count
while they are visible.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.pipewire import PipeWireClient
from psoas_nudge.presence.port import DesktopSession, Sensor
from psoas_nudge.presence.wire import ServerGone, ServerRefused

NODE = "PipeWire:Interface:Node"
CAST = "Stream/Output/Video"
"""The media class of casts by GNOME, Plasma and niri."""
SOURCE = "Video/Source"
PORTALS = ("xdg-desktop-portal", "xdpw-", "xdph-")
"""Names of the portals of wlroots and Hyprland, whose casts have the media class of cameras."""
SETTLE_SECONDS = 2.0
"""Programs end a cast and begin the next one within this: from a dialog's preview to the call, or at a new size."""


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
        self._ending: asyncio.TimerHandle | None = None
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
        self._ending = None
        self.report_signal(Signal.SCREEN_SHARE, on=bool(self._casts))

    def _on_global(self, number: int, kind: str, properties: dict[str, str]) -> None:
        if not is_cast(kind, properties):
            return
        if self._ending:
            self._ending.cancel()
        self._casts.add(number)
        if self._listed:
            self._report_casts()

    def _on_remove(self, number: int) -> None:
        if number not in self._casts:
            return
        self._casts.remove(number)
        if self._listed and not self._casts:
            self._ending = self.later(self._settle, self._report_casts)
