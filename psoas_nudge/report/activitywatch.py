"""The journal as ActivityWatch buckets, in the format that aw-server exports and imports.

{"buckets": {ID: {id, type, client, hostname, created, events: [{timestamp, duration, data}]}}}; durations in seconds.
One bucket for each kind, so that the events of a bucket do not overlap. Its timeline shows `data.title`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
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
KINDS = {
    "sitting": "bout",
    "standing": "posture",
    "prompts": "prompt",
    "held-back": "held-back",
    "stretches": "stretch",
    "feeling": "feel",
    "hours": "hours",
}
"""Bucket name -> kind of entry."""


class ActivityEvent(Struct, frozen=True):
    """`duration` is in seconds."""

    timestamp: datetime
    duration: float
    data: Mapping[str, object]


def buckets(read: Callable[[tuple[str, ...]], Iterable[AnyEntry]], hostname: str) -> Iterator[bytes]:
    """The export as chunks of JSON. `read`: returns the entries of some kinds in chronological order."""
    yield b'{"buckets":{'
    between = b""
    for name, kind in KINDS.items():
        found = _events(read((kind,)))
        first = next(found, None)
        if first is None:
            continue
        bucket = {
            "id": f"{CLIENT}-{name}_{hostname}",
            "type": f"{CLIENT}.{name}",
            "client": CLIENT,
            "hostname": hostname,
            "created": first.timestamp,
        }
        head = msgspec.json.encode(bucket)[:-1]
        yield between + msgspec.json.encode(bucket["id"]) + b":" + head + b',"events":[' + msgspec.json.encode(first)
        for event in found:
            yield b",\n" + msgspec.json.encode(event)
        yield b"]}"
        between = b",\n"
    yield b"}}\n"


def _events(entries: Iterable[AnyEntry]) -> Iterator[ActivityEvent]:
    """The events of entries of one kind. Standing and working hours that have not ended yet are left out."""
    data: dict[str, object]
    since: datetime | None = None
    for entry in entries:
        match entry:
            case BoutEntry():
                data = {"sitting_seconds": entry.sitting_seconds, "ended_by": entry.ended_by}
                yield _event(entry.started, entry.ended, "Sitting", data)
            case PromptEntry(shown_at=datetime() as shown, outcome=outcome):
                data = {"outcome": outcome, "routine": entry.routine}
                yield _event(shown, entry.closed_at, f"Prompt: {OUTCOMES[outcome]}", data)
            case HeldBackEntry(reasons=reasons):
                title = f"Prompt delayed: {', '.join(reasons)}"
                yield _event(entry.since, entry.until, title, {"reasons": reasons or None})
            case StretchEntry(performed=True):
                lasted = timedelta(seconds=entry.left_seconds + entry.right_seconds + entry.other_seconds)
                data = {
                    "routine": entry.routine,
                    "left_seconds": entry.left_seconds,
                    "right_seconds": entry.right_seconds,
                    "other_seconds": entry.other_seconds,
                }
                yield _event(entry.at - lasted, entry.at, f"Stretch: {entry.routine}", data)
            case FeelEntry(level=level):
                felt = level if level is not None else entry.afterwards or entry.pain or "noted"
                data = {
                    "routine": entry.routine,
                    "level": level,
                    "afterwards": entry.afterwards,
                    "pain": entry.pain,
                    "note": entry.note,
                }
                yield _event(entry.at, entry.at, f"Feels: {felt}", data)
            case PostureEntry(posture="standing") | HoursEntry(open=True):
                since = since or entry.at
            case PostureEntry() | HoursEntry() if since:
                title = "Standing" if isinstance(entry, PostureEntry) else "Working hours"
                yield _event(since, entry.at, title, {})
                since = None


def _event(begin: datetime, end: datetime, title: str, data: Mapping[str, object]) -> ActivityEvent:
    """An event; the duration is not negative even if the clock was set back."""
    known = {name: value for name, value in data.items() if value is not None}
    return ActivityEvent(begin.astimezone(UTC), max(0.0, (end - begin).total_seconds()), {"title": title, **known})
