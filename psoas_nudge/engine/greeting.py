"""The message after a start: that psoas-nudge runs, when prompts come, and which commands there are.

`run` and `start` print it, and the very first start shows a short form as a notification.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from psoas_nudge.called import as_called
from psoas_nudge.core.durations import duration
from psoas_nudge.core.hours import WorkingHours, written
from psoas_nudge.core.status import DAYS, Status, when

RUNNING = "psoas-nudge is running"


def greet(status: Status, hours: WorkingHours, file: Path, at: datetime) -> None:
    """Print the greeting for a daemon in the foreground, but not into systemd's journal."""
    if "JOURNAL_STREAM" not in os.environ:
        print("\n".join(lines(status, hours, file, at, stop="Ctrl+C")), flush=True)  # noqa: T201 - no click here


def lines(status: Status, hours: WorkingHours, file: Path, at: datetime, stop: str = "") -> Iterator[str]:
    """The greeting. `at`: the instant of the status; `stop`: a key that stops it, besides the command."""
    yield f"{RUNNING}. A prompt comes after {duration(status.needed)} of sitting."
    yield f"  Working hours  {week(hours)}"
    yield f"  Now            {_now(status, hours, at)}"
    if status.next_prompt:
        yield f"  Next prompt    {when(status.next_prompt, at, status.zone)} at the earliest"
    yield f"  Settings       {_settings(file)}"
    yield as_called("  See status     psoas-nudge status")
    yield as_called("  Pause          psoas-nudge pause 1h")
    yield as_called("  Stop           psoas-nudge stop") + (f" (or {stop})" if stop else "")


def first(status: Status, hours: WorkingHours, file: Path, at: datetime) -> tuple[str, str]:
    """Title and text of the one notification of the very first start."""
    coming = when(status.next_prompt, at, status.zone) if status.next_prompt else ""
    prompt = f"First prompt: {coming} at the earliest, after {duration(status.needed)} of sitting." if coming else ""
    closed = "" if status.hours_open else _now(status, hours, at)
    return RUNNING, "\n".join(filter(None, (closed, prompt, f"Settings: {_settings(file)}")))


def week(hours: WorkingHours) -> str:
    """The week in a line: "Mon-Thu 09:00-17:00, Fri 09:00-12:00"; days off are left out."""
    days = [", ".join(written(each) for each in sorted(ranges)) for ranges in hours.week]
    parts, first_day = [], 0
    for day in range(1, 8):
        if day == 7 or days[day] != days[first_day]:
            if days[first_day]:
                name = DAYS[first_day] if day - first_day == 1 else f"{DAYS[first_day]}-{DAYS[day - 1]}"
                parts.append(f"{name} {days[first_day]}")
            first_day = day
    return f"{'; '.join(parts) or 'none in an ordinary week'} ({hours.zone})"


def _now(status: Status, hours: WorkingHours, at: datetime) -> str:
    change = when(status.hours_change, at, status.zone) if status.hours_change else ""
    if status.hours_open:
        return f"working hours, until {change}" if change else "working hours"
    off = "today is a day off" if not hours.day_ranges(hours.local_date(at)) else "outside working hours"
    return f"{off}; no prompts until {change}" if change else f"{off}; no working hours in the next two years"


def _settings(file: Path) -> str:
    home = str(Path.home())
    shown = str(file)
    shown = f"~{shown.removeprefix(home)}" if shown.startswith(f"{home}/") else shown
    return shown if file.exists() else as_called("the defaults (to change them: psoas-nudge settings)")
