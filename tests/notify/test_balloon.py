"""Prompts as balloons on Windows: what they say, how they are answered, and that they fit."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psoas_nudge.core.events import Accept, Skip, Snooze
from psoas_nudge.errors import ShowFailed, Unavailable
from psoas_nudge.notify import ICON
from psoas_nudge.notify.balloon import BalloonNotifier
from psoas_nudge.notify.port import Button, Message, Pressed, Surroundings
from psoas_nudge.notify.words import shortened
from psoas_nudge.system.shell import LONGEST_TEXT, LONGEST_TITLE, Bitmap
from tests.windows_shell import FakeShell

BUTTONS = (
    Button(Accept(via="notification", prompt=7), "Stretch"),
    Button(Snooze(via="notification", prompt=7), "In 5 min"),
    Button(Skip(via="notification", prompt=7), "Skip"),
)
PROMPT = Message(7, "You've been sitting for 30 minutes", "standing hip-flexor stretch, 3 min.", BUTTONS, ICON)


class Here:
    """A notifier that has started, and what was pressed."""

    def __init__(self) -> None:
        self.shell = FakeShell()
        self.pressed: list[Pressed] = []
        self.notifier = BalloonNotifier(self.shell.open)

    async def start(self) -> None:
        await self.notifier.start(Surroundings({}), self.pressed.append)


@pytest.fixture
async def here():
    here = Here()
    await here.start()
    yield here
    await here.notifier.stop()
    assert here.shell.users == 0


async def test_it_says_what_a_click_does_and_where_the_other_answers_are(here: Here) -> None:
    await here.shell.show_icon(Bitmap(1, b"\0" * 4), "", tuple, print)
    await here.notifier.show(PROMPT)
    assert here.shell.shown == (
        "You've been sitting for 30 minutes",
        "Standing hip-flexor stretch, 3 min.\nClick here to start it. Other answers: the menu of the icon.",
    )
    assert here.shell.picture == Path(ICON).read_bytes()


async def test_without_an_icon_the_other_answers_are_typed(here: Here) -> None:
    await here.notifier.show(PROMPT)
    assert here.shell.shown
    assert here.shell.shown[1].endswith("Click here to start it. In a terminal: psoas-nudge snooze or skip.")


async def test_a_click_starts_the_stretch(here: Here) -> None:
    await here.notifier.show(PROMPT)
    here.shell.click_balloon()
    assert here.pressed == [Pressed(Accept(via="notification", prompt=7))]


async def test_a_click_on_a_message_that_asks_nothing_answers_nothing(here: Here) -> None:
    await here.notifier.show(Message(0, "psoas-nudge is running", "Until you stop it."))
    here.shell.click_balloon()
    assert here.pressed == []
    assert here.shell.shown == ("psoas-nudge is running", "Until you stop it.")


async def test_it_is_taken_away_unless_another_took_its_place(here: Here) -> None:
    first = await here.notifier.show(PROMPT)
    second = await here.notifier.show(PROMPT)
    await here.notifier.withdraw(first)
    assert here.shell.shown
    await here.notifier.withdraw(second)
    assert here.shell.shown is None
    await here.notifier.withdraw("7.99")


async def test_a_prompt_that_windows_refuses_was_not_shown(here: Here, tmp_path: Path) -> None:
    here.shell.full = True
    with pytest.raises(ShowFailed, match="did not accept the icon"):
        await here.notifier.show(PROMPT)
    here.shell.full = False
    with pytest.raises(ShowFailed, match="did not show it"):
        await here.notifier.show(Message(7, "t", "b", icon=str(tmp_path / "gone.png")))


async def test_without_a_desktop_it_cannot_be_used() -> None:
    here = Here()
    here.shell.there = False
    with pytest.raises(Unavailable):
        await here.start()


@given(title=st.text(max_size=300), body=st.text(max_size=600))
async def test_whatever_it_says_fits_and_still_says_how_to_answer(title: str, body: str) -> None:
    here = Here()
    await here.start()
    await here.notifier.show(Message(7, title, body, BUTTONS))
    assert here.shell.shown
    assert len(here.shell.shown[0]) <= LONGEST_TITLE
    assert len(here.shell.shown[1]) <= LONGEST_TEXT
    assert here.shell.shown[1].endswith("psoas-nudge snooze or skip.")


@pytest.mark.parametrize(
    ("text", "longest", "expected"),
    [
        ("as it is", 8, "as it is"),
        ("one two three", 9, "one two…"),
        ("one, two", 6, "one…"),
        ("unbreakable", 5, "unbr…"),
    ],
)
def test_what_is_too_long_ends_at_a_word(text: str, longest: int, expected: str) -> None:
    assert shortened(text, longest) == expected
