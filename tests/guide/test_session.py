"""One stretch on the page without a server: who watches, what counts, and when it is over."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any, cast

import pytest

from psoas_nudge.core.catalogue import find
from psoas_nudge.core.model import Afterwards, Pain
from psoas_nudge.errors import NotRecorded
from psoas_nudge.guide import page, server
from psoas_nudge.guide.page import run_clock
from psoas_nudge.guide.player import Held, Player
from psoas_nudge.guide.reports import Receipt
from psoas_nudge.guide.server import Sound
from psoas_nudge.guide.session import (
    ANSWER_WITHIN,
    IDLE_LIMIT,
    OPENED_WITHIN,
    RELOAD_WITHIN,
    UNDO_WITHIN,
    Asks,
    StretchSession,
)
from psoas_nudge.pages import serving
from psoas_nudge.pages.guard import Guard


class Stretch:
    """A session, its clock, its reports and its pages."""

    def __init__(self, asks: Asks | None = None) -> None:
        self.now = 0.0
        self.told: list[object] = []
        self.holds: list[float] = []
        self.troubles: dict[str, str] = {}
        self.session = StretchSession(Player(find("standing-hip-flexor")), lambda: self.now, self, asks)

    def begun(self) -> Receipt:
        self.told.append("begun")
        return Receipt()

    def holding(self, held: Held) -> Receipt:
        self.holds.append(held.total)
        return Receipt(self.troubles.get("holding"))

    def ended(self, held: Held) -> Receipt:
        self.told.append(held)
        return Receipt(self.troubles.get("ended"))

    def felt(self, afterwards: Afterwards, pain: Pain | None) -> Receipt:
        self.told.append((afterwards, pain))
        return Receipt(advice="Rest." if pain else None)

    def taken_back(self) -> Receipt:
        self.told.append("taken back")
        return Receipt()

    def warned(self) -> Receipt:
        self.told.append("warned")
        return Receipt()

    def kneels(self, can: bool) -> Receipt:
        self.told.append(("kneels", can))
        return Receipt()

    def passes(self, seconds: float) -> None:
        for _ in range(int(seconds)):
            self.now += 1
            self.session.tick()

    async def page(self) -> tuple[AsyncGenerator[bytes, None], dict[str, Any]]:
        """A page that has come, and what it draws first."""
        page = cast("AsyncGenerator[bytes, None]", self.session.watch())
        return page, moment(await anext(page))


def moment(event: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(event.removeprefix(b"data: "))
    return found


async def test_a_page_sees_what_happens_and_the_last_moment_before_the_end() -> None:
    stretch = Stretch()
    page, first = await stretch.page()
    assert first["state"] == "ready"
    stretch.session.command("pause")
    assert moment(await anext(page))["state"] == "playing"
    stretch.session.command("stop")
    stretch.session.felt("pain", "sharp")
    stretch.passes(UNDO_WITHIN)
    rest = [moment(event) async for event in page]
    assert [each["state"] for each in rest][-2:] == ["stopped", "stopped"]
    assert rest[-1]["answered"]
    assert rest[-1]["advice"] == "Rest."
    assert stretch.told == ["begun", Held(), ("pain", "sharp")]


async def test_a_page_that_nobody_saw_reports_nothing_because_another_player_takes_over() -> None:
    stretch = Stretch()
    stretch.session.close()
    assert stretch.told == []


async def test_stop_before_the_beginning_is_no_stretch() -> None:
    stretch = Stretch()
    page, _ = await stretch.page()
    stretch.session.command("stop")
    assert stretch.told == [Held()]
    await page.aclose()


async def test_a_browser_that_never_comes_ends_it() -> None:
    stretch = Stretch()
    stretch.passes(OPENED_WITHIN - 1)
    assert not stretch.session.closed.is_set()
    stretch.passes(1)
    assert stretch.session.closed.is_set()
    assert not stretch.session.seen


async def test_nobody_at_the_page_for_a_quarter_of_an_hour_ends_it() -> None:
    stretch = Stretch()
    page, _ = await stretch.page()
    stretch.passes(IDLE_LIMIT - 1)
    stretch.session.command("pause")
    stretch.session.command("pause")
    stretch.passes(IDLE_LIMIT - 1)
    assert not stretch.session.closed.is_set()
    stretch.passes(1)
    assert stretch.session.closed.is_set()
    await page.aclose()


async def test_a_long_rest_on_the_floor_is_not_nobody() -> None:
    stretch = Stretch()
    stretch.session.player = Player(find("constructive-rest"))
    page, _ = await stretch.page()
    stretch.session.command("pause")
    stretch.passes(320)
    assert not stretch.session.closed.is_set()
    assert stretch.session.player.held == Held(other=290)
    await page.aclose()


async def test_esc_at_the_start_of_a_hold_reports_and_draws_nothing_held() -> None:
    stretch = Stretch()
    page, _ = await stretch.page()
    stretch.session.command("pause")
    stretch.passes(18)
    stretch.now += 0.4
    stretch.session.command("stop")
    assert stretch.told == ["begun", Held()]
    assert stretch.session.snapshot.held == Held()
    await page.aclose()


async def test_an_unanswered_question_ends_it_after_two_minutes() -> None:
    stretch = Stretch()
    page, _ = await stretch.page()
    stretch.session.command("pause")
    stretch.session.command("stop")
    stretch.passes(ANSWER_WITHIN - 1)
    assert not stretch.session.closed.is_set()
    stretch.passes(1)
    assert stretch.session.closed.is_set()
    assert stretch.told == ["begun", Held()]
    await page.aclose()


async def test_a_closed_page_stops_the_count_at_once_and_the_stretch_soon() -> None:
    stretch = Stretch()
    page, _ = await stretch.page()
    stretch.session.command("pause")
    stretch.passes(18 + 6)
    await page.aclose()
    stretch.passes(RELOAD_WITHIN)
    assert stretch.session.closed.is_set()
    assert stretch.told == ["begun", Held(left=6)]


async def test_a_time_between_two_presses_is_counted_for_what_it_was() -> None:
    stretch = Stretch()
    page, _ = await stretch.page()
    stretch.session.command("pause")
    stretch.passes(20)
    stretch.session.command("pause")
    stretch.now += 600
    stretch.session.command("pause")
    stretch.passes(3)
    assert stretch.session.player.held == Held(left=5)
    assert stretch.session.snapshot.state == "playing"
    await page.aclose()


async def test_only_the_first_answer_counts_and_none_before_the_end() -> None:
    stretch = Stretch()
    page, _ = await stretch.page()
    stretch.session.command("pause")
    stretch.session.felt("fine", None)
    stretch.session.command("stop")
    stretch.session.felt("tight", None)
    stretch.session.felt("pain", "sharp")
    assert stretch.told == ["begun", Held(), ("tight", None)]
    await page.aclose()


async def ended(stretch: Stretch) -> AsyncGenerator[bytes, None]:
    """A page whose stretch was begun and stopped."""
    page, _ = await stretch.page()
    stretch.session.command("pause")
    stretch.session.command("stop")
    return page


async def test_a_wrong_press_on_the_pain_page_is_taken_back_and_asked_again() -> None:
    stretch = Stretch()
    page = await ended(stretch)
    stretch.session.felt("pain", "groin")
    assert stretch.session.snapshot.undo
    assert not stretch.session.closed.is_set()
    stretch.session.take_back()
    drawn = stretch.session.snapshot
    assert (drawn.answered, drawn.undo, drawn.advice) == (False, False, None)
    stretch.session.take_back()
    stretch.session.felt("fine", None)
    assert stretch.session.closed.is_set()
    assert stretch.told == ["begun", Held(), ("pain", "groin"), "taken back", ("fine", None)]
    await page.aclose()


async def test_pain_can_be_taken_back_for_a_minute() -> None:
    stretch = Stretch()
    page = await ended(stretch)
    stretch.session.felt("pain", "sharp")
    stretch.passes(UNDO_WITHIN - 1)
    assert stretch.session.snapshot.undo
    stretch.passes(1)
    assert stretch.session.closed.is_set()
    assert not stretch.session.snapshot.undo
    stretch.session.take_back()
    assert stretch.told == ["begun", Held(), ("pain", "sharp")]
    await page.aclose()


async def test_the_warnings_are_read_before_the_first_play_can_begin() -> None:
    stretch = Stretch(Asks(warnings=True))
    page, first = await stretch.page()
    assert first["unread"]
    stretch.session.command("stop")
    assert stretch.told == [Held()], "not read"
    await page.aclose()
    stretch = Stretch(Asks(warnings=True))
    page, _ = await stretch.page()
    stretch.session.command("next")
    assert stretch.session.snapshot.unread, "only one button says that they were read"
    stretch.session.command("pause")
    assert not stretch.session.snapshot.unread
    assert (stretch.told, stretch.session.snapshot.state) == (["warned"], "ready")
    stretch.session.command("pause")
    assert (stretch.told, stretch.session.snapshot.state) == (["warned", "begun"], "playing")
    await page.aclose()


async def test_room_to_kneel_is_asked_after_a_stretch_that_did_not_hurt_and_the_answer_ends_it() -> None:
    stretch = Stretch(Asks(kneel=True))
    page = await ended(stretch)
    assert not stretch.session.snapshot.kneel
    stretch.session.kneels(True)
    stretch.session.felt("pain", "sharp")
    assert not stretch.session.snapshot.kneel
    stretch.session.take_back()
    stretch.session.felt("tight", None)
    assert stretch.session.snapshot.kneel
    stretch.session.kneels(False)
    assert stretch.session.closed.is_set()
    assert stretch.told[-1] == ("kneels", False)
    await page.aclose()


async def test_closing_tells_what_was_held_once() -> None:
    stretch = Stretch()
    page, _ = await stretch.page()
    stretch.session.command("pause")
    stretch.passes(25)
    stretch.session.close()
    stretch.session.close()
    assert stretch.told == ["begun", Held(left=7)]
    await page.aclose()


async def test_the_clock_ticks_when_the_session_is_due_and_ends_with_it() -> None:
    stretch = Stretch()
    page, _ = await stretch.page()
    ticking = asyncio.create_task(run_clock(stretch.session))
    stretch.session.command("pause")
    stretch.now += 0.9
    event = await asyncio.wait_for(anext(page), 5)
    while moment(event)["remaining"] == pytest.approx(8):
        event = await asyncio.wait_for(anext(page), 5)
    assert moment(event)["remaining"] == pytest.approx(7.1)
    stretch.session.close()
    await asyncio.wait_for(ticking, 5)
    await page.aclose()


@pytest.fixture
def a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of a browser: begins, holds for a while, and closes the page."""
    opened: list[StretchSession] = []

    def app(session: StretchSession, port: int, sound: Sound) -> Guard:
        opened.append(session)
        return server.app(session, port, sound)

    async def show(*_: object) -> bool:
        session = opened[-1]
        watched = cast("AsyncGenerator[bytes, None]", session.watch())
        await anext(watched)
        session.command("next")
        session.tick()
        session.close()
        await watched.aclose()
        return True

    monkeypatch.setattr(page, "app", app)
    monkeypatch.setattr(serving, "show", show)


@pytest.mark.usefixtures("a_person")
def test_the_command_fails_when_not_all_was_recorded() -> None:
    stretch = Stretch()
    stretch.troubles["ended"] = "The disk is full."
    with pytest.raises(NotRecorded, match=r"^Not all of this is recorded: The disk is full\.$"):
        page.play(Player(find("standing-hip-flexor")), stretch, Asks(), Sound(chime=False, voice=False))
    stretch.troubles.clear()
    page.play(Player(find("standing-hip-flexor")), stretch, Asks(), Sound(chime=False, voice=False))


async def test_a_report_of_progress_that_was_late_is_no_loss_once_the_end_is_recorded() -> None:
    stretch = Stretch()
    stretch.troubles["holding"] = "psoas-nudge did not answer."
    shown, _ = await stretch.page()
    stretch.session.command("next")
    stretch.passes(2)
    assert stretch.session.trouble == stretch.session.snapshot.trouble == "psoas-nudge did not answer."
    stretch.session.close()
    assert stretch.session.trouble is None
    await shown.aclose()
