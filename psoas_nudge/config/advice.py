"""Warnings about settings that are valid but probably a mistake: without effect, or without any possible prompt."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec

from psoas_nudge.config.guess import daytime
from psoas_nudge.config.kinds import Place, shown
from psoas_nudge.config.settings import Settings
from psoas_nudge.config.table import DAYS
from psoas_nudge.core.catalogue import find
from psoas_nudge.core.durations import format_duration
from psoas_nudge.core.hours import NEVER, Range, WorkingHours, written
from psoas_nudge.core.words import SECOND

PlacedAdvice = tuple[Place, str]


def advice(settings: Settings, now: datetime) -> list[PlacedAdvice]:
    """Each doubtful setting with its consequence; `now` is an aware instant."""
    return [
        *_overlaps(settings.rules.hours),
        *_overnight(settings.rules.hours),
        *_exceptions(settings.rules.hours, now),
        *_room(settings),
        *_without_effect(settings),
        *_rotation(settings),
        *_missing(settings),
    ]


def _overlaps(hours: WorkingHours) -> Iterator[PlacedAdvice]:
    for index, (day, ranges) in enumerate(zip(DAYS, hours.week, strict=True)):
        for first, second in pairwise(sorted(ranges)):
            if second.start < first.end:
                yield ("hours", day), f"{written(first)} and {written(second)} overlap and are merged."
        following = hours.week[(index + 1) % 7]
        for night in (r for r in ranges if r.end > 1440):
            for morning in (r for r in following if r.start < night.end - 1440):
                next_day = DAYS[(index + 1) % 7].capitalize()
                yield ("hours", day), f"{written(night)} runs into {next_day}'s {written(morning)}; the two are merged."


def _overnight(hours: WorkingHours) -> Iterator[PlacedAdvice]:
    places: list[tuple[Place, tuple[Range, ...]]] = [
        (("hours", day), each) for day, each in zip(DAYS, hours.week, strict=True)
    ]
    places += [(("exceptions", index, "hours"), each.ranges) for index, each in enumerate(hours.exceptions)]
    for place, ranges in places:
        for index, span in enumerate(ranges):
            if right := daytime(span.start, span.end):
                length = format_duration((span.end - span.start) * 60)
                yield (*place, index), f'{written(span)} runs overnight, for {length}. Did you mean "{right}"?'


def _exceptions(hours: WorkingHours, now: datetime) -> Iterator[PlacedAdvice]:
    today = hours.local_date(now)
    for index, each in enumerate(hours.exceptions):
        later = hours.exceptions[index + 1 :]
        if each.last < today:
            yield ("exceptions", index), f"This ended on {each.last}. You can delete it."
        elif any(other.first <= each.first and other.last >= each.last for other in later):
            yield ("exceptions", index), "A later exception covers the same days, so this one has no effect."


def _room(settings: Settings) -> Iterator[PlacedAdvice]:
    rules = settings.rules
    longest = _longest(rules.hours)
    needed = rules.nudge_after / SECOND
    kept_free = (rules.settle_in + rules.wind_down) / SECOND
    if longest is None:
        yield ("hours",), "No day has working hours, so prompts appear only in exceptions."
    elif longest <= kept_free:
        free = f"settle_in and wind_down together ({format_duration(kept_free)})"
        yield ("prompt", "settle_in"), f"{free} leave no time in any range, so no prompt can appear."
    elif longest < needed:
        length = f"is longer than every range of hours (the longest is {format_duration(longest)})"
        yield ("prompt", "nudge_after"), f"{format_duration(needed)} {length}, so prompts will hardly ever appear."
    if rules.daily_limit == 0:
        yield ("prompt", "daily_limit"), "0 means that no prompt ever appears."


def _longest(hours: WorkingHours) -> float | None:
    """Seconds of the longest span of hours in a week without exceptions, at most a week; None when there is none."""
    plain = msgspec.structs.replace(hours, zone="UTC", exceptions=())
    at = monday = datetime(2024, 1, 1, tzinfo=UTC)
    longest = None
    while at < monday + timedelta(days=8) and (span := plain.next_span(at)):
        if span.closes == NEVER:
            return 7 * 86400.0
        longest = max(longest or 0.0, (span.closes - span.opens).total_seconds())
        at = span.closes
    return longest


def _without_effect(settings: Settings) -> Iterator[PlacedAdvice]:
    rules = settings.rules
    for key, given in settings.given.items():
        if given.source == "environment":
            yield tuple(key.split(".")), f"The environment variable {given.name} overrides this."
    if rules.lull > rules.patience:
        lull = format_duration(rules.lull / SECOND)
        yield ("prompt", "lull"), f"{lull} is longer than patience, so prompts never wait for such a pause."
    if settings.calendar.busy and not any(signal.value == "busy" for signal in rules.quiet):
        yield ("calendar", "busy"), "These files have no effect because quiet.busy is false."


def _rotation(settings: Settings) -> Iterator[PlacedAdvice]:
    rules = settings.rules
    for index, routine_id in enumerate(rules.rotation):
        place, routine = ("stretch", "rotation", index), find(routine_id, rules.routines)
        if "floor" in routine.needs and not rules.floor and "stretch.rotation" in settings.given:
            yield place, f"{shown(routine_id)} needs the floor. To include it, set stretch.floor to true."
        if routine.careful:
            first = f"Prompts suggest {shown(routine_id)} only after you have read its warnings."
            yield place, f"{first} To read them: psoas-nudge stretch {routine_id}"
        if routine_id in rules.rotation[:index]:
            yield place, f"{shown(routine_id)} is listed twice. Once is enough."
    for index, routine in enumerate(rules.routines):
        if routine.id not in rules.rotation:
            yield (
                ("stretch", "rotation") if routine.pack else ("stretch", "routines", index),
                f"{shown(routine.id)} is never suggested. To include it, add it to stretch.rotation.",
            )


def _missing(settings: Settings) -> Iterator[PlacedAdvice]:
    for event, command in settings.hooks.items():
        if not shutil.which(os.path.expanduser(command[0])):  # noqa: PTH111 - may be a bare command name
            yield ("hooks", f"on_{event}", 0), f"There is no program {shown(command[0])}."
