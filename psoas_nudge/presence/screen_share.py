"""The screen is shared or recorded: a compositor, or its portal, offers its picture to others through PipeWire.

Told by PipeWire's registry, for every program that shares in a Wayland session, because there is no other way there.
Which screen or window, and to whom, is not looked at. A picture of a window that the desktop itself shows, such as
Plasma's previews in the task bar, is offered in the same way and counts while it is on view.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from psoas_nudge.core.model import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.pipewire import Client, Refused
from psoas_nudge.presence.port import Report, Session, SignalChanged, SourceLost

NODE = "PipeWire:Interface:Node"
CAST = "Stream/Output/Video"
"""What the compositors of GNOME and Plasma, and niri, offer."""
SOURCE = "Video/Source"
PORTALS = ("xdg-desktop-portal", "xdpw-", "xdph-")
"""The portals of wlroots and Hyprland offer their casts in the class of cameras; their names tell them apart."""
SETTLE_SECONDS = 2.0
"""Programs end a cast and begin the next within this: from the preview in the dialog to the call, or at a new size."""


def socket_of(environ: dict[str, str]) -> Path:
    """The server's socket; raises Unavailable where there is none."""
    folder = environ.get("PIPEWIRE_RUNTIME_DIR") or environ.get("XDG_RUNTIME_DIR", "")
    path = Path(folder, environ.get("PIPEWIRE_REMOTE") or "pipewire-0")
    if not path.is_socket():
        raise Unavailable("no PipeWire, through which screens are shared: the service pipewire is not running")
    return path


def is_cast(kind: str, properties: dict[str, str]) -> bool:
    """Whether this object of the registry is a screen, or a window, that is being shared."""
    if kind != NODE:
        return False
    offered = properties.get("media.class")
    return offered == CAST or (offered == SOURCE and properties.get("node.name", "").startswith(PORTALS))


class ScreenShare:
    """Reports SCREEN_SHARE. `settle`: seconds after which the end of the last cast counts."""

    name = "screen-share"

    def __init__(self, *, settle: float = SETTLE_SECONDS) -> None:
        self._settle = settle
        self._client: Client | None = None
        self._casts: set[int] = set()
        self._ending: asyncio.TimerHandle | None = None
        self._ready = False

    async def start(self, session: Session, report: Report) -> None:
        """Connect and learn what is there; raises Unavailable without PipeWire."""
        self._report = report
        path = socket_of(session.environ)
        client = self._client = Client(self._on_global, self._on_remove, self._on_lost)
        try:
            await client.open(str(path))
        except (OSError, Refused) as error:
            await self.stop()
            raise Unavailable(f"PipeWire at {path} cannot be used: {error}") from error
        if self._client is not client:
            raise Unavailable(f"PipeWire at {path} went away at once")
        self._ready = True
        self._tell()

    async def stop(self) -> None:
        """Disconnect."""
        self._keep()
        client, self._client = self._client, None
        if client:
            await client.close()

    def _tell(self) -> None:
        self._ending = None
        self._report(SignalChanged(Signal.SCREEN_SHARE, bool(self._casts)))

    def _keep(self) -> None:
        if self._ending:
            self._ending.cancel()
            self._ending = None

    def _on_global(self, number: int, kind: str, properties: dict[str, str]) -> None:
        if not is_cast(kind, properties):
            return
        self._keep()
        self._casts.add(number)
        if self._ready:
            self._tell()

    def _on_remove(self, number: int) -> None:
        if number not in self._casts:
            return
        self._casts.remove(number)
        if self._ready and not self._casts:
            self._ending = asyncio.get_running_loop().call_later(self._settle, self._tell)

    def _on_lost(self, why: str) -> None:
        self._keep()
        self._client = None
        if self._ready:
            self._report(SourceLost(why))


if __name__ == "__main__":
    from psoas_nudge.presence.probe import run

    run(ScreenShare())
