"""The desktop between sensors and notifiers, with a notifier that does what the test tells it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from psoas_nudge.core import model as m
from psoas_nudge.engine.desktop import Desktop
from psoas_nudge.engine.engine import Engine, Listener
from psoas_nudge.errors import JournalBroken, ShowFailed
from psoas_nudge.notify.port import Message, Pressed, Showing


class FakeNotifiers:
    """Notifiers in memory."""

    def __init__(self) -> None:
        self.shown: list[Message] = []
        self.withdrawn: list[tuple[str, str]] = []
        self.failing: str | None = None
        self.fades = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def show(self, message: Message) -> Showing:
        await self.gate.wait()
        if self.failing:
            raise ShowFailed(self.failing)
        self.shown.append(message)
        return Showing("fake", f"ref-{message.prompt}", self.fades)

    async def withdraw(self, name: str, ref: str) -> None:
        self.withdrawn.append((name, ref))


class Desk:
    """An idle source that remembers the threshold, and a timer that never rings."""

    def __init__(self) -> None:
        self.threshold = 0
        self.stopped = False

    async def watch(self, threshold: int) -> None:
        self.threshold = threshold

    def wake(self, after: int | None) -> None:
        pass

    def stop(self) -> None:
        self.stopped = True


class Guides:
    """Remembers what was opened."""

    def __init__(self) -> None:
        self.opened: list[tuple[str, int | None, str | None]] = []

    def open(self, routine: str, prompt: int | None, token: str | None) -> None:
        self.opened.append((routine, prompt, token))


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
def screen() -> FakeNotifiers:
    return FakeNotifiers()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def guides() -> Guides:
    return Guides()


@pytest.fixture
def engine(journal, rules, clock) -> Engine:
    return Engine(journal, rules, clock)


@pytest.fixture
async def desktop(engine, screen, desk, guides) -> AsyncIterator[Desktop]:
    desktop = Desktop(engine, idle_time=desk, notifiers=screen, timer=desk, guides=guides)
    desktop.start(m.Started())
    desktop.open()
    engine.feed(m.Active())
    yield desktop
    await desktop.stop()


async def sit(engine: Engine, clock: Any, minutes: int = 30) -> None:
    for _ in range(minutes):
        clock.move(60)
        engine.feed(m.Woke())
    await settle()


def press(desktop: Desktop, answer: m.Answering, token: str | None = None) -> None:
    desktop.pressed(Pressed(answer, token))


def buttons(message: Message) -> list[str]:
    return [button.label for button in message.buttons]


async def test_the_prompt_names_the_routine_and_offers_three_buttons(desktop, engine, clock, screen):
    await sit(engine, clock)
    [message] = screen.shown
    assert buttons(message) == ["Start", "In 5 min", "Skip"]
    assert [button.press for button in message.buttons] == [
        kind(via="notification", prompt=1) for kind in (m.Accept, m.Snooze, m.Skip)
    ]
    assert message.title == "You've been sitting for 30 minutes"
    assert message.body.startswith("standing hip-flexor stretch, ")


async def test_pressing_accept_opens_the_guide_with_the_token_of_the_click(desktop, engine, clock, guides):
    await sit(engine, clock)
    press(desktop, m.Accept(via="notification", prompt=1), "abc")
    assert guides.opened == [("standing-hip-flexor", 1, "abc")]
    await settle()


async def test_after_two_snoozes_the_third_prompt_does_not_offer_one(desktop, engine, clock, screen):
    await sit(engine, clock)
    for _ in range(2):
        press(desktop, m.Snooze(via="notification", prompt=engine.state.numbered))
        await sit(engine, clock, 6)
    assert buttons(screen.shown[-1]) == ["Start", "Skip"]


async def test_a_prompt_nobody_can_show_is_recorded_as_not_shown(desktop, engine, clock, screen, journal):
    screen.failing = "no service"
    await sit(engine, clock)
    assert [stored.entry.why for stored in journal.read(kinds=["not-shown"])] == ["no service"]
    assert engine.status().prompts_today == 0


async def test_a_prompt_closed_while_it_is_on_its_way_is_taken_away_once_it_is_there(desktop, engine, clock, screen):
    screen.gate.clear()
    await sit(engine, clock)
    engine.feed(m.SignalChanged(signal=m.Signal.FULLSCREEN, on=True))
    screen.gate.set()
    await settle()
    assert screen.withdrawn == [("fake", "ref-1")]


async def test_stopping_takes_the_open_prompt_away_and_says_why(desktop, engine, clock, screen, journal):
    await sit(engine, clock)
    await desktop.stop()
    assert screen.withdrawn == [("fake", "ref-1")]
    [prompt] = [stored.entry for stored in journal.read(kinds=["prompt"])]
    assert (prompt.outcome, prompt.because) == ("withdrawn", "shutdown")


async def test_a_notifier_that_hangs_does_not_keep_the_daemon_from_ending(desktop, engine, clock, screen, monkeypatch):
    monkeypatch.setattr("psoas_nudge.engine.desktop.LAST_SECONDS", 0.01)
    screen.gate.clear()
    await sit(engine, clock)
    await asyncio.wait_for(desktop.stop(), 1)


async def test_no_input_for_five_minutes_is_reported_as_away(desktop, engine, clock):
    clock.move(300)
    engine.feed(m.Idle(idle_for=300 * m.SECOND))
    assert engine.status().presence == "away"


async def test_while_a_prompt_waits_for_the_lull_the_source_watches_for_it(desktop, engine, clock, desk):
    engine.reload(
        m.Rules(hours=engine.rules.hours, nudge_after=30 * m.MINUTE, settle_in=0, wind_down=0, lull=8 * m.SECOND)
    )
    await sit(engine, clock)
    assert desk.threshold == 8 * m.SECOND


async def test_a_message_is_not_put_over_an_open_prompt(desktop, engine, clock, screen):
    desktop.notify("A hint", "about the file")
    await settle()
    await sit(engine, clock)
    desktop.notify("Another", "hint")
    await settle()
    assert [message.title for message in screen.shown] == ["A hint", "You've been sitting for 30 minutes"]


async def test_a_message_that_came_while_a_prompt_was_open_is_shown_after_it(desktop, engine, clock, screen):
    await sit(engine, clock)
    desktop.notify("A mistake", "in line 3")
    await settle()
    assert [message.title for message in screen.shown] == ["You've been sitting for 30 minutes"]
    press(desktop, m.Skip(via="notification", prompt=1))
    await settle()
    assert [message.title for message in screen.shown] == ["You've been sitting for 30 minutes", "A mistake"]


async def test_a_mended_mistake_is_not_told_any_more(desktop, engine, clock, screen):
    await sit(engine, clock)
    desktop.notify("A mistake", "in line 3")
    desktop.withdraw_notice()
    press(desktop, m.Skip(via="notification", prompt=1))
    await settle()
    assert [message.title for message in screen.shown] == ["You've been sitting for 30 minutes"]


async def test_a_prompt_that_comes_up_while_the_daemon_ends_is_taken_away_and_no_other_comes(
    desktop, engine, clock, screen, journal
):
    screen.gate.clear()
    await sit(engine, clock)
    ending = asyncio.create_task(desktop.stop())
    await settle()
    engine.feed(m.Idle(idle_for=60 * m.SECOND))
    screen.gate.set()
    await ending
    assert [message.prompt for message in screen.shown] == [1]
    assert screen.withdrawn == [("fake", "ref-1")]
    assert engine.state.prompt is None
    refused = engine.feed(m.Pause())
    assert refused is not None
    assert "ending" in refused.why


async def test_the_end_before_there_is_a_screen_waits_for_nothing(engine, clock, screen, desk, guides, caplog):
    desktop = Desktop(engine, idle_time=desk, notifiers=screen, timer=desk, guides=guides)
    desktop.start(m.Started())
    engine.feed(m.Active())
    await sit(engine, clock)
    await asyncio.wait_for(desktop.stop(), 1)
    assert "did not remove the prompt" not in caplog.text


async def test_taking_the_late_prompt_away_does_not_take_the_next_one_that_has_the_same_ref(
    desktop, engine, clock, screen, rules
):
    on_screen: list[str] = []

    async def show(message: Message) -> Showing:
        await screen.gate.wait()
        on_screen[:] = [message.title]
        return Showing("fake", "the one place")

    async def withdraw(_name: str, _ref: str) -> None:
        on_screen.clear()

    screen.show, screen.withdraw = show, withdraw
    engine.reload(m.Rules(hours=rules.hours, nudge_after=30 * m.MINUTE, settle_in=0, wind_down=0, lull=0))
    screen.gate.clear()
    await sit(engine, clock)
    engine.feed(m.Stand())
    engine.feed(m.Sit())
    assert engine.state.numbered == 2
    screen.gate.set()
    await settle()
    assert on_screen == ["You've been sitting for 30 minutes"]


async def test_a_listener_that_fails_costs_neither_the_prompt_nor_the_other_listeners(
    desktop, engine, clock, screen, caplog
):
    heard: list[m.State] = []

    class Broken(Listener):
        def stepped(self, event: m.AnyEvent, state: m.State) -> None:
            raise OSError("the bus is gone")

    class Other(Listener):
        def stepped(self, event: m.AnyEvent, state: m.State) -> None:
            heard.append(state)

    engine.listen(Broken())
    engine.listen(Other())
    await sit(engine, clock)
    assert len(screen.shown) == 1
    assert heard
    assert "unexpected" in caplog.text


async def test_a_full_disk_is_told_once_because_prompts_stay_away(
    desktop, engine, clock, screen, journal, monkeypatch, caplog
):
    def full(*_: Any) -> None:
        raise JournalBroken("The disk is full.")

    write = journal.commit
    monkeypatch.setattr(journal, "commit", full)
    await sit(engine, clock, 40)
    assert [(message.title, message.body) for message in screen.shown] == [("No prompts for now", "The disk is full.")]
    assert caplog.text.count("The disk is full.") == 1
    monkeypatch.setattr(journal, "commit", write)
    await sit(engine, clock, 10)
    assert screen.shown[-1].title == "You've been sitting for 50 minutes"


async def test_a_snooze_that_new_settings_refuse_brings_the_prompt_back_without_that_button(
    desktop, engine, clock, screen, rules
):
    await sit(engine, clock)
    engine.reload(
        m.Rules(hours=rules.hours, nudge_after=30 * m.MINUTE, settle_in=0, wind_down=0, lull=0, max_snoozes=0)
    )
    press(desktop, m.Snooze(via="notification", prompt=1))
    await settle()
    assert [message.prompt for message in screen.shown] == [1, 1]
    assert buttons(screen.shown[-1]) == ["Start", "Skip"]
    press(desktop, m.Skip(via="notification", prompt=1))
    await settle()
    assert screen.withdrawn == [("fake", "ref-1")]


async def test_a_prompt_that_fades_is_shown_again_in_silence_with_the_minutes_of_now(desktop, engine, clock, screen):
    desktop.sound = screen.fades = True
    await sit(engine, clock)
    clock.move(60)
    engine.feed(m.Idle(idle_for=30 * m.SECOND))
    engine.feed(m.Active())
    await settle()
    assert [(message.prompt, message.sound, message.title) for message in screen.shown] == [
        (1, True, "You've been sitting for 30 minutes"),
        (1, False, "You've been sitting for 31 minutes"),
    ]
    assert buttons(screen.shown[-1]) == ["Start", "In 5 min", "Skip"]
    press(desktop, m.Skip(via="notification", prompt=1))
    await settle()
    assert screen.withdrawn == [("fake", "ref-1")]


async def test_a_notifier_that_neither_shows_nor_refuses_is_named_in_the_log_and_the_prompt_comes_again(
    desktop, engine, clock, screen, caplog
):
    screen.gate.clear()
    await sit(engine, clock, 30)
    assert engine.state.prompt
    await sit(engine, clock, 6)
    assert "prompt 1 was not shown in time and is closed" in caplog.text
    screen.gate.set()
    await settle()
    assert [message.prompt for message in screen.shown] == [1, 2]
    assert ("fake", "ref-1") in screen.withdrawn


async def test_an_unexpected_error_in_the_notifiers_is_logged_and_the_prompt_comes_again(
    desktop, engine, clock, screen, caplog
):
    show = screen.show

    async def broken(message: Message) -> Showing:
        screen.show = show
        raise RuntimeError("a bug")

    screen.show = broken
    await sit(engine, clock, 30)
    await sit(engine, clock, 6)
    assert "a notifier: unexpected error, please report it" in caplog.text
    assert "prompt 1 was not shown in time and is closed" in caplog.text
    assert [message.prompt for message in screen.shown] == [2]


async def test_a_prompt_that_stays_is_shown_once(desktop, engine, clock, screen):
    await sit(engine, clock, 33)
    assert len(screen.shown) == 1


async def test_a_prompt_insists_where_the_settings_say_so(desktop, engine, clock, screen):
    desktop.insist = True
    await sit(engine, clock)
    assert [message.insist for message in screen.shown] == [True]
