"""The name of the system's time zone, read again each time, because it changes when a laptop travels."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

log = logging.getLogger(__name__)

LOCALTIME = Path("/etc/localtime")


def system_zone(environ: Mapping[str, str], localtime: Path = LOCALTIME) -> str:
    """The IANA name: from TZ, else from the link /etc/localtime, else from tzlocal; UTC when all fail."""
    named = environ.get("TZ", "").removeprefix(":")
    for candidate in (named, named.partition("zoneinfo/")[2], _pointed_at(localtime)):
        if candidate and _exists(candidate):
            return candidate
    try:
        import tzlocal

        tzlocal.reload_localzone()
        return tzlocal.get_localzone_name()
    except Exception as error:  # noqa: BLE001 - each platform's reader raises different errors; they are logged
        log.warning(
            "the system's time zone is unknown (%s), so UTC is used. Set hours.timezone in the configuration.", error
        )
        return "UTC"


def _pointed_at(localtime: Path) -> str:
    try:
        return str(localtime.readlink()).partition("zoneinfo/")[2]
    except OSError:
        return ""


def _exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True
