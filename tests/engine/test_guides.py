"""The guide is opened with what it needs to know, and its end is noticed."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from psoas_nudge.engine.guides import Guides
from psoas_nudge.engine.outside import Outside


class Remembering(Outside):
    """Starts nothing."""

    def __init__(self, error: OSError | None = None) -> None:
        super().__init__()
        self.started: list[Any] = []
        self.error = error

    def start(self, argv: Any, added: Any = None) -> None:
        if self.error:
            raise self.error
        self.started.append((list(argv)[1:], added))


def test_an_accepted_prompt_opens_its_routine_with_the_token_of_the_click_and_the_same_configuration():
    outside = Remembering()
    Guides("page", outside, Path("/my.toml")).open("glute-squeeze", 7, "abc")
    words = ["-m", "psoas_nudge.guide", "glute-squeeze", "--prompt", "7", "--page"]
    added = {"PSOAS_NUDGE_CONFIG": "/my.toml", "XDG_ACTIVATION_TOKEN": "abc", "DESKTOP_STARTUP_ID": "abc"}
    assert outside.started == [(words, added)]


def test_a_stretch_of_ones_own_accord_belongs_to_no_prompt():
    outside = Remembering()
    Guides("terminal", outside).open("glute-squeeze", None, None)
    assert outside.started == [(["-m", "psoas_nudge.guide", "glute-squeeze", "--terminal"], {})]


def test_no_guide_is_opened_where_none_is_wanted():
    outside = Remembering()
    Guides("none", outside).open("glute-squeeze", 1, None)
    assert outside.started == []


def test_a_guide_that_cannot_be_started_is_told_in_the_log(caplog):
    Guides("page", Remembering(OSError(2, "no such program"))).open("glute-squeeze", 1, None)
    assert "the guide could not be started" in caplog.text


async def test_what_ends_outside_is_let_go_and_a_bad_end_is_told(caplog):
    outside = Outside()
    with caplog.at_level(logging.WARNING):
        outside.start([sys.executable, "-c", "raise SystemExit(3)"])
        async with asyncio.timeout(10):
            while outside._running:  # noqa: ASYNC110 - another process ends it
                await asyncio.sleep(0.01)
    assert "ended with status 3" in caplog.text


async def test_a_program_that_does_not_exist_is_an_error_of_the_caller():
    with pytest.raises(FileNotFoundError):
        Outside().start(["/nowhere/editor"])


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux has pidfds")
async def test_where_a_sandbox_forbids_to_hear_of_the_end_it_is_noticed_with_the_next_start(monkeypatch):
    def forbidden(_number: int) -> int:
        raise PermissionError(1, "forbidden")

    monkeypatch.setattr(os, "pidfd_open", forbidden)
    outside = Outside()
    outside.start([sys.executable, "-c", ""])
    [first] = outside._running.values()
    first.wait(10)
    outside.start([sys.executable, "-c", ""])
    [second] = outside._running.values()
    second.wait(10)
    assert second is not first
