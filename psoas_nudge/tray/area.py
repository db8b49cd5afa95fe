"""The icon in the notification area of Windows, with the same pictures, menu and words as on D-Bus."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from psoas_nudge.core.rules import Rules
from psoas_nudge.core.status import Look, Status
from psoas_nudge.errors import Unavailable
from psoas_nudge.system import shell
from psoas_nudge.tasks import Tasks
from psoas_nudge.tray.face import Face, Offering
from psoas_nudge.tray.menu import MenuEntry, find
from psoas_nudge.tray.picture import pictures
from psoas_nudge.tray.port import OnCommand

log = logging.getLogger(__name__)

SIZE = 32
"""Pixels; Windows scales the picture down where necessary."""


class AreaTray:
    """The port.Icon on Windows."""

    def __init__(
        self,
        on_command: OnCommand,
        rules: Rules,
        on_open: Callable[[], None],
        open_shell: shell.Opener = shell.opened,
    ) -> None:
        self._on_command, self._on_open, self._open_shell = on_command, on_open, open_shell
        self._offering = Offering(rules)
        self._shell: shell.Shell | None = None
        self._face: Face | None = None
        self._menu: MenuEntry | None = None
        self._drawn: tuple[Look, int, str] | None = None
        self._tasks = Tasks(log, "the icon in the notification area")

    def use(self, rules: Rules) -> None:
        self._offering.use(rules)

    async def start(self) -> None:
        """Show the icon from the first status on."""
        try:
            self._shell = await self._open_shell()
        except Unavailable as error:
            log.warning("no icon: %s", error)
        else:
            self._draw()

    def update(self, status: Status, at: datetime, dose: float = 0.0) -> None:
        """Show the status at the instant `at`; `dose`: seconds held today."""
        self._face = Face(status, at, dose)
        self._draw()

    async def stop(self) -> None:
        await self._tasks.cancel()
        if self._shell:
            try:
                await self._shell.hide_icon()
            except OSError as error:
                log.debug("the icon was not taken away: %s", error)
            await self._shell.release()
            self._shell = None

    def _draw(self) -> None:
        if self._shell is None or self._face is None:
            return
        look, step = self._face.picture()
        wanted = look, step, f"psoas-nudge: {self._face.headline}"
        if wanted != self._drawn:
            self._drawn = wanted
            self._tasks.start(self._show(self._shell, *wanted))

    async def _show(self, area: shell.Shell, look: Look, step: int, tip: str) -> None:
        try:
            await area.show_icon(_picture(look, step), tip, self._lines, self._chosen)
        except OSError as error:
            self._drawn = None
            log.warning("no icon: %s", error)

    def _lines(self) -> Sequence[shell.MenuLine]:
        self._on_open()
        if self._face is None:
            return ()
        self._menu = self._face.menu(self._offering.offers)
        return _lines(self._menu)

    def _chosen(self, number: int) -> None:
        entry = find(self._menu, number) if self._menu else None
        if entry and entry.command is not None:
            self._on_command(entry.command)


def _lines(entry: MenuEntry) -> list[shell.MenuLine]:
    """The visible entries below an entry, without leading, trailing and double separators."""
    lines: list[shell.MenuLine] = []
    for each in entry.children:
        if not each.visible or (each.separator and (not lines or lines[-1] == shell.SEPARATOR)):
            continue
        number = each.number if each.command is not None else 0
        lines.append(shell.SEPARATOR if each.separator else shell.MenuLine(number, each.label, _lines(each)))
    while lines and lines[-1] == shell.SEPARATOR:
        lines.pop()
    return lines


def _picture(look: Look, step: int) -> shell.Bitmap:
    argb = next(each.pixels for each in pictures(look, step) if each.width == SIZE)
    pixels = bytearray(len(argb))
    for at, source in enumerate((3, 2, 1, 0)):  # ARGB to BGRA
        pixels[at::4] = argb[source::4]
    return shell.Bitmap(SIZE, bytes(pixels))
