"""Prints a page to PDF with a headless Chromium-like browser."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from psoas_nudge.errors import Unavailable

SECONDS = 60


def pdf(page: Path, output: Path, browser: str | None) -> None:
    """Print the file `page` to the file `output`, mode 0600. Raises Unavailable with what to do instead."""
    if browser is None:
        raise Unavailable(
            "There is no Chromium or a browser like it to make a PDF with. "
            "Run psoas-nudge report without --print, and print the page from your browser."
        )
    output.unlink(missing_ok=True)
    output.touch(mode=0o600)
    with TemporaryDirectory(prefix="psoas-nudge-") as profile:
        command = [
            browser, "--headless", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer",
            f"--user-data-dir={profile}", f"--print-to-pdf={output.absolute()}", page.absolute().as_uri(),
        ]  # fmt: skip
        try:
            done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SECONDS)  # noqa: S603 - a path that was looked up, a file of our own, no shell
            why = _reason(done.stderr)
        except subprocess.TimeoutExpired:
            why = f"it did not finish within {SECONDS} s"
    if not output.stat().st_size:
        output.unlink()
        raise Unavailable(
            f"{browser} made no PDF: {why or 'it gave no reason'}. Print the page from your browser instead."
        )


def _reason(said: str) -> str:
    """Why it did not work, in words for people: the browser's own are for those who write browsers."""
    if "Running as root" in said:
        return "it does not run as root"
    return re.sub(r"^(\[[^]]*\] ?)+", "", said.strip().rpartition("\n")[2])
