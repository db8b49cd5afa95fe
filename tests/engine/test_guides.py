"""The guide is opened with what it needs to know, and its end is noticed."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from psoas_nudge.engine.outside import NOT_RECORDED, GuideProcesses, Outside


class Remembering(Outside):
    """Starts nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[Any] = []

    def start(self, argv: Any, added: Any = None, failed: Any = None) -> None:
        self.started.append((list(argv)[1:], added))


def quiet(title: str, body: str) -> None:
    raise AssertionError(f"told: {title}: {body}")


def test_an_accepted_prompt_opens_its_routine_with_the_token_of_the_click_and_the_same_configuration():
    outside = Remembering()
    GuideProcesses("page", outside, quiet, Path("/my.toml")).open("glute-squeeze", 7, "abc")
    words = ["-m", "psoas_nudge.guide", "glute-squeeze", "--prompt", "7", "--page"]
    added = {"PSOAS_NUDGE_CONFIG": "/my.toml", "XDG_ACTIVATION_TOKEN": "abc", "DESKTOP_STARTUP_ID": "abc"}
    assert outside.started == [(words, added)]


def test_a_stretch_of_ones_own_accord_belongs_to_no_prompt():
    outside = Remembering()
    GuideProcesses("terminal", outside, quiet).open("glute-squeeze", None, None)
    assert outside.started == [(["-m", "psoas_nudge.guide", "glute-squeeze", "--terminal"], {})]


def test_no_guide_is_opened_where_none_is_wanted():
    outside = Remembering()
    GuideProcesses("none", outside, quiet).open("glute-squeeze", 1, None)
    assert outside.started == []


async def test_accept_without_a_browser_or_terminal_says_so_on_the_desktop_with_what_to_do(monkeypatch):
    program = "import sys; print('psoas-nudge: No terminal program was found.', file=sys.stderr); sys.exit(1)"
    told = asyncio.get_running_loop().create_future()
    outside = Outside()
    start = outside.start
    monkeypatch.setattr(outside, "start", lambda argv, *rest: start([sys.executable, "-c", program], *rest))
    GuideProcesses("page", outside, lambda *words: told.set_result(words)).open("glute-squeeze", 1, None)
    title, body = await asyncio.wait_for(told, 10)
    assert title == "The stretch did not open"
    assert "Install a browser, or stretch in a terminal of your own: psoas-nudge stretch glute-squeeze" in body


async def test_a_stretch_that_was_played_and_not_recorded_is_not_said_to_have_stayed_closed(monkeypatch):
    told = asyncio.get_running_loop().create_future()
    outside = Outside()
    start, program = outside.start, f"import sys; sys.exit({NOT_RECORDED})"
    monkeypatch.setattr(outside, "start", lambda argv, *rest: start([sys.executable, "-c", program], *rest))
    GuideProcesses("page", outside, lambda *words: told.set_result(words)).open("glute-squeeze", 1, None)
    assert await asyncio.wait_for(told, 10) == (
        "Not all of your stretch is recorded",
        "To see what is wrong with the journal: psoas-nudge doctor",
    )


async def test_a_guide_that_ended_well_or_with_the_session_says_nothing(monkeypatch):
    outside = Outside()
    for program in ("", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"):
        outside.start([sys.executable, "-c", program], failed=pytest.fail)
    async with asyncio.timeout(10):
        while outside._running:  # noqa: ASYNC110 - other processes end it
            await asyncio.sleep(0.01)


async def test_what_ends_outside_is_let_go_and_a_bad_end_is_told(caplog):
    outside = Outside()
    with caplog.at_level(logging.WARNING):
        outside.start([sys.executable, "-c", "raise SystemExit(3)"])
        async with asyncio.timeout(10):
            while outside._running:  # noqa: ASYNC110 - another process ends it
                await asyncio.sleep(0.01)
    assert "ended with status 3" in caplog.text


def test_a_program_that_does_not_exist_fails_at_once_with_the_reason(caplog):
    why = []
    Outside().start(["/nowhere/editor"], failed=why.append)
    assert why == ["No such file or directory"]
    assert "/nowhere/editor could not be started" in caplog.text


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux has pidfds")
async def test_where_a_sandbox_forbids_to_hear_of_the_end_it_is_noticed_with_the_next_start(monkeypatch):
    def forbidden(_number: int) -> int:
        raise PermissionError(1, "forbidden")

    monkeypatch.setattr(os, "pidfd_open", forbidden)
    outside = Outside()
    outside.start([sys.executable, "-c", ""])
    [(first, _)] = outside._running.values()
    first.wait(10)
    outside.start([sys.executable, "-c", ""])
    [(second, _)] = outside._running.values()
    second.wait(10)
    assert second is not first
