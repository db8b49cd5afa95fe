"""Buttons for the notifiers' tests, written short: `buttons(("accept", "Accept"), ("skip", "Skip"))`."""

from __future__ import annotations

from psoas_nudge.core.events import Accept, Answering, Skip, Snooze
from psoas_nudge.notify.port import Button, Pressed, key


def press(answer: str, prompt: int = 7) -> Answering:
    return {"accept": Accept, "snooze": Snooze, "skip": Skip}[answer](prompt=prompt, via="notification")


def buttons(*labels: tuple[str, str], prompt: int = 7) -> tuple[Button, ...]:
    return tuple(Button(press(answer, prompt), label) for answer, label in labels)


def answers(pressed: list[Pressed]) -> list[tuple[int | None, str]]:
    """What was pressed: (number of the prompt, answer)."""
    return [(it.press.prompt, key(it.press)) for it in pressed]
