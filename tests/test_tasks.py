"""Background tasks fail one by one, with a line in the log, and end together."""

from __future__ import annotations

import asyncio
import logging
from contextlib import closing

import pytest

from psoas_nudge.errors import Unavailable
from psoas_nudge.tasks import LoopFailures, Tasks

log = logging.getLogger(__name__)


async def fail(error: Exception) -> None:
    raise error


async def test_a_failure_is_logged_with_its_reason_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    tasks, done = Tasks(log, "the tray"), asyncio.Event()
    tasks.start(fail(Unavailable("no bus")))
    tasks.start(fail(ZeroDivisionError("a bug")))

    async def go_on() -> None:
        await asyncio.sleep(0)
        done.set()

    tasks.start(go_on())
    await asyncio.wait_for(done.wait(), 1)
    await tasks.cancel()
    assert "the tray: no bus" in caplog.text
    assert "the tray: unexpected error, please report it: ZeroDivisionError: a bug" in caplog.text


async def test_all_that_still_runs_is_cancelled_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    tasks = Tasks(log, "the tray")
    forever = tasks.start(asyncio.Event().wait())  # type: ignore[arg-type]
    await asyncio.sleep(0)
    await tasks.cancel()
    assert forever.cancelled()
    assert caplog.text == ""


async def test_a_task_may_end_its_own_owner() -> None:
    tasks, ended = Tasks(log, "the tray"), asyncio.Event()

    async def end() -> None:
        await tasks.cancel()
        ended.set()

    tasks.start(end())
    await asyncio.wait_for(ended.wait(), 1)


def test_a_failure_of_the_loop_is_one_line_a_minute_without_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    times = iter((0.0, 1.0, 59.0, 60.0, 60.0))
    failure = {"message": "socket.accept() out of system resource", "exception": OSError(24, "Too many open files")}
    with closing(asyncio.new_event_loop()) as loop, caplog.at_level(logging.INFO):
        loop.set_exception_handler(LoopFailures(log, lambda: next(times)))
        for context in (failure, failure, failure, failure, {"message": "something else"}):
            loop.call_exception_handler(context)
    line = "asyncio: socket.accept() out of system resource: OSError: [Errno 24] Too many open files"
    assert caplog.messages == [line, line, "asyncio: something else"]
    assert not any(record.exc_info for record in caplog.records)
