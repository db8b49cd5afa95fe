"""The daemon between sensors and notifiers, with a notifier that does what the test tells it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from psoas_nudge.core import model as m
from psoas_nudge.daemon.daemon import Daemon
from psoas_nudge.errors import JournalBroken, ShowFailed
from psoas_nudge.notify.port import Message, Pressed
from psoas_nudge.presence.port import ClockJumped, InputSeen, InputStopped, SignalChanged


class Screen:
    """A notifier in memory."""

    def __init__(self) -> None:
        self.shown: list[Message] = []
        self.withdrawn: list[tuple[str, str]] = []
        self.failing: str | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def show(self, message: Message) -> tuple[str, str]:
        await self.gate.wait()
        if self.failing:
            raise ShowFailed(self.failing)
        self.shown.append(message)
        return "fake", f"ref-{message.prompt}"

    async def withdraw(self, name: str, ref: str) -> None:
        self.withdrawn.append((name, ref))


class Desk:
    """An idle source that remembers the threshold, and a timer that never rings."""

    def __init__(self) -> None:
        self.threshold = 0.0
        self.jumps = 0

    async def watch(self, threshold: float) -> None:
        self.threshold = threshold

    def start(self, on_wake: Any) -> None:
        pass

    def stop(self) -> None:
        pass

    def wake(self, after: float | None) -> None:
        pass

    def clock_jumped(self) -> None:
        self.jumps += 1


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def daemon(journal, rules, clock, screen, desk) -> AsyncIterator[Daemon]:
    daemon = Daemon(journal, rules, clock, presence=desk, notifiers=screen, timer=desk)
    daemon.start()
    daemon.open_screen()
    daemon.report(InputSeen())
    yield daemon
    await daemon.stop()


async def sit(daemon: Daemon, clock: Any, minutes: int = 30) -> None:
    for _ in range(minutes):
        clock.move(60)
        daemon.feed(m.Woke)
    await settle()


async def test_the_prompt_names_the_routine_and_offers_three_buttons(daemon, clock, screen):
    await sit(daemon, clock)
    [message] = screen.shown
    assert [answer for answer, _ in message.buttons] == ["accept", "snooze", "skip"]
    assert message.title == "Sitting for 30 min"
    assert "Standing hip-flexor stretch" in message.body


async def test_pressing_accept_opens_the_guide_with_the_token_of_the_click(daemon, clock):
    opened: list[Any] = []
    daemon.on_guide = lambda effect, token: opened.append((effect.prompt, token))
    await sit(daemon, clock)
    daemon.pressed(Pressed(prompt=1, answer="accept", token="abc"))
    assert opened == [(1, "abc")]
    await settle()


async def test_after_two_snoozes_the_third_prompt_does_not_offer_one(daemon, clock, screen):
    await sit(daemon, clock)
    for _ in range(2):
        daemon.pressed(Pressed(prompt=daemon.runner.state.prompts, answer="snooze"))
        await sit(daemon, clock, 6)
    assert [answer for answer, _ in screen.shown[-1].buttons] == ["accept", "skip"]


async def test_a_prompt_nobody_can_show_is_recorded_as_not_shown(daemon, clock, screen, journal):
    screen.failing = "no service"
    await sit(daemon, clock)
    assert [stored.entry.why for stored in journal.read(kinds=["not-shown"])] == ["no service"]
    assert daemon.status().prompts_today == 0


async def test_a_prompt_closed_while_it_is_on_its_way_is_taken_away_once_it_is_there(daemon, clock, screen):
    screen.gate.clear()
    await sit(daemon, clock)
    daemon.report(SignalChanged(m.Signal.FULLSCREEN, on=True))
    screen.gate.set()
    await settle()
    assert screen.withdrawn == [("fake", "ref-1")]


async def test_stopping_takes_the_open_prompt_away_and_says_why(daemon, clock, screen, journal):
    await sit(daemon, clock)
    await daemon.stop()
    assert screen.withdrawn == [("fake", "ref-1")]
    [prompt] = [stored.entry for stored in journal.read(kinds=["prompt"])]
    assert (prompt.outcome, prompt.because) == ("withdrawn", "shutdown")


async def test_a_notifier_that_hangs_does_not_keep_the_daemon_from_ending(daemon, clock, screen, monkeypatch):
    monkeypatch.setattr("psoas_nudge.daemon.daemon.LAST_SECONDS", 0.01)
    screen.gate.clear()
    await sit(daemon, clock)
    await asyncio.wait_for(daemon.stop(), 1)


async def test_a_jump_of_the_clock_is_passed_to_the_timer(daemon, desk):
    daemon.report(ClockJumped())
    assert desk.jumps == 1


async def test_no_input_for_five_minutes_is_reported_as_away(daemon, clock):
    clock.move(300)
    daemon.report(InputStopped(300))
    assert daemon.status().presence == "away"


async def test_while_a_prompt_waits_for_the_lull_the_source_watches_for_it(daemon, clock, desk):
    daemon.reload(m.Rules(hours=daemon.rules.hours, settle_in=0, wind_down=0, lull=8))
    await sit(daemon, clock)
    assert desk.threshold == 8


async def test_a_message_is_not_put_over_an_open_prompt(daemon, clock, screen):
    daemon.tell("A hint", "about the file")
    await settle()
    await sit(daemon, clock)
    daemon.tell("Another", "hint")
    await settle()
    assert [message.title for message in screen.shown] == ["A hint", "Sitting for 30 min"]


async def test_a_message_that_came_while_a_prompt_was_open_is_shown_after_it(daemon, clock, screen):
    await sit(daemon, clock)
    daemon.tell("A mistake", "in line 3")
    await settle()
    assert [message.title for message in screen.shown] == ["Sitting for 30 min"]
    daemon.pressed(Pressed(prompt=1, answer="skip"))
    await settle()
    assert [message.title for message in screen.shown] == ["Sitting for 30 min", "A mistake"]


async def test_a_mended_mistake_is_not_told_any_more(daemon, clock, screen):
    await sit(daemon, clock)
    daemon.tell("A mistake", "in line 3")
    daemon.tell_no_more()
    daemon.pressed(Pressed(prompt=1, answer="skip"))
    await settle()
    assert [message.title for message in screen.shown] == ["Sitting for 30 min"]


async def test_a_prompt_that_comes_up_while_the_daemon_ends_is_taken_away_and_no_other_comes(
    daemon, clock, screen, journal
):
    screen.gate.clear()
    await sit(daemon, clock)
    ending = asyncio.create_task(daemon.stop())
    await settle()
    daemon.report(InputStopped(60))
    screen.gate.set()
    await ending
    assert [message.prompt for message in screen.shown] == [1]
    assert screen.withdrawn == [("fake", "ref-1")]
    assert daemon.runner.state.prompt is None
    refused = daemon.feed(m.Paused)
    assert refused is not None
    assert "ending" in refused.why


async def test_the_end_before_there_is_a_screen_waits_for_nothing(journal, rules, clock, screen, desk, caplog):
    daemon = Daemon(journal, rules, clock, presence=desk, notifiers=screen, timer=desk)
    daemon.start()
    daemon.report(InputSeen())
    await sit(daemon, clock)
    await asyncio.wait_for(daemon.stop(), 1)
    assert "did not take" not in caplog.text


async def test_taking_the_late_prompt_away_does_not_take_the_next_one_that_has_the_same_ref(
    daemon, clock, screen, rules
):
    on_screen: list[str] = []

    async def show(message: Message) -> tuple[str, str]:
        await screen.gate.wait()
        on_screen[:] = [message.title]
        return "fake", "the one place"

    async def withdraw(_name: str, _ref: str) -> None:
        on_screen.clear()

    screen.show, screen.withdraw = show, withdraw
    daemon.reload(m.Rules(hours=rules.hours, settle_in=0, wind_down=0, lull=0, after_quiet=0))
    screen.gate.clear()
    await sit(daemon, clock)
    daemon.report(SignalChanged(m.Signal.FULLSCREEN, on=True))
    daemon.report(SignalChanged(m.Signal.FULLSCREEN, on=False))
    assert daemon.runner.state.prompts == 2
    screen.gate.set()
    await settle()
    assert on_screen == ["Sitting for 30 min"]


async def test_a_listener_that_fails_costs_neither_the_prompt_nor_the_other_listeners(daemon, clock, screen, caplog):
    heard: list[m.State] = []

    def fail(_state: m.State) -> None:
        raise OSError("the bus is gone")

    daemon.on_step += [fail, heard.append]
    await sit(daemon, clock)
    assert len(screen.shown) == 1
    assert heard
    assert "unexpected" in caplog.text


async def test_a_full_disk_is_told_once_because_prompts_stay_away(daemon, clock, screen, journal, monkeypatch, caplog):
    def full(*_: Any) -> None:
        raise JournalBroken("The disk is full.")

    write = journal.commit
    monkeypatch.setattr(journal, "commit", full)
    await sit(daemon, clock, 40)
    assert [(message.title, message.body) for message in screen.shown] == [("No prompts for now", "The disk is full.")]
    assert caplog.text.count("The disk is full.") == 1
    monkeypatch.setattr(journal, "commit", write)
    await sit(daemon, clock, 10)
    assert screen.shown[-1].title == "Sitting for 50 min"


async def test_a_snooze_that_new_settings_refuse_brings_the_prompt_back_without_that_button(
    daemon, clock, screen, rules
):
    await sit(daemon, clock)
    daemon.reload(m.Rules(hours=rules.hours, settle_in=0, wind_down=0, lull=0, max_snoozes=0))
    daemon.pressed(Pressed(prompt=1, answer="snooze"))
    await settle()
    assert [message.prompt for message in screen.shown] == [1, 1]
    assert [answer for answer, _ in screen.shown[-1].buttons] == ["accept", "skip"]
    daemon.pressed(Pressed(prompt=1, answer="skip"))
    await settle()
    assert screen.withdrawn == [("fake", "ref-1")]
