"""A believable year in a journal, for looking at the report and for measuring it.

    python tests/bench/believable_year.py FOLDER [--days N]

Made-up days are played through the real rules by the simulator; the person in them answers as people do: better in the
morning than late in the day, better in the first weeks than later, sometimes late for the stretch, and tells now and then
how it feels. FOLDER becomes a data directory: XDG_DATA_HOME=FOLDER psoas-nudge report
"""

from __future__ import annotations

import argparse
import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from psoas_nudge.core import events as e  # noqa: E402 - found by the line above
from psoas_nudge.core.catalogue import find  # noqa: E402 - as above
from psoas_nudge.core.effects import Show, StartGuide  # noqa: E402 - as above
from psoas_nudge.core.hours import WorkingHours  # noqa: E402 - as above
from psoas_nudge.core.routines import script  # noqa: E402 - as above
from psoas_nudge.core.rules import Rules  # noqa: E402 - as above
from psoas_nudge.core.words import DAY  # noqa: E402 - as above
from psoas_nudge.journal import Journal, Stored  # noqa: E402 - as above
from psoas_nudge.simulation.desk import Act, During  # noqa: E402 - as above
from psoas_nudge.simulation.people import made_up  # noqa: E402 - as above
from psoas_nudge.simulation.play import Simulation  # noqa: E402 - as above

ZONE = ZoneInfo("Europe/Berlin")
NOTES = ("stiff after the drive", "better after the walk", "pulls on the right when I stand up", "long meeting day",
         "fine", "slept badly, everything is tight", "less than last week")  # fmt: skip


class Person(Simulation):
    """Somebody whose answers vary, who stretches with the guide and reports how it feels."""

    def __init__(self, trace: list[During | Act], rules: Rules, seed: int) -> None:
        self.chance = random.Random(seed)
        super().__init__(trace, rules, seed=seed)
        self.began = self.desk.now().at

    @property
    def weeks(self) -> float:
        """Weeks since the first day."""
        return (self.desk.now().at - self.began).days / 7

    def show(self, effect: Show) -> None:
        self.engine.feed(e.Shown(prompt=effect.prompt, notifier="freedesktop"))
        hour = self.desk.now().at.astimezone(ZONE).hour
        willing = 0.3 + 0.3 * 0.5 ** (self.weeks / 12) + (0.1 if hour < 12 else -0.02)
        if hour >= 16:
            willing = 0.05
        drawn = self.chance.random()
        about = {"via": "notification", "prompt": effect.prompt}
        answer: e.Accept | e.Snooze | e.Skip
        if drawn < willing:
            answer = e.Accept(**about)
        elif drawn < willing + 0.14 and effect.snooze:
            answer = e.Snooze(**about)
        elif drawn < willing + 0.38:
            answer = e.Skip(**about)
        else:
            return
        self.desk.later(self.chance.randint(4_000, 90_000), answer)

    def start_guide(self, effect: StartGuide) -> None:
        if self.chance.random() < 0.12:
            return  # accepted, and then not done
        self.engine.feed(e.GuideStarted(routine=effect.routine, prompt=effect.prompt))
        segments = script(find(effect.routine, ()))
        cut_short = self.chance.random() < 0.2 and len(segments) > 3
        done = segments[: self.chance.randint(3, len(segments))] if cut_short else segments
        left, right, other = (
            sum(s.seconds for s in done if s.counts and s.side == side) for side in ("left", "right", None)
        )
        lasted = round(sum(segment.seconds for segment in done) * 1000)
        self.desk.later(
            lasted,
            e.GuideEnded(routine=effect.routine, prompt=effect.prompt, left_seconds=left, right_seconds=right,
                         other_seconds=other),
        )  # fmt: skip
        if self.chance.random() < 0.3:
            afterwards = self.chance.choices(("fine", "tight", "pain"), (70, 28, 1))[0]
            self.desk.later(lasted + 10_000, e.Feel(afterwards=afterwards, routine=effect.routine))
            if afterwards == "pain":
                self.desk.later(lasted + 4 * DAY, e.Clear())


def life(days: int, until: datetime, seed: int = 3) -> list[Stored]:
    """What would be recorded in `days` days that end at an instant."""
    chance = random.Random(seed)
    trace = made_up(days, seed, until - timedelta(days=days - 1), ZONE)
    holiday = range(days * 2 // 3, days * 2 // 3 + 16)
    first = (until - timedelta(days=days - 1)).astimezone(ZONE).date()
    kept = [item for item in trace if (_begin(item).astimezone(ZONE).date() - first).days not in holiday]
    for ahead in range(days):
        noon = datetime.combine(first + timedelta(days=ahead), datetime.min.time(), ZONE) + timedelta(hours=12)
        if noon.weekday() < 5 and ahead not in holiday:
            if chance.random() < 0.28:
                level = max(0, min(10, round(chance.gauss(4.6 - ahead / 7 * 0.04, 1.5))))
                note = chance.choice(NOTES) if chance.random() < 0.25 else None
                kept.append(Act(noon + timedelta(hours=chance.uniform(-3, 5)), e.Feel(level=level, note=note)))
            if chance.random() < 0.25:
                stood = noon + timedelta(hours=chance.uniform(-2.5, 3))
                kept += [Act(stood, e.Stand()), Act(stood + timedelta(minutes=chance.uniform(20, 55)), e.Sit())]
    kept = [item for item in kept if _begin(item) < until]
    return [stored for stored in Person(kept, Rules(hours=WorkingHours(zone="Europe/Berlin")), seed).play()
            if stored.entry.at < until]  # fmt: skip


def _begin(item: During | Act) -> datetime:
    return item.begin if isinstance(item, During) else item.at


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--days", type=int, default=365)
    given = options.parse_args()
    entries = life(given.days, datetime.now(UTC))
    with Journal.open(given.folder / "psoas-nudge" / "journal.db") as journal:
        print(f"{journal.merge(entries)[1]} entries")


if __name__ == "__main__":
    main()
