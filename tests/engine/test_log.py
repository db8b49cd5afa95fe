"""What the log says is one line a decision, for whoever reads it later."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from psoas_nudge import called
from psoas_nudge.engine.log import line, set_up


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root, named = logging.getLogger(), [logging.getLogger(name) for name in ("psoas_nudge", "apscheduler")]
    before, levels = root.handlers[:], [(logger, logger.level) for logger in (root, *named)]
    root.handlers = []  # what pytest put there must not be closed
    yield
    root.handlers = before
    for logger, level in levels:
        logger.setLevel(level)


@pytest.mark.parametrize(("verbosity", "told"), [(0, 1), (1, 2), (2, 3), (9, 3)])
def test_more_is_told_the_more_is_asked_for(capsys: pytest.CaptureFixture[str], verbosity: int, told: int) -> None:
    set_up(verbosity, {})
    log = logging.getLogger("psoas_nudge.engine")
    for level in (logging.WARNING, logging.INFO, logging.DEBUG):
        log.log(level, "happened")
    assert capsys.readouterr().err.count("happened") == told


def test_a_command_in_a_warning_can_be_typed_as_it_stands(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(called, "_given", [".venv/bin/psoas-nudge"])
    set_up(0, {"JOURNAL_STREAM": "8:1"})
    logging.getLogger("psoas_nudge").warning("no prompts (to see why: %s)", "psoas-nudge doctor")
    assert capsys.readouterr().err == "WARNING no prompts (to see why: .venv/bin/psoas-nudge doctor)\n"


def test_systemd_adds_the_time_itself(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(0, {"JOURNAL_STREAM": "8:1"})
    logging.getLogger("psoas_nudge").warning("happened")
    assert capsys.readouterr().err == "WARNING happened\n"


def test_a_library_prints_no_traceback_over_the_one_line_that_tells_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(0, {})
    logging.getLogger("apscheduler.executors.default").error("Job raised an exception")
    assert capsys.readouterr().err == ""


def test_what_a_person_wrote_cannot_begin_a_line_of_its_own() -> None:
    facts = {"via": "tray", "because": "a call\n12:00:00 WARNING made up", "delay": None, "snooze": True}
    assert line("answered", facts) == 'answered via=tray because="a call\\n12:00:00 WARNING made up" snooze=true'
