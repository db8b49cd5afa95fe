"""`export`: the journal for other programs. `journal export` is the complete one, as JSON lines."""

from __future__ import annotations

import codecs
import csv
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import click

from psoas_nudge.cli.journal import moment, opened
from psoas_nudge.cli.output import FILE, new_file
from psoas_nudge.core.entries import AnyEntry
from psoas_nudge.journal import Journal
from psoas_nudge.report.activitywatch import buckets
from psoas_nudge.report.rows import COLUMNS, cells, row

SINCE = click.option(
    "--since",
    type=moment,
    metavar="TIME",
    help='Only what was recorded since then: "2026-12-24", or "30d" for 30 days ago. The default is everything.',
)


@click.group(epilog="Example: psoas-nudge export activitywatch psoas-nudge.json")
def export() -> None:
    """Write what was recorded for other programs. FILE must not exist yet; "-" is standard output.

    For a backup, or to take it to another computer, use `psoas-nudge journal export`.
    """


@export.command(epilog="Example: psoas-nudge export activitywatch psoas-nudge.json --since 2026-01-01")
@click.argument("file", type=FILE)
@SINCE
def activitywatch(file: Path, since: datetime | None) -> None:
    """Write FILE for ActivityWatch. It gets JSON buckets, to import on the page "Raw data".

    The file contains the name of this computer, because ActivityWatch keeps separate buckets for each computer.
    """
    with _exporting(file) as (found, out):

        def read(kinds: tuple[str, ...]) -> Iterator[AnyEntry]:
            return (stored.entry for stored in found.read(since=since, kinds=kinds, taken_back=False))

        out.writelines(buckets(read, platform.node() or "unknown"))


@export.command("csv", epilog="Example: psoas-nudge export csv psoas-nudge.csv --since 2026-01-01")
@click.argument("file", type=FILE)
@SINCE
def csv_(file: Path, since: datetime | None) -> None:
    """Write FILE as a table for spreadsheets. It has one row for each entry, with lengths in seconds.

    Text that a spreadsheet would read as a formula gets an apostrophe in front.
    """
    with _exporting(file) as (found, out):
        lines = csv.writer(codecs.getwriter("utf-8")(out))
        lines.writerow(COLUMNS)
        lines.writerows(cells(row((stored.entry, stored.zone))) for stored in found.read(since=since))


@contextmanager
def _exporting(file: Path) -> Iterator[tuple[Journal, BinaryIO]]:
    """The journal, and the new file for it. Says at the end where it was written."""
    with opened() as found, new_file(file) as out:
        yield found, out
    if str(file) != "-":
        print(f"Written to {file}.")
