"""The commands of the tray and of D-Bus: the core's requests, and those that only the daemon carries out.

An OnCommand may raise a PsoasNudgeError.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from psoas_nudge.core.events import Asked
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.status import Status


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
ROUTINES = 1000
"""The number of the first routine in the menu."""


class Offers(Struct, frozen=True):
    """What the settings add to the menu."""

    snooze: str
    """The label of the snooze: "In 5 min"."""
    routines: Sequence[tuple[int, str, str]] = ()
    """(number in the menu, id, title) of the routines in the rotation."""


class Icon(Protocol):
    """The icon: tray.py on D-Bus, area.py on Windows."""

    def use(self, rules: Rules) -> None: ...

    async def start(self) -> None: ...

    def update(self, status: Status, at: datetime, dose: float = 0.0) -> None: ...

    async def stop(self) -> None: ...


def name(command: MenuCommand) -> str:
    """The command's name for the log: "pause", "edit-settings"."""
    return command.value if isinstance(command, Action) else str(command.__struct_config__.tag)
