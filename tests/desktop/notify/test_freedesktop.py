"""The D-Bus notifier with servers that are odd, slow, restarted, or not there: a service in memory, on a real bus."""

from __future__ import annotations

import asyncio
import html
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from psoas_nudge.bus import Bus
from psoas_nudge.errors import ShowFailed, Unavailable
from psoas_nudge.notify.freedesktop import NAME, FreedesktopNotifier
from psoas_nudge.notify.port import Capability, Message, Pressed, Surroundings
from tests.prompts import answers, buttons, press

PROMPT = Message(
    7, "Sat for 31 minutes", "Stand & stretch.", buttons(("accept", "Accept"), ("skip", "Skip")), "/icons/i.png"
)


async def until(what: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not what():  # noqa: ASYNC110 - what is waited for happens on another connection
            await asyncio.sleep(0.005)


def hints(desk: Any) -> dict[str, Any]:
    return {name: variant.value for name, variant in desk.service.shown[desk.service.last][6].items()}


async def test_it_stays_is_of_normal_urgency_and_has_its_picture(desk: Any) -> None:
    await desk.start()
    await desk.notifier.show(PROMPT)
    app, _, icon, *_, expiry = desk.service.shown[1]
    assert (app, icon, expiry) == ("psoas-nudge", "file:///icons/i.png", 0)
    assert hints(desk) == {
        "urgency": 1,
        "desktop-entry": "io.github.psoas_nudge",
        "image-path": "file:///icons/i.png",
        "suppress-sound": True,
    }


async def test_one_that_insists_is_critical(desk: Any) -> None:
    await desk.start()
    await desk.notifier.show(replace(PROMPT, insist=True))
    assert hints(desk)["urgency"] == 2


@pytest.mark.parametrize(
    ("program", "body"),
    [
        ("gnome-shell", "Click to start: stand & stretch."),
        ("xfce notify daemon", "Stand & stretch."),
        ("mako", "Click to start. Other answers: psoas-nudge skip.\nStand & stretch."),
        ("dunst", "Middle-click to start. Other answers: psoas-nudge skip.\nStand & stretch."),
    ],
)
async def test_the_first_words_say_which_click_starts_where_no_button_is_in_sight(
    desk: Any, program: str, body: str
) -> None:
    desk.service.program = program
    await desk.start()
    await desk.notifier.show(replace(PROMPT, body="stand & stretch."))
    assert html.unescape(desk.service.shown[1][4]) == body


async def test_a_shell_that_hides_banners_is_known_by_its_name_also_after_it_was_exchanged(desk: Any) -> None:
    desk.service.program = "gnome-shell"
    await desk.start()
    await desk.notifier.show(PROMPT)
    assert Capability.FADES in desk.notifier.capabilities()
    await desk.service.stop()
    desk.service.program = "Plasma"
    await desk.service.start()
    await until(lambda: desk.service.shown)
    assert Capability.FADES not in desk.notifier.capabilities()


async def test_shown_again_it_is_the_same_notification_with_the_words_of_now(desk: Any) -> None:
    await desk.start()
    first = await desk.notifier.show(PROMPT)
    assert await desk.notifier.show(replace(PROMPT, title="Sat for 32 minutes")) == first
    assert {number: body[3] for number, body in desk.service.shown.items()} == {1: "Sat for 32 minutes"}


async def test_a_prompt_does_not_take_over_the_id_of_a_message_without_buttons(desk: Any) -> None:
    """GNOME Shell 43 then does nothing but close it at a click."""
    await desk.start()
    await desk.notifier.show(Message(0, "psoas-nudge is running", "First prompt: 09:45."))
    await desk.notifier.show(PROMPT)
    assert desk.service.closed == [1]
    assert list(desk.service.shown) == [2]


async def test_a_prompt_that_the_person_sent_away_is_not_shown_again(desk: Any) -> None:
    await desk.start()
    ref = await desk.notifier.show(PROMPT)
    desk.service.signal("NotificationClosed", "uu", 1, 2)
    await desk.settle()
    assert await desk.notifier.show(PROMPT) == ref
    assert desk.service.calls.count("Notify") == 1
    await desk.service.stop()
    await desk.service.start()
    await asyncio.sleep(0.15)
    assert desk.service.shown == {}
    await desk.notifier.show(replace(PROMPT, prompt=8, buttons=buttons(("skip", "Skip"), prompt=8)))
    assert desk.service.shown


@pytest.mark.parametrize("reason", [1, 3, 4])
async def test_one_that_went_for_another_reason_is_shown_again(desk: Any, reason: int) -> None:
    await desk.start()
    await desk.notifier.show(PROMPT)
    desk.service.signal("NotificationClosed", "uu", 1, reason)
    await desk.settle()
    await desk.notifier.show(PROMPT)
    assert desk.service.calls.count("Notify") == 2


async def test_one_whose_answer_was_refused_is_shown_again_although_the_button_closed_it(desk: Any) -> None:
    await desk.start()
    await desk.notifier.show(PROMPT)
    await desk.press("skip")
    await desk.notifier.show(PROMPT)
    assert desk.service.calls.count("Notify") == 2


async def test_a_sound_is_asked_for_only_when_it_is_wanted(desk: Any) -> None:
    await desk.start()
    await desk.notifier.show(replace(PROMPT, sound=True, icon=None))
    assert hints(desk)["sound-name"] == "message-new-instant"
    assert not {"suppress-sound", "image-path"} & set(hints(desk))


async def test_buttons_come_in_order_and_the_notification_itself_accepts(desk: Any) -> None:
    await desk.start()
    await desk.notifier.show(PROMPT)
    assert desk.service.shown[1][5] == ["default", "", "accept", "Accept", "skip", "Skip"]
    desk.service.press("default")
    await until(lambda: desk.pressed)
    assert answers(desk.pressed) == [(7, "accept")]


async def test_without_accept_a_click_on_the_notification_is_nothing(desk: Any) -> None:
    await desk.start()
    await desk.notifier.show(replace(PROMPT, buttons=buttons(("skip", "Skip"))))
    assert desk.service.shown[1][5] == ["skip", "Skip"]
    desk.service.press("default")
    desk.service.press("skip")
    await until(lambda: desk.pressed)
    assert answers(desk.pressed) == [(7, "skip")]


async def test_a_server_without_actions_gets_no_buttons_but_the_commands(desk: Any) -> None:
    desk.service.can = ("body",)
    await desk.start()
    await desk.notifier.show(PROMPT)
    *_, body, actions, _, _ = desk.service.shown[1]
    assert actions == []
    assert body == "Stand & stretch.\n\nTo answer, in a terminal: psoas-nudge accept or skip."
    assert desk.notifier.capabilities() == {Capability.WITHDRAW, Capability.ICON}


async def test_signals_that_come_twice_are_one_press(desk: Any) -> None:
    await desk.start()
    await desk.notifier.show(PROMPT)
    desk.service.press("skip", times=2)
    await desk.settle()
    assert len(desk.pressed) == 1


async def test_a_press_that_comes_with_the_reply_is_not_lost(desk: Any) -> None:
    """A server's rule may act at once, and both arrive in one piece."""
    await desk.start()
    desk.service.press_at_once = "accept"
    await desk.notifier.show(PROMPT)
    await until(lambda: desk.pressed)
    assert desk.pressed == [Pressed(press("accept"), "token-1")]


async def test_a_press_on_another_programs_notification_is_not_ours(desk: Any) -> None:
    await desk.start()
    await desk.notifier.show(PROMPT)
    desk.service.press("accept", 99)
    await desk.settle()
    assert desk.pressed == []


async def test_a_signal_from_someone_who_is_not_the_server_is_ignored(desk: Any, session_bus: Any) -> None:
    await desk.start()
    await desk.notifier.show(PROMPT)
    impostor = type(desk.service)(session_bus.address)
    impostor.bus = await type(desk.service.bus)(session_bus.address).connect()
    impostor.press("accept", 1)
    await asyncio.sleep(0.05)
    assert desk.pressed == []
    await impostor.stop()


async def test_a_restarted_server_shows_the_open_prompt_once(desk: Any) -> None:
    await desk.start()
    ref = await desk.notifier.show(PROMPT)
    await desk.service.stop()
    await desk.service.start()
    await until(lambda: desk.service.shown)
    await asyncio.sleep(0.1)
    assert desk.service.calls.count("Notify") == 2
    desk.service.press("accept")
    await until(lambda: desk.pressed)
    await desk.notifier.withdraw(ref)
    assert desk.service.closed == [1]


async def test_a_server_restarted_twice_still_shows_it_once_each_time(desk: Any) -> None:
    await desk.start()
    await desk.notifier.show(PROMPT)
    for _ in range(2):
        await desk.service.stop()
        await desk.service.start()
        await until(lambda: desk.service.shown)
    await asyncio.sleep(0.1)
    assert desk.service.calls.count("Notify") == 3


async def test_a_restarted_server_may_have_learned_something(desk: Any) -> None:
    await desk.start()
    await desk.notifier.show(PROMPT)
    await desk.service.stop()
    desk.service.can = ("body",)
    await desk.service.start()
    await until(lambda: desk.service.shown)
    assert Capability.BUTTONS not in desk.notifier.capabilities()


@pytest.mark.parametrize("closed", ["answered", "withdrawn"])
async def test_a_prompt_that_is_over_does_not_come_back(desk: Any, closed: str) -> None:
    await desk.start()
    ref = await desk.notifier.show(PROMPT)
    if closed == "answered":
        await desk.press("accept")
    else:
        await desk.notifier.withdraw(ref)
    await desk.service.stop()
    await desk.service.start()
    await asyncio.sleep(0.15)
    assert desk.service.shown == {}


async def test_a_prompt_withdrawn_while_the_server_is_away_does_not_come_back(desk: Any) -> None:
    await desk.start()
    ref = await desk.notifier.show(PROMPT)
    await desk.service.stop()
    await desk.notifier.withdraw(ref)
    await desk.service.start()
    await asyncio.sleep(0.15)
    assert desk.service.shown == {}


async def test_the_whole_bus_is_restarted_and_the_open_prompt_comes_back(desk: Any, session_bus: Any) -> None:
    await desk.start()
    await desk.notifier.show(PROMPT)
    await asyncio.to_thread(session_bus.kill)
    await desk.service.gone()
    await asyncio.to_thread(session_bus.start)
    await desk.service.start()
    await until(lambda: desk.service.shown)
    desk.service.press("skip")
    await until(lambda: desk.pressed)
    assert answers(desk.pressed) == [(7, "skip")]


async def test_when_only_our_connection_is_lost_the_prompt_on_the_screen_stays_the_one(desk: Any, bus: Bus) -> None:
    await desk.start()
    await desk.notifier.show(PROMPT)
    bus.connection.disconnect()
    await until(lambda: not bus.connected)
    await until(lambda: bus.connected)
    await asyncio.sleep(0.1)
    assert desk.service.calls.count("Notify") == 1
    desk.service.press("skip")
    await until(lambda: desk.pressed)


async def test_a_ref_of_an_earlier_boot_closes_nothing_although_all_names_are_the_same(desk: Any) -> None:
    await desk.start()
    ref = await desk.notifier.show(PROMPT)
    await desk.notifier.withdraw("00000000:" + ref.partition(":")[2])
    assert desk.service.closed == []


async def test_a_server_that_hangs_fails_in_time_and_what_it_shows_late_is_taken_back(desk: Any) -> None:
    await desk.start()
    desk.service.hangs = asyncio.Event()
    with pytest.raises(ShowFailed, match="no answer within"):
        await desk.notifier.show(PROMPT)
    desk.service.hangs.set()
    await until(lambda: desk.service.closed)
    assert desk.service.shown == {}


async def test_what_a_server_shows_late_is_not_taken_back_from_its_successor(desk: Any) -> None:
    """Their ids overlap, and the successor is met when the answer to an earlier call comes."""
    await desk.start()
    before, successor = desk.service, type(desk.service)(desk.service.address)
    first, second = asyncio.Event(), asyncio.Event()
    before.hangs = first
    with pytest.raises(ShowFailed):
        await desk.notifier.show(PROMPT)
    before.hangs = second
    showing = asyncio.create_task(desk.notifier.show(replace(PROMPT, prompt=8)))
    await until(lambda: before.calls.count("Notify") == 2)
    await before.bus.release_name(NAME)
    await successor.start()
    try:
        first.set()
        await until(lambda: "GetCapabilities" in successor.calls)
        with pytest.raises(ShowFailed):
            await showing
        second.set()
        await until(lambda: len(before.shown) == 2)
        await asyncio.sleep(0.1)
        assert successor.closed == []
    finally:
        await successor.stop()


async def test_without_a_session_bus_it_says_so() -> None:
    with pytest.raises(Unavailable, match="no session bus"):
        await FreedesktopNotifier().start(Surroundings({}), lambda _: None)


async def test_without_any_service_it_says_what_to_install(bus: Bus) -> None:
    with pytest.raises(Unavailable, match="apt install dunst"):
        await FreedesktopNotifier().start(Surroundings({}, bus), lambda _: None)


async def test_a_service_that_waits_to_be_started_counts_and_is_started_again_in_mid_prompt(
    folder: Path, dunst: Any, desktop_need: Any
) -> None:
    """Many desktops start their notification service at the first notification, and nobody restarts it after a crash."""
    await asyncio.to_thread(dunst.kill)
    (folder / "dunst.service").write_text(
        f"[D-BUS Service]\nName={dunst.NAME}\n"
        f"Exec=/usr/bin/env DISPLAY={dunst.screen.name} HOME={folder} dunst -config {folder}/dunstrc\n"
    )
    dunst.bus.settings = f"<servicedir>{folder}</servicedir>"
    await asyncio.to_thread(dunst.bus.kill)
    await asyncio.to_thread(dunst.bus.start)
    bus = Bus("session", dunst.bus.address)
    await bus.connect()
    notifier = FreedesktopNotifier(activate_after=0.05)
    try:
        await notifier.start(Surroundings({}, bus), lambda _: None)
        await notifier.show(PROMPT)
        await until(lambda: dunst.count() == 1)
        first = await process(bus, dunst.NAME)
        os.kill(first, signal.SIGKILL)
        second = first
        async with asyncio.timeout(10):
            while second in {0, first}:  # dunstctl is not asked: it would start dunst itself
                await asyncio.sleep(0.05)
                second = await process(bus, dunst.NAME)
        await until(lambda: dunst.count() == 1)
    finally:
        await notifier.stop()
        os.kill(await process(bus, dunst.NAME), signal.SIGTERM)
        await bus.close()


async def process(bus: Bus, name: str) -> int:
    """The process that owns a name, 0 when nobody does."""
    if not await bus.owner(name):
        return 0
    daemon = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
    return int((await bus.call(*daemon, "GetConnectionUnixProcessID", "s", name))[0])
