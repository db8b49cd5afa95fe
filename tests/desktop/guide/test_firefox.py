"""The page in a real Firefox: a whole routine, keys, clicks, pictures that move, and a policy that refuses nothing."""

from __future__ import annotations

from typing import Any

import pytest

from psoas_nudge.guide.player import Held

pytestmark = pytest.mark.heavy


@pytest.mark.parametrize("routine_id", ["kneeling-hip-flexor", "standing-march"])
async def test_a_person_plays_a_whole_routine_in_firefox(firefox: Any, serving: Any, routine_id: str) -> None:
    async with serving(routine_id) as served:
        tab = await firefox.open(served.url)
        await tab.shows(served.player.routine.cautions[0])
        assert await tab.js("location.href") == served.origin + "/", "the token leaves the address"
        await tab.click("Begin")
        await tab.plays()
        for segment in served.player.segments:
            await tab.until(f"document.getElementById('text').textContent === {segment.text!r}")
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
