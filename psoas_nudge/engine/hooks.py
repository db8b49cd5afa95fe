"""Hooks: a person's own commands, started when something happens. The daemon never feels how they fare.

A hook is a list of words, started without a shell, with the entry as JSON on standard input. It has ten seconds; of
one event's hook never more than one runs at a time, and events that come meanwhile wait their turn. Input and
error output go through unnamed files, not pipes: nothing to wait for when a hook does not read, or leaves a child
behind that keeps its output open.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import stat
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from psoas_nudge.core.model import AnyEntry, BoutEntry, HoursEntry, PromptEntry, StretchEntry
from psoas_nudge.errors import ConfigInvalid

log = logging.getLogger(__name__)

LIMIT_SECONDS = 10.0
GRACE_SECONDS = 0.2
"""Between asking a hook to end and ending it; also how long `close` waits for those that run."""
WAITING = 16
"""How many events of a kind wait for a slow hook; the oldest give way."""
TAIL_BYTES = 300


class Hooks:
    """`commands`: event name to the words of its command. May be replaced at any time (a reload)."""

    def __init__(self, commands: Mapping[str, tuple[str, ...]], limit: float = LIMIT_SECONDS) -> None:
        self.commands = commands
        self._limit = limit
        self._waiting: dict[str, deque[bytes]] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._closed = False

    def fire(self, event: str, payload: bytes) -> None:
        """Start the hook of `event`, if there is one, with `payload` (JSON) as its input. Returns at once."""
        if event not in self.commands or self._closed:
            return
        waiting = self._waiting.setdefault(event, deque())
        waiting.append(payload)
        if len(waiting) > WAITING:
            waiting.popleft()
            log.warning("hook on_%s is too slow: %d events wait, the oldest is left out", event, WAITING)
        if event not in self._workers:
            self._workers[event] = asyncio.get_running_loop().create_task(self._work(event, waiting))

    async def close(self) -> None:
        """Start no more, give those that run a moment, then end them. Takes under half a second."""
        self._closed = True
        workers = list(self._workers.values())
        for event, waiting in self._waiting.items():
            if waiting:
                log.warning("hook on_%s: %d waiting events are left out, the daemon ends", event, len(waiting))
            waiting.clear()
        if workers:
            await asyncio.wait(workers, timeout=GRACE_SECONDS)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self, event: str, waiting: deque[bytes]) -> None:
        try:
            while waiting:
                payload = waiting.popleft()
                command = self.commands.get(event)
                if command:
                    await self._run(event, command, payload)
        finally:
            del self._workers[event]

    async def _run(self, event: str, command: tuple[str, ...], payload: bytes) -> None:
        program, *words = command
        try:
            with TemporaryFile() as given, TemporaryFile() as said:
                given.write(payload + b"\n")
                given.seek(0)
                process = await asyncio.create_subprocess_exec(
                    _at_home(program),
                    *words,
                    stdin=given,
                    stdout=asyncio.subprocess.DEVNULL,
                    stderr=said,
                    start_new_session=True,
                )
                try:
                    status = await asyncio.wait_for(process.wait(), self._limit)
                except TimeoutError:
                    log.warning("hook on_%s did not end within %g s and was ended", event, self._limit)
                    return
                finally:
                    await _end(process)
                if status:
                    log.warning("hook on_%s ended with status %d: %s", event, status, _tail(said))
        except (OSError, ValueError) as error:  # no such program, no room for its input, a NUL among the words
            log.warning("hook on_%s could not be started: %s", event, error)


def event_of(entry: AnyEntry) -> str | None:
    """The event that an entry of the journal stands for; None when hooks do not know it.

    `prompt_shown` has no entry of its own: it is fired when a notifier confirms.
    """
    match entry:
        case PromptEntry(outcome=("accepted" | "skipped" | "snoozed" | "missed" | "taken") as outcome):
            return outcome
        case StretchEntry(performed=True):
            return "performed"
        case BoutEntry():
            return "bout_ended"
        case HoursEntry(open=is_open):
            return "hours_opened" if is_open else "hours_closed"
    return None


def refuse_writable_by_others(file: Path) -> None:
    """Raise ConfigInvalid when somebody else could change `file` and so decide what is run in this person's name.

    Looked at are the file and its folder, links followed. The person's own private group (the usual thing where
    the umask is 002) is nobody else.
    """
    if os.name != "posix":
        return
    real = file.resolve()
    for path, what in ((real, "file"), (real.parent, "folder")):
        status = path.stat()
        if status.st_uid not in {0, os.getuid()}:
            raise ConfigInvalid([f"{file}: [hooks] is refused because the {what} {path} belongs to another user"])
        others = bool(status.st_mode & stat.S_IWOTH)
        group = bool(status.st_mode & stat.S_IWGRP) and not _is_private(status.st_gid)
        shared = what == "folder" and status.st_mode & stat.S_ISVTX  # only the owner of a file can replace it there
        if (others or group) and not shared:
            cure = f"chmod go-w {path}"
            raise ConfigInvalid([f"{file}: [hooks] is refused because others can write the {what} {path}; run: {cure}"])


def _is_private(gid: int) -> bool:
    import grp
    import pwd

    try:
        me, group = pwd.getpwuid(os.getuid()), grp.getgrgid(gid)
    except KeyError:
        return False
    return me.pw_gid == gid and group.gr_name == me.pw_name and set(group.gr_mem) <= {me.pw_name}


def _at_home(program: str) -> str:
    return os.path.expanduser(program)  # noqa: PTH111 - a word that may be a name to find in PATH


async def _end(process: asyncio.subprocess.Process) -> None:
    """End a hook that still runs, with all it started."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        if process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), GRACE_SECONDS)


def _tail(said: IO[bytes]) -> str:
    size = said.seek(0, os.SEEK_END)
    said.seek(max(0, size - TAIL_BYTES))
    text = said.read().decode(errors="replace").strip()
    return repr(text.splitlines()[-1]) if text else "it said nothing"
