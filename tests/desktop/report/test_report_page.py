"""The report in a real Chromium: nothing is loaded, everybody can read it, and it prints."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from psoas_nudge.core.catalogue import CATALOGUE
from psoas_nudge.core.entries import AnyEntry, FeelEntry, StretchEntry
from psoas_nudge.core.state import State
from psoas_nudge.guide.figures import printed
from psoas_nudge.journal import Journal
from psoas_nudge.report.page import Paper, on_paper, report
from psoas_nudge.report.printing import pdf
from psoas_nudge.report.therapist import therapist
from tests.report.a_year import BERLIN, NOW, a_while, recorded

pytestmark = [pytest.mark.desktop, pytest.mark.heavy]

ROOT = Path(__file__).parents[3]
SIZES = {"phone": (390, 844), "laptop": (1366, 768), "wall": (3840, 2160)}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The addresses of the pages of a year, of the first week, and of the one for a therapist."""
    folder, year = tmp_path_factory.mktemp("pages"), recorded(a_while(364))
    made = {
        "year": report(year),
        "week": report(recorded(a_while(5))),
        "nothing": report(recorded([])),
        "therapist": therapist(year, printed),
    }
    for name, page in made.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in made}


@pytest.mark.parametrize("name", ["year", "week", "nothing", "therapist"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_axe_finds_nothing_at_aa(chromium: Any, pages: dict[str, str], name: str, dark: bool) -> None:
    axe = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    tab = await chromium.open(pages[name], SIZES["laptop"], dark)
    await tab.until("document.readyState === 'complete'")
    await tab.js("document.querySelectorAll('details').forEach(each => each.open = true)")
    await tab.js(axe)
    assert (
        await tab.js(
            "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']})"
            ".then(found => found.violations.map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html + ' ' + n.failureSummary)]))"
        )
        == []
    )


@pytest.mark.parametrize("name", ["year", "week", "nothing", "therapist"])
@pytest.mark.parametrize("size", SIZES)
async def test_it_fits_any_width_and_loads_nothing(
    chromium: Any, pages: dict[str, str], name: str, size: str, tmp_path: Path
) -> None:
    """Set PSOAS_NUDGE_SCREENSHOTS to a folder to keep what the windows show."""
    tab = await chromium.open(pages[name], SIZES[size])
    await tab.until("document.readyState === 'complete'")
    keep = Path(os.environ.get("PSOAS_NUDGE_SCREENSHOTS") or tmp_path)
    await tab.screenshot(keep / f"report-{name}-{size}.png")
    assert not await tab.js("document.documentElement.scrollWidth > innerWidth"), "scrolls sideways"
    cut = "[...document.querySelectorAll('p, h1, h2, li, td, th, dd')].filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1 && !e.querySelector('svg')).map(e => e.outerHTML)"
    assert await tab.js(cut) == []
    assert [url for url in tab.requests if not url.startswith(("file:", "data:"))] == []
    assert await tab.js("performance.getEntriesByType('resource').length") == 0


async def test_the_charts_are_pictures_with_words_in_the_accessibility_tree(
    chromium: Any, pages: dict[str, str]
) -> None:
    tab = await chromium.open(pages["year"])
    await tab.until("document.readyState === 'complete'")
    nodes = (await tab.send("Accessibility.getFullAXTree"))["nodes"]
    seen = [
        (n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes if not n.get("ignored") and "role" in n
    ]
    pictures = [name.replace("\xa0", " ") for role, name in seen if role in {"image", "img"}]
    for begin in ("Sitting a day over 52 weeks. In the last", "Share of prompts followed", "Hold time per side over 52 weeks",
                  "Discomfort over 52 weeks", "Tue 24 Nov: sitting"):  # fmt: skip
        assert any(name.startswith(begin) for name in pictures), begin
    assert ("heading", "Your last four weeks") in seen
    assert {"table", "columnheader", "rowheader"} <= {role for role, _ in seen}


@pytest.fixture
def printer(desktop_need: Any, tmp_path: Path) -> Path:
    """Chromium as root, which it refuses to be without this."""
    desktop_need("chromium")
    browser = tmp_path / "bin" / "chromium"
    browser.parent.mkdir()
    browser.write_text('#!/bin/sh\nPATH=${PATH#*:} exec chromium --no-sandbox "$@"\n')
    browser.chmod(0o700)
    return browser


def full_sheet() -> str:
    """A page for a therapist about somebody who uses every routine and writes long notes."""
    used: list[AnyEntry] = []
    for number, routine in enumerate(CATALOGUE):
        at = NOW - timedelta(days=20 - number)
        note = "Pulls at the front of the right hip when I stand up after long meetings. " * 3
        used += [
            StretchEntry(at=at, routine=routine.id, performed=True, left_seconds=60.0, right_seconds=60.0),
            FeelEntry(at=at + timedelta(hours=1), level=4, note=note),
            FeelEntry(at=at + timedelta(hours=2), pain="sharp", note=note),
        ]
    return therapist(recorded([*a_while(364), *used]), printed)


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_the_therapist_gets_one_sheet(
    printer: Path, tmp_path: Path, paper: Paper, size: tuple[int, int], monkeypatch
) -> None:
    monkeypatch.setenv("PATH", f"{printer.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "sheet.html").write_text(on_paper(full_sheet(), paper), encoding="utf-8")
    pdf(tmp_path / "sheet.html", tmp_path / "sheet.pdf", str(printer))
    sheet = (tmp_path / "sheet.pdf").read_bytes()
    if keep := os.environ.get("PSOAS_NUDGE_SCREENSHOTS"):
        (Path(keep) / f"sheet-{paper}.pdf").write_bytes(sheet)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    [box] = re.findall(rb"/MediaBox\s*\[([^\]]+)\]", sheet)
    assert tuple(round(float(side)) for side in box.split()[2:]) == pytest.approx(size, abs=1)


def test_print_writes_a_pdf_for_its_owner_alone_and_leaves_nothing_beside_it(printer: Path, tmp_path: Path) -> None:
    with Journal.open(tmp_path / "psoas-nudge" / "journal.db") as journal:
        journal.commit(a_while(20), State(), BERLIN)
    environ = os.environ | {"PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path),
                            "PATH": f"{printer.parent}:{os.environ['PATH']}"}  # fmt: skip
    words = ["report", "--print", "--output", str(tmp_path / "report.pdf")]
    done = subprocess.run([sys.executable, "-m", "psoas_nudge", *words], check=False, capture_output=True, text=True,
                          env=environ)  # fmt: skip
    made = tmp_path / "report.pdf"
    assert (done.returncode, done.stdout, done.stderr) == (0, f"The report is in {made}.\n", "")
    assert made.read_bytes().startswith(b"%PDF-")
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert not list(tmp_path.glob("*.html"))
