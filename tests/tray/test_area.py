"""The icon in the notification area of Windows: the same face, menu and words as the one on D-Bus."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from msgspec.structs import replace

from psoas_nudge.config import parse
from psoas_nudge.core.events import Accept, Feel, Pause
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.status import Look, Status
from psoas_nudge.system.shell import SEPARATOR
from psoas_nudge.tray.area import AreaTray
from psoas_nudge.tray.picture import pictures
from psoas_nudge.tray.port import Action, MenuCommand
from tests.moments import AT, PROMPT, SITTING
from tests.windows_shell import FakeShell


class Here:
    """An icon, and what was chosen in it."""

    def __init__(self, rules: Rules) -> None:
        self.shell = FakeShell()
        self.chosen: list[MenuCommand] = []
        self.opened = 0
        self.tray = AreaTray(self.chosen.append, rules, self._on_open, self.shell.open)

    def _on_open(self) -> None:
        self.opened += 1

    async def show(self, status: Status, dose: float = 0.0) -> None:
        self.tray.update(status, AT, dose)
        await asyncio.sleep(0)
        await asyncio.sleep(0)


@pytest.fixture
def rules() -> Rules:
    return parse("", "a test", {}).rules


@pytest.fixture
async def here(rules: Rules):
    here = Here(rules)
    await here.tray.start()
    yield here
    await here.tray.stop()
    assert here.shell.users == 0
    assert here.shell.icon is None


async def test_nothing_is_drawn_before_there_is_something_to_say(here: Here) -> None:
    assert here.shell.icon is None
    await here.show(SITTING)
    assert here.shell.icon is not None
    assert here.shell.icon[1] == "psoas-nudge: sat 24 min, next prompt about 09:36"


async def test_the_picture_is_the_same_with_its_colours_in_the_order_of_windows(here: Here) -> None:
    await here.show(replace(SITTING, prompt=PROMPT))
    assert here.shell.icon is not None
    drawn = here.shell.icon[0]
    argb = next(each.pixels for each in pictures(Look.PROMPT) if each.width == drawn.size)
    middle = 4 * (drawn.size // 4 * drawn.size + drawn.size // 4)
    assert drawn.pixels[middle : middle + 4] == argb[middle : middle + 4][::-1] == bytes((2, 95, 217, 255))


async def test_the_menu_is_that_of_the_moment_it_is_opened(here: Here) -> None:
    await here.show(SITTING, dose=150.0)
    labels = [line.label for line in here.shell.menu()]
    assert here.opened == 1
    assert labels[:2] == [
        "Sat 24 min, next prompt about 09:36",
        "Prompts today: 3 of at most 8. Stretches held: 2 min 30 s",
    ]
    assert "Quit" in labels
    assert "Skip" not in labels
    await here.show(replace(SITTING, prompt=PROMPT))
    assert {"Skip", "In 5 min"} <= {line.label for line in here.shell.menu()}


async def test_lines_that_only_say_something_cannot_be_chosen(here: Here) -> None:
    await here.show(SITTING)
    first = here.shell.menu()[0]
    assert (first.number, first.children) == (0, [])


async def test_no_two_separators_follow_each_other_and_none_ends_the_menu(here: Here) -> None:
    for status in (SITTING, replace(SITTING, prompt=PROMPT), replace(SITTING, put_off="sharp pain")):
        await here.show(status)
        lines = here.shell.menu()
        assert SEPARATOR not in (lines[0], lines[-1])
        assert all(SEPARATOR not in pair or pair[0] != pair[1] for pair in pairwise(lines))


async def test_what_is_chosen_becomes_the_request_it_stands_for(here: Here) -> None:
    await here.show(replace(SITTING, prompt=PROMPT))
    for label in (Accept.label, "For 1 hour", "Tight", "Quit"):
        here.shell.choose(label)
    assert here.chosen == [
        Accept(via="tray"),
        Pause(length=3_600_000, via="tray"),
        Feel(afterwards="tight", via="tray"),
        Action.QUIT,
    ]


async def test_a_choice_that_is_none_does_nothing(here: Here) -> None:
    await here.show(SITTING)
    here.shell.menu()
    here.shell._on_chosen(12345)
    assert here.chosen == []


async def test_an_area_that_is_full_is_tried_again_with_the_next_change(here: Here, caplog) -> None:
    here.shell.full = True
    await here.show(SITTING)
    assert "no icon: the notification area did not accept the icon" in caplog.text
    here.shell.full = False
    await here.show(SITTING)
    assert here.shell.icon is not None


async def test_without_a_desktop_there_is_no_icon_and_no_failure(rules: Rules, caplog) -> None:
    here = Here(rules)
    here.shell.there = False
    await here.tray.start()
    await here.show(SITTING)
    await here.tray.stop()
    assert "no icon: there is no desktop here" in caplog.text
