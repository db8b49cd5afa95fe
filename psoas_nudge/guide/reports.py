"""Where a stretch is reported."""

from __future__ import annotations

from typing import Protocol

from psoas_nudge.core.model import Afterwards, Pain
from psoas_nudge.guide.player import Held


class Reports(Protocol):
    """What both players report, as it happens."""

    def begun(self) -> None:
        """The person has begun."""

    def ended(self, held: Held) -> None:
        """The play has ended; this was done."""

    def felt(self, afterwards: Afterwards, pain: Pain | None) -> None:
        """The answer to how it feels afterwards."""
