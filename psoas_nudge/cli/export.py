"""`export`: the journal for other programs. `journal export` is the complete one, as JSON lines."""

from __future__ import annotations

import csv
import io
import platform
from collections.abc import Iterator
from pathlib import Path

import click

from psoas_nudge.cli.journal import moment, opened
from psoas_nudge.cli.new_file import new_file
from psoas_nudge.core.entries import AnyEntry

FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
SINCE = click.option(
    "--since",
    metavar="TIME",
    help='Only what was recorded since then: "2026-12-24", or "30d" for 30 days ago. The default is everything.',
)


@click.group(epilog="Example: psoas-nudge export activitywatch psoas-nudge.json")
def export() -> None:
    """Write what was recorded for other programs. FILE must not exist yet; "-" is standard output.

    For a backup, or to take it to another computer, use `psoas-nudge journal export`.
    """


@export.command(epilog="Example: psoas-nudge export activitywatch psoas-nudge.json --since 2026-01-01")
@FILE
@SINCE
def activitywatch(file: Path, since: str | None) -> None:
    """Write FILE for ActivityWatch. It gets JSON buckets, to import on the page "Raw data".

    The file contains the name of this computer, because ActivityWatch keeps separate buckets for each computer.
    """
    from psoas_nudge.report.activitywatch import buckets

    with opened() as found:
        if found is None:
            return
        after = moment(since) if since else None

        def read(kinds: tuple[str, ...]) -> Iterator[AnyEntry]:
            return (stored.entry for stored in found.read(since=after, kinds=kinds, taken_back=False))

        with new_file(file) as out:
            out.writelines(buckets(read, platform.node() or "unknown"))
    _report(file)


@export.command("csv", epilog="Example: psoas-nudge export csv psoas-nudge.csv --since 2026-01-01")
@FILE
@SINCE
def csv_(file: Path, since: str | None) -> None:
    """Write FILE as a table for spreadsheets. It has one row for each entry, with lengths in seconds.

    Text that a spreadsheet would read as a formula gets an apostrophe in front.
    """
    from psoas_nudge.report.rows import COLUMNS, cells, row

    with opened() as found:
        if found is None:
            return
        after = moment(since) if since else None
        with new_file(file) as raw:
            out = io.TextIOWrapper(raw, encoding="utf-8", newline="", write_through=False)
            lines = csv.writer(out)
            lines.writerow(COLUMNS)
            lines.writerows(cells(row((stored.entry, stored.zone))) for stored in found.read(since=after))
            out.flush()
            out.detach()
    _report(file)


def _report(file: Path) -> None:
    if str(file) != "-":
        print(f"Written to {file}.")
