"""Hooks: a person's own commands, started on events. A hook that fails or hangs does not affect the daemon.

A hook is a list of words, started without a shell, with the entry as JSON on standard input. It has a timeout of ten
seconds and limits on processes and error output. One hook runs at a time for each event; further events are queued.
Input and error output go through unnamed files, not pipes: the daemon never waits for a hook that does not read, or for
a child of it that keeps its output open. setrlimit(2) is not used: a browser or player that a hook opens would inherit
the limits, and RLIMIT_NPROC counts all processes of the user.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import msgspec

from psoas_nudge.core.events import AnyEvent
from psoas_nudge.core.model import AnyEntry, BoutEntry, HoursEntry, PromptEntry, StretchEntry
from psoas_nudge.core.state import Open, State
from psoas_nudge.core.words import counted
from psoas_nudge.engine.engine import Engine, Listener
from psoas_nudge.errors import ConfigInvalid
from psoas_nudge.journal.records import Stored, as_json
from psoas_nudge.system.processes import FOR_FAMILY, Family
from psoas_nudge.system.trust import distrust
from psoas_nudge.tasks import Tasks

log = logging.getLogger(__name__)

LIMIT_SECONDS = 10.0
GRACE_SECONDS = 0.2
"""Between SIGTERM and SIGKILL for a hook; also how long `close` waits for running hooks."""
WAITING = 16
"""Longest queue of an event; when it is full, the oldest entry is dropped."""
TAIL_BYTES = 300
OUTPUT_BYTES = 1_000_000
"""Limit on the error output of a hook. It is checked at intervals, so a fast hook can write more before it is ended."""
PROCESSES = 64
"""Limit on processes in a hook's session: all that it starts, except those that start a session of their own."""
FIRST_CHECK_SECONDS = 0.1
"""Time to the first check of the limits; most hooks have ended by then."""


class Hooks:
    """`commands`: event name -> words of its command. It may be replaced at any time (a reload)."""

    def __init__(self, commands: Mapping[str, tuple[str, ...]], limit: float = LIMIT_SECONDS) -> None:
        self.commands = commands
        self._limit = limit
        self._waiting: dict[str, deque[bytes]] = {}
        self._working: set[str] = set()
        self._tasks = Tasks(log, "a hook")
        self._closed = False

    def fire(self, event: str, payload: bytes) -> None:
        """Start the hook of `event`, if there is one, with `payload` (JSON) as its input. Does not block."""
        if event not in self.commands or self._closed:
            return
        waiting = self._waiting.setdefault(event, deque())
        waiting.append(payload)
        if len(waiting) > WAITING:
            waiting.popleft()
            log.warning("hook on_%s is too slow: it was not run for one event", event)
        if event not in self._working:
            self._working.add(event)
            self._tasks.start(self._work(event, waiting))

    async def close(self) -> None:
        """Start no more hooks, wait GRACE_SECONDS for those that run, then end them. Takes under half a second."""
        self._closed = True
        for event, waiting in self._waiting.items():
            if waiting:
                missed = counted(len(waiting), "event")
                log.warning("hook on_%s was not run for %s, because psoas-nudge is stopping", event, missed)
            waiting.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._tasks.finish(), GRACE_SECONDS)
        await self._tasks.cancel()

    async def _work(self, event: str, waiting: deque[bytes]) -> None:
        try:
            while waiting:
                payload = waiting.popleft()
                command = self.commands.get(event)
                if command:
                    await self._run(event, command, payload)
        finally:
            self._working.discard(event)

    async def _run(self, event: str, command: tuple[str, ...], payload: bytes) -> None:
        program, *words = command
        try:
            program = _found(program)
            if why := _distrusted(program, words):
                log.warning("hook on_%s is not started because %s", event, why)
                return
            with TemporaryFile() as given, TemporaryFile() as said:
                given.write(payload + b"\n")
                given.seek(0)
                process = await asyncio.create_subprocess_exec(
                    program,
                    *words,
                    stdin=given,
                    stdout=asyncio.subprocess.DEVNULL,
                    stderr=said,
                    start_new_session=True,
                    creationflags=FOR_FAMILY,
                )
                family = Family(process.pid)
                ending = asyncio.ensure_future(process.wait())
                exceeding = asyncio.ensure_future(_exceeds(family, said))
                try:
                    await asyncio.wait((ending, exceeding), timeout=self._limit, return_when=asyncio.FIRST_COMPLETED)
                    if not ending.done():
                        late = f"did not end within {self._limit:g} s"
                        why = exceeding.result() if exceeding.done() else late
                        log.warning("hook on_%s %s and was ended", event, why)
                    elif status := ending.result():
                        log.warning("hook on_%s ended with status %d: %s", event, status, _tail(said))
                finally:
                    exceeding.cancel()
                    over = asyncio.ensure_future(_end(process, family))
                    while not over.done():
                        with suppress(asyncio.CancelledError):  # it ends by itself in 2 * GRACE_SECONDS
                            await asyncio.shield(over)
                    family.close()
        except (OSError, ValueError) as error:  # no such program, no room for its input, a NUL among the words
            log.warning("hook on_%s could not be started: %s", event, error)


class HookRunner(Listener):
    """Fires the hooks for recorded entries, and for a prompt that was shown, which has no entry yet."""

    def __init__(self, hooks: Hooks, engine: Engine) -> None:
        self._hooks, self._engine = hooks, engine
        self._shown = 0

    def recorded(self, stored: Stored) -> None:
        """The hook gets the entry as JSON."""
        if event := event_of(stored.entry):
            self._hooks.fire(event, as_json(stored))

    def stepped(self, event: AnyEvent, state: State) -> None:  # noqa: ARG002 - for every event
        """The hook gets the prompt as in `status`."""
        if isinstance(state.stage, Open) and state.stage.number != self._shown:
            self._shown = state.stage.number
            self._hooks.fire("prompt_shown", msgspec.json.encode(self._engine.status().prompt))


def event_of(entry: AnyEntry) -> str | None:
    """The hook event of a journal entry; None when there is none.

    `prompt_shown` has no entry: it is fired when a notifier confirms the prompt.
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
    """Raise ConfigInvalid when another user could change `file`, and with it the commands that this user runs."""
    if why := distrust(file):
        raise ConfigInvalid([f"{file}: [hooks] is refused because {why}"])


def _distrusted(program: str, words: Sequence[str]) -> str:
    """As `distrust`, for the program and for each word that names a file: it may be a script for an interpreter."""
    files = [program, *(word for word in words if os.path.isfile(word))]  # noqa: PTH113 - any text at all
    return next(filter(None, (distrust(Path(file)) for file in files)), "")


def _found(program: str) -> str:
    """The file that the first word of a hook names; the word itself when there is none, so that starting it fails."""
    program = os.path.expanduser(program)  # noqa: PTH111 - a word that may be a name to find in PATH
    return shutil.which(program) or program


async def _exceeds(family: Family, said: IO[bytes]) -> str:
    """Return which limit a running hook has exceeded, as soon as it has."""
    pause = FIRST_CHECK_SECONDS
    while True:
        await asyncio.sleep(pause)
        if os.fstat(said.fileno()).st_size > OUTPUT_BYTES:
            return f"wrote more than {OUTPUT_BYTES // 1_000_000} MB of error output"
        if family.count() > PROCESSES:
            return f"started more than {PROCESSES} processes"
        pause = min(2 * pause, 1.0)


async def _end(process: asyncio.subprocess.Process, family: Family) -> None:
    """End a hook that still runs, with all processes that it started. Those of a hook that has ended keep running."""
    if process.returncode is not None:
        return
    for hard in (False, True):
        family.end(hard=hard)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), GRACE_SECONDS)


def _tail(said: IO[bytes]) -> str:
    size = said.seek(0, os.SEEK_END)
    said.seek(max(0, size - TAIL_BYTES))
    text = said.read().decode(errors="replace").strip()
    return repr(text.splitlines()[-1]) if text else "it gave no reason"
