"""The page in a real Firefox: a whole routine, keys, clicks, pictures that move, and a policy that refuses nothing."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from psoas_nudge.core.catalogue import CATALOGUE
from psoas_nudge.core.evidence import without_ids
from psoas_nudge.guide.player import Held

pytestmark = pytest.mark.heavy


async def test_a_person_plays_every_routine_to_its_end_in_firefox(firefox: Any, serving: Any) -> None:
    for routine in CATALOGUE:  # in one browser, which takes long to start
        await played_in(firefox, serving, routine.id)


async def played_in(firefox: Any, serving: Any, routine_id: str) -> None:
    async with serving(routine_id) as served:
        tab = await firefox.open(served.url)
        await tab.shows(served.player.routine.cautions[0])
        assert await tab.js("location.href") == served.origin + "/", "the token leaves the address"
        await tab.click("Begin")
        await tab.plays()
        for segment in served.player.segments:
            await tab.until(f"document.getElementById('text').textContent === {json.dumps(segment.text)}")
            mirrored = "matrix(-1 0 0 1" in await tab.js("document.querySelector('.figure').innerHTML")
            assert mirrored == (segment.side == "left")
            served.passes(segment.seconds)
        await tab.shows("Well done")
        held = served.reports[1]
        assert isinstance(held, Held)
        assert held.total == pytest.approx(sum(s.seconds for s in served.player.segments if s.counts))
        await tab.press("f")
        await served.over()
        assert served.reports[2] == ("fine", None)


async def hears(tab: Any, *wanted: tuple[str, str] | str) -> set[tuple[str, str]]:
    """What a screen reader finds once all of this is there, (role, name) or a name: Firefox tells it a moment later."""
    async with asyncio.timeout(10):
        while True:
            found: set[tuple[str, str]] = await tab.accessible()
            if {*wanted} <= found | {name for _, name in found}:
                return found
            await asyncio.sleep(0.05)


async def test_a_screen_reader_reads_the_page_from_start_to_end_in_firefox(firefox: Any, serving: Any) -> None:
    async with serving("chair-edge-hip-flexor", warnings=True, kneel=True) as served:
        routine = served.player.routine
        tab = await firefox.open(served.url)
        await tab.ready()
        before = await tab.accessible()
        assert {("heading", routine.title), ("button", "I have read this space"), ("button", "Stop Esc")} <= before
        names = {name for _, name in before}
        assert {*routine.not_for, *routine.cautions} <= names
        assert routine.purpose not in names, "the warnings stand alone"
        await tab.click("I have read this")
        await tab.until("document.getElementById('stage').dataset.unread === 'false'")
        await hears(tab, ("button", "Begin space"), without_ids(routine.purpose), routine.effort, routine.check)
        await tab.click("Begin")
        await tab.plays()
        for segment in served.player.segments:
            await tab.until(f"document.getElementById('text').textContent === {json.dumps(segment.text)}")
            image = ("image", f"{routine.title}, {segment.side} side, {segment.text}")
            await hears(tab, image, segment.text, *filter(None, [segment.cue]), ("button", "Pause space"))
            served.passes(segment.seconds)
        await tab.shows("Well done")
        await hears(tab, ("heading", "Well done"))
        assert await tab.js("document.activeElement.id") == "after-title", "the reader goes on from here"
        await tab.press("p")
        await tab.shows("What kind of pain?")
        await hears(tab, ("button", "In the groin G"), ("button", "In the lower back L"))
        await tab.press("l")
        await tab.shows("Please let a physiotherapist or doctor have a look.")
        await hears(tab, ("button", "I pressed the wrong button U"))
        await tab.press("u")
        await tab.shows("How does it feel?")
        await tab.press("f")
        await tab.shows("Can you kneel on the floor where you work?")
        await hears(tab, ("button", "Yes Y"), ("button", "No N"))
        await tab.press("n")
        await served.over()
        assert served.reports[-4:] == [("pain", "lower-back"), "taken back", ("fine", None), ("kneels", False)]


async def test_keys_pause_go_back_and_stop_in_firefox(firefox: Any, serving: Any) -> None:
    async with serving("standing-hip-flexor") as served:
        tab = await firefox.open(served.url, (320, 640), dark=True, reduced_motion=False)
        await tab.ready()
        assert await tab.js("[innerWidth, innerHeight]") == [320, 640]
        assert await tab.js("matchMedia('(prefers-color-scheme: dark)').matches")
        assert not await tab.js("document.documentElement.scrollWidth > innerWidth")
        await tab.press(" ")
        await tab.plays()
        for _ in range(3):
            await tab.press("ArrowRight")
        await tab.shows("Hold 1 of 2")
        served.passes(12)
        await tab.press(" ")
        await tab.shows("Paused")
        served.passes(30)
        await tab.press(" ")
        await tab.plays()
        await tab.press("ArrowLeft")
        await tab.until("document.getElementById('count').textContent === '30'")
        await tab.press("Escape")
        await tab.shows("Held 12 s on the left and 0 s on the right.")
        assert served.reports == ["begun", Held(left=12)]
