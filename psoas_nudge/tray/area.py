"""The icon in the notification area of Windows, with the same pictures, menu and words as on D-Bus."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from psoas_nudge.core.rules import Rules
from psoas_nudge.errors import Unavailable
from psoas_nudge.system import shell
from psoas_nudge.tasks import Tasks
from psoas_nudge.tray.menu import MenuEntry, find
from psoas_nudge.tray.picture import pictures
from psoas_nudge.tray.port import Face, Icon, IconState, OnCommand

log = logging.getLogger(__name__)

SIZE = 32
"""Pixels; Windows scales the picture down where necessary."""


class AreaTray(Icon):
    def __init__(
        self,
        on_command: OnCommand,
        rules: Rules,
        on_open: Callable[[], None],
        open_shell: shell.Opener = shell.opened,
    ) -> None:
        super().__init__(on_command, rules, on_open)
        self._open_shell = open_shell
        self._shell: shell.Shell | None = None
        self._opened = MenuEntry(0)
        self._drawn: IconState | None = None
        self._tasks = Tasks(log, "the icon in the notification area")

    async def start(self) -> None:
        """Show the icon from the first status on."""
        try:
            self._shell = await self._open_shell()
        except Unavailable as error:
            log.warning("no icon: %s", error)
            return
        if self._face:
            self._draw(self._face)

    async def stop(self) -> None:
        await self._tasks.cancel()
        if self._shell:
            try:
                await self._shell.hide_icon()
            except OSError as error:
                log.debug("the icon was not taken away: %s", error)
            await self._shell.release()
            self._shell = None

    def _draw(self, face: Face) -> None:
        state = face.state()
        if self._shell and state != self._drawn:
            self._drawn = state
            self._tasks.start(self._show(self._shell, state))

    async def _show(self, area: shell.Shell, state: IconState) -> None:
        try:
            await area.show_icon(_picture(state), state.tooltip, self._lines, self._chosen)
        except OSError as error:
            self._drawn = None
            log.warning("no icon: %s", error)

    def _lines(self) -> Sequence[shell.MenuLine]:
        self._on_open()
        self._opened = self._menu()
        return _lines(self._opened)

    def _chosen(self, number: int) -> None:
        self._clicked(find(self._opened, number))


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


def _picture(state: IconState) -> shell.Bitmap:
    argb = next(each.pixels for each in pictures(state.look, state.step) if each.width == SIZE)
    pixels = bytearray(len(argb))
    for at, source in enumerate((3, 2, 1, 0)):  # ARGB to BGRA
        pixels[at::4] = argb[source::4]
    return shell.Bitmap(SIZE, bytes(pixels))
