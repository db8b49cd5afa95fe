"""The settings in force, typed, and the source of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from psoas_nudge.core.model import Rules

SettingSource = Literal["default", "system", "file", "environment"]
"""In rising precedence. "system" is a file in XDG_CONFIG_DIRS, "file" the person's own."""


class Given(NamedTuple):
    """A value as written. `name`: the file or the environment variable that sets it."""

    raw: Any
    source: SettingSource
    name: str


class StretchSettings(Struct, frozen=True, kw_only=True):
    """The section [stretch] except rotation, routines and floor, which are in Rules."""

    guide: Literal["page", "terminal", "none"]
    voice: bool
    chime: bool
    weekly_dose: float
    """Seconds of hold time per side."""


class DesktopSettings(Struct, frozen=True, kw_only=True):
    """How prompts appear: the section [desktop] and prompt.insist."""

    tray: bool
    notifier: Literal["auto", "freedesktop", "balloon", "plyer", "terminal"]
    sound: bool
    insist: bool


class CalendarSettings(Struct, frozen=True, kw_only=True):
    holidays: str
    """A country or region, for example DE-BY; empty for none."""
    busy: tuple[Path, ...]
    """Calendar files, absolute."""


class Settings(Struct, frozen=True, kw_only=True):
    rules: Rules
    stretch: StretchSettings
    desktop: DesktopSettings
    calendar: CalendarSettings
    hooks: dict[str, tuple[str, ...]]
    """Event name without "on_" -> command."""
    follows_system_zone: bool
    """Whether the time zone is the system's; the settings are then loaded again when it changes."""
    file: Path | None
    """The person's file; None when there is none."""
    files: tuple[Path, ...]
    """All files that were read, the person's first, then those of the system in falling precedence."""
    given: dict[str, Given]
    """The values that files and environment set, by key; all others are defaults."""
