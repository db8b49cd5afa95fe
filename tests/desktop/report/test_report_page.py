"""The report in a real Chromium and a real Firefox: nothing is loaded, everybody can read it, and it prints."""

from __future__ import annotations

import asyncio
import os
import re
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from psoas_nudge.core.catalogue import CATALOGUE
from psoas_nudge.core.entries import AnyEntry, FeelEntry, PromptEntry, StretchEntry
from psoas_nudge.core.followed import suggestions
from psoas_nudge.core.state import State
from psoas_nudge.guide.figures import printed
from psoas_nudge.journal import Journal
from psoas_nudge.pages.serving import PageWindows, listen, serve
from psoas_nudge.report.page import Paper, on_paper, report, served
from psoas_nudge.report.printing import pdf
from psoas_nudge.report.server import app
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
        "month": report(recorded(a_while(40))),
        "nothing": report(recorded([])),
        "therapist": therapist(year, printed),
    }
    for name, page in made.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in made}


AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
FOUND = (
    f"(() => {{ {AXE}; return axe.run({{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', "
    "'best-practice']}).then(found => found.violations.map(v => "
    "[v.id, v.nodes.slice(0, 3).map(n => n.html + ' ' + n.failureSummary)])) })()"
)


async def opened(browser: Any, url: str, size: str = "laptop", dark: bool = False) -> Any:
    tab = await browser.open(url, SIZES[size], dark)
    await tab.until("document.readyState === 'complete' && document.querySelector('main')")
    return tab


@pytest.mark.parametrize(("name", "dark"), [("month", True), ("nothing", False), ("therapist", True)])
async def test_axe_finds_nothing_at_aa(browser: Any, pages: dict[str, str], name: str, dark: bool) -> None:
    tab = await opened(browser, pages[name], dark=dark)
    await tab.js("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert await tab.js(FOUND) == []


async def test_axe_finds_nothing_on_a_whole_year(chromium: Any, pages: dict[str, str]) -> None:
    tab = await opened(chromium, pages["year"])
    await tab.js("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert await tab.js(FOUND) == []


async def test_it_fits_any_width_and_loads_nothing(browser: Any, pages: dict[str, str], tmp_path: Path) -> None:
    """Set PSOAS_NUDGE_SCREENSHOTS to a folder to keep what the windows show."""
    keep = Path(os.environ.get("PSOAS_NUDGE_SCREENSHOTS") or tmp_path)
    for name, size in ((name, size) for name in pages for size in SIZES):
        tab = await opened(browser, pages[name], size)
        await tab.screenshot(keep / f"report-{name}-{size}-{type(browser).__name__}.png")
        assert not await tab.js("document.documentElement.scrollWidth > innerWidth"), (name, size)
        cut = "[...document.querySelectorAll('p, h1, h2, li, td, th, dd')].filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1 && !e.querySelector('svg')).map(e => e.outerHTML)"
        assert await tab.js(cut) == [], (name, size)
        assert await tab.js("performance.getEntriesByType('resource').length") == 0
        await tab.close()


async def test_nothing_is_asked_of_the_network(chromium: Any, pages: dict[str, str]) -> None:
    tab = await opened(chromium, pages["year"])
    assert [url for url in tab.requests if not url.startswith(("file:", "data:"))] == []


async def test_the_charts_are_pictures_with_words_in_the_accessibility_tree(
    browser: Any, pages: dict[str, str]
) -> None:
    seen = await (await opened(browser, pages["year"])).accessible()
    pictures = [name for role, name in seen if role in {"image", "img"}]
    for begin in ("Sitting a day over 52 weeks. In the last", "Share of prompts followed", "Hold time per side over 52 weeks",
                  "Discomfort over 52 weeks", "Tue 24 Nov: sitting"):  # fmt: skip
        assert any(name.startswith(begin) for name in pictures), begin
    assert all(pictures)
    assert ("heading", "Your last four weeks") in seen
    assert {"table", "columnheader", "rowheader"} <= {role for role, _ in seen}


async def test_every_table_opens_and_scrolls_by_keyboard(browser: Any, pages: dict[str, str]) -> None:
    tab = await opened(browser, pages["year"], "phone")
    for _ in range(await tab.js("document.querySelectorAll('details').length")):
        await tab.press("Tab")
        assert await tab.js("document.activeElement.localName") == "summary"
        await tab.press("Enter")
        assert await tab.js("document.activeElement.parentElement.open")
        await tab.press("Tab")
        assert await tab.js("document.activeElement.className") == "wide"


class Pressed:
    """Opens nothing, and remembers what would be opened. `works`: whether it opens."""

    def __init__(self) -> None:
        self.opened: list[tuple[str, str]] = []
        self.works = True

    async def __call__(self, key: str, value: str) -> bool:
        self.opened.append((key, value))
        return self.works


@pytest.fixture
async def live() -> AsyncIterator[tuple[str, Pressed, PageWindows]]:
    """A report with a suggestion, being served."""
    late = [
        PromptEntry(at=at, number=n, shown_at=at, closed_at=at, outcome="missed", routine="standing-hip-flexor",
                    notifier="freedesktop")
        for n in range(60) if (at := NOW.replace(hour=15, minute=5 + n % 50) - timedelta(days=n % 30))
    ]  # fmt: skip
    days = [e for e in a_while(60) if not (isinstance(e, PromptEntry) and e.at.astimezone(BERLIN).hour >= 16)]
    record, pressed, windows = recorded([*days, *late]), Pressed(), PageWindows()
    suggested = {each.key: each.value for each in suggestions(record.history.prompts, record.rules)}
    with listen() as listener:
        guard = app(served(report(record)), suggested, windows, listener.getsockname()[1], pressed)
        server = asyncio.create_task(serve(guard, listener, windows.over))
        yield guard.url, pressed, windows
        windows.close()
        await server


async def test_a_suggestion_opens_in_the_settings_by_keyboard_and_the_page_outlives_its_server(
    browser: Any, live: tuple[str, Pressed, PageWindows]
) -> None:
    url, pressed, windows = live
    tab = await opened(browser, url)
    await tab.until("document.querySelector('.open button')")
    assert ("button", "Open in the settings") in await tab.accessible()
    for _ in range(40):
        await tab.press("Tab")
        if await tab.js("document.activeElement.localName") == "button":
            break
    await tab.press("Enter")
    await tab.shows("Open in another window. Nothing changes until you save there.")
    assert pressed.opened == [("prompt.wind_down", "1h")]
    pressed.works = False
    await tab.press("Enter")
    await tab.shows("The settings did not open. Try the command below.")
    assert "psoas-nudge settings prompt.wind_down 1h" in await tab.text()
    tab.complaints.clear()  # the refusal's status, 503, which the browser logs
    assert await tab.js(FOUND) == []
    windows.close()
    await tab.until("!document.querySelector('.open')")
    assert "psoas-nudge settings prompt.wind_down 1h" in await tab.text()


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
