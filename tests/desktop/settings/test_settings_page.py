"""A person sees and changes their settings in a real Chromium and a real Firefox."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from psoas_nudge.settings.rows import Begin
from tests.desktop.settings.conftest import Served

pytestmark = pytest.mark.heavy
LOOKS = {"phone": (360, 740), "laptop": (1366, 900), "4k": (3840, 2160)}
LABEL = (
    "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || document.activeElement.id"
)


async def press(tab: Any, label: str) -> None:
    """The button with this label, wherever on the page it is."""
    find = (
        f"[...document.querySelectorAll('button')].find(b => b.checkVisibility() && b.innerText.startsWith('{label}'))"
    )
    await tab.js(f"{find}.click()")


async def change(tab: Any, key: str, value: str) -> None:
    """Give a field another value, as a person does who leaves it then."""
    await tab.js(
        f"(e => {{ e.value = '{value}'; e.dispatchEvent(new Event('change')) }})(document.getElementById('{key}'))"
    )


async def to(tab: Any, label: str) -> None:
    """Press Tab until the focus is on what is labelled or called so."""
    seen = []
    for _ in range(160):
        await tab.press("Tab")
        seen.append(await tab.js(LABEL))
        if seen[-1] == label:
            return
    pytest.fail(f"the Tab key does not lead to {label!r}, but to {seen}")


async def types(tab: Any, text: str) -> None:
    for key in text:
        await tab.press(key)


async def saves(tab: Any) -> None:
    """By keyboard: the button, then the one in the dialog, which has the focus."""
    await tab.js("document.getElementById('review').focus()")
    await tab.press("Enter")
    await tab.until("document.getElementById('review-dialog').open")
    await tab.press("Enter")
    await tab.until("document.getElementById('status').textContent === 'Saved.'")


async def test_nothing_is_wider_than_the_window(browser: Any, served: Served, tmp_path: Path) -> None:
    """Set PSOAS_NUDGE_SCREENSHOTS to a folder to keep what the windows show."""
    folder = Path(os.environ.get("PSOAS_NUDGE_SCREENSHOTS", tmp_path))
    for size, dark in ((size, dark) for size in LOOKS for dark in (False, True)):
        tab = await served.opened(browser, LOOKS[size], dark=dark)
        await tab.screenshot(folder / f"settings-{size}-{'dark' if dark else 'light'}-{type(browser).__name__}.png")
        await tab.js("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert await tab.js("document.documentElement.scrollWidth <= innerWidth"), (size, dark)
        await tab.close()


async def test_on_paper_every_setting_is_open_and_nothing_is_a_button(
    browser: Any, served: Served, tmp_path: Path
) -> None:
    tab = await served.opened(browser, dark=True)
    await change(tab, "prompt-daily_limit", "5")
    await tab.shows("1 change not saved")
    await tab.js(
        "addEventListener('beforeprint', () => { window.closed = document.querySelectorAll('details:not([open])').length;"
        " window.wide = document.documentElement.scrollWidth > innerWidth })"
    )
    folded = await tab.js("document.querySelectorAll('details:not([open])').length")
    sheet = await tab.printed()
    folder = Path(os.environ.get("PSOAS_NUDGE_SCREENSHOTS", tmp_path))
    (folder / f"settings-{type(browser).__name__}.pdf").write_bytes(sheet)
    assert sheet.startswith(b"%PDF-")
    assert await tab.js("[window.closed, window.wide]") == [0, False]
    assert await tab.js("document.querySelectorAll('details:not([open])').length") == folded == 8
    shown = await tab.js(
        "(() => { const rules = [...document.styleSheets].flatMap(s => [...s.cssRules])"
        ".filter(r => r.media?.mediaText === 'print').flatMap(r => [...r.cssRules]);"
        "return rules.filter(r => r.style?.display === 'none').map(r => r.selectorText).join() })()"
    )
    assert all(each in shown for each in ("button", "dialog", "#message"))


async def test_a_person_drags_hours_past_midnight_and_saves_them(browser: Any, served: Served) -> None:
    tab = await served.opened(browser)
    x, y, width = await tab.js(
        "(b => [b.x, b.y, b.width])(document.querySelector('[aria-label=Saturday] .track').getBoundingClientRect())"
    )
    hour = width / 24
    await tab.drag((x + 20 * hour, y + 10), (x + 26 * hour, y + 10))
    await tab.shows("1 change not saved")
    assert (await tab.js("document.querySelector('[aria-label=Sunday] .bar.night').style.width")).startswith("8.3")
    await tab.until("document.getElementById('days').innerText.includes('20:00-02:00')")
    await saves(tab)
    assert 'saturday = ["20:00-02:00"]' in served.file.read_text()


async def test_the_keyboard_alone_adds_a_night_copies_it_adds_days_off_and_saves(browser: Any, served: Served) -> None:
    tab = await served.opened(browser)
    before = served.file.read_text()
    await to(tab, "Saturday: add hours")
    await tab.press("Enter")
    await tab.shows("1 change not saved")
    await tab.until("document.activeElement.getAttribute('aria-label') === 'Saturday, from'")
    await types(tab, "2130")
    await to(tab, "Saturday, to")
    await types(tab, "0530")
    await to(tab, "Copy Saturday to other days")
    await tab.press("Enter")
    await tab.until("document.getElementById('copy').open")
    await tab.until(
        "document.activeElement.id === 'copy-title' || document.getElementById('copy').contains(document.activeElement)"
    )
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
        assert await tab.js("document.activeElement.parentElement.innerText.trim()") == day
        await tab.press(" ")
        await tab.press("Tab")
    await tab.press(" ")  # Sunday
    await to(tab, "Copy")
    await tab.press("Enter")
    await tab.shows("2 changes not saved")
    await to(tab, "Add days")
    await tab.press("Enter")
    await tab.shows("3 changes not saved")
    await to(tab, "Save…")
    await tab.press("Enter")
    await tab.until("document.getElementById('review-dialog').open")
    diff = await tab.js("document.getElementById('diff').innerText")
    for line in ('saturday = ["21:30-05:30"]', 'sunday = ["21:30-05:30"]', "[[exceptions]]"):
        assert f"+ {line}" in diff
    assert served.file.read_text() == before, "nothing is saved yet"
    await tab.press("Enter")
    await tab.until("document.getElementById('status').textContent === 'Saved.'")
    assert 'sunday = ["21:30-05:30"]' in served.file.read_text()


async def test_the_arrow_keys_change_hours_and_a_length_and_only_those_lines(browser: Any, served: Served) -> None:
    tab = await served.opened(browser)
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


async def test_every_field_says_its_default_and_every_number_its_range(browser: Any, served: Served) -> None:
    tab = await served.opened(browser)
    told = await tab.js("document.getElementById('prompt-daily_limit-help').textContent")
    assert told.endswith(" 0 means no prompts. Default: 8. From 0 to 1000.")
    numbers = "[...document.querySelectorAll('.field.number .help')].map(e => e.textContent)"
    assert all(" Default: " in each and " From " in each for each in await tab.js(numbers))


async def test_a_value_that_is_put_back_is_no_change(browser: Any, served: Served) -> None:
    tab = await served.opened(browser)
    await change(tab, "prompt-nudge_after", "50")
    await tab.shows("1 change not saved")
    await change(tab, "prompt-nudge_after", "45")
    await tab.until("document.getElementById('bar').hidden")


@pytest.mark.parametrize("served", [Begin("prompt.wind_down", "1h")], indirect=True)
async def test_a_suggestion_of_the_report_waits_with_its_preview_until_it_is_saved(
    browser: Any, served: Served
) -> None:
    before = served.file.read_text()
    tab = await served.opened(browser)
    await tab.until("document.activeElement.id === 'prompt-wind_down'")
    assert await tab.js("[document.activeElement.value, document.activeElement.closest('details').open]") == ["1", True]
    assert await tab.js("(b => b.top >= 0 && b.bottom <= innerHeight)(document.activeElement.getBoundingClientRect())")
    await tab.shows("1 change not saved")
    assert served.file.read_text() == before
    await saves(tab)
    assert served.file.read_text() == f'{before}wind_down = "1h"\n'
    await tab.js("location.reload()")
    await tab.until("document.querySelectorAll('#days li').length === 7 && document.getElementById('bar').hidden", 15)


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


async def test_another_program_changes_the_file_and_nothing_is_lost(browser: Any, served: Served) -> None:
    tab = await served.opened(browser)
    await change(tab, "prompt-daily_limit", "5")
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


async def test_a_value_that_is_not_valid_says_so_beside_it_and_cannot_be_saved(browser: Any, served: Served) -> None:
    tab = await served.opened(browser)
    await change(tab, "prompt-nudge_after", "0")
    await tab.shows("Some are not valid yet")
    assert "too short" in await tab.js("document.getElementById('prompt-nudge_after-wrong').textContent")
    assert await tab.js("document.getElementById('review').disabled")
    await press(tab, "Discard")
    await tab.until("document.getElementById('prompt-nudge_after').value === '45'")


async def test_a_broken_file_is_mended_in_the_page(browser: Any, served: Served) -> None:
    good = served.file.read_text()
    served.file.write_text(good.replace('"45m"', "45"))
    tab = await browser.open(served.guard.url)
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


AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")


async def found_by_axe(tab: Any, where: str) -> list[Any]:
    """What breaks WCAG 2.2 AA, or is bad practice, in an element."""
    tags = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"
    found: list[Any] = await tab.js(
        f"(() => {{ {AXE}; return axe.run({where!r}, {{runOnly: {tags}}})"
        ".then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html).slice(0, 3)])) })()"
    )
    return found


async def test_axe_finds_nothing_at_aa(browser: Any, served: Served) -> None:
    for size, dark in (("phone", True), ("laptop", False)):
        tab = await served.opened(browser, LOOKS[size], dark=dark)
        await press(tab, "Add days")
        await tab.js("document.querySelectorAll('details').forEach(each => each.open = true)")
        await tab.shows("1 change not saved")
        assert await found_by_axe(tab, "html") == [], (size, dark)
        for dialog in ("copy", "review-dialog", "elsewhere"):
            await tab.js(
                f"(document.querySelectorAll('dialog').forEach(d => d.close()), document.getElementById('{dialog}').showModal())"
            )
            assert await found_by_axe(tab, f"#{dialog}") == [], (size, dark, dialog)
        await tab.js("document.querySelectorAll('dialog').forEach(d => d.close())")
        await press(tab, "Discard")
        await tab.close()


async def test_a_screen_reader_hears_what_each_control_is_for(browser: Any, served: Served) -> None:
    seen = await (await served.opened(browser)).accessible()
    wanted = {
        ("heading", "Preview"),
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
    }
    assert wanted <= seen, wanted - seen
    named = {"button", "textbox", "spinbutton", "combobox", "switch", "checkbox", "image"}
    assert [each for each in seen if each[0] in named and not each[1]] == []


async def test_a_test_prompt_that_cannot_be_shown_says_why(
    browser: Any, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    tab = await served.opened(browser)
    await change(tab, "desktop-notifier", "freedesktop")
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
