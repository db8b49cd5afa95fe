"""`stats`: totals by day, week or month. Reads the journal itself, so it works without a daemon."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

import click
import msgspec

from psoas_nudge.cli.journal import moment, opened
from psoas_nudge.cli.output import ADDED_UP, columns, hanging, print_json, progress, tallied
from psoas_nudge.core.durations import duration
from psoas_nudge.core.statistics import Totals, months, total, weeks
from psoas_nudge.core.words import counted

DEFAULT_DAYS = {"day": 7, "week": 12 * 7, "month": 365}
SUMS: dict[str, Callable[[Iterable[Totals]], Iterable[Totals]]] = {"day": iter, "week": weeks, "month": months}
LABELS = {"day": "%Y-%m-%d %a", "week": "%G-W%V", "month": "%Y-%m"}


@click.command(epilog="Examples: psoas-nudge stats; psoas-nudge stats --by month --since 2026-01-01")
@click.option(
    "--by",
    type=click.Choice(["day", "week", "month"]),
    default="day",
    show_default=True,
    help="What each line adds up.",
)
@click.option(
    "--since", type=moment, metavar="TIME", help="The first day. The default is 7 days, 12 weeks or a year back."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line, with lengths in seconds.")
def stats(by: str, since: datetime | None, as_json: bool) -> None:
    """Show how long you sat, how you answered prompts, and how long you stretched.

    "got up" counts prompts during which you got up without answering, "cancelled" those that psoas-nudge took back.
    """
    first = _first_day(by, since)
    with opened(silent=as_json) as found, progress() as show:
        lines = list(SUMS[by](found.days(first, lambda entries: tallied(ADDED_UP, entries, show))))
    if as_json:
        print_json(map(msgspec.json.encode, lines))
    elif lines:
        _print_table(lines, by)
    else:
        print(f"Nothing is recorded since {first}.")


def _first_day(by: str, since: datetime | None) -> date:
    """The first day to show; the first of its week or month with `by`."""
    if since is None:
        first = datetime.now().astimezone().date() - timedelta(days=DEFAULT_DAYS[by] - 1)
    else:
        first = since.astimezone().date()
    if by == "month":
        return first.replace(day=1)
    return first - timedelta(days=first.weekday()) if by == "week" else first


COLUMNS = ("sat", "longest", "prompts", "accepted", "skipped", "snoozed", "missed", "got up", "cancelled", "stretched")


def _print_table(lines: Sequence[Totals], by: str) -> None:
    rows = [(f"{line.first:{LABELS[by]}}", *_cells(line)) for line in lines]
    if len(lines) > 1:
        rows.append(("all", *_cells(total(lines, lines[0].first, lines[-1].last))))
    table = [(by, *COLUMNS), *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    if sum(widths) + 2 * (len(widths) - 1) <= (width := columns()):
        for label, *cells in table:
            print("  ".join([label.ljust(widths[0]), *map(str.rjust, cells, widths[1:])]))
    else:
        for label, *cells in rows:
            print(hanging(f"{label:{widths[0]}}  ", _in_words(cells), width))


def _in_words(cells: Sequence[str]) -> str:
    """A row for a narrow terminal: "sat 50 min (longest 50 min); 1 prompt: 1 accepted"."""
    sat, longest, prompts, *outcomes, stretched = cells
    counts = [f"{cell} {name}" for cell, name in zip(outcomes, COLUMNS[3:-1], strict=True) if cell != "-"]
    parts = [f"sat {sat} (longest {longest})"]
    if counts:
        parts.append(f"{counted(int(prompts), 'prompt')}: {', '.join(counts)}")
    if stretched != "-":
        parts.append(f"stretched {stretched}")
    return "; ".join(parts)


def _cells(line: Totals) -> tuple[str, ...]:
    counts = (line.prompts, line.accepted, line.skipped, line.snoozed, line.missed, line.taken, line.withdrawn)
    return (
        duration(line.sitting_seconds),
        duration(line.longest_bout_seconds),
        *(str(number or "-") for number in counts),
        duration(line.stretch_seconds) if line.stretches else "-",
    )
