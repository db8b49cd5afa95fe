"""Which notifier shows the prompt, and what happens when it cannot."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from psoas_nudge.errors import BadInput, ShowFailed, Unavailable
from psoas_nudge.notify.chooser import NOTIFIERS, Chooser, NotifierChoice
from psoas_nudge.notify.port import Capability, Message, Notifier, OnPressed, Pressed, Showing, Surroundings
from tests.prompts import buttons, press

PROMPT = Message(7, "Sat for 31 minutes", "Stand up.", buttons(("accept", "Accept"), ("skip", "Skip")))


class Fake:
    """A notifier that works, cannot start, or fails, as the test says."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.missing: str | None = None
        self.failing: str | None = None
        self.running = False
        self.starts = 0
        self.shown: list[int] = []
        self.withdrawn: list[str] = []
        self.on_pressed: OnPressed | None = None
        self.fades = False

    async def start(self, surroundings: Surroundings, on_pressed: OnPressed) -> None:
        if self.missing:
            raise Unavailable(self.missing)
        self.starts += 1
        await asyncio.sleep(0)
        self.running, self.on_pressed = True, on_pressed

    def capabilities(self) -> frozenset[Capability]:
        can = {Capability.BUTTONS} if self.name == "best" else set[Capability]()
        return frozenset(can | {Capability.FADES} if self.fades else can)

    async def show(self, message: Message) -> str:
        if self.failing:
            raise ShowFailed(self.failing)
        self.shown.append(message.prompt)
        return f"{self.name}-ref"

    async def withdraw(self, ref: str) -> None:
        self.withdrawn.append(ref)

    async def stop(self) -> None:
        self.running = False


class House:
    """A chooser over three fakes."""

    def __init__(self, wanted: str = "auto") -> None:
        self.best, self.next, self.last = Fake("best"), Fake("next"), Fake("last")
        fakes = (self.best, self.next, self.last)
        self.table: dict[str, Callable[[], Notifier]] = {f.name: lambda f=f: f for f in fakes}
        self.chooser = Chooser(wanted, self.table)
        self.pressed: list[Pressed] = []

    async def start(self) -> None:
        await self.chooser.start(Surroundings({}), self.pressed.append)


@pytest.fixture
def house() -> House:
    return House()


async def test_the_first_that_works_shows_it_and_the_others_are_not_even_started(house: House) -> None:
    await house.start()
    assert await house.chooser.show(PROMPT) == Showing("best", "best-ref")
    assert not house.next.running
    assert not house.last.running


async def test_a_prompt_vanishes_by_itself_where_banners_do_unless_it_insists(house: House) -> None:
    await house.start()
    house.best.fades = True
    assert (await house.chooser.show(PROMPT)).fades
    assert not (await house.chooser.show(replace(PROMPT, insist=True))).fades
    house.best.failing = "crashed"
    assert not (await house.chooser.show(PROMPT)).fades


async def test_when_one_fails_the_next_shows_it_and_the_reason_is_in_the_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.start()
    house.best.failing = "the service hangs"
    house.next.missing = "not installed"
    assert await house.chooser.show(PROMPT) == Showing("last", "last-ref")
    assert "not by best: the service hangs" in caplog.text


@pytest.mark.parametrize("error", [IndexError("list index out of range"), ZeroDivisionError(), OSError(5, "I/O error")])
async def test_whatever_a_notifier_raises_the_next_one_shows_the_prompt(
    house: House, error: Exception, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def show(message: Message) -> str:
        raise error

    await house.start()
    monkeypatch.setattr(house.best, "show", show)
    assert await house.chooser.show(PROMPT) == Showing("next", "next-ref")
    assert f"not by best: unexpected error, please report it: {type(error).__name__}" in caplog.text
    house.next.failing = house.last.failing = "broken"
    with pytest.raises(ShowFailed, match=f"best: .*{type(error).__name__ if not error.args else error.args[-1]}"):
        await house.chooser.show(PROMPT)


async def test_a_notifier_that_cannot_start_for_an_unforeseen_reason_is_passed_over(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def start(surroundings: Surroundings, on_pressed: OnPressed) -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr(house.best, "start", start)
    await house.start()
    assert await house.chooser.show(PROMPT) == Showing("next", "next-ref")
    assert "best did not start: unexpected error, please report it: IndexError" in caplog.text
    assert (await house.chooser.choices())[0] == NotifierChoice("best", "unavailable", "list index out of range")


async def test_a_withdrawal_that_fails_is_logged_and_nothing_more(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def withdraw(ref: str) -> None:
        raise IndexError("list index out of range")

    await house.start()
    monkeypatch.setattr(house.best, "withdraw", withdraw)
    await house.chooser.withdraw("best", "ref")
    assert "the notification was not removed by best: unexpected" in caplog.text


async def test_one_that_is_back_is_used_again(house: House) -> None:
    house.best.missing = "no service yet"
    await house.start()
    assert (await house.chooser.show(PROMPT)).notifier == "next"
    house.best.missing = None
    assert (await house.chooser.show(PROMPT)).notifier == "best"
    house.best.failing = "crashed"
    assert (await house.chooser.show(PROMPT)).notifier == "next"
    house.best.failing = None
    assert (await house.chooser.show(PROMPT)).notifier == "best"


async def test_a_prompt_nobody_can_show_fails_with_every_reason(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.best.missing, house.next.missing, house.last.missing = "no bus", "not installed", "no terminal"
    await house.start()
    assert "prompts cannot be shown here: best: no bus; next: not installed; last: no terminal" in caplog.text
    house.last.missing, house.last.failing = None, "it is stopped"
    with pytest.raises(ShowFailed, match="best: no bus; next: not installed; last: it is stopped"):
        await house.chooser.show(PROMPT)


async def test_a_named_notifier_is_the_only_one() -> None:
    house = House("next")
    await house.start()
    assert await house.chooser.show(PROMPT) == Showing("next", "next-ref")
    house.next.failing = "broken"
    with pytest.raises(ShowFailed, match=r"^next: broken$"):
        await house.chooser.show(PROMPT)
    assert not house.best.running


def test_a_notifier_that_does_not_exist_is_bad_input() -> None:
    with pytest.raises(BadInput, match='"growl"; use one of: auto, best, next, last'):
        House("growl")


async def test_the_setting_changes_and_the_open_prompt_can_still_be_withdrawn(house: House) -> None:
    await house.start()
    showing = await house.chooser.show(PROMPT)
    house.chooser.want("last")
    assert (await house.chooser.show(PROMPT)).notifier == "last"
    await house.chooser.withdraw(showing.notifier, showing.ref)
    assert house.best.withdrawn == ["best-ref"]


async def test_what_an_earlier_process_has_shown_is_withdrawn_by_its_notifier(house: House) -> None:
    await house.start()
    await house.chooser.withdraw("last", "ref-of-yesterday")
    assert house.last.withdrawn == ["ref-of-yesterday"]


@pytest.mark.parametrize("name", ["growl", "next"])
async def test_withdrawing_from_what_is_not_there_any_more_is_no_failure(house: House, name: str) -> None:
    house.next.missing = "removed"
    await house.start()
    await house.chooser.withdraw(name, "1")


async def test_what_is_asked_before_the_start_is_done_after_it_and_nothing_is_started_twice(house: House) -> None:
    """A daemon that was killed in mid-prompt begins by withdrawing that prompt."""
    early = asyncio.create_task(house.chooser.withdraw("best", "ref-of-yesterday"))
    for _ in range(3):
        await asyncio.sleep(0)
    assert not early.done()
    await asyncio.gather(house.start(), house.chooser.show(PROMPT), early)
    assert house.best.withdrawn == ["ref-of-yesterday"]
    assert house.best.starts == 1


async def test_a_press_comes_through_from_whoever_shows_the_prompt(house: House) -> None:
    house.best.failing = "broken"
    await house.start()
    await house.chooser.show(PROMPT)
    assert house.next.on_pressed
    house.next.on_pressed(Pressed(press("accept")))
    assert house.pressed == [Pressed(press("accept"))]


async def test_doctor_reads_what_was_chosen_and_why(house: House) -> None:
    house.best.missing = "no bus; start a desktop session"
    await house.start()
    assert await house.chooser.choices() == [
        NotifierChoice("best", "unavailable", "no bus; start a desktop session"),
        NotifierChoice("next", "chosen", "the first that works (showing only)"),
        NotifierChoice("last", "available", "used when the ones before it fail (showing only)"),
    ]
    assert house.next.running
    assert not house.last.running, "a probe leaves nothing behind"


async def test_doctor_names_the_setting_that_rules_others_out() -> None:
    house = House("last")
    await house.start()
    assert [row.verdict for row in await house.chooser.choices()] == ["available", "available", "chosen"]


async def test_what_can_be_done_is_what_the_one_in_use_can_do(house: House) -> None:
    assert house.chooser.capabilities() == frozenset()
    await house.start()
    assert house.chooser.capabilities() == {Capability.BUTTONS}


async def test_stop_ends_all_that_run(house: House) -> None:
    await house.start()
    house.best.failing = "broken"
    await house.chooser.show(PROMPT)
    await house.chooser.stop()
    assert not house.best.running
    assert not house.next.running


def test_plyer_and_dbus_are_imported_only_when_they_are_used() -> None:
    program = "import sys, psoas_nudge.notify.chooser; print(*(m for m in ('plyer', 'termios') if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("name", NOTIFIERS)
def test_each_row_of_the_table_makes_the_notifier_of_its_name(name: str) -> None:
    assert NOTIFIERS[name]().name == name
