"""What an icon shows of a status, on D-Bus and on Windows: its look, one line, and the menu."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from psoas_nudge.core.answers import label
from psoas_nudge.core.catalogue import rotation
from psoas_nudge.core.events import Snooze
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.status import Look, Status, headline, look, progress
from psoas_nudge.tray.port import ROUTINES, Offers

if TYPE_CHECKING:
    from psoas_nudge.tray.menu import MenuEntry


class Face(NamedTuple):
    """The status at the instant `at`. `dose`: seconds held today."""

    status: Status
    at: datetime
    dose: float = 0.0

    @property
    def headline(self) -> str:
        """The status in one line."""
        return headline(self.status, self.at)

    def picture(self) -> tuple[Look, int]:
        """The picture, and how far its ring is filled (picture.py)."""
        from psoas_nudge.tray.picture import STEPS

        what = look(self.status)
        return what, int(progress(self.status) * STEPS) if what is Look.SITTING else 0

    def menu(self, offers: Offers) -> MenuEntry:
        from psoas_nudge.tray.menu import menu

        return menu(self.status, self.headline, offers, self.dose)


class Offering:
    """What the settings add to the menu. A routine keeps its first number, also after changes of the settings."""

    def __init__(self, rules: Rules) -> None:
        self._numbers: dict[str, int] = {}
        self.use(rules)

    def use(self, rules: Rules) -> None:
        """Use the rules of changed settings."""
        chosen = rotation(rules.rotation, rules.routines)
        routines = tuple((self._numbers.setdefault(r.id, ROUTINES + len(self._numbers)), r.id, r.title) for r in chosen)
        self.offers = Offers(label(Snooze(), rules), routines)
