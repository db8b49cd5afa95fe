"""The terminal player: countdown, sides, repeats and breath on the alternate screen, or plain lines without one.

A Console is injected, so tests play whole routines without a terminal and without waiting. Plain lines (for a dumb
terminal, a pipe or a file) have no control characters. Without keys the routine runs to its end. What is asked before
and after the play: asking.py.
"""

from __future__ import annotations

from collections.abc import Callable
from textwrap import wrap
from typing import Protocol

from psoas_nudge.core.model import Held
from psoas_nudge.core.routines import Segment, StepKind
from psoas_nudge.core.words import capitalized, times
from psoas_nudge.guide.console import Console, on_screen
from psoas_nudge.guide.figures import in_terminal
from psoas_nudge.guide.player import Command, Player

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
KINDS: dict[StepKind, str] = {"move": "get into place", "rest": "relax", "switch": "change sides"}
TALLEST = 20
"""Maximum lines of a figure."""


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
            if shown is None or shown[1] != player.paused:
                console.controls(paused=player.paused)
            shown = (player.index, player.paused)
            if not console.screen:
                console.write(_line(player))
        cues.follow(player)
        if console.screen:
            console.write(on_screen(_screen(player, console), console))
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
    return capitalized(" · ".join(parts))


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
