"""Previews settings: the hours of the coming days, and the prompts of one simulated workday."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from psoas_nudge import places
from psoas_nudge.calendars import Calendar, refresh
from psoas_nudge.config import Settings
from psoas_nudge.core.entries import BoutEntry, PromptEntry
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.core.words import Signal, capitalized, counted
from psoas_nudge.settings.rows import Option
from psoas_nudge.simulation.coming import clock, day
from psoas_nudge.simulation.desk import During
from psoas_nudge.simulation.people import PEOPLE, Days
from psoas_nudge.simulation.play import Simulation

DAYS = 7
SEED = 3
"""The simulated day is the same each time, so that only the settings make a difference."""
CALLS = (Signal.CALL, Signal.SCREEN_SHARE)


class DayPart(Struct, frozen=True):
    """Part of a day, in minutes after its midnight."""

    begin: int
    end: int


class ComingDay(Struct, frozen=True, kw_only=True):
    name: str
    open: list[DayPart]
    busy: list[DayPart]
    words: str


class WorkDay(Struct, frozen=True, kw_only=True):
    name: str
    open: list[DayPart]
    sitting: list[DayPart]
    calls: list[DayPart]
    prompts: list[int]
    words: str


def people() -> list[Option]:
    return [Option(name, capitalized(name)) for name in PEOPLE]


async def calendar_for(settings: Settings, now: datetime) -> Calendar:
    """Holidays and busy times of this year and the next one."""
    source, cache = settings.calendar, places.cache_directory() / "settings"
    if not source.holidays and not source.busy:
        return Calendar()
    return await refresh(source.holidays, source.busy, settings.rules.hours.zone, cache, (now.year, now.year + 1))


def coming(settings: Settings, calendar: Calendar, now: datetime) -> list[ComingDay]:
    hours, today = settings.rules.hours, settings.rules.hours.local_date(now)
    found, before = [], day(settings.rules, calendar, today - timedelta(days=1), now)
    for ahead in range(DAYS):
        seen = day(settings.rules, calendar, today + timedelta(days=ahead), now)
        usual = f"{seen.date:%A}"
        ends = [hours.local(span.closes) for span in before.open]
        late = [f"until {end:%H:%M}" for end in ends if end.date() == seen.date and end.time() > time()]
        words = [", ".join([*late, *(clock(span, hours) for span in seen.open)]).capitalize() or "No prompts"]
        if not ahead and seen.open and seen.open[-1].closes <= now:
            words.append("over for today")
        before = seen
        words += [why for why in seen.why if not why.startswith(usual)]
        if seen.prompt:
            words.append(f"first prompt from {hours.local(seen.prompt):%H:%M}")
        found.append(
            ComingDay(
                name=f"{seen.date:%a} {seen.date.day} {seen.date:%b}",
                open=[_part(span.opens, span.closes, seen.date, hours) for span in seen.open],
                busy=[_part(span.opens, span.closes, seen.date, hours) for span in seen.busy],
                words="; ".join(words),
            )
        )
    return found


def work(settings: Settings, calendar: Calendar, now: datetime, person: str) -> WorkDay | None:
    """Simulate one of PEOPLE on the next day with working hours; None if there is none within two weeks."""
    rules = replace(settings.rules, hours=calendar.close(settings.rules.hours))
    today = rules.hours.local_date(now)
    on = next((today + timedelta(days=n) for n in range(1, 15) if rules.hours.ranges(today + timedelta(days=n))), None)
    if on is None:
        return None
    zone = ZoneInfo(rules.hours.zone)
    written = Days(datetime.combine(on, time(), zone), zone, SEED)
    written.add(0, PEOPLE[person])
    entries = [line.entry for line in Simulation(written.trace, rules, answers=("accept",)).play()]
    sitting = [_part(e.started, e.ended, on, rules.hours) for e in entries if isinstance(e, BoutEntry)]
    shown = [e.shown_at for e in entries if isinstance(e, PromptEntry) and e.shown_at]
    times = [f"{rules.hours.local(each):%H:%M}" for each in shown]
    calls = [each for each in written.trace if isinstance(each, During) and each.signal in CALLS]
    return WorkDay(
        name=f"{on:%A} {on.day} {on:%B}",
        open=[_part(span.opens, span.closes, on, rules.hours) for span in rules.hours.ranges(on)],
        sitting=sitting,
        calls=[_part(each.begin, each.end, on, rules.hours) for each in calls],
        prompts=[_minutes(each, on, rules.hours) for each in shown],
        words=f"{counted(len(times), 'prompt')}: {', '.join(times)}" if times else "No prompt would come.",
    )


def _part(begin: datetime, end: datetime, on: date, hours: WorkingHours) -> DayPart:
    return DayPart(_minutes(begin, on, hours), _minutes(end, on, hours))


def _minutes(at: datetime, on: date, hours: WorkingHours) -> int:
    """Minutes of local time after midnight of the day."""
    return round((hours.local(at).replace(tzinfo=None) - datetime.combine(on, time())).total_seconds() / 60)
