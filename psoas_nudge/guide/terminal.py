"""The terminal player: countdown, sides, repeats and breath on the alternate screen, or plain lines without one.

A Console is injected, so tests play whole routines without a terminal and without waiting. Plain lines (for a dumb
terminal, a pipe or a file) have no control characters. Without keys the routine runs to its end.
"""

from __future__ import annotations

from collections.abc import Callable
from textwrap import wrap
from typing import Protocol

from psoas_nudge.core.catalogue import CATALOGUE, REVIEWED
from psoas_nudge.core.durations import duration
from psoas_nudge.core.model import Afterwards, Held, Pain
from psoas_nudge.core.routines import Segment, StepKind
from psoas_nudge.core.words import times
from psoas_nudge.guide.figures import in_terminal
from psoas_nudge.guide.player import Command, Player
from psoas_nudge.guide.reports import Reports

KEYS: dict[str, Command] = {
    " ": "pause",
    "p": "pause",
    "b": "back",
    "left": "back",
    "n": "next",
    "right": "next",
    "q": "stop",
    "esc": "stop",
}
AFTERWARDS: dict[str, Afterwards] = {"f": "fine", "t": "tight", "p": "pain"}
PAINS: dict[str, tuple[Pain, str]] = {
    "s": ("sharp", "sharp"),
    "t": ("throbbing", "throbbing"),
    "d": ("shooting", "shooting down the leg"),
    "r": ("radiating", "radiating"),
    "h": ("front-of-hip", "front of the hip"),
    "g": ("groin", "in the groin"),
    "p": ("pinching", "pinching"),
    "c": ("catching", "catching or snapping"),
    "n": ("numbness", "numbness or tingling"),
    "w": ("worse", "worse than before"),
    "o": ("other", "something else"),
}
READ = "y"
"""The key that confirms the warnings."""
UNDO = "u"
"""The key that takes a report of pain back."""
ANSWER_WITHIN = 60.0
"""Seconds to answer a question at the end."""
BEGIN_WITHIN = 900.0
"""Seconds to begin the play."""
KINDS: dict[StepKind, str] = {"move": "get into place", "rest": "relax", "switch": "change sides"}
TALLEST = 20
"""Maximum lines of a figure."""


class Console(Protocol):
    """The terminal as the player uses it."""

    screen: bool
    """Whether the screen can be redrawn; otherwise lines are appended."""
    keys: bool
    """Whether keys can be read."""
    braille: bool
    """Whether it can show Braille characters, in which figures are drawn."""

    def size(self) -> tuple[int, int]:
        """(columns, lines)."""

    def write(self, text: str) -> None:
        """Write and flush."""

    def key(self, timeout: float) -> str | None:
        """The next key within `timeout` seconds: its character, or "left", "right", "esc". None if there is none."""

    def clock(self) -> float:
        """Monotonic seconds."""


class Speaker(Protocol):
    """What the player needs of a voice."""

    @property
    def is_saying(self) -> bool:
        """Whether something is still being said."""

    def say(self, text: str) -> None:
        """Say it; it cuts off what is still being said."""


def play(
    player: Player,
    console: Console,
    voice: Speaker | None = None,
    holding: Callable[[Held], object] = lambda _held: None,
    ring: Callable[[int], None] = lambda _times: None,
) -> None:
    """Play the routine until it ends or is stopped. `voice` speaks the cues; `holding` receives what was held so far;
    `ring` plays a chime of n strokes."""
    cues = _Cues(voice)
    shown: tuple[int, bool] | None = None
    last = console.clock()
    while not player.ended:
        if shown != (player.index, player.paused):
            if shown and shown[0] != player.index:
                ring(2 if player.segment.kind == "switch" else 1)
            shown = (player.index, player.paused)
            if not console.screen:
                console.write(_line(player))
        cues.follow(player)
        if console.screen:
            console.write(_drawn(_screen(player, console), console))
        key = console.key(max(0.05, player.remaining % 1 or 1.0))
        now = console.clock()
        if not cues.hold_up(player):
            player.advance(now - last)
        last = now
        holding(player.held)
        if key in KEYS:
            player.command(KEYS[key])
    ring(3)
    if voice:
        voice.say("Well done." if player.ended == "finished" else "Stopped.")


class _Cues:
    """What a voice says along the way; without one it says nothing and holds nothing up."""

    def __init__(self, voice: Speaker | None) -> None:
        self._voice, self._said = voice, ""

    def follow(self, player: Player) -> None:
        """Say what there is to say now. A number does not cut off a sentence."""
        words = spoken(player)
        if self._voice is None or words == self._said:
            return
        self._said = words
        if words and not (words.isdigit() and self._voice.is_saying):
            self._voice.say(words)

    def hold_up(self, player: Player) -> bool:
        """Whether time stands still while the person hears what to do: before the end of the way into position, and
        before repetitions."""
        if self._voice is None or not self._voice.is_saying:
            return False
        segment = player.segment
        return player.rep == 1 if segment.reps else not segment.counts and player.remaining <= 1


def spoken(player: Player) -> str:
    """The text to speak now: each step as it begins, the repetitions, and the last seconds of a hold."""
    segment, left = player.segment, -(-player.remaining // 1)
    if player.paused:
        return "Paused."
    if player.elapsed < 1:
        return f"{_where(segment).replace(' · ', ', ')}. {segment.text} {segment.cue}".rstrip()
    if player.rep and player.rep > 1 and player.elapsed * segment.reps / segment.seconds % 1 < 0.5:
        return str(player.rep)
    if segment.kind == "hold" and (left == 10 or 1 <= left <= 3):
        return f"{left:g}{' seconds' if left == 10 else ''}"
    return ""


def heard_first(player: Player, *, unread: bool) -> str:
    """What a person hears before it begins where nothing can be shown. `unread`: the warnings have not been read."""
    routine = player.routine
    said = [f"{routine.title}, {duration(routine.length)}."]
    if unread and routine.not_for:
        said.append(f"Skip it, or ask a physiotherapist or doctor first, if {'; or if '.join(routine.not_for)}.")
    return " ".join([*said, *routine.cautions])


def begins(player: Player, console: Console, *, unread: bool = False) -> bool:
    """Show the opening and wait for the person to begin; False when they stop. Begins at once without keys.

    `unread`: the warnings are not confirmed yet; then only the key READ begins.
    """
    if not console.screen:
        console.write("\n".join(_opening(player, console, unread=unread)) + "\n")
    if not console.keys:
        return True
    drawn: tuple[int, int] | None = None
    end = console.clock() + BEGIN_WITHIN
    while not player.ended and console.keys and console.clock() < end:
        if console.screen and drawn != console.size():
            drawn = console.size()
            console.write(_drawn(_opening(player, console, unread=unread), console))
        key = console.key(1.0)
        if unread:
            if key == READ:
                return True
        elif key in {"\n", "\r"} or KEYS.get(key or "", "stop") != "stop":
            return True
        if KEYS.get(key or "") == "stop":
            break
    player.command("stop")
    return False


def ask_afterwards(console: Console) -> tuple[Afterwards, Pain | None] | None:
    """Ask how it feels and, after "pain", which kind, with one key each; None without an answer."""
    if not console.keys:
        return None
    _ask(console, "How does it feel?  [f] fine   [t] tight   [p] pain   any other key: no answer")
    afterwards = AFTERWARDS.get(console.key(ANSWER_WITHIN) or "")
    if afterwards is None:
        return None
    if afterwards != "pain":
        return afterwards, None
    _ask(console, "What kind?  " + "   ".join(f"[{key}] {words}" for key, (_, words) in PAINS.items()))
    kind = PAINS.get(console.key(ANSWER_WITHIN) or "")
    return afterwards, kind[0] if kind else None


def afterwards(console: Console, reports: Reports, *, kneel: bool) -> str | None:
    """Ask the questions after a stretch and report the answers. Returns why something could not be recorded, or None.

    `kneel`: whether to ask if there is room to kneel.
    """
    trouble = None
    while answer := ask_afterwards(console):
        receipt = reports.felt(*answer)
        trouble = receipt.trouble or trouble
        if receipt.advice:
            console.write("\n".join(wrap(receipt.advice, 90)) + "\n")
        if answer[0] != "pain":
            break
        _ask(console, f"Saved: pain.  [{UNDO}] I pressed the wrong key   any other key: done")
        if console.key(ANSWER_WITHIN) != UNDO:
            return trouble
        trouble = reports.taken_back().trouble or trouble
    if not kneel or not console.keys:
        return trouble
    _ask(console, "Can you kneel on the floor where you work?  [y] yes   [n] no   any other key: ask me next time")
    if (can := {"y": True, "n": False}.get(console.key(ANSWER_WITHIN) or "")) is None:
        return trouble
    trouble = reports.kneels(can).trouble or trouble
    console.write("Saved. Prompts also suggest stretches on the floor from now on.\n" if can else "Saved.\n")
    return trouble


def _ask(console: Console, question: str) -> None:
    console.write("\n".join(wrap(question, max(20, console.size()[0] - 1))) + "\n")


def summary(player: Player) -> str:
    """The result as one line."""
    done = held_words(player.held)
    return f"{'Done' if player.ended == 'finished' else 'Stopped'}: {player.routine.title}. {done}\n"


def held_words(held: Held) -> str:
    """The seconds held, as a sentence."""
    if not held.total:
        return "Nothing was held, so nothing is counted."
    if held.left or held.right:
        return f"Held {round(held.left)} s on the left, {round(held.right)} s on the right."
    return f"{duration(held.other)} done. This one does not count toward the weekly goal."


def clock_words(seconds: float) -> str:
    """Minutes and seconds, rounded up, so that a countdown reaches 0:00 at the end."""
    whole = int(-(-max(0.0, seconds - 1e-6) // 1))
    return f"{whole // 60}:{whole % 60:02d}"


def _where(segment: Segment) -> str:
    parts = [f"{segment.side} side"] if segment.side and segment.kind != "switch" else []
    if segment.kind == "reps":
        parts.append(times(segment.reps))
    elif segment.kind != "hold":
        parts.append(KINDS[segment.kind])
    elif segment.repeats > 1:
        parts.append(f"hold {segment.repeat} of {segment.repeats}")
    else:
        parts.append("hold" if segment.side else "take your time")
    where = " · ".join(parts)
    return where[0].upper() + where[1:]


def _opening(player: Player, console: Console, *, unread: bool) -> list[str]:
    """The lines shown before the play."""
    routine, width = player.routine, max(20, min(console.size()[0] - 1, 90))
    lines = [f"{routine.title}, {duration(routine.length)}"]
    begin = f"{READ}: I have read this and none of it applies to me" if unread else "space begins"
    lines += [f"{begin} · q stops", ""] if console.keys else []
    lines += wrap(routine.purpose, width)
    if routine.not_for:
        lines.append("Skip it, or ask a physiotherapist or doctor first, if")
        lines += [line for each in routine.not_for for line in wrap(f"- {each}", width, subsequent_indent="  ")]
    lines += [line for each in routine.cautions for line in wrap(f"! {each}", width, subsequent_indent="  ")]
    for name, text in (("Feel it", f"{routine.feel} {routine.feel_not}".strip()), ("How strong", routine.effort)):
        lines += wrap(f"{name}: {text}", width, subsequent_indent="  ") if text else []
    return [*lines, *([REVIEWED] if routine in CATALOGUE else [])]


def _line(player: Player) -> str:
    if player.paused:
        return "[paused]\n"
    segment = player.segment
    cue = f" {segment.cue}" if segment.cue else ""
    return f"[{_where(segment)}, {round(player.remaining)} s] {segment.text}{cue}\n"


def _screen(player: Player, console: Console) -> list[str]:
    columns, lines = console.size()
    segment, width = player.segment, max(20, min(columns - 1, 76))
    bar = max(5, width - 30)
    filled = round(bar * player.elapsed / segment.seconds)
    pace = {"in": "breathe in", "out": "breathe out", None: ""}[player.breath]
    if player.rep:
        pace = f"{player.rep} of {segment.reps}"
    words = [
        f"{player.routine.title}   {clock_words(player.total_remaining)}",
        "",
        _where(segment) + ("   PAUSED" if player.paused else ""),
        *wrap(segment.text, width),
        *wrap(segment.cue, width),
        "",
        f"{clock_words(player.remaining)}  {'#' * filled}{'-' * (bar - filled)}  {pace}",
        "",
        *wrap("space pause · b back · n next · q stop", width),
    ]
    figure: list[str] = []
    if console.braille:
        room = width, min(TALLEST, lines - len(words) - 4)
        figure = in_terminal(player.routine, player.picture, segment.side, room)
    warnings = [line for caution in player.routine.cautions for line in wrap(f"! {caution}", width)]
    return [*words, "", *(figure or warnings)]


def _drawn(lines: list[str], console: Console) -> str:
    """The escape sequences that draw the lines on the whole screen, clipped at its edges."""
    columns, rows = console.size()
    shown = (line[: columns - 1] + "\x1b[K" for line in lines[: max(1, rows - 1)])
    return "\x1b[H" + "\r\n".join(shown) + "\x1b[J"
