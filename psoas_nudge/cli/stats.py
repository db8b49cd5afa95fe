"""`stats`: what days and weeks add up to. It reads the journal's file, so it works with no daemon running."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import click
import msgspec

from psoas_nudge import places
from psoas_nudge.called import as_called
from psoas_nudge.cli.journal import NOTHING_YET, moment
from psoas_nudge.core.durations import duration
from psoas_nudge.core.statistics import Totals, total, weeks
from psoas_nudge.journal import Journal

DEFAULT_DAYS = {"day": 7, "week": 12 * 7}


@click.command(epilog="Examples: psoas-nudge stats; psoas-nudge stats --by week --since 2026-01-01 --json")
@click.option("--by", type=click.Choice(["day", "week"]), default="day", show_default=True, help="What a line is.")
@click.option("--since", metavar="TIME", help="From this day on. Unless given: 7 days, or 12 weeks.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line; lengths in seconds.")
def stats(by: str, since: str | None, as_json: bool) -> None:
    """How long you sat, what came of the prompts, how long you stretched."""
    first = _first_day(by, since)
    found = Journal.open_reading(places.journal_file())
    if found is None:
        if not as_json:
            print(as_called(NOTHING_YET))
        return
    with found:
        lines = list(weeks(found.days(first)) if by == "week" else found.days(first))
    if as_json:
        for line in lines:
            sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
        sys.stdout.buffer.flush()
    elif lines:
        _print_table(lines, by)
    else:
        print(f"Nothing is recorded since {first}.")


def _first_day(by: str, since: str | None) -> date:
    """A week is shown whole, from its Monday on."""
    if since is None:
        first = datetime.now().astimezone().date() - timedelta(days=DEFAULT_DAYS[by] - 1)
    else:
        first = moment(since).astimezone().date()
    return first - timedelta(days=first.weekday()) if by == "week" else first


COLUMNS = ("sat", "longest", "prompts", "accepted", "skipped", "snoozed", "missed", "left", "withdrawn", "stretched")


def _print_table(lines: Sequence[Totals], by: str) -> None:
    rows = [(f"{line.first:%Y-%m-%d %a}" if by == "day" else f"{line.first:%G-W%V}", *_cells(line)) for line in lines]
    if len(lines) > 1:
        rows.append(("all", *_cells(total(lines, lines[0].first, lines[-1].last))))
    table = [(by, *COLUMNS), *rows]
    widths = [max(len(row[n]) for row in table) for n in range(len(table[0]))]
    for row in table:
        print(_joined(row, widths))


def _cells(line: Totals) -> tuple[str, ...]:
    counts = (line.prompts, line.accepted, line.skipped, line.snoozed, line.missed, line.taken, line.withdrawn)
    return (
        duration(line.sitting_seconds),
        duration(line.longest_bout_seconds),
        *(str(number or "-") for number in counts),
        duration(line.stretch_seconds) if line.stretches else "-",
    )


def _joined(row: Iterable[str], widths: Sequence[int]) -> str:
    first, *others = row
    cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
    return "  ".join([first.ljust(widths[0]), *cells])
