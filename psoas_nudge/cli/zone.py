"""The zone that this machine's clock shows, so that typed times are as the person reads them on the wall."""

from __future__ import annotations

import os
from datetime import tzinfo
from zoneinfo import ZoneInfo


def system_zone() -> tzinfo:
    """See the module."""
    from psoas_nudge.config.zone import system_zone as name

    return ZoneInfo(name(os.environ))
