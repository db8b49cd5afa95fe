"""Prompts on a real notification server: dunst on a private display, its buttons pressed as a person presses them."""

from __future__ import annotations

import asyncio
import html
import subprocess
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import pytest

from psoas_nudge.bus import Bus
from psoas_nudge.errors import ShowFailed
from psoas_nudge.notify import ICON
from psoas_nudge.notify.freedesktop import FreedesktopNotifier
from psoas_nudge.notify.plyer_library import PlyerNotifier
from psoas_nudge.notify.port import Capability, Message, Pressed, Surroundings
from tests.prompts import answers, buttons, press

PROMPT = Message(
    prompt=7,
    title="Sat for 31 minutes",
    body="Standing hip-flexor stretch: one foot a step back, tailbone down.",
    buttons=buttons(("accept", "Accept"), ("snooze", "Snooze"), ("skip", "Skip")),
    icon=ICON,
)


@pytest.fixture
async def bus(dunst: Any) -> AsyncIterator[Bus]:
    bus = Bus("session", dunst.bus.address)
    await bus.connect()
    yield bus
    await bus.close()


@pytest.fixture
def pressed() -> list[Pressed]:
    return []


@pytest.fixture
async def notifier(bus: Bus, pressed: list[Pressed]) -> AsyncIterator[FreedesktopNotifier]:
    notifier = FreedesktopNotifier(activate_after=0.1)
    await notifier.start(Surroundings({}, bus), pressed.append)
    yield notifier
    await notifier.stop()


async def until(what: Callable[[], object]) -> None:
    """Wait for the server, with the event loop running."""
    async with asyncio.timeout(10):
        while not what():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.02)


async def restart(dunst: Any, settings: str) -> None:
    """Start dunst again with these lines in its configuration."""
    dunst.settings = settings
    await asyncio.to_thread(dunst.kill)
    await asyncio.to_thread(dunst.start)


def drawn(dunst: Any) -> list[str]:
    """The windows dunst has on the screen."""
    argv = ["xdotool", "search", "--onlyvisible", "--class", "Dunst"]
    return subprocess.run(argv, env=dunst.environ, check=False, capture_output=True, text=True).stdout.split()


def history(dunst: Any) -> list[dict[str, dict[str, Any]]]:
    """What dunst has taken from the screen, the latest first."""
    return msgspec.json.decode(dunst.ctl("history"))["data"][0]


@pytest.mark.parametrize(("label", "answer"), [("Accept", "accept"), ("Snooze", "snooze"), ("Skip", "skip")])
async def test_a_pressed_button_arrives_as_its_answer(
    dunst: Any, notifier: FreedesktopNotifier, pressed: list[Pressed], label: str, answer: str
) -> None:
    await notifier.show(PROMPT)
    await until(lambda: dunst.count() == 1)
    await asyncio.to_thread(dunst.press, label)
    await until(lambda: pressed)
    assert pressed == [Pressed(press(answer), pressed[0].token)]


async def test_a_click_on_the_notification_itself_accepts(
    dunst: Any, notifier: FreedesktopNotifier, pressed: list[Pressed]
) -> None:
    await notifier.show(PROMPT)
    await until(lambda: dunst.count() == 1)
    await asyncio.to_thread(dunst.act, 0)
    await until(lambda: pressed)
    assert answers(pressed) == [(7, "accept")]


async def test_snooze_is_not_on_the_menu_when_it_is_used_up(dunst: Any, notifier: FreedesktopNotifier) -> None:
    await notifier.show(msgspec.structs.replace(PROMPT, buttons=buttons(("accept", "Accept"), ("skip", "Skip"))))
    await until(lambda: dunst.count() == 1)
    offered = await asyncio.to_thread(dunst.buttons)
    assert not any("Snooze" in line for line in offered)
    assert any(line.startswith("#Skip ") for line in offered)


async def test_closing_the_notification_is_not_an_answer(
    dunst: Any, notifier: FreedesktopNotifier, pressed: list[Pressed]
) -> None:
    await notifier.show(PROMPT)
    await until(lambda: dunst.count() == 1)
    await asyncio.to_thread(dunst.ctl, "close")
    await until(lambda: dunst.count() == 0)
    await asyncio.sleep(0.1)
    assert pressed == []


async def test_it_stays_until_it_is_withdrawn(dunst: Any, notifier: FreedesktopNotifier) -> None:
    ref = await notifier.show(PROMPT)
    await until(lambda: drawn(dunst))
    await notifier.withdraw(ref)
    await until(lambda: not drawn(dunst))
    assert history(dunst)[0]["timeout"]["data"] == 0


async def test_the_next_prompt_takes_the_place_of_the_last(dunst: Any, notifier: FreedesktopNotifier) -> None:
    await notifier.show(PROMPT)
    await notifier.show(msgspec.structs.replace(PROMPT, prompt=8, title="Sat for 45 minutes"))
    await until(lambda: dunst.count() == 1)
    assert "Sat for 45 minutes" in (await asyncio.to_thread(dunst.buttons))[0]


async def test_another_process_can_withdraw_what_this_one_has_shown(
    dunst: Any, notifier: FreedesktopNotifier, bus: Bus
) -> None:
    ref = await notifier.show(PROMPT)
    await until(lambda: dunst.count() == 1)
    later = FreedesktopNotifier()
    await later.start(Surroundings({}, bus), lambda _: None)
    await later.withdraw(ref)
    await until(lambda: dunst.count() == 0)
    await later.stop()


async def test_do_not_disturb_hides_it_and_it_appears_afterwards(
    dunst: Any, notifier: FreedesktopNotifier, pressed: list[Pressed]
) -> None:
    await asyncio.to_thread(dunst.pause, True)
    await notifier.show(PROMPT)
    await until(lambda: dunst.count("waiting") == 1)
    assert drawn(dunst) == []
    await asyncio.to_thread(dunst.pause, False)
    await until(lambda: drawn(dunst))
    await asyncio.to_thread(dunst.press, "Skip")
    await until(lambda: pressed)


async def test_the_open_prompt_comes_back_once_after_the_server_was_killed(
    dunst: Any, notifier: FreedesktopNotifier, pressed: list[Pressed]
) -> None:
    ref = await notifier.show(PROMPT)
    await until(lambda: dunst.count() == 1)
    await asyncio.to_thread(dunst.kill)
    await asyncio.to_thread(dunst.start)
    await until(lambda: dunst.count() == 1)
    await asyncio.to_thread(dunst.press, "Accept")
    await until(lambda: pressed)
    assert answers(pressed) == [(7, "accept")]
    await notifier.withdraw(ref)
    await until(lambda: dunst.count() == 0)
    assert len(history(dunst)) == 1


async def test_the_first_ref_withdraws_what_was_shown_again(dunst: Any, notifier: FreedesktopNotifier) -> None:
    ref = await notifier.show(PROMPT)
    await asyncio.to_thread(dunst.kill)
    await asyncio.to_thread(dunst.start)
    await until(lambda: dunst.count() == 1)
    await notifier.withdraw(ref)
    await until(lambda: dunst.count() == 0)


async def test_a_restarted_server_gives_the_same_number_to_others_and_it_is_left_to_them(
    dunst: Any, notifier: FreedesktopNotifier, bus: Bus
) -> None:
    ref = await notifier.show(PROMPT)
    await notifier.stop()
    await asyncio.to_thread(dunst.kill)
    await asyncio.to_thread(dunst.start)
    later = FreedesktopNotifier()
    await later.start(Surroundings({}, bus), lambda _: None)
    other = await later.show(PROMPT)
    assert other.rpartition("/")[2] == ref.rpartition("/")[2]
    await later.withdraw(ref)
    await asyncio.sleep(0.1)
    assert dunst.count() == 1
    await later.stop()


async def test_without_a_server_it_fails_and_with_one_it_works_again(
    dunst: Any, notifier: FreedesktopNotifier, pressed: list[Pressed]
) -> None:
    await asyncio.to_thread(dunst.kill)
    with pytest.raises(ShowFailed, match="no notification service"):
        await notifier.show(PROMPT)
    await asyncio.to_thread(dunst.start)
    await notifier.show(PROMPT)
    await until(lambda: dunst.count() == 1)
    await asyncio.to_thread(dunst.press, "Accept")
    await until(lambda: pressed)


@pytest.mark.parametrize("library", ["freedesktop", "plyer"])
@pytest.mark.parametrize("markup", ["full", "no"])
async def test_words_arrive_as_they_were_written(
    dunst: Any, bus: Bus, library: str, markup: str, desktop_need: Callable[..., None]
) -> None:
    """Markup in the body, a title that looks like an option, a backslash; the server reads markup or does not."""
    if library == "plyer":
        desktop_need("notify-send")
    await restart(dunst, f"markup = {markup}")
    notifier = FreedesktopNotifier() if library == "freedesktop" else PlyerNotifier(lambda: 0.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBUS_SESSION_BUS_ADDRESS", dunst.bus.address)
        await notifier.start(Surroundings({}, bus), lambda _: None)
        assert (Capability.MARKUP in notifier.capabilities()) == (markup == "full")
        await notifier.show(msgspec.structs.replace(PROMPT, title="-v is a title", body=r"A <b>bold</b> & a\n b"))
    await until(lambda: dunst.count() == 1)
    await asyncio.to_thread(dunst.ctl, "close-all")
    await until(lambda: history(dunst))
    kept = history(dunst)[0]
    assert kept["summary"]["data"].replace("\N{HYPHEN}", "-") == "-v is a title"
    first, *rest = kept["body"]["data"].split("\n")
    if library == "freedesktop":
        assert first == "Middle-click to start. Other answers: psoas-nudge snooze or skip."
        first = rest.pop()
    # dunst keeps a body as it came: where it reads markup, what is escaped is plain text on the screen.
    assert (html.unescape(first) if markup == "full" else first) == r"A <b>bold</b> & a\n b"
    assert ("<b>" in first) == (markup == "no")
    assert any("psoas-nudge accept" in line for line in rest) == (library == "plyer")
    await notifier.stop()


async def test_the_product_has_its_own_picture(dunst: Any, notifier: FreedesktopNotifier) -> None:
    await notifier.show(PROMPT)
    await until(lambda: dunst.count() == 1)
    await asyncio.to_thread(dunst.ctl, "close-all")
    await until(lambda: history(dunst))
    assert history(dunst)[0]["icon_path"]["data"] == ICON


@pytest.mark.parametrize(("button", "expected"), [("2", [(7, "accept")]), ("1", [])], ids=["middle", "left"])
async def test_the_click_that_the_body_names_starts_and_the_left_one_only_closes(
    dunst: Any, notifier: FreedesktopNotifier, pressed: list[Pressed], button: str, expected: list[tuple[int, str]]
) -> None:
    await restart(
        dunst, "mouse_left_click = close_current\nmouse_middle_click = do_action, close_current\n"
    )  # dunst's defaults
    await notifier.show(PROMPT)
    await until(lambda: drawn(dunst))
    place = dict(line.split("=") for line in dunst.screen.do("getwindowgeometry", "--shell", drawn(dunst)[0]).split())
    dunst.screen.do("mousemove", str(int(place["X"]) + 60), str(int(place["Y"]) + 20), "click", button)
    await until(lambda: not drawn(dunst))
    await asyncio.sleep(0.2)
    assert answers(pressed) == expected
