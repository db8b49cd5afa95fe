"""What the program is told: the settings in force, typed, and where each of them came from."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from psoas_nudge.core.model import Rules

Source = Literal["default", "file", "environment"]


class Given(NamedTuple):
    """A value as it was written, and where."""

    raw: Any
    source: Source


class Stretch(Struct, frozen=True, kw_only=True):
    """The section [stretch], without what the rules need: rotation, routines and floor are in Rules."""

    guide: Literal["page", "terminal", "none"]
    voice: bool
    weekly_dose: float
    """Seconds of hold time a side."""


class Desktop(Struct, frozen=True, kw_only=True):
    """The section [desktop]."""

    tray: bool
    notifier: Literal["auto", "freedesktop", "plyer", "terminal"]
    sound: bool


class Calendar(Struct, frozen=True, kw_only=True):
    """The section [calendar]."""

    holidays: str
    """A country or its part, for example DE-BY; empty for none."""
    busy: tuple[Path, ...]
    """Calendar files, absolute."""


class Settings(Struct, frozen=True, kw_only=True):
    """All settings in force."""

    rules: Rules
    stretch: Stretch
    desktop: Desktop
    calendar: Calendar
    hooks: dict[str, tuple[str, ...]]
    """Event name without "on_" -> command."""
    follows_system_zone: bool
    """Whether the zone is the system's, so that a change of it needs a new load."""
    file: Path | None
    """The file that was read; None when there is none."""
    given: dict[str, Given]
    """What the file and the environment set, by key; everything else is a default of the table."""

    def source(self, key: str) -> Source:
        """Where the value of a key of the table came from."""
        return self.given[key].source if key in self.given else "default"
