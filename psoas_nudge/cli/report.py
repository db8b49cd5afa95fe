"""`report`: one static page about what was recorded, for the browser, a file, or paper."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from psoas_nudge import places
from psoas_nudge.called import as_called
from psoas_nudge.cli.journal import NOTHING_YET
from psoas_nudge.config.saving import save
from psoas_nudge.journal import Journal

if TYPE_CHECKING:
    from psoas_nudge.report.page import Paper

OPENING_SECONDS = 2.0
"""A browser that has not failed by then is taken to show the page."""


@click.command(epilog="Examples: psoas-nudge report; psoas-nudge report --for-therapist --print --output hip.pdf")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the page to FILE and open nothing. A FILE that is there already is replaced.",
)
@click.option(
    "--print",
    "as_pdf",
    is_flag=True,
    help="Write a PDF, made by Chromium or a browser like it: to FILE, or into this folder.",
)
@click.option(
    "--paper", type=click.Choice(["a4", "letter"]), default="a4", show_default=True, help="Goes with --print."
)
@click.option(
    "--for-therapist",
    is_flag=True,
    help="One page for a physiotherapist: hold time, what was done and skipped, discomfort, routines; nothing else.",
)
@click.pass_obj
def report(config_file: Path | None, output: Path | None, as_pdf: bool, paper: Paper, for_therapist: bool) -> None:
    """See what was recorded: days, sitting, prompts, hold time and discomfort, on one page in the browser.

    The page is a single file that contains everything it shows and loads nothing from elsewhere. Browsers from snap
    cannot read the folder that it is in by default; for them use --output.
    """
    page = _page(config_file, for_therapist)
    if page is None:
        print(as_called(NOTHING_YET))
    elif as_pdf:
        from psoas_nudge.report.page import on_paper

        _print(on_paper(page, paper), output or Path(f"psoas-nudge-report-{date.today()}.pdf"))  # noqa: DTZ011 - a name for people
    elif output:
        save(output, page)
        print(f"The report is in {output}.")
    else:
        _open(page)


def _page(config_file: Path | None, for_therapist: bool) -> str | None:
    """The text of the page; None when nothing is recorded yet. Raises ConfigInvalid and JournalBroken."""
    from psoas_nudge import config
    from psoas_nudge.report import record

    settings = config.load(config_file, os.environ)
    found = Journal.open_reading(places.journal_file())
    if found is None:
        return None
    with found:
        what = record.read(found, settings.rules, settings.stretch.weekly_dose, datetime.now(UTC))
    if for_therapist:
        from psoas_nudge.guide.figures import printed
        from psoas_nudge.report.therapist import therapist

        return therapist(what, printed)
    from psoas_nudge.report.page import report as whole

    return whole(what)


def _open(page: str) -> None:
    """Show it in a browser; where there is none, say where the file is."""
    from psoas_nudge.pages import browser

    path = places.private_directory(places.cache_directory()) / "report.html"
    save(path, page)
    if why := browser.missing(os.environ):
        print(f"The report is in {path}. It cannot be opened here: {why}.")
        return
    opened = any(
        _shown(browser.start(browser.opening(command, path.as_uri()), os.environ))
        for command in browser.commands(os.environ)
    )
    print(f"The report is in {path}." if opened else f"The report is in {path}. No browser here would open it.")


def _shown(process: subprocess.Popen[bytes]) -> bool:
    """Whether the browser has taken the page: it is still running, or a running one was told."""
    try:
        return process.wait(timeout=OPENING_SECONDS) == 0
    except subprocess.TimeoutExpired:
        return True


def _print(page: str, output: Path) -> None:
    """Write a PDF. The page waits beside it meanwhile, because browsers from snap read nothing elsewhere."""
    from psoas_nudge.pages import browser
    from psoas_nudge.report.printing import pdf

    source = output.with_name(f"{output.stem}.printing.html")
    save(source, page)
    try:
        pdf(source, output, browser.chromium(os.environ))
    finally:
        source.unlink(missing_ok=True)
    print(f"The report is in {output}.")
