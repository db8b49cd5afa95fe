"""Lines fit the terminal, and what belongs together stays together."""

from __future__ import annotations

from itertools import pairwise

import pytest

from psoas_nudge import called
from psoas_nudge.cli.output import hanging


@pytest.mark.parametrize("width", range(30, 120))
def test_a_number_stays_with_its_unit(width: int) -> None:
    told = hanging("all  ", "sat 37 h 5 min (longest 3 h 3 min); 28 prompts: 9 accepted; stretched 8 h 10 min", width)
    lines = told.splitlines()
    assert all(len(line) <= max(width, 25) for line in lines)
    assert all(not before[-1].isdigit() and not before.endswith(" h") for before, _ in pairwise(lines))
    assert " ".join(line.strip() for line in lines).endswith("9 accepted; stretched 8 h 10 min")


def test_a_command_stays_on_one_line_and_begins_as_it_was_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(called, "_given", [".venv/bin/psoas-nudge"])
    told = hanging("  psoas-nudge     ", "not running; to start it: psoas-nudge start", 60)
    assert told.splitlines() == [
        "  psoas-nudge     not running; to start it:",
        "                  .venv/bin/psoas-nudge start",
    ]
