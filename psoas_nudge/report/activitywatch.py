"""The journal as ActivityWatch buckets, in the format that aw-server exports and imports.

{"buckets": {ID: {id, type, client, hostname, created, events: [{timestamp, duration, data}]}}}; durations in seconds.
One bucket for each kind, so that the events of a bucket do not overlap. Its timeline shows `data.title`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct

from psoas_nudge.core.entries import (
    AnyEntry,
    BoutEntry,
    FeelEntry,
    HeldBackEntry,
    HoursEntry,
    PostureEntry,
    PromptEntry,
    StretchEntry,
)
from psoas_nudge.core.words import OUTCOMES

CLIENT = "psoas-nudge"


class Data(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The data of an event; which fields are set depends on its kind."""

    title: str
    sitting_seconds: float | None = None
    ended_by: str | None = None
    outcome: str | None = None
    routine: str | None = None
    reasons: tuple[str, ...] = ()
    left_seconds: float | None = None
    right_seconds: float | None = None
    other_seconds: float | None = None
    level: int | None = None
    afterwards: str | None = None
    pain: str | None = None
    note: str | None = None


class ActivityEvent(Struct, frozen=True):
    """`duration` is in seconds."""

    timestamp: datetime
    duration: float
    data: Data


class Bucket(Struct, frozen=True, kw_only=True):
    """A bucket without its events."""

    id: str
    type: str
    client: str
    hostname: str
    created: datetime


Exporter = Callable[[Iterable[AnyEntry]], Iterator[ActivityEvent]]


def buckets(read: Callable[[tuple[str, ...]], Iterable[AnyEntry]], hostname: str) -> Iterator[bytes]:
    """The export as chunks of JSON. `read`: returns the entries of some kinds in chronological order."""
    yield b'{"buckets":{'
    between = b""
    for name, (kind, events) in KINDS.items():
        found = events(read((kind,)))
        first = next(found, None)
        if first is None:
            continue
        bucket = Bucket(
            id=f"{CLIENT}-{name}_{hostname}",
            type=f"{CLIENT}.{name}",
            client=CLIENT,
            hostname=hostname,
            created=first.timestamp,
        )
        head = msgspec.json.encode(bucket)[:-1]
        yield between + msgspec.json.encode(bucket.id) + b":" + head + b',"events":[' + msgspec.json.encode(first)
        for event in found:
            yield b",\n" + msgspec.json.encode(event)
        yield b"]}"
        between = b",\n"
    yield b"}}\n"


def _event(begin: datetime, end: datetime, data: Data) -> ActivityEvent:
    """An event; the duration is not negative even if the clock was set back."""
    return ActivityEvent(begin.astimezone(UTC), max(0.0, (end - begin).total_seconds()), data)


def _sitting(entries: Iterable[AnyEntry]) -> Iterator[ActivityEvent]:
    for entry in entries:
        if isinstance(entry, BoutEntry):
            data = Data(title="Sitting", sitting_seconds=entry.sitting_seconds, ended_by=entry.ended_by)
            yield _event(entry.started, entry.ended, data)


def _prompts(entries: Iterable[AnyEntry]) -> Iterator[ActivityEvent]:
    for entry in entries:
        if isinstance(entry, PromptEntry) and entry.shown_at is not None:
            data = Data(title=f"Prompt: {OUTCOMES[entry.outcome]}", outcome=entry.outcome, routine=entry.routine)
            yield _event(entry.shown_at, entry.closed_at, data)


def _held_back(entries: Iterable[AnyEntry]) -> Iterator[ActivityEvent]:
    for entry in entries:
        if isinstance(entry, HeldBackEntry):
            data = Data(title=f"Prompt delayed: {', '.join(entry.reasons)}", reasons=entry.reasons)
            yield _event(entry.since, entry.until, data)


def _stretches(entries: Iterable[AnyEntry]) -> Iterator[ActivityEvent]:
    for entry in entries:
        if isinstance(entry, StretchEntry) and entry.performed:
            lasted = timedelta(seconds=entry.left_seconds + entry.right_seconds + entry.other_seconds)
            data = Data(
                title=f"Stretch: {entry.routine}",
                routine=entry.routine,
                left_seconds=entry.left_seconds,
                right_seconds=entry.right_seconds,
                other_seconds=entry.other_seconds,
            )
            yield _event(entry.at - lasted, entry.at, data)


def _feeling(entries: Iterable[AnyEntry]) -> Iterator[ActivityEvent]:
    for entry in entries:
        if isinstance(entry, FeelEntry):
            report = entry.level if entry.level is not None else entry.afterwards or entry.pain or "noted"
            data = Data(
                title=f"Feels: {report}",
                level=entry.level,
                afterwards=entry.afterwards,
                pain=entry.pain,
                note=entry.note,
                routine=entry.routine,
            )
            yield _event(entry.at, entry.at, data)


def _standing(entries: Iterable[AnyEntry]) -> Iterator[ActivityEvent]:
    changes = ((e.at, e.posture == "standing") for e in entries if isinstance(e, PostureEntry))
    return _between(changes, "Standing")


def _hours(entries: Iterable[AnyEntry]) -> Iterator[ActivityEvent]:
    return _between(((e.at, e.open) for e in entries if isinstance(e, HoursEntry)), "Working hours")


def _between(changes: Iterable[tuple[datetime, bool]], title: str) -> Iterator[ActivityEvent]:
    """The times from each "on" to the next "off". A time that has not ended yet is left out."""
    since: datetime | None = None
    for at, on in changes:
        if on:
            since = since or at
        elif since is not None:
            yield _event(since, at, Data(title=title))
            since = None


KINDS: dict[str, tuple[str, Exporter]] = {
    "sitting": ("bout", _sitting),
    "standing": ("posture", _standing),
    "prompts": ("prompt", _prompts),
    "held-back": ("held-back", _held_back),
    "stretches": ("stretch", _stretches),
    "feeling": ("feel", _feeling),
    "hours": ("hours", _hours),
}
"""Bucket name -> (kind of entry, function that yields its events)."""
