"""The settings a daemon begins with: those of the configuration, else the last good ones, else the defaults.

A mistake in a file must not leave a person without prompts until somebody looks into a log.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import msgspec

from psoas_nudge import places
from psoas_nudge.config import Settings, load, parse
from psoas_nudge.engine.hooks import refuse_writable_by_others
from psoas_nudge.errors import ConfigInvalid, PsoasNudgeError
from psoas_nudge.system import files

log = logging.getLogger(__name__)

STAY = "The previous settings stay in force."


class Beginning(msgspec.Struct, frozen=True):
    """`mistake`: why they are not those of the configuration; `kept`: whether they are the last good ones."""

    settings: Settings
    mistake: ConfigInvalid | None = None
    kept: bool = True

    @property
    def said(self) -> str:
        """What is in force instead, for a person."""
        return STAY if self.kept else "The default settings are in force until you fix it."


def read(config_file: Path | None) -> Settings:
    """The configuration, which is kept as the last good one. Raises ConfigInvalid."""
    settings = load(config_file, os.environ)
    for file in settings.files if settings.hooks else ():
        refuse_writable_by_others(file)
    _keep(settings)
    return settings


def begin(config_file: Path | None) -> Beginning:
    """What to begin with; raises nothing that a mistake in the configuration could cause."""
    try:
        return Beginning(read(config_file))
    except ConfigInvalid as error:
        named = places.config_file(config_file)
        if last := _last_good(named):
            return Beginning(last, error)
        return Beginning(parse("", str(named), {"XDG_CONFIG_DIRS": "-"}), error, kept=False)


def _place() -> Path:
    return places.cache_directory() / "settings.json"


def _keep(settings: Settings) -> None:
    content = msgspec.json.encode(settings, enc_hook=_plain)
    place = _place()
    try:
        if place.is_file() and place.read_bytes() == content:
            return
        places.private_directory(place.parent)
        files.write(place, content)
    except (OSError, PsoasNudgeError) as error:
        log.info("the settings are not kept for a start with a broken configuration: %s", error)


def _last_good(named: Path) -> Settings | None:
    """Those of the same file, if this version can read them."""
    try:
        settings = msgspec.json.decode(_place().read_bytes(), type=Settings, dec_hook=_typed)
    except (OSError, msgspec.DecodeError, ValueError) as error:
        log.info("no last good settings: %s", error)
        return None
    return settings if settings.file in (None, named) else None


def _plain(value: Any) -> str:
    return str(value)


def _typed(kind: type, value: Any) -> Any:
    return kind(value)
