"""`report`: one static page about the journal, for the browser, a file, or paper."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import click

from psoas_nudge import places
from psoas_nudge.cli.journal import opened
from psoas_nudge.cli.output import ADDED_UP, FILE, progress, tallied
from psoas_nudge.config import load
from psoas_nudge.config.saving import save
from psoas_nudge.core.followed import suggestions
from psoas_nudge.errors import Unavailable
from psoas_nudge.guide.figures import printed
from psoas_nudge.pages import browser
from psoas_nudge.report import record
from psoas_nudge.report.page import Paper, on_paper, served
from psoas_nudge.report.page import report as whole
from psoas_nudge.report.record import ReportData
from psoas_nudge.report.therapist import therapist


@click.command(epilog="Examples: psoas-nudge report; psoas-nudge report --for-therapist --print --output hip.pdf")
@click.option("--output", type=FILE, help="Write the page to FILE, and do not open it. Overwrites FILE.")
@click.option(
    "--print",
    "as_pdf",
    is_flag=True,
    help="Write a PDF to FILE or into this folder. Needs Chromium or a browser like it.",
)
@click.option(
    "--paper",
    type=click.Choice(["a4", "letter"]),
    default="a4",
    show_default=True,
    help="The size of paper for --print.",
)
@click.option(
    "--for-therapist",
    is_flag=True,
    help="Make one page for a physiotherapist: hold times, what you did and skipped, discomfort and routines.",
)
@click.pass_obj
def report(config_file: Path | None, output: Path | None, as_pdf: bool, paper: Paper, for_therapist: bool) -> None:
    """Open a page in the browser that shows what was recorded: days, sitting, prompts, hold times and discomfort.

    With --output the page is a single file that contains everything it shows and loads nothing from elsewhere. Without
    it, the page opens in your browser, and the command ends a minute after you close it there.
    """
    with progress() as show:
        data = _data(config_file, show)
        show("Drawing the report …")
        page = therapist(data, printed) if for_therapist else whole(data)
    if as_pdf:
        _print(on_paper(page, paper), output or Path(f"psoas-nudge-report-{date.today()}.pdf"))  # noqa: DTZ011 - a name for people
    elif output:
        save(output, page)
        print(f"The report is in {output}.")
    else:
        _open(page, data, config_file)


def _data(config_file: Path | None, show: Callable[[str], None]) -> ReportData:
    """The data of the page. Raises ConfigInvalid and JournalBroken."""
    settings = load(config_file, os.environ)
    with opened() as found:
        show("Reading the journal …")
        return record.read(
            found,
            settings.rules,
            settings.stretch.weekly_dose,
            datetime.now(UTC),
            lambda entries: tallied(ADDED_UP, entries, show),
        )


def _open(page: str, data: ReportData, config_file: Path | None) -> None:
    """Serve the page until the browser closes it. If no browser shows it, write it to a file and print the path.

    Raises Unavailable when there is a display but no browser, so that the tray can notify the person.
    """
    why = browser.page_missing(os.environ)
    if why is None:
        print("The report opens in your browser. This command ends a minute after you close it there.", flush=True)
        if _served(page, data, config_file):
            return
        why = "no browser has shown it"
    path = places.private_directory(places.cache_directory()) / "report.html"
    save(path, page)
    left = f"The report is in {path}. It cannot be opened here: {why}."
    if not browser.no_display(os.environ):
        raise Unavailable(left)
    print(left)


def _served(page: str, data: ReportData, config_file: Path | None) -> bool:
    from psoas_nudge.pages.serving import run
    from psoas_nudge.report.server import app, started

    suggested = {each.key: each.value for each in suggestions(data.history.prompts, data.rules)}
    program = [sys.executable, "-m", "psoas_nudge", *(("--config", str(config_file)) if config_file else ())]

    async def open_settings(key: str, value: str) -> bool:
        return await started([*program, "settings", key, value], os.environ)

    return run(lambda windows, port: app(served(page), suggested, windows, port, open_settings), os.environ)


def _print(page: str, output: Path) -> None:
    """Write a PDF. The HTML goes to the same directory first, because browsers from snaps can read little else."""
    from psoas_nudge.report.printing import pdf

    source = output.with_name(f"{output.stem}.printing.html")
    save(source, page)
    try:
        with progress() as show:
            show("Making the PDF …")
            pdf(source, output, browser.chromium(os.environ))
    finally:
        source.unlink(missing_ok=True)
    print(f"The report is in {output}.")
