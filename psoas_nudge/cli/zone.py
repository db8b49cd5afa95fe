"""The system's time zone, in which people type times on the command line."""

from __future__ import annotations

import os
from datetime import tzinfo
from zoneinfo import ZoneInfo


def system_zone() -> tzinfo:
    """The system's time zone as tzinfo."""
    from psoas_nudge.config.times import system_zone as name

    return ZoneInfo(name(os.environ))
