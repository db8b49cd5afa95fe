"""A person sees and changes their settings in a real Chromium."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.desktop.settings.conftest import Served

pytestmark = pytest.mark.heavy
LOOKS = {"phone": (360, 740), "laptop": (1366, 900), "4k": (3840, 2160)}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", LOOKS)
async def test_nothing_is_wider_than_the_window(
    chromium: Any, served: Served, tmp_path: Path, size: str, dark: bool
) -> None:
    tab = await served.opened(chromium, LOOKS[size], dark=dark)
    await tab.js("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert await tab.js("document.documentElement.scrollWidth <= innerWidth")
    folder = Path(os.environ.get("PSOAS_NUDGE_SCREENSHOTS", tmp_path))
    await tab.js("document.querySelectorAll('details').forEach(each => each.open = false)")
    await tab.screenshot(folder / f"settings-{size}-{'dark' if dark else 'light'}.png")


async def press(tab: Any, label: str) -> None:
    """The button with this label, wherever on the page it is."""
    find = (
        f"[...document.querySelectorAll('button')].find(b => b.checkVisibility() && b.innerText.startsWith('{label}'))"
    )
    await tab.js(f"{find}.click()")


async def saves(tab: Any) -> None:
    """By keyboard: the button, then the one in the dialog, which has the focus."""
    await tab.js("document.getElementById('review').focus()")
    await tab.press("Enter")
    await tab.until("document.getElementById('review-dialog').open")
    await tab.press("Enter")
    await tab.until("document.getElementById('status').textContent === 'Saved.'")


async def test_a_person_drags_hours_past_midnight_and_saves_them(chromium: Any, served: Served) -> None:
    tab = await served.opened(chromium)
    box = await tab.js(
        "(b => [b.x, b.y, b.width])(document.querySelector('[aria-label=Saturday] .track').getBoundingClientRect())"
    )
    hour = box[2] / 24
    for kind, at in (("mousePressed", 20), ("mouseMoved", 23), ("mouseMoved", 26), ("mouseReleased", 26)):
        await tab.send(
            "Input.dispatchMouseEvent",
            type=kind,
            x=box[0] + at * hour,
            y=box[1] + 10,
            button="left",
            buttons=1,
            clickCount=1,
        )
    await tab.shows("1 change not saved")
    assert (await tab.js("document.querySelector('[aria-label=Sunday] .bar.night').style.width")).startswith("8.3")
    await saves(tab)
    assert 'saturday = ["20:00-02:00"]' in served.file.read_text()


async def test_the_keyboard_alone_changes_hours_and_a_length_and_sees_the_lines_before_saving(
    chromium: Any, served: Served
) -> None:
    tab = await served.opened(chromium)
    before = served.file.read_text()
    await tab.js("document.querySelector('[aria-label=\"Monday, hours 1, from\"]').focus()")
    for _ in range(4):
        await tab.press("ArrowUp")
    assert await tab.js("document.activeElement.getAttribute('aria-label')") == "Monday, hours 1, from"
    await tab.js("document.getElementById('prompt-nudge_after').focus()")
    await tab.press("ArrowUp")
    await tab.shows("2 changes not saved")
    await tab.js("document.getElementById('review').focus()")
    await tab.press("Enter")
    await tab.until("document.getElementById('review-dialog').open")
    diff = await tab.js("document.getElementById('diff').innerText")
    assert '+ monday = ["10:00-12:30", "13:15-17:00"]  # the long day' in diff
    assert '- nudge_after = "45m"   # not less' in diff
    assert served.file.read_text() == before
    await tab.press("Enter")
    await tab.shows("Saved.")
    assert served.file.read_text() == before.replace("09:00-12:30", "10:00-12:30").replace('"45m"', '"46m"')


async def test_every_control_can_be_reached_with_the_tab_key(chromium: Any, served: Served) -> None:
    tab = await served.opened(chromium)
    await tab.js("document.querySelectorAll('details').forEach(each => each.open = true)")
    wanted = await tab.js(
        "[...document.querySelectorAll('button, input, select, textarea, summary')]"
        ".filter(e => e.checkVisibility() && !e.disabled).map((e, i) => { e.dataset.number = i; return i })"
    )
    reached = set()
    for _ in range(len(wanted) * 4):
        await tab.press("Tab")
        reached.add(await tab.js("document.activeElement.dataset.number"))
        if len(reached - {None}) == len(wanted):
            break
    assert {str(number) for number in wanted} <= reached


async def test_another_program_changes_the_file_and_nothing_is_lost(chromium: Any, served: Served) -> None:
    tab = await served.opened(chromium)
    await tab.js(
        "(e => { e.value = 5; e.onchange?.(); e.dispatchEvent(new Event('change')) })(document.getElementById('prompt-daily_limit'))"
    )
    await tab.shows("1 change not saved")
    served.file.write_text(served.file.read_text() + "max_snoozes = 1\n")
    await tab.js("document.getElementById('review').click()")
    await tab.shows("The file was changed elsewhere")
    tab.complaints.clear()  # the refusal's status, 409, which the browser logs
    await press(tab, "Load the file and keep my changes")
    await tab.until("document.getElementById('prompt-max_snoozes').value === '1'")
    await tab.shows("1 change not saved")
    await saves(tab)
    assert served.file.read_text().endswith("max_snoozes = 1\ndaily_limit = 5\n")


async def test_a_value_that_is_not_valid_says_so_beside_it_and_cannot_be_saved(chromium: Any, served: Served) -> None:
    tab = await served.opened(chromium)
    await tab.js(
        "(e => { e.value = '0'; e.dispatchEvent(new Event('change')) })(document.getElementById('prompt-nudge_after'))"
    )
    await tab.shows("Some are not valid yet")
    assert "too short" in await tab.js("document.getElementById('prompt-nudge_after-wrong').textContent")
    assert await tab.js("document.getElementById('review').disabled")
    await press(tab, "Discard")
    await tab.until("document.getElementById('prompt-nudge_after').value === '45'")


async def test_a_broken_file_is_mended_in_the_page(chromium: Any, served: Served) -> None:
    good = served.file.read_text()
    served.file.write_text(good.replace('"45m"', "45"))
    tab = await chromium.open(served.guard.url)
    await tab.shows("This file has mistakes")
    await tab.shows("prompt.nudge_after: 45 is not a length of time")
    await press(tab, "Check and save")
    await tab.shows("Not saved: 1 mistake is left.")
    tab.complaints.clear()  # the refusal's status, 422, which the browser logs
    await tab.js(
        "document.getElementById('text').value = document.getElementById('text').value.replace('45', '\"45m\"')"
    )
    await press(tab, "Check and save")
    await tab.shows("When prompts can come")
    assert served.file.read_text() == good


AXE = "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", LOOKS)
async def test_axe_finds_nothing_at_aa(chromium: Any, served: Served, size: str, dark: bool) -> None:
    tab = await served.opened(chromium, LOOKS[size], dark=dark)
    await tab.js(files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    await press(tab, "Add days")
    await tab.js("document.querySelectorAll('details').forEach(each => each.open = true)")
    await tab.shows("1 change not saved")
    for dialog in (None, "copy", "review-dialog", "elsewhere"):
        if dialog:
            await tab.js(
                f"document.querySelectorAll('dialog').forEach(d => d.close()); document.getElementById('{dialog}').showModal()"
            )
        found = await tab.js(f"{AXE}.then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html).slice(0, 3)]))")
        assert found == [], dialog


async def test_a_screen_reader_hears_what_each_control_is_for(chromium: Any, served: Served) -> None:
    tab = await served.opened(chromium)
    nodes = (await tab.send("Accessibility.getFullAXTree"))["nodes"]
    seen = {(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes if not n.get("ignored")}
    assert {
        ("group", "Monday"),
        ("textbox", "Monday, hours 1, from"),
        ("textbox", "Tuesday, to"),
        ("button", "Copy Tuesday to other days"),
        ("button", "Saturday: add hours"),
        ("spinbutton", "Prompt me after sitting for"),
        ("combobox", "Prompt me after sitting for, unit"),
        ("switch", "I can kneel where I work"),
        ("combobox", "Show prompts with"),
        ("button", "Test it now"),
        ("complementary", "What this does"),
    } <= seen
    named = {"button", "textbox", "spinbutton", "combobox", "switch", "checkbox"}
    assert [each for each in seen if each[0] in named and not each[1]] == []


async def test_a_test_prompt_that_cannot_be_shown_says_why(
    chromium: Any, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    tab = await served.opened(chromium)
    await tab.js(
        "(e => { e.value = 'freedesktop'; e.dispatchEvent(new Event('change')) })(document.getElementById('desktop-notifier'))"
    )
    await press(tab, "Test it now")
    await tab.shows("The test prompt was not shown.")


async def test_a_reload_shows_the_page_again_and_a_second_browser_is_refused(chromium: Any, served: Served) -> None:
    link = served.guard.url
    tab = await served.opened(chromium)
    await tab.send("Page.reload")
    await tab.until("document.querySelectorAll('#days li').length === 7", within=15)
    assert "token" not in await tab.js("location.href")
    context = (await chromium.send("Target.createBrowserContext"))["browserContextId"]
    target = (await chromium.send("Target.createTarget", url="about:blank", browserContextId=context))["targetId"]
    session = (await chromium.send("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
    other = type(tab)(chromium, target, session)
    await other.send("Page.navigate", url=link)
    await other.shows("belongs to another window")
