"""What the player without a page asks: to read the warnings before the play, and how it feels after it."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import wrap

from psoas_nudge.core.catalogue import CATALOGUE, REVIEWED
from psoas_nudge.core.durations import duration
from psoas_nudge.core.model import Afterwards, Held, Pain
from psoas_nudge.guide.console import Console, on_screen
from psoas_nudge.guide.player import Player
from psoas_nudge.guide.reports import Reports
from psoas_nudge.guide.terminal import KEYS

AFTERWARDS: dict[str, Afterwards] = {"f": "fine", "t": "tight", "p": "pain"}
PAINS: dict[str, tuple[Pain, str]] = {
    # key: (kind, the words on its button); on the page, too
    "s": ("sharp", "sharp"),
    "t": ("throbbing", "throbbing"),
    "d": ("shooting", "shooting down the leg"),
    "r": ("radiating", "radiating"),
    "h": ("front-of-hip", "front of the hip"),
    "g": ("groin", "in the groin"),
    "p": ("pinching", "pinching"),
    "c": ("catching", "catching or snapping"),
    "l": ("lower-back", "in the lower back"),
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


def begins(
    player: Player, console: Console, *, unread: bool = False, warned: Callable[[], object] = lambda: None
) -> bool:
    """Show the opening and wait for the person to begin; False when they stop. Begins at once without keys.

    `unread`: the warnings are not confirmed yet; then only the key READ begins, and `warned` is called.
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
            console.write(on_screen(_opening(player, console, unread=unread), console))
        key = console.key(1.0)
        if unread and key == READ:
            warned()
            return True
        if not unread and (key in {"\n", "\r"} or KEYS.get(key or "", "stop") != "stop"):
            return True
        if KEYS.get(key or "") == "stop":
            break
    player.command("stop")
    return False


def ask_afterwards(console: Console) -> tuple[Afterwards, Pain | None] | None:
    """Ask how it feels and, after "pain", which kind, with one key each; None without an answer."""
    if not console.keys:
        return None
    console.offer("How does it feel?", {key: str(words) for key, words in AFTERWARDS.items()}, "no answer")
    afterwards = AFTERWARDS.get(console.key(ANSWER_WITHIN) or "")
    if afterwards is None:
        return None
    if afterwards != "pain" or console.most < len(PAINS):
        return afterwards, None
    console.offer("What kind?", {key: words for key, (_, words) in PAINS.items()})
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
            console.tell(receipt.advice)
        if answer[0] != "pain":
            break
        console.offer("Saved: pain.", {UNDO: "I pressed the wrong key"}, "done")
        if console.key(ANSWER_WITHIN) != UNDO:
            return trouble
        trouble = reports.taken_back().trouble or trouble
    if not kneel or not console.keys:
        return trouble
    console.offer("Can you kneel on the floor where you work?", {"y": "yes", "n": "no"}, "ask me next time")
    if (can := {"y": True, "n": False}.get(console.key(ANSWER_WITHIN) or "")) is None:
        return trouble
    trouble = reports.kneels(can).trouble or trouble
    console.tell("Saved. Prompts also suggest stretches on the floor from now on." if can else "Saved.")
    return trouble


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
