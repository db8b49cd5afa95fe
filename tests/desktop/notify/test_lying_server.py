"""A notification service that lies, floods, forgets arguments or answers after minutes: no prompt is lost, nothing raises."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from dbus_fast import Variant
from msgspec.structs import replace

from psoas_nudge.errors import ShowFailed, Unavailable
from psoas_nudge.notify.chooser import Chooser
from psoas_nudge.notify.port import Message, Pressed, Showing
from tests.desktop.notify.conftest import until
from tests.prompts import answers, buttons, press

PROMPT = Message(7, "Sat for 31 minutes", "Stand up.", buttons(("accept", "Start"), ("skip", "Skip")))
HUGE = "x" * 50_000

SIGNALS: list[tuple[str, str, tuple[Any, ...]]] = [
    ("ActionInvoked", "", ()),
    ("ActionInvoked", "u", (1,)),
    ("ActionInvoked", "s", ("accept",)),
    ("ActionInvoked", "su", ("accept", 1)),
    ("ActionInvoked", "uss", (1, "accept", "again")),
    ("ActionInvoked", "ui", (1, 2)),
    ("ActionInvoked", "v", (Variant("s", "accept"),)),
    ("ActionInvoked", "as", (["accept"],)),
    ("ActionInvoked", "us", (2, "accept")),
    ("ActionInvoked", "us", (0, "accept")),
    ("ActionInvoked", "us", (2**32 - 1, "accept")),
    ("ActionInvoked", "us", (1, "")),
    ("ActionInvoked", "us", (1, "snooze")),
    ("ActionInvoked", "us", (1, HUGE)),
    ("ActivationToken", "", ()),
    ("ActivationToken", "u", (1,)),
    ("ActivationToken", "uu", (1, 2)),
    ("ActivationToken", "us", (1, HUGE)),
    ("ActivationToken", "us", (1, "two\nlines")),
    ("NotificationClosed", "", ()),
    ("NotificationClosed", "us", (1, "why")),
    ("NotificationClosed", "u", (1,)),
    ("NotificationClosed", "uu", (1, 2**32 - 1)),
    ("NotificationClosed", "uu", (99, 2)),
]


@pytest.fixture
def no_traceback(caplog: pytest.LogCaptureFixture) -> Any:
    """After the test: neither our own code nor the D-Bus library has logged an exception."""
    yield
    said = [(record.getMessage(), record.exc_info) for record in caplog.get_records("call")]
    assert not [it for it in said if it[1] or "raised" in it[0] or "please report it" in it[0]]


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: f"{signal[0]}-{str(signal[2])[:30]}")
@pytest.mark.parametrize("moment", ["during Notify", "while it is shown"])
@pytest.mark.usefixtures("no_traceback")
async def test_a_false_signal_is_ignored_and_the_prompt_can_still_be_answered(
    desk: Any, signal: tuple[str, str, tuple[Any, ...]], moment: str
) -> None:
    member, signature, body = signal
    await desk.start()
    if moment == "during Notify":
        desk.service.before_reply = lambda: desk.service.signal(member, signature, *body)
    ref = await desk.notifier.show(PROMPT)
    if moment != "during Notify":
        desk.service.signal(member, signature, *body)
    await desk.settle()
    assert desk.pressed == []
    desk.service.press("skip")
    await until(lambda: desk.pressed)
    assert desk.pressed == [Pressed(press("skip"), "token-1")]
    await desk.notifier.withdraw(ref)
    assert desk.service.closed == [1]


@pytest.mark.usefixtures("no_traceback")
async def test_a_flood_during_notify_is_not_kept_and_the_prompt_is_shown(desk: Any) -> None:
    await desk.start()

    def flood() -> None:
        for number in range(200):
            desk.service.signal("ActionInvoked", "us", number + 2, "accept")

    desk.service.before_reply = flood
    await desk.notifier.show(PROMPT)
    await desk.settle()
    assert desk.pressed == []
    assert await desk.visible()


@pytest.mark.parametrize(
    ("signature", "body"),
    [
        ("", ()),
        ("s", ("1",)),
        ("u", (0,)),
        ("i", (-1,)),
        ("t", (2**60,)),
        ("uu", (1, 2)),
        ("au", ([1],)),
        ("v", (Variant("u", 1),)),
    ],
    ids=str,
)
@pytest.mark.usefixtures("no_traceback")
async def test_without_an_id_the_prompt_counts_as_not_shown(desk: Any, signature: str, body: tuple[Any, ...]) -> None:
    await desk.start()
    desk.service.replies["Notify"] = signature, body
    with pytest.raises(ShowFailed, match="gave no id"):
        await desk.notifier.show(PROMPT)
    del desk.service.replies["Notify"]
    await desk.notifier.show(PROMPT)
    await desk.press("accept")
    assert answers(desk.pressed) == [(7, "accept")]


STRANGE: list[tuple[str, tuple[Any, ...]]] = [("u", (1,)), ("au", ([1],)), ("a{ss}", ({"a": "b"},)), ("uu", (1, 2))]


@pytest.mark.parametrize(
    ("member", "signature", "body"),
    [(member, *reply) for member in ("GetServerInformation", "GetCapabilities") for reply in STRANGE]
    + [("GetCapabilities", "", ()), ("GetCapabilities", "s", ("actions",))],
)
@pytest.mark.usefixtures("no_traceback")
async def test_a_service_that_does_not_say_what_it_can_do_is_unavailable(
    desk: Any, member: str, signature: str, body: tuple[Any, ...]
) -> None:
    desk.service.replies[member] = signature, body
    with pytest.raises(Unavailable, match="does not say what it is"):
        await desk.start()


@pytest.mark.usefixtures("no_traceback")
async def test_huge_words_about_itself_do_not_fill_the_log(desk: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    desk.service.can = ("actions", HUGE)
    desk.service.replies["GetServerInformation"] = "ssss", (HUGE, HUGE, HUGE, HUGE)
    await desk.start()
    await desk.notifier.show(PROMPT)
    await desk.press("accept")
    assert answers(desk.pressed) == [(7, "accept")]
    assert len(caplog.text) < 5000


async def test_an_endless_error_is_cut_and_moves_no_cursor(desk: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await desk.start()
    desk.service.refuses = "\x1b[2J" + HUGE
    with pytest.raises(ShowFailed) as told:
        await desk.notifier.show(PROMPT)
    assert len(str(told.value)) < 1000
    assert str(told.value).isprintable()
    assert len(caplog.text) < 5000


@pytest.mark.usefixtures("no_traceback")
async def test_the_same_id_for_two_prompts_is_the_later_prompt(desk: Any) -> None:
    await desk.start()
    desk.service.replies["Notify"] = "u", (1,)
    first = await desk.notifier.show(PROMPT)
    later = replace(PROMPT, prompt=8, buttons=buttons(("accept", "Start"), prompt=8))
    assert await desk.notifier.show(later) == first
    desk.service.press("accept", 1, times=3)
    await desk.settle()
    assert answers(desk.pressed) == [(8, "accept")]


@pytest.mark.usefixtures("no_traceback")
async def test_what_is_shown_minutes_after_it_was_given_up_is_taken_back(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    real, ahead = loop.time, 0.0
    monkeypatch.setattr(loop, "time", lambda: real() + ahead)
    await desk.start()
    desk.service.hangs = asyncio.Event()
    with pytest.raises(ShowFailed, match="no answer within"):
        await desk.notifier.show(PROMPT)
    ahead = 600.0
    await desk.settle()
    desk.service.hangs.set()
    await until(lambda: desk.service.closed)
    assert desk.service.shown == {}
    assert desk.pressed == []


@pytest.mark.usefixtures("no_traceback")
async def test_a_press_on_what_was_given_up_answers_nothing(desk: Any) -> None:
    await desk.start()
    desk.service.hangs = asyncio.Event()
    with pytest.raises(ShowFailed):
        await desk.notifier.show(PROMPT)
    desk.service.press_at_once = "accept"
    desk.service.hangs.set()
    await until(lambda: desk.service.closed)
    assert desk.pressed == []


async def test_a_fault_where_the_answer_goes_is_logged_and_the_prompt_stays_shown(
    desk: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def fault(_pressed: Pressed) -> None:
        raise ZeroDivisionError

    await desk.notifier.start(desk.surroundings, fault)
    desk.service.press_at_once = "accept"
    assert await desk.notifier.show(PROMPT)
    await until(lambda: "the answer of a notification" in caplog.text)


@pytest.mark.parametrize("signature", ["", "s"])
async def test_when_the_service_lies_the_next_notifier_shows_the_prompt(desk: Any, plyer: Any, signature: str) -> None:
    table = {stage.notifier.name: (lambda made=stage.notifier: made) for stage in (desk, plyer)}
    chooser = Chooser("auto", table)
    desk.service.replies["Notify"] = signature, ("x",) * len(signature)
    await chooser.start(desk.surroundings, desk.pressed.append)
    assert await chooser.show(PROMPT) == Showing("plyer")
    assert PROMPT.title in await plyer.visible()
    await chooser.stop()
