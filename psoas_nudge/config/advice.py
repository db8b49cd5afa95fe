"""What is legal in a configuration but can hardly be meant: it has no effect, or no prompt can ever come."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec

from psoas_nudge.config.kinds import Place, shown
from psoas_nudge.config.settings import Settings
from psoas_nudge.config.table import DAYS, SETTINGS
from psoas_nudge.core.catalogue import find
from psoas_nudge.core.durations import format_duration
from psoas_nudge.core.hours import NEVER, Range, WorkingHours

Advice = tuple[Place, str]


def advice(settings: Settings, now: datetime) -> list[Advice]:
    """Each doubtful setting with what it leads to; `now` is an aware instant."""
    return [
        *_overlaps(settings.rules.hours),
        *_exceptions(settings.rules.hours, now),
        *_room(settings),
        *_without_effect(settings),
        *_missing(settings),
    ]


def _overlaps(hours: WorkingHours) -> Iterator[Advice]:
    for index, (day, ranges) in enumerate(zip(DAYS, hours.week, strict=True)):
        for first, second in pairwise(sorted(ranges)):
            if second.start < first.end:
                yield ("hours", day), f"{written(first)} and {written(second)} overlap; they count as one."
        following = hours.week[(index + 1) % 7]
        for night in (r for r in ranges if r.end > 1440):
            for morning in (r for r in following if r.start < night.end - 1440):
                next_day = DAYS[(index + 1) % 7].capitalize()
                yield ("hours", day), f"{written(night)} runs into {next_day}'s {written(morning)}; they count as one."


def written(span: Range) -> str:
    """A range as it stands in the file."""
    ends = (span.start, span.end if span.end == 1440 else span.end % 1440)
    return "-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in ends)


def _exceptions(hours: WorkingHours, now: datetime) -> Iterator[Advice]:
    today = hours.local_date(now)
    for index, each in enumerate(hours.exceptions):
        later = hours.exceptions[index + 1 :]
        if each.last < today:
            yield ("exceptions", index), f"This is in the past, since {each.last}; it can be deleted."
        elif any(other.first <= each.first and other.last >= each.last for other in later):
            yield ("exceptions", index), "A later exception covers the same days and decides; this one has no effect."


def _room(settings: Settings) -> Iterator[Advice]:
    rules = settings.rules
    longest = _longest(rules.hours)
    needed = rules.nudge_after
    kept_free = rules.settle_in + rules.wind_down
    if longest is None:
        yield ("hours",), "No day of the week has open hours, so no prompt comes outside of exceptions."
    elif longest <= kept_free:
        free = f"settle_in and wind_down together ({format_duration(kept_free)})"
        yield ("prompt", "settle_in"), f"{free} leave no room in any range, so no prompt can come."
    elif longest < needed:
        length = f"is longer than every range (the longest is {format_duration(longest)})"
        yield ("prompt", "nudge_after"), f"{format_duration(needed)} {length}, so hardly a prompt can come."
    if rules.daily_limit == 0:
        yield ("prompt", "daily_limit"), "0 means that no prompt ever comes."


def _longest(hours: WorkingHours) -> float | None:
    """Seconds of the longest unbroken open time of a plain week; None when there is none, a week when it never ends."""
    plain = msgspec.structs.replace(hours, zone="UTC", exceptions=())
    at = monday = datetime(2024, 1, 1, tzinfo=UTC)
    longest = None
    while at < monday + timedelta(days=8) and (span := plain.next_span(at)):
        if span.closes == NEVER:
            return 7 * 86400.0
        longest = max(longest or 0.0, (span.closes - span.opens).total_seconds())
        at = span.closes
    return longest


def _without_effect(settings: Settings) -> Iterator[Advice]:
    rules = settings.rules
    for key, given in settings.given.items():
        if given.source == "environment":
            yield tuple(key.split(".")), f"The environment variable {SETTINGS[key].variable} sets this now."
    if rules.lull > rules.patience:
        what = f"A lull of {format_duration(rules.lull)} is never waited for: patience ends before."
        yield ("prompt", "lull"), what
    if settings.calendar.busy and not any(signal.value == "busy" for signal in rules.quiet):
        yield ("calendar", "busy"), "These files have no effect while quiet.busy is false."
    for index, routine_id in enumerate(rules.rotation):
        place = ("stretch", "rotation", index)
        if (
            "floor" in find(routine_id, rules.routines).needs
            and not rules.floor
            and "stretch.rotation" in settings.given
        ):
            yield place, f"{shown(routine_id)} needs the floor and never comes while stretch.floor is false."
        if routine_id in rules.rotation[:index]:
            yield place, f"{shown(routine_id)} is in the rotation twice; once is enough for its turn."
    for index, routine in enumerate(rules.routines):
        if routine.id not in rules.rotation:
            yield ("stretch", "routines", index), f"{shown(routine.id)} is not in stretch.rotation and never comes."


def _missing(settings: Settings) -> Iterator[Advice]:
    for event, command in settings.hooks.items():
        if not shutil.which(os.path.expanduser(command[0])):  # noqa: PTH111 - a word, not yet known to be a path
            yield ("hooks", f"on_{event}", 0), f"The program {shown(command[0])} is not found."
