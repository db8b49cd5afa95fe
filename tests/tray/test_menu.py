"""What the menu offers, moment by moment."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import pytest
from msgspec.structs import replace

from psoas_nudge.core.events import (
    Advised,
    Asked,
    Clear,
    Feel,
    GuideEnded,
    GuideHeld,
    GuideStarted,
    Resume,
    Stretch,
    WarningsRead,
    checked,
)
from psoas_nudge.core.status import Status
from psoas_nudge.core.words import Pain
from psoas_nudge.tray import menu as menus
from psoas_nudge.tray.item import layout, properties
from psoas_nudge.tray.menu import MenuEntry, everything, find
from psoas_nudge.tray.port import Action, MenuCommand, Offers

ROUTINES = ((1000, "standing-hip-flexor", "Standing hip flexor"), (1001, "my_own", "My_own"))


def menu(
    status: Status, headline: str, routines: tuple[tuple[int, str, str], ...] = (), dose: float = 0.0
) -> MenuEntry:
    return menus.menu(status, headline, Offers("In 5 min", routines), dose)


def labels(entry: MenuEntry) -> list[str]:
    """What a person sees of an entry's children."""
    return ["-" if child.separator else child.label for child in entry.children if child.visible]


def moments(moment, open_prompt) -> list[Status]:
    """One of each kind."""
    return [
        moment(),
        moment(prompt=open_prompt),
        moment(prompt=replace(open_prompt, snooze=False)),
        moment(paused=True),
        moment(presence="standing", why=("one", "two")),
        moment(put_off="sharp pain"),
        moment(backed_off=True),
    ]


def test_while_sitting(moment) -> None:
    made = menu(moment(), "sat 24 min, next prompt about 10:36", ROUTINES, dose=150.0)
    assert labels(made) == [
        "Sat 24 min, next prompt about 10:36",
        "Prompts today: 3 of at most 8. Stretches held: 2 min 30 s",
        "Why no prompt now?",
        "-",
        "Stretch now",
        "How it feels",
        "I'm standing now",
        "I just moved",
        "Pause prompts",
        "-",
        "Report",
        "Edit settings",
        "Quit",
    ]
    why, stretch, pause = (find(made, number) for number in (3, 21, 34))
    assert why
    assert stretch
    assert pause
    assert labels(why) == ["You have sat for 24m of the 30m after which a prompt comes.", "Show in a notification"]
    assert labels(stretch) == ["Next in turn", "-", "Standing hip flexor", "My_own"]
    assert labels(pause) == ["For 30 minutes", "For 1 hour", "Until tomorrow"]


def test_an_open_prompt_can_be_answered(moment, open_prompt) -> None:
    made = menu(moment(prompt=open_prompt), "x")
    assert labels(made)[2:6] == ["-", "Start", "In 5 min", "Skip"]


def test_a_snooze_that_would_be_refused_is_not_offered(moment, open_prompt) -> None:
    made = menu(moment(prompt=replace(open_prompt, snooze=False)), "x")
    assert labels(made)[2:5] == ["-", "Start", "Skip"]


def test_paused_it_offers_to_resume(moment) -> None:
    made = menu(moment(paused=True), "x")
    assert "Resume prompts" in labels(made)
    assert "Pause prompts" not in labels(made)


def test_standing_it_offers_to_sit(moment) -> None:
    assert "I'm sitting again" in labels(menu(moment(presence="standing"), "x"))


def test_stretches_that_are_put_off_for_pain_are_not_offered(moment) -> None:
    stretch = find(menu(moment(put_off="sharp pain"), "x", ROUTINES), 21)
    assert stretch
    assert labels(stretch) == ["You reported sharp pain", "Take a walk instead", "I can stretch again"]
    assert [entry.command for entry in stretch.children if entry.visible] == [
        None,
        Stretch(via="tray"),
        Clear(via="tray"),
    ]


def test_while_nothing_can_be_saved_the_menu_says_why_also_beside_an_open_prompt(moment, open_prompt) -> None:
    made = menu(moment(prompt=open_prompt, trouble="The disk is full."), "x")
    assert labels(made)[1] == "Nothing can be saved"
    assert labels(made.children[1]) == ["The disk is full."]


def test_every_command_is_offered_at_some_moment(moment, open_prompt) -> None:
    """But for what a guide or the page reports, and the reload, which happens by itself when the file changes."""
    moments = [
        moment(prompt=open_prompt),
        moment(paused=True),
        moment(presence="standing"),
        moment(put_off="sharp pain"),
    ]
    offered = [e.command for m in moments for e in everything(menu(m, "x", ROUTINES)) if e.command]
    assert {c for c in offered if isinstance(c, Action)} == set(Action) - {Action.RELOAD}
    elsewhere = {GuideStarted, GuideHeld, GuideEnded, WarningsRead, Advised}
    assert {type(c) for c in offered if not isinstance(c, Action)} == set(get_args(Asked)) - elsewhere


def test_what_is_asked_says_that_it_came_from_the_tray_and_is_within_its_ranges(moment, open_prompt) -> None:
    for m in (moment(prompt=open_prompt), moment(paused=True), moment(presence="standing")):
        for entry in everything(menu(m, "x", ROUTINES)):
            if entry.command is not None and not isinstance(entry.command, Action):
                assert checked(entry.command).via == "tray"


def test_numbers_are_never_given_twice_and_keep_their_meaning(moment, open_prompt) -> None:
    seen: dict[int, MenuCommand] = {}
    for m in moments(moment, open_prompt):
        entries = list(everything(menu(m, "x", ROUTINES)))
        numbers = [e.number for e in entries]
        assert len(numbers) == len(set(numbers))
        for entry in entries:
            if entry.command:
                assert seen.setdefault(entry.number, entry.command) == entry.command


def test_no_entry_ever_comes_goes_or_moves(moment, open_prompt) -> None:
    """GNOME's extension puts entries that move in the wrong place."""
    shape = menu(moment(), "x", ROUTINES).shape
    assert {menu(m, "x", ROUTINES).shape for m in moments(moment, open_prompt)} == {shape}


def test_no_moment_shows_two_lines_in_a_row_or_one_at_an_end(moment, open_prompt) -> None:
    for m in moments(moment, open_prompt):
        for routines in ((), ROUTINES):
            for entry in everything(menu(m, "x", routines)):
                shown = labels(entry)
                assert not any(one == other == "-" for one, other in pairwise(shown))
                assert "-" not in shown[:1] + shown[-1:]


def test_backing_off_is_said_and_can_be_ended(moment) -> None:
    made = menu(moment(backed_off=True), "x")
    assert labels(made)[2:4] == [
        "You did not answer two prompts, so fewer come today",
        "Back to the usual number of prompts",
    ]
    end = find(made, 6)
    assert end
    assert end.command == Resume(via="tray")


def test_how_it_feels_can_be_said_and_taken_back(moment) -> None:
    feel, pain = (find(menu(moment(), "x"), number) for number in (60, 64))
    assert feel
    assert pain
    assert labels(feel) == ["Fine", "Tight", "Pain", "-", "Take back the last report"]
    assert [e.command.pain for e in pain.children if isinstance(e.command, Feel)] == list(get_args(Pain))
    assert labels(pain)[0] == "Sharp pain"
    assert labels(pain)[-1] == "Other pain"


def test_underscores_are_no_mnemonics_on_the_bus() -> None:
    assert properties(MenuEntry(5, "My_own", Action.QUIT))["label"].value == "My__own"


def test_what_only_tells_something_cannot_be_clicked() -> None:
    assert properties(MenuEntry(5, "Sat 24 min"))["enabled"].value is False
    assert properties(MenuEntry(5, "Quit", Action.QUIT))["enabled"].value is True


def test_an_entry_has_the_same_properties_at_every_moment(moment, open_prompt) -> None:
    """So that a change never has to take one away, which hosts do in different ways."""
    known: dict[int, set[str]] = {}
    for m in moments(moment, open_prompt):
        for entry in everything(menu(m, "x", ROUTINES)):
            assert known.setdefault(entry.number, set(properties(entry))) == set(properties(entry))


@pytest.mark.parametrize(("depth", "levels"), [(0, 1), (1, 2), (-1, 4)])
def test_a_host_gets_as_many_levels_as_it_asks_for(moment, depth: int, levels: int) -> None:
    def deep(node: list) -> int:
        return 1 + max((deep(child.value) for child in node[2]), default=0)

    assert deep(layout(menu(moment(), "x"), depth)) == levels
