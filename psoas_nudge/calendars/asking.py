"""Brings the calendar up to date: from the cache where it still holds, else through the child."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from psoas_nudge.calendars.known import Calendar, merged
from psoas_nudge.calendars.wire import Answer, Holidays, Question, Read, Spans

log = logging.getLogger(__name__)

PATIENCE = 120.0
"""Seconds the child may take; ten thousand recurring events take about ten."""


class File(Struct, frozen=True, kw_only=True):
    """A calendar file as it was last read well; one that never was has no signature."""

    signature: tuple[int, ...] = ()
    spans: Spans = ()


class Cache(Struct, frozen=True, kw_only=True):
    """All that was read, and for what."""

    years: tuple[int, ...] = ()
    zone: str = ""
    region: str = ""
    holidays: Holidays = ()
    files: dict[str, File] = {}


async def refresh(region: str, files: Iterable[Path], zone: str, cache_dir: Path, years: tuple[int, ...]) -> Calendar:
    """What is known of these years. Never raises: what could not be read is in `problems`.

    A file that has become unreadable keeps the busy times it had, and is tried again the next time. `zone` is that of
    the working hours.
    """
    store = cache_dir / "calendar.json"
    cache = stored = _load(store)
    if (cache.years, cache.zone) != (years, zone):
        cache = Cache(years=years, zone=zone)
    signatures = {str(path): _signature(path) for path in files}
    known = {name: cache.files.get(name, File()) for name in signatures}
    stale = tuple(name for name, found in signatures.items() if not found or known[name].signature != found)
    wants_days = bool(region) and cache.region != region
    problems: list[str] = []
    if stale or wants_days:
        answer = await _ask(Question(years=years, zone=zone, region=region if wants_days else "", files=stale))
        problems = [answer.problem, *(read.problem for read in answer.files)]
        for name, read in zip(stale, answer.files, strict=True):
            if not read.problem:
                known[name] = File(signature=signatures[name], spans=read.spans)
        if wants_days and not answer.problem:
            cache = msgspec.structs.replace(cache, region=region, holidays=answer.holidays)
    if (fresh := msgspec.structs.replace(cache, files=known)) != stored:
        _save(store, fresh)
    return Calendar(
        holidays=cache.holidays if region and cache.region == region else (),
        spans=merged([span for file in known.values() for span in file.spans]),
        problems=tuple(dict.fromkeys(filter(None, problems))),
    )


def _signature(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


async def _ask(question: Question) -> Answer:
    """The child's answer; when it fails, an answer with the reason in every place."""
    child = None
    try:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "psoas_nudge.calendars",
            cwd=Path(__file__).parents[2],  # where the package is; never the person's directory, which may hold a trap
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, errors = await asyncio.wait_for(child.communicate(msgspec.json.encode(question)), PATIENCE)
        if child.returncode == 0:
            return msgspec.json.decode(out, type=Answer)
        last = errors.decode(errors="replace").strip().rpartition("\n")[2]
        why = f"the reader of calendars ended with status {child.returncode}: {last[:200]}"
    except TimeoutError:
        why = f"reading the calendars took longer than {PATIENCE:g} s"
    except (OSError, msgspec.DecodeError) as error:
        why = f"the reader of calendars failed: {error}"
    finally:
        if child is not None and child.returncode is None:
            child.kill()
            await child.wait()
    return Answer(problem=why if question.region else "", files=(Read(problem=why),) * len(question.files))


def _load(store: Path) -> Cache:
    try:
        return msgspec.json.decode(store.read_bytes(), type=Cache)
    except FileNotFoundError:
        return Cache()
    except (OSError, msgspec.DecodeError) as error:
        log.info("the cache of the calendars is read anew: %s", error)
        return Cache()


def _save(store: Path, cache: Cache) -> None:
    """Write the cache, for its owner alone: it tells when a person is busy."""
    try:
        store.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = store.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        # The module tempfile would cost the daemon 4 MB: it loads OpenSSL for its random names.
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(msgspec.json.encode(cache))
        fresh.replace(store)
    except OSError as error:
        log.warning("the calendars cannot be kept for the next start: %s", error)
