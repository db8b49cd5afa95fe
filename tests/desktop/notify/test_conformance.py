"""What holds for every notifier; each meets this suite with its own stage (see conftest.py)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from psoas_nudge.errors import ShowFailed, Unavailable
from psoas_nudge.notify.chooser import NOTIFIERS
from psoas_nudge.notify.port import Capability, Message, Pressed
from tests.prompts import answers, buttons, press

PROMPT = Message(
    prompt=7,
    title="Sat for 31 minutes",
    body="Standing hip-flexor stretch.\nOne foot a step back.",
    buttons=buttons(("accept", "Accept"), ("snooze", "Snooze 5 min"), ("skip", "Skip")),
    icon="/nowhere/icon.png",
)


async def test_every_notifier_of_the_table_meets_this_suite(desk: Any, plyer: Any, terminal: Any) -> None:
    assert {stage.notifier.name for stage in (desk, plyer, terminal)} == set(NOTIFIERS)


async def test_a_prompt_can_be_read(stage: Any) -> None:
    await stage.start()
    await stage.notifier.show(PROMPT)
    seen = await stage.visible()
    for line in (PROMPT.title, *PROMPT.body.split("\n")):
        assert line in seen


async def test_a_prompt_without_buttons_says_how_to_answer(stage: Any) -> None:
    await stage.start()
    await stage.notifier.show(PROMPT)
    told = "psoas-nudge accept, snooze or skip" in await stage.visible()
    assert told == (Capability.BUTTONS not in stage.notifier.capabilities())


async def test_the_next_prompt_takes_the_place_of_the_last(stage: Any) -> None:
    await stage.start()
    if Capability.WITHDRAW not in stage.notifier.capabilities():
        return
    await stage.notifier.show(PROMPT)
    await stage.notifier.show(replace(PROMPT, prompt=8, title="Sat for 45 minutes"))
    seen = await stage.visible()
    assert "Sat for 45 minutes" in seen
    assert "Sat for 31 minutes" not in seen


@pytest.mark.parametrize("answer", ["accept", "snooze", "skip"])
async def test_an_answer_is_passed_on_with_its_prompt(stage: Any, answer: Any) -> None:
    await stage.start()
    await stage.notifier.show(PROMPT)
    if Capability.BUTTONS not in stage.notifier.capabilities():
        return
    await stage.press(answer)
    assert answers(stage.pressed) == [(7, answer)]


async def test_one_prompt_has_one_answer(stage: Any) -> None:
    await stage.start()
    await stage.notifier.show(PROMPT)
    if Capability.BUTTONS not in stage.notifier.capabilities():
        return
    await stage.press("skip")
    await stage.press("skip")
    await stage.press("accept")
    assert answers(stage.pressed) == [(7, "skip")]


async def test_the_next_prompt_can_be_answered_again(stage: Any) -> None:
    await stage.start()
    if Capability.BUTTONS not in stage.notifier.capabilities():
        return
    for number in (7, 8):
        await stage.notifier.withdraw(await stage.notifier.show(replace(PROMPT, prompt=number - 7)))
        await stage.notifier.show(replace(PROMPT, prompt=number, buttons=buttons(("accept", "Accept"), prompt=number)))
        await stage.press("accept")
    assert answers(stage.pressed) == [(7, "accept"), (8, "accept")]


async def test_what_was_not_offered_is_not_passed_on(stage: Any) -> None:
    await stage.start()
    await stage.notifier.show(replace(PROMPT, buttons=buttons(("accept", "Accept"), ("skip", "Skip"))))
    if Capability.BUTTONS not in stage.notifier.capabilities():
        return
    await stage.press("snooze")
    assert stage.pressed == []
    await stage.press("skip")
    assert answers(stage.pressed) == [(7, "skip")]


async def test_a_withdrawn_prompt_is_gone_and_cannot_be_answered(stage: Any) -> None:
    await stage.start()
    ref = await stage.notifier.show(PROMPT)
    await stage.notifier.withdraw(ref)
    if Capability.WITHDRAW in stage.notifier.capabilities():
        assert PROMPT.title not in await stage.visible()
    if Capability.BUTTONS in stage.notifier.capabilities():
        await stage.press("accept")
    assert stage.pressed == []


@pytest.mark.parametrize(
    "ref", ["", "1", "8", "nonsense", ":1.999/1", "/", "\N{SUPERSCRIPT TWO}/x", "0123abcd:1.1/1", ":1.1/" + "9" * 5000]
)
async def test_withdrawing_what_is_not_ours_does_nothing(stage: Any, ref: str) -> None:
    await stage.start()
    ours = await stage.notifier.show(PROMPT)
    await stage.notifier.withdraw(ref)
    assert PROMPT.title in await stage.visible()
    await stage.notifier.withdraw(ours)
    await stage.notifier.withdraw(ours)


async def test_markup_in_the_words_is_only_words(stage: Any) -> None:
    await stage.start()
    await stage.notifier.show(replace(PROMPT, body='<b>bold</b> & "<img src=x>" &amp;'))
    assert '<b>bold</b> & "<img src=x>"' in await stage.visible()


@pytest.mark.parametrize(
    "evil",
    ["\x1b[2J\x1b]0;title\x07", "a\x00b", "\ud800 lone", "\u202egnihtemos", "\x9b31m", "one\rtwo"],
)
async def test_control_characters_do_not_reach_the_screen(stage: Any, evil: str) -> None:
    await stage.start()
    await stage.notifier.show(
        Message(7, f"Title {evil}", f"Body {evil} end", buttons(("accept", f"Yes {evil}"), ("skip", "Skip")))
    )
    seen = await stage.visible()
    assert "Title" in seen
    assert "end" in seen
    assert not set(seen) & set("\x1b\x00\x07\x9b\ud800\u202e\r")


async def test_a_title_that_looks_like_an_option_is_a_title(stage: Any) -> None:
    await stage.start()
    await stage.notifier.show(replace(PROMPT, title="--help me up"))
    assert "-help me up" in await stage.visible()


async def test_nothing_to_say_is_no_failure(stage: Any) -> None:
    await stage.start()
    await stage.notifier.show(Message(7, "", "", ()))


async def test_a_notice_that_asks_nothing_tells_no_way_to_answer(stage: Any) -> None:
    await stage.start()
    ref = await stage.notifier.show(Message(0, "The configuration is broken", "Line 3: no such zone.", ()))
    seen = await stage.visible()
    assert "Line 3: no such zone." in seen
    assert "nswer" not in seen
    if Capability.BUTTONS in stage.notifier.capabilities():
        await stage.press("accept")
    assert stage.pressed == []
    await stage.notifier.withdraw(ref)
    assert "nothing to answer" not in await stage.visible()


async def test_a_prompt_that_is_not_on_the_screen_is_a_failure_with_a_reason(stage: Any) -> None:
    await stage.start()
    await stage.spoil()
    with pytest.raises(ShowFailed) as failed:
        await stage.notifier.show(PROMPT)
    assert len(str(failed.value)) > 10
    await stage.mend()
    await stage.notifier.show(PROMPT)
    assert PROMPT.title in await stage.visible()


async def test_where_it_cannot_work_it_says_why(stage: Any) -> None:
    with pytest.raises(Unavailable) as cannot:
        await stage.start_where_it_cannot_work()
    assert len(str(cannot.value)) > 10


async def test_after_stop_nothing_is_passed_on(stage: Any) -> None:
    await stage.start()
    await stage.notifier.show(PROMPT)
    answerable = Capability.BUTTONS in stage.notifier.capabilities()
    await stage.notifier.stop()
    if answerable:
        await stage.press("accept")
    assert stage.pressed == []
    await stage.notifier.stop()


async def test_the_activation_token_is_handed_on(desk: Any) -> None:
    await desk.start()
    await desk.notifier.show(PROMPT)
    await desk.press("accept")
    assert desk.pressed == [Pressed(press("accept"), "token-1")]
