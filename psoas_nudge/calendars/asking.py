"""Brings the calendar up to date: from the cache where it still holds, else through a child for each file."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from psoas_nudge import __version__
from psoas_nudge.calendars.child import ask
from psoas_nudge.calendars.known import Calendar, merged
from psoas_nudge.calendars.wire import CalendarRequest, CalendarResult, Holidays, Spans
from psoas_nudge.system.files import write

log = logging.getLogger(__name__)

AT_ONCE = 2
"""Children that run at a time."""


class CachedFile(Struct, frozen=True, kw_only=True):
    """A calendar file as far as it was read. `signature` is empty when it has to be tried again."""

    signature: tuple[int, ...] = ()
    spans: Spans = ()
    problems: tuple[str, ...] = ()


class Cache(Struct, frozen=True, kw_only=True):
    """All that was read, and for what and by which version."""

    version: str = ""
    years: tuple[int, ...] = ()
    zone: str = ""
    region: str = ""
    holidays: Holidays = ()
    files: dict[str, CachedFile] = {}


async def refresh(
    region: str,
    files: Iterable[Path],
    zone: str,
    cache_dir: Path,
    years: tuple[int, ...],
    *,
    reading: Callable[[str], None] = lambda _name: None,
    so_far: Callable[[Calendar], object] = lambda _calendar: None,
) -> Calendar:
    """What is known of these years. Never raises: what could not be read is in `problems`.

    A file that has become unreadable keeps the busy times it had. `zone` is that of the working hours. `reading` is
    called with the name of what is being read, `so_far` with what is known, without problems, after each answer: a
    slow file delays only itself.
    """
    known = _Known(region, [str(path) for path in files], zone, cache_dir / "calendar.json", years)
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(question: CalendarRequest) -> None:
        async with slots:
            reading(question.name)
            known.take(question, await ask(question))
            so_far(known.calendar())

    async with asyncio.TaskGroup() as group:
        for question in known.questions():
            group.create_task(one(question))
    known.keep()
    return known.calendar(problems=True)


class _Known:
    """What one call of `refresh` knows: the cache, and what has changed since."""

    def __init__(self, region: str, files: list[str], zone: str, store: Path, years: tuple[int, ...]) -> None:
        self._region, self._store = region, store
        self._cache = self._stored = cache = _load(store)
        self._holidays = cache.holidays if region and cache.region == region else ()
        if (cache.version, cache.years, cache.zone) != (__version__, years, zone):
            kept = (
                {name: CachedFile(spans=file.spans) for name, file in cache.files.items()} if cache.zone == zone else {}
            )
            self._cache = Cache(version=__version__, years=years, zone=zone, files=kept)
        self._signatures = {name: _signature(Path(name)) for name in files}
        self._files = {name: self._cache.files.get(name, CachedFile()) for name in self._signatures}
        self._no_holidays = ""

    def questions(self) -> list[CalendarRequest]:
        """What a child has to be asked."""
        years, zone = self._cache.years, self._cache.zone
        asked = []
        if self._region and self._cache.region != self._region:
            asked.append(CalendarRequest(years=years, zone=zone, region=self._region))
        stale = (name for name, found in self._signatures.items() if not found or self._files[name].signature != found)
        return asked + [CalendarRequest(years=years, zone=zone, file=name) for name in stale]

    def take(self, question: CalendarRequest, answer: CalendarResult) -> None:
        """What the child has answered."""
        if not question.file:
            self._no_holidays = answer.problem
            if not answer.problem:
                self._holidays = answer.holidays
                self._cache = replace(self._cache, region=question.region, holidays=answer.holidays)
            return
        name = question.file
        signature = () if answer.transient else self._signatures[name]
        if answer.problem:
            problems = (answer.problem,)
            self._files[name] = replace(self._files[name], signature=signature, problems=problems)
        else:
            self._files[name] = CachedFile(signature=signature, spans=answer.spans, problems=answer.left_out)

    def calendar(self, *, problems: bool = False) -> Calendar:
        """What is known by now."""
        found = [self._no_holidays, *(each for file in self._files.values() for each in file.problems)]
        return Calendar(
            holidays=self._holidays,
            spans=merged([span for file in self._files.values() for span in file.spans]),
            problems=tuple(dict.fromkeys(filter(None, found))) if problems else (),
        )

    def keep(self) -> None:
        """Write the cache if there is anything new."""
        if (fresh := replace(self._cache, files=self._files)) != self._stored:
            _save(self._store, fresh)


def _signature(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return ()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _load(store: Path) -> Cache:
    try:
        return msgspec.json.decode(store.read_bytes(), type=Cache)
    except FileNotFoundError:
        return Cache()
    except (OSError, msgspec.DecodeError) as error:
        log.info("the cache of the calendars is read again: %s", error)
        return Cache()


def _save(store: Path, cache: Cache) -> None:
    """Write the cache, for its owner alone: it tells when a person is busy."""
    try:
        store.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write(store, msgspec.json.encode(cache))
    except OSError as error:
        log.warning("the calendars cannot be kept for the next start: %s", error)
