"""What an icon in the panel shows of a status, wherever it is drawn: its look, one line, and the menu."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from psoas_nudge.core.answers import label
from psoas_nudge.core.catalogue import rotation
from psoas_nudge.core.events import Snooze
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.status import Status
from psoas_nudge.core.summary import Look, headline, look, progress
from psoas_nudge.tray.port import ROUTINES, Offers

if TYPE_CHECKING:
    from psoas_nudge.tray.menu import MenuEntry


class Face(NamedTuple):
    """The status of the instant `at`. `dose`: seconds held today."""

    status: Status
    at: datetime
    dose: float = 0.0

    @property
    def headline(self) -> str:
        """One line."""
        return headline(self.status, self.at)

    def picture(self) -> tuple[Look, int]:
        """Which picture it is, and how far its ring is filled (picture.py)."""
        from psoas_nudge.tray.picture import STEPS

        what = look(self.status)
        return what, int(progress(self.status) * STEPS) if what is Look.SITTING else 0

    def menu(self, offers: Offers) -> MenuEntry:
        """All that can be chosen now."""
        from psoas_nudge.tray.menu import menu

        return menu(self.status, self.headline, offers, self.dose)


class Offering:
    """What the settings add to the menu. A routine keeps the number that it was given first, whatever they become."""

    def __init__(self, rules: Rules) -> None:
        self._numbers: dict[str, int] = {}
        self.use(rules)

    def use(self, rules: Rules) -> None:
        """The settings have changed."""
        chosen = rotation(rules.rotation, rules.routines)
        routines = tuple((self._numbers.setdefault(r.id, ROUTINES + len(self._numbers)), r.id, r.title) for r in chosen)
        self.offers = Offers(label(Snooze(), rules), routines)
