"""The terminal player with a clock that only tests move: every routine, keys, plain lines, and the question after."""

from collections.abc import Mapping
from contextlib import nullcontext
from typing import get_args

import pytest

from psoas_nudge.core.catalogue import CATALOGUE, find
from psoas_nudge.core.model import Afterwards, Pain
from psoas_nudge.core.routines import Routine
from psoas_nudge.guide.asking import BEGIN_WITHIN, PAINS, afterwards, ask_afterwards, begins, summary
from psoas_nudge.guide.console import typed
from psoas_nudge.guide.player import Held, Player
from psoas_nudge.guide.reports import PracticeReports, Receipt
from psoas_nudge.guide.terminal import clock_words, play

STANDING = find("standing-hip-flexor")
EVERY = pytest.mark.parametrize("routine", CATALOGUE, ids=lambda routine: routine.id)


class FakeConsole:
    """A terminal at which keys are pressed at the seconds that a test names."""

    most = 99

    def __init__(
        self, keys: dict[float, str] | None = None, *, screen: bool = False, size: tuple[int, int] = (80, 24)
    ) -> None:
        self.screen, self.keys, self.braille = screen, keys is not None, screen
        self._presses = sorted((keys or {}).items())
        self._size = size
        self.now = 0.0
        self.shown: list[str] = []
        self.rung: list[int] = []

    def size(self) -> tuple[int, int]:
        return self._size

    def write(self, text: str) -> None:
        self.shown.append(text)

    def ring(self, times: int) -> None:
        self.rung.append(times)

    def key(self, timeout: float) -> str | None:
        if self._presses and self._presses[0][0] <= self.now + timeout:
            at, key = self._presses.pop(0)
            self.now = max(self.now, at)
            return key
        self.now += timeout
        return None

    def clock(self) -> float:
        return self.now

    def controls(self, *, paused: bool) -> None:
        """The keys are on the screen."""

    def offer(self, question: str, choices: Mapping[str, str], otherwise: str = "") -> None:
        self.write(typed(question, choices, otherwise, self._size[0]))

    def tell(self, text: str) -> None:
        self.write(text)

    def bell(self) -> None:
        """Tests hear the chime."""

    own_screen = single_keys = nullcontext

    @property
    def text(self) -> str:
        return "".join(self.shown)


def played(console: FakeConsole, routine: Routine = STANDING) -> Player:
    player = Player(routine)
    play(player, console, ring=console.ring)
    return player


@EVERY
@pytest.mark.parametrize("screen", [True, False], ids=["screen", "lines"])
def test_every_routine_plays_to_its_end_in_the_time_it_promises(routine: Routine, screen: bool) -> None:
    console = FakeConsole({}, screen=screen)
    player = played(console, routine)
    assert player.ended == "finished"
    assert console.now == pytest.approx(routine.length)
    assert console.rung == [2 if s.kind == "switch" else 1 for s in player.segments[1:]] + [3]
    for segment in player.segments:
        first_words = " ".join(segment.text.split()[:4])
        assert first_words in console.text.replace("\x1b[K\r\n", " ")
    planned = sum(segment.seconds for segment in player.segments if segment.counts)
    assert player.held.total == pytest.approx(planned)


@EVERY
def test_lines_hold_no_control_characters_and_say_side_repeat_and_cautions(routine: Routine) -> None:
    console = FakeConsole()
    assert begins(Player(routine), console)
    player = played(console, routine)
    assert not any(ord(character) < 32 and character != "\n" for character in console.text)
    assert all(words in " ".join(console.text.split()) for words in (*routine.cautions, *routine.not_for))
    lines = [line for line in console.text.splitlines() if line.startswith("[")]
    assert len(lines) == len(player.segments)
    for segment, line in zip(player.segments, lines, strict=True):
        assert (segment.side or "") in line.lower()
        assert f", {segment.seconds:g} s] " in line
        assert (f"{segment.repeat} of {segment.repeats}" in line) == (segment.kind == "hold" and segment.repeats > 1)


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (20, 5), (200, 60), (1, 1)])
def test_a_screen_of_any_size_is_never_written_over_its_edge(size: tuple[int, int]) -> None:
    console = FakeConsole({}, screen=True, size=size)
    played(console)
    for frame in console.shown:
        lines = frame.removeprefix("\x1b[H").removesuffix("\x1b[J").split("\r\n")
        assert len(lines) <= max(1, size[1] - 1)
        assert all(len(line.removesuffix("\x1b[K")) <= max(0, size[0] - 1) for line in lines)


def test_the_count_is_drawn_each_second_and_the_breath_with_it() -> None:
    console = FakeConsole({}, screen=True)
    played(console)
    hold = [frame for frame in console.shown if "hold 1 of 2" in frame and "Left side" in frame]
    assert len(hold) == 30
    assert "0:30" in hold[0]
    assert "breathe in" in hold[0]
    assert "breathe out" in hold[5]


@pytest.mark.parametrize("key", [" ", "n", "\n"])
def test_it_begins_when_the_person_does_and_not_before(key: str) -> None:
    console = FakeConsole({300.0: key}, screen=True)
    player = Player(STANDING)
    assert begins(player, console)
    assert console.now == 300
    assert "Skip it, or ask a physiotherapist or doctor first, if" in console.text
    assert (player.index, player.elapsed, player.ended) == (0, 0.0, None)


@pytest.mark.parametrize(("keys", "after"), [({5.0: "q"}, 5), ({5.0: "esc"}, 5), ({}, BEGIN_WITHIN)])
def test_who_does_not_begin_has_done_nothing(keys: dict[float, str], after: float) -> None:
    console, player = FakeConsole(keys), Player(STANDING)
    assert not begins(player, console)
    assert console.now == pytest.approx(after)
    assert (player.ended, player.held) == ("stopped", Held())


def test_where_nobody_can_press_a_key_it_begins_at_once() -> None:
    console = FakeConsole()
    assert begins(Player(STANDING), console)
    assert console.now == 0


def test_the_figure_is_drawn_where_the_terminal_can_and_there_is_room() -> None:
    def drawn(**terminal: object) -> bool:
        console = FakeConsole({}, screen=True, **terminal)  # type: ignore[arg-type]
        played(console)
        return "\u28ff" in console.text

    assert drawn(size=(80, 24))
    assert not drawn(size=(80, 15))
    plain = FakeConsole({}, screen=True)
    plain.braille = False
    played(plain)
    assert not any("\u2800" <= character <= "\u28ff" for character in plain.text)
    assert "Stop at once" in plain.text


def test_repetitions_are_counted_aloud() -> None:
    console = FakeConsole({}, screen=True)
    played(console, find("standing-march"))
    assert all(f"{number} of 8" in console.text for number in range(1, 9))


def test_every_kind_of_pain_has_its_own_key() -> None:
    assert {kind for kind, _ in PAINS.values()} == set(get_args(Pain))


def test_space_pauses_and_goes_on() -> None:
    console = FakeConsole({28.0: " ", 88.0: " "}, screen=True)
    player = played(console)
    assert console.now == pytest.approx(STANDING.length + 60)
    assert player.held == Held(left=60, right=60)
    assert any("PAUSED" in frame for frame in console.shown)


@pytest.mark.parametrize("key", ["q", "esc"])
def test_stopping_counts_what_was_held(key: str) -> None:
    player = played(FakeConsole({18 + 11.0: key}))
    assert player.ended == "stopped"
    assert player.held == Held(left=11)
    assert summary(player) == "Stopped: Standing hip-flexor stretch. Held 11 s on the left, 0 s on the right.\n"


def test_esc_at_the_start_of_a_hold_counts_nothing_and_says_so() -> None:
    player = played(FakeConsole({18.4: "esc"}))
    assert player.held == Held()
    assert summary(player) == "Stopped: Standing hip-flexor stretch. Nothing was held, so nothing is counted.\n"


def test_b_begins_the_hold_again_and_n_skips() -> None:
    assert played(FakeConsole({18 + 10.0: "b", 18 + 20.0: "q"})).held == Held(left=10)
    assert played(FakeConsole({0.1: "n", 0.2: "n", 0.3: "n", 5.3: "q"})).held.left == pytest.approx(5)


def test_a_terminal_put_to_sleep_counts_nothing_meanwhile() -> None:
    class Slept(FakeConsole):
        def key(self, timeout: float) -> str | None:
            if self.now == 18 + 10:
                self.now += 3600
                return None
            return super().key(timeout)

    player = played(Slept({18 + 10 + 3600 + 1.0: "q"}))
    assert player.held == Held(left=10)


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        ({0.0: "f"}, ("fine", None)),
        ({0.0: "t"}, ("tight", None)),
        ({0.0: "p", 1.0: "s"}, ("pain", "sharp")),
        ({0.0: "p", 1.0: "d"}, ("pain", "shooting")),
        ({0.0: "p", 1.0: "o"}, ("pain", "other")),
        ({0.0: "p", 1.0: "g"}, ("pain", "groin")),
        ({0.0: "p"}, ("pain", None)),
        ({0.0: "x"}, None),
        ({}, None),
    ],
)
def test_how_it_feels_is_one_key(keys: dict[float, str], answer: object) -> None:
    console = FakeConsole(keys)
    assert ask_afterwards(console) == answer
    assert "[f] fine" in console.text


def test_nobody_is_asked_where_nobody_can_answer() -> None:
    console = FakeConsole()
    assert ask_afterwards(console) is None
    assert console.shown == []


def test_nothing_held_is_said_to_be_nothing() -> None:
    player = Player(STANDING)
    player.command("stop")
    assert summary(player) == "Stopped: Standing hip-flexor stretch. Nothing was held, so nothing is counted.\n"
    rested = Player(find("constructive-rest"))
    rested.command("next")
    rested.command("next")
    for _ in range(300):
        rested.advance(1)
    assert summary(rested) == "Done: Constructive rest. 5 min done. This one does not count toward the weekly goal.\n"


@pytest.mark.parametrize(("seconds", "words"), [(0, "0:00"), (0.1, "0:01"), (59.5, "1:00"), (90, "1:30"), (-3, "0:00")])
def test_the_count_reaches_zero_at_the_end(seconds: float, words: str) -> None:
    assert clock_words(seconds) == words


class Told(PracticeReports):
    """What is reported after a stretch."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def felt(self, afterwards: Afterwards, pain: Pain | None) -> Receipt:
        self.told.append((afterwards, pain))
        return Receipt(advice="Please let somebody have a look." if pain else None)

    def taken_back(self) -> Receipt:
        self.told.append("taken back")
        return Receipt()

    def kneels(self, can: bool) -> Receipt:
        self.told.append(("kneels", can))
        return Receipt()


@pytest.mark.parametrize("screen", [True, False], ids=["screen", "lines"])
def test_the_first_play_begins_only_when_the_warnings_were_read(screen: bool) -> None:
    ball = find("ball-release")
    console = FakeConsole({1: " ", 2: "n", 3: "y"}, screen=screen)
    assert begins(Player(ball), console, unread=True)
    assert console.now == 3
    assert "y: I have read this and none of it applies to me · q stops" in console.text
    assert "If you feel a pulse under the ball, move the ball outward at once" in console.text
    assert not begins(Player(ball), FakeConsole({1: "q"}, screen=screen), unread=True)


def test_a_wrong_press_on_pain_is_taken_back_in_the_terminal() -> None:
    console, told = FakeConsole({1: "p", 2: "g", 3: "u", 4: "f"}), Told()
    assert afterwards(console, told, kneel=False) is None
    assert told.told == [("pain", "groin"), "taken back", ("fine", None)]
    assert "[u] I pressed the wrong key" in console.text


def test_pain_that_is_meant_is_kept_and_kneeling_is_not_asked_about() -> None:
    console, told = FakeConsole({1: "p", 2: "s", 3: "x"}), Told()
    afterwards(console, told, kneel=True)
    assert told.told == [("pain", "sharp")]
    assert "Please let somebody have a look." in console.text
    assert "kneel" not in console.text


@pytest.mark.parametrize(("key", "said"), [("y", [("kneels", True)]), ("n", [("kneels", False)]), ("x", [])])
def test_room_to_kneel_is_asked_once_in_the_terminal(key: str, said: list[object]) -> None:
    console, told = FakeConsole({1: "f", 2: key}), Told()
    afterwards(console, told, kneel=True)
    assert "Can you kneel on the floor where you work?" in console.text
    assert told.told == [("fine", None), *said]
    console, told = FakeConsole({1: "f", 2: key}), Told()
    afterwards(console, told, kneel=False)
    assert "kneel" not in console.text
