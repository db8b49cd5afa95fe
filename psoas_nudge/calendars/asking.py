"""Brings the calendar up to date: from the cache where it is still valid, else through a child for each file."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from psoas_nudge import __version__
from psoas_nudge.calendars.known import Calendar
from psoas_nudge.calendars.wire import CPU_SECONDS, CalendarRequest, CalendarResult, Holidays, Spans
from psoas_nudge.confined import child
from psoas_nudge.core.hours import merged
from psoas_nudge.system.files import write

log = logging.getLogger(__name__)

AT_ONCE = 2
"""Children that run at the same time."""
SECONDS = 120.0
"""Timeout for one child: twice its CPU time, because other programs run too."""
READER = "The reader of calendars"


class CachedFile(Struct, frozen=True, kw_only=True):
    """The result for a calendar file. `signature`: of the file that was read; empty when it has to be read again."""

    signature: tuple[int, ...] = ()
    spans: Spans = ()
    problems: tuple[str, ...] = ()


class Cache(Struct, frozen=True, kw_only=True):
    """All results, and the version and settings that they are for."""

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
    """The calendar of these years. Raises nothing: `problems` has what could not be read.

    For a file that has become unreadable, the previous busy times are kept. `zone`: of the working hours. `reading` is
    called with the name of each thing to read; `so_far` with the calendar, without problems, after each result, so a
    slow file does not delay the others.
    """
    known = _Known(region, [str(path) for path in files], zone, cache_dir / "calendar.json", years)
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(request: CalendarRequest) -> None:
        async with slots:
            reading(request.name)
            known.take(request, await ask(request))
            so_far(known.calendar())

    async with asyncio.TaskGroup() as group:
        for request in known.requests():
            group.create_task(one(request))
    known.keep()
    return known.calendar(problems=True)


class _Known:
    """The data of one call of `refresh`: the cache and the new results."""

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

    def requests(self) -> list[CalendarRequest]:
        """The requests that the cache cannot answer."""
        years, zone = self._cache.years, self._cache.zone
        asked = []
        if self._region and self._cache.region != self._region:
            asked.append(CalendarRequest(years=years, zone=zone, region=self._region))
        stale = (name for name, found in self._signatures.items() if not found or self._files[name].signature != found)
        return asked + [CalendarRequest(years=years, zone=zone, file=name) for name in stale]

    def take(self, request: CalendarRequest, result: CalendarResult) -> None:
        """Take over a result."""
        if not request.file:
            self._no_holidays = result.problem
            if not result.problem:
                self._holidays = result.holidays
                self._cache = replace(self._cache, region=request.region, holidays=result.holidays)
            return
        name = request.file
        signature = () if result.transient else self._signatures[name]
        if result.problem:
            problems = (result.problem,)
            self._files[name] = replace(self._files[name], signature=signature, problems=problems)
        else:
            self._files[name] = CachedFile(signature=signature, spans=result.spans, problems=result.left_out)

    def calendar(self, *, problems: bool = False) -> Calendar:
        """The calendar from all results so far."""
        found = [self._no_holidays, *(each for file in self._files.values() for each in file.problems)]
        return Calendar(
            holidays=self._holidays,
            spans=merged([span for file in self._files.values() for span in file.spans]),
            problems=tuple(dict.fromkeys(filter(None, found))) if problems else (),
        )

    def keep(self) -> None:
        """Write the cache if it has changed."""
        if (fresh := replace(self._cache, files=self._files)) != self._stored:
            _save(self._store, fresh)


async def ask(request: CalendarRequest) -> CalendarResult:
    """The child's result; when the child fails, a result with the reason."""
    try:
        found = await child.ask("psoas_nudge.calendars", msgspec.json.encode(request), SECONDS, READER)
        return msgspec.json.decode(found, type=CalendarResult)
    except child.ChildFailed as error:
        if error.exhausted:
            return CalendarResult(problem=f"{request.name}: Reading this takes more than {CPU_SECONDS} s of computing.")
        why = str(error)
    except msgspec.DecodeError as error:
        why = f"{READER} failed: {error}"
    return CalendarResult(problem=f"{request.name}: {why}", transient=True)


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
        log.info("the cache of the calendars cannot be read, so they are read again: %s", error)
        return Cache()


def _save(store: Path, cache: Cache) -> None:
    """Write the cache, readable only for its owner, because it has the person's busy times."""
    try:
        store.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write(store, msgspec.json.encode(cache))
    except OSError as error:
        log.warning("the calendars cannot be kept for the next start: %s", error)
