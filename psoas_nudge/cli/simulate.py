"""`simulate`: plays a trace or made-up days through the core, and prints the resulting journal entries."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import click
from msgspec.structs import replace

from psoas_nudge.cli.journal import print_entries
from psoas_nudge.cli.output import FILE
from psoas_nudge.config import Settings, load
from psoas_nudge.core.durations import parse_duration
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.words import Answer, Signal, milliseconds
from psoas_nudge.core.written import parse_moment
from psoas_nudge.errors import BadInput
from psoas_nudge.simulation.coming import calendar_of
from psoas_nudge.simulation.desk import Act, During
from psoas_nudge.simulation.people import made_up
from psoas_nudge.simulation.play import Simulation
from psoas_nudge.simulation.trace import read_trace

ANSWERS: dict[str, tuple[Answer | None, ...]] = {
    **{answer: (answer,) for answer in get_args(Answer)},
    "mixed": ("accept", "skip", "snooze", None),
    "ignore": (None,),
}


@click.command(
    epilog="Examples: psoas-nudge simulate --days 30 --answers accept; psoas-nudge simulate day.jsonl --json",
)
@click.argument("trace", required=False, type=FILE)
@click.option("--config", "own_config", type=FILE, help="The configuration file to use.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object per line, as `journal --json` does.")
@click.option(
    "--answers",
    type=click.Choice([*ANSWERS]),
    default="ignore",
    help="How prompts are answered. mixed: accept, skip, snooze, no answer, and so on. The default is ignore.",
)
@click.option(
    "--answer-after",
    default="20s",
    metavar="FOR",
    help="Time from a prompt to its answer. The default is 20s.",
)
@click.option("--days", type=click.IntRange(1, 3660), metavar="N", help="Play N made-up days instead of a trace.")
@click.option("--from", "first", metavar="DATE", help="The first of the made-up days. The default is today.")
@click.option("--seed", type=int, default=0, metavar="S", help="A number. Other numbers give other made-up days.")
@click.pass_obj
def simulate(
    config_file: Path | None,
    trace: Path | None,
    own_config: Path | None,
    json_: bool,
    answers: str,
    answer_after: str,
    days: int | None,
    first: str | None,
    seed: int,
) -> None:
    """Play the days in TRACE through the real rules, and print what would be recorded.

    TRACE has one JSON object per line, in any order. "-" means standard input. Your sensors, notifications and journal
    are not touched.

    \b
    {"from": "2026-11-23T09:00:00+01:00", "to": "2026-11-23T10:30:00+01:00", "signal": "input"}
    {"at": "2026-11-23T09:50:00+01:00", "do": "pause 30m"}

    Signals: input (in use, with gaps under 5 s), locked, suspended, switched, call, playing, do-not-disturb,
    fullscreen, screen-share, busy.
    What you can do: accept, skip, snooze, pause 30m, resume, stand, sit, moved.
    """
    if (trace is None) == (days is None):
        raise BadInput("Name a trace, or make days up: psoas-nudge simulate --days 30")
    delay = milliseconds(parse_duration(answer_after))
    settings = load(own_config or config_file, os.environ)
    if days is None:
        items = _read(trace)
    else:
        zone = settings.rules.hours.local(datetime.now(UTC)).tzinfo or UTC
        begin = parse_moment(first or "today", datetime.now(UTC), zone)
        items = made_up(days, seed, begin, zone)
    if not items:
        return  # the made-up days are all days off
    items, rules = _with_calendar(items, settings)
    played = Simulation(items, rules, answers=ANSWERS[answers], answer_after=delay, seed=seed)
    print_entries(played.play(), "Nothing would be recorded.", json_=json_)


def _read(trace: Path | None) -> list[During | Act]:
    if str(trace) == "-":
        return read_trace("-", sys.stdin.buffer)
    try:
        with Path(trace or "").open("rb") as lines:
            return read_trace(str(trace), lines)
    except OSError as error:
        raise BadInput(f"{trace} cannot be read: {error.strerror}") from error


def _with_calendar(items: list[During | Act], settings: Settings) -> tuple[list[During | Act], Rules]:
    """Add busy times to the trace, and holidays to the rules, from the configured calendars."""
    rules = settings.rules
    if not settings.calendar.holidays and not settings.calendar.busy:
        return items, rules
    begin = min(item.begin if isinstance(item, During) else item.at for item in items)
    end = max(item.end if isinstance(item, During) else item.at for item in items)
    calendar = asyncio.run(calendar_of(settings, begin, end, datetime.now(UTC)))
    for problem in calendar.problems:
        click.echo(f"psoas-nudge: {problem}", err=True)
    busy = [During(span.opens, span.closes, Signal.BUSY) for span in calendar.busy(begin, end + timedelta(days=1))]
    return [*items, *busy], replace(rules, hours=calendar.close(rules.hours))
