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

from psoas_nudge.core import model as m  # noqa: E402 - found by the line above
from psoas_nudge.core.catalogue import CATALOGUE, WALK  # noqa: E402 - as above
from psoas_nudge.core.routines import script  # noqa: E402 - as above
from psoas_nudge.daemon.simulation import Simulation, made_up  # noqa: E402 - as above
from psoas_nudge.daemon.virtual import Act, During  # noqa: E402 - as above
from psoas_nudge.journal import Journal, Stored  # noqa: E402 - as above

ZONE = ZoneInfo("Europe/Berlin")
NOTES = ("stiff after the drive", "better after the walk", "pulls on the right when I stand up", "long meeting day",
         "fine", "slept badly, everything is tight", "less than last week")  # fmt: skip


class Person(Simulation):
    """Somebody whose answers vary, who stretches with the guide and reports how it feels."""

    def __init__(self, trace: list[During | Act], rules: m.Rules, seed: int) -> None:
        self.chance = random.Random(seed)
        self.began = min(item.begin if isinstance(item, During) else item.at for item in trace)
        super().__init__(trace, rules, lambda do, _: self.does(do), answer=None, seed=seed)

    def show(self, effect: m.Show) -> None:
        self.runner.feed(m.Shown, prompt=effect.prompt, notifier="freedesktop")
        at = self.desk.now().at
        local, weeks = at.astimezone(ZONE), (at - self.began).days / 7
        willing = 0.3 + 0.3 * 0.5 ** (weeks / 12) + (0.1 if local.hour < 12 else -0.02)
        if local.hour >= 16:
            willing = 0.05
        drawn = self.chance.random()
        if drawn < willing:
            answer = "accept"
        elif drawn < willing + 0.14 and effect.snooze:
            answer = "snooze"
        elif drawn < willing + 0.38:
            answer = "skip"
        else:
            return
        self.desk.later(self.chance.uniform(4, 90), f"{answer} {effect.prompt}")

    def start_guide(self, effect: m.StartGuide) -> None:
        if self.chance.random() < 0.12:
            return  # accepted, and then not done
        self.runner.feed(m.GuideStarted, routine=effect.routine, prompt=effect.prompt)
        routine = next((each for each in CATALOGUE if each.id == effect.routine), WALK_ROUTINE)
        segments, stopped = script(routine), self.chance.random() < 0.2
        done = segments[: self.chance.randint(3, len(segments))] if stopped and len(segments) > 3 else segments
        held = {
            side: sum(s.seconds for s in done if s.kind == "hold" and s.side == side)
            for side in ("left", "right", None)
        }
        lasted = sum(segment.seconds for segment in done)
        self.desk.later(lasted, f"end {effect.routine} {effect.prompt} {held['left']} {held['right']} {held[None]}")

    def does(self, do: str) -> None:
        what, *rest = do.split(" ")
        feed, chance = self.runner.feed, self.chance
        if what == "end":
            routine, prompt, left, right, other = rest
            feed(m.GuideEnded, routine=routine, prompt=int(prompt), left_seconds=float(left),
                 right_seconds=float(right), other_seconds=float(other))  # fmt: skip
            if chance.random() < 0.3:
                afterwards = chance.choices(("fine", "tight", "pain"), (70, 28, 1))[0]
                feed(m.Felt, afterwards=afterwards, routine=routine)
                if afterwards == "pain":
                    self.desk.later(4 * 86_400, "clear")
        elif what == "feel":
            weeks = (self.desk.now().at - self.began).days / 7
            level = max(0, min(10, round(chance.gauss(4.6 - weeks * 0.04, 1.5))))
            feed(m.Felt, level=level, note=chance.choice(NOTES) if chance.random() < 0.25 else None)
        elif what == "clear":
            feed(m.Cleared)
        elif what == "stand":
            feed(m.Stood)
        elif what == "sit":
            feed(m.Sat)
        elif self.runner.state.prompt is not None and self.runner.state.prompt.number == int(rest[0]):
            feed(m.Answered, answer=what, prompt=int(rest[0]), via="notification")


WALK_ROUTINE = next(each for each in (WALK, *CATALOGUE) if not isinstance(each, str))


def life(days: int, until: datetime, seed: int = 3) -> list[Stored]:
    """What would be recorded in so many days that end at an instant."""
    chance = random.Random(seed)
    trace = made_up(days, seed, until - timedelta(days=days - 1), ZONE)
    holiday = range(days * 2 // 3, days * 2 // 3 + 16)
    first = (until - timedelta(days=days - 1)).astimezone(ZONE).date()
    kept = [item for item in trace if (_begin(item).astimezone(ZONE).date() - first).days not in holiday]
    for ahead in range(days):
        noon = datetime.combine(first + timedelta(days=ahead), datetime.min.time(), ZONE) + timedelta(hours=12)
        if noon.weekday() < 5 and ahead not in holiday:
            if chance.random() < 0.28:
                kept.append(Act(noon + timedelta(hours=chance.uniform(-3, 5)), "feel"))
            if chance.random() < 0.25:
                stood = noon + timedelta(hours=chance.uniform(-2.5, 3))
                kept += [Act(stood, "stand"), Act(stood + timedelta(minutes=chance.uniform(20, 55)), "sit")]
    kept = [item for item in kept if _begin(item) < until]
    return [stored for stored in Person(kept, m.Rules(hours=m.WorkingHours(zone="Europe/Berlin")), seed).play()
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
