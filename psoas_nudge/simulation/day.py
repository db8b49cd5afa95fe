"""The day that `demo` plays: signals, remarks, and the made-up person's answers."""

from __future__ import annotations

from datetime import datetime

from psoas_nudge.core.events import Asked, Sit, Stand
from psoas_nudge.core.words import SECOND, Answer
from psoas_nudge.simulation.desk import Act, During

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CONFIG = 'prompt.nudge_after = "30m"\n[hours]\n' + "\n".join(f'{day} = ["09:00-12:30", "13:15-17:00"]' for day in WEEK)
DAY: tuple[tuple[str, str, str, str], ...] = (
    # (from, to, signal, remark)
    ("09:00", "09:32", "input", "The day begins."),
    ("09:34", "09:36", "nothing", ""),
    ("09:36", "10:12", "input", "Back at the desk."),
    ("10:02", "10:26", "call", "You are in a call. That counts as sitting, and a prompt waits until it is over."),
    ("10:26", "10:50", "input", ""),
    ("10:50", "11:00", "locked", "You lock the screen: a break."),
    ("11:00", "11:20", "input", ""),
    ("11:20", "11:24", "nothing", "You read for four minutes. That counts as sitting."),
    ("11:24", "11:29", "input", ""),
    ("11:31", "11:46", "input", ""),
    ("11:47", "13:15", "nothing", "Lunch. You did not lock the screen, but your sitting still ends when you leave."),
    ("13:15", "13:46", "input", ""),
    ("13:40", "13:55", "do-not-disturb", "Do not disturb is on. A prompt waits."),
    ("13:46", "13:56", "input", ""),
    ("13:58", "14:20", "input", ""),
    ("14:20", "14:40", "suspended", "You close the lid."),
    ("14:40", "16:59", "input", ""),
)
ACTS: tuple[tuple[str, Asked], ...] = (("15:20", Stand(via="story")), ("15:50", Sit(via="story")))
ANSWERS: tuple[Answer | None, ...] = ("accept", "snooze", "skip", None, None, "accept")
"""The made-up person's answers, in order, unless the real person answers first. None: no answer."""
THINKS = 45 * SECOND
"""Virtual time from a prompt to the answer."""


def trace(midnight: datetime) -> list[During | Act]:
    """The trace of the day that begins at `midnight` (aware)."""
    spans = [During(at(midnight, a), at(midnight, b), what) for a, b, what, _ in DAY if what != "nothing"]
    remarks = [Act(at(midnight, clock), said) for clock, _, _, said in DAY if said]
    return [*spans, *remarks, *(Act(at(midnight, clock), asked) for clock, asked in ACTS)]


def at(midnight: datetime, clock: str) -> datetime:
    """The instant of a time such as "09:32" on that day."""
    hours, minutes = clock.split(":")
    return midnight.replace(hour=int(hours), minute=int(minutes))
