"""The settings at the start: those of the configuration, else the last good ones, else the defaults.

So a mistake in a file does not leave the person without prompts.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from psoas_nudge import places
from psoas_nudge.config import Settings, load, parse
from psoas_nudge.engine.hooks import refuse_writable_by_others
from psoas_nudge.errors import ConfigInvalid, PsoasNudgeError
from psoas_nudge.system.files import write

if TYPE_CHECKING:
    from psoas_nudge.config.pictures import Draw

log = logging.getLogger(__name__)

STAY = "The previous settings stay in force."
DEFAULTS = "The default settings are in force until you fix it."
KEPT = "settings.json"
"""The last good settings, in the cache directory."""


class Beginning(msgspec.Struct, frozen=True):
    """`mistake`: why the configuration was not used; `instead`: which settings are in force, for the person."""

    settings: Settings
    mistake: ConfigInvalid | None = None
    instead: str = STAY


class Undrawn(Exception):
    """There are new pictures of routines, which take a while to draw: their files by name."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files


def read(config_file: Path | None, draw: Draw | None = None) -> Settings:
    """Read the configuration and store it as the last good one. Raises ConfigInvalid, and whatever `draw` raises for
    new pictures; without it they are drawn now."""
    settings = load(config_file, os.environ, draw)
    for file in settings.files if settings.hooks else ():
        refuse_writable_by_others(file)
    _keep(settings)
    if (places.cache_directory() / "pictures").is_dir():
        from psoas_nudge.config.pictures import forget_except

        forget_except(settings.rules.routines)
    return settings


def begin(config_file: Path | None) -> Beginning:
    """The settings to start with; a mistake in the configuration raises nothing."""
    try:
        return Beginning(read(config_file))
    except ConfigInvalid as error:
        named = places.config_file(config_file)
        if last := _last_good(named):
            return Beginning(last, error)
        return Beginning(parse("", str(named), {"XDG_CONFIG_DIRS": "-"}), error, DEFAULTS)


def _keep(settings: Settings) -> None:
    content = msgspec.json.encode(settings, enc_hook=str)
    place = places.cache_directory() / KEPT
    try:
        if place.is_file() and place.read_bytes() == content:
            return
        places.private_directory(place.parent)
        write(place, content)
    except (OSError, PsoasNudgeError) as error:
        log.info("the settings are not kept for a start with a broken configuration: %s", error)


def _last_good(named: Path) -> Settings | None:
    """The last good settings, if they are of the same file and this version can read them."""
    try:
        settings = msgspec.json.decode(
            (places.cache_directory() / KEPT).read_bytes(), type=Settings, dec_hook=lambda kind, value: kind(value)
        )
    except (OSError, msgspec.DecodeError, ValueError) as error:
        log.info("no last good settings: %s", error)
        return None
    return settings if settings.file in (None, named) else None
