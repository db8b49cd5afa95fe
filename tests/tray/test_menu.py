"""What the menu offers, moment by moment."""

from __future__ import annotations

import pytest

from psoas_nudge.tray import commands as c
from psoas_nudge.tray.dbusmenu import layout, properties
from psoas_nudge.tray.menu import Item, everything, find, menu

ROUTINES = [("standing-hip-flexor", "Standing hip flexor"), ("my_own", "My_own")]


def labels(item: Item) -> list[str]:
    return [child.label or "-" for child in item.children]


def test_while_sitting(moment) -> None:
    made = menu(moment(), "sat 24 min, next nudge about 10:36", ROUTINES, dose=150.0)
    assert labels(made) == [
        "Sat 24 min, next nudge about 10:36",
        "Today: 3 of at most 8 prompts, 2 min 30 s held",
        "Why no prompt now?",
        "-",
        "Stretch now",
        "I stand at my desk now",
        "Pause prompts",
        "-",
        "Edit the schedule",
        "Quit",
    ]
    why, stretch, pause = (find(made, number) for number in (3, 21, 34))
    assert why
    assert stretch
    assert pause
    assert labels(why) == ["You have sat for 24m of the 30m after which a prompt comes.", "Show it all"]
    assert labels(stretch) == ["The next in turn", "-", "Standing hip flexor", "My_own"]
    assert labels(pause) == ["For 30 minutes", "For 1 hour", "Until tomorrow"]


def test_an_open_prompt_can_be_answered(moment, open_prompt) -> None:
    made = menu(moment(prompt=open_prompt), "x")
    assert labels(made)[2:6] == ["-", "Accept: stretch now", "Snooze", "Skip this time"]


def test_a_snooze_that_would_be_refused_is_not_offered(moment, open_prompt) -> None:
    from msgspec.structs import replace

    made = menu(moment(prompt=replace(open_prompt, snooze=False)), "x")
    assert "Snooze" not in labels(made)


def test_paused_it_offers_to_resume(moment) -> None:
    made = menu(moment(paused=True), "x")
    assert "Resume prompts" in labels(made)
    assert "Pause prompts" not in labels(made)


def test_standing_it_offers_to_sit(moment) -> None:
    assert "I sit down again" in labels(menu(moment(presence="standing"), "x"))


def test_every_command_is_offered_at_some_moment(moment, open_prompt) -> None:
    moments = [moment(prompt=open_prompt), moment(paused=True), moment(presence="standing")]
    offered = {type(i.command) for m in moments for i in everything(menu(m, "x", ROUTINES)) if i.command}
    assert offered == set(c.TrayCommand.__args__) - {c.Reload}


def test_numbers_are_never_given_twice_and_keep_their_meaning(moment, open_prompt) -> None:
    seen: dict[int, c.TrayCommand] = {}
    for m in [moment(prompt=open_prompt), moment(paused=True), moment(presence="standing"), moment()]:
        items = list(everything(menu(m, "x", ROUTINES)))
        numbers = [i.number for i in items]
        assert len(numbers) == len(set(numbers))
        for item in items:
            if item.command:
                assert seen.setdefault(item.number, item.command) == item.command


def test_a_text_that_only_tells_something_makes_no_other_menu(moment) -> None:
    assert menu(moment(), "sat 24 min").shape == menu(moment(prompts_today=4, why=("other",)), "sat 25 min").shape
    assert menu(moment(), "x").shape != menu(moment(paused=True), "x").shape


def test_underscores_are_no_mnemonics_on_the_bus() -> None:
    assert properties(Item(5, "My_own", c.Quit()))["label"].value == "My__own"


def test_what_only_tells_something_cannot_be_clicked() -> None:
    assert properties(Item(5, "Sat 24 min"))["enabled"].value is False
    assert "enabled" not in properties(Item(5, "Quit", c.Quit()))


@pytest.mark.parametrize(("depth", "levels"), [(0, 1), (1, 2), (-1, 3)])
def test_a_host_gets_as_many_levels_as_it_asks_for(moment, depth: int, levels: int) -> None:
    def deep(node: list) -> int:
        return 1 + max((deep(child.value) for child in node[2]), default=0)

    assert deep(layout(menu(moment(), "x"), depth)) == levels
