"""The commands of the tray and of D-Bus: the core's requests, and those that only the daemon carries out; and the icon.

An OnCommand may raise a PsoasNudgeError.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from psoas_nudge.core.answers import label
from psoas_nudge.core.catalogue import rotation
from psoas_nudge.core.events import Asked, Snooze
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.status import Look, Status, headline, look, progress

if TYPE_CHECKING:
    from psoas_nudge.tray.menu import MenuEntry


class Action(StrEnum):
    """A command that is not an event of the core."""

    EXPLAIN = "explain"
    """Show why there is no prompt now and when the next one can come."""
    EDIT_SETTINGS = "edit-settings"
    REPORT = "report"
    """Open the report page."""
    RELOAD = "reload"
    """Read the configuration again."""
    QUIT = "quit"
    """Stop the daemon."""


MenuCommand = Asked | Action
OnCommand = Callable[[MenuCommand], None]
ITEM_PATH, MENU_PATH = "/StatusNotifierItem", "/MenuBar"
"""Of the objects on D-Bus."""
ROUTINES = 1000
"""The number of the first routine in the menu."""


def name(command: MenuCommand) -> str:
    """The command's name for the log: "pause", "edit-settings"."""
    return command.value if isinstance(command, Action) else str(command.__struct_config__.tag)


class Offers(Struct, frozen=True):
    """What the settings add to the menu."""

    snooze: str
    """The label of the snooze: "In 5 min"."""
    routines: Sequence[tuple[int, str, str]] = ()
    """(number in the menu, id, title) of the routines in the rotation."""


class IconState(Struct, frozen=True):
    """What is visible without opening the menu. `step`: how far the ring is filled (picture.py)."""

    look: Look
    step: int
    tooltip: str


class Face(NamedTuple):
    """The status at the instant `at`. `dose`: seconds held today."""

    status: Status
    at: datetime
    dose: float

    @property
    def headline(self) -> str:
        """The status in one line."""
        return headline(self.status, self.at)

    def state(self) -> IconState:
        from psoas_nudge.tray.picture import STEPS

        what = look(self.status)
        step = int(progress(self.status) * STEPS) if what is Look.SITTING else 0
        return IconState(what, step, f"psoas-nudge: {self.headline}")


class Icon(ABC):
    """The icon and its menu: tray.py on D-Bus, area.py on Windows. `on_open` is called before the menu opens and calls
    `update`. Menu and pictures are imported when they are needed: without a tray they would only cost memory."""

    def __init__(self, on_command: OnCommand, rules: Rules, on_open: Callable[[], None]) -> None:
        self._on_command, self._on_open = on_command, on_open
        self._face: Face | None = None
        self._numbers: dict[str, int] = {}
        self.use(rules)

    def use(self, rules: Rules) -> None:
        """Use changed settings from the next menu on. A routine keeps its first number."""
        chosen = rotation(rules.rotation, rules.routines)
        routines = tuple((self._numbers.setdefault(r.id, ROUTINES + len(self._numbers)), r.id, r.title) for r in chosen)
        self._offers = Offers(label(Snooze(), rules), routines)

    def update(self, status: Status, at: datetime, dose: float = 0.0) -> None:
        """Show the status at the instant `at`; `dose`: seconds held today."""
        self._face = Face(status, at, dose)
        self._draw(self._face)

    @abstractmethod
    async def start(self) -> None: ...

    @abstractmethod
    async def stop(self) -> None: ...

    @abstractmethod
    def _draw(self, face: Face) -> None: ...

    def _menu(self) -> MenuEntry:
        """The menu of the current status; without a status it is empty."""
        from psoas_nudge.tray.menu import MenuEntry, menu

        face = self._face
        return menu(face.status, face.headline, self._offers, face.dose) if face else MenuEntry(0)

    def _clicked(self, entry: MenuEntry | None) -> None:
        if entry and entry.command is not None:
            self._on_command(entry.command)
