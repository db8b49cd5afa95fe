"""What the tray's menu offers at a moment: plain data, made from a status.

An entry's number follows from what it does, never from its place, so a click on a menu that was opened before something
changed still does what the person read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from msgspec import Struct

from psoas_nudge.core.status import Status
from psoas_nudge.tray import commands as c

HALF_HOUR, HOUR = 1800.0, 3600.0
ROUTINES, REASONS = 100, 200
"""The numbers from which the entries of the two lists count on."""


class Item(Struct, frozen=True):
    """One entry. Without label it is a line between groups; without command and children it only tells something."""

    number: int
    label: str = ""
    command: c.TrayCommand | None = None
    children: tuple[Item, ...] = ()

    @property
    def shape(self) -> tuple[object, ...]:
        """What makes the menu another one, leaving out texts that only tell something."""
        told = self.label if self.command or self.children else bool(self.label)
        return (self.number, told, *(child.shape for child in self.children))


def menu(status: Status, headline: str, routines: Sequence[tuple[str, str]] = (), dose: float = 0.0) -> Item:
    """The whole menu. `routines`: (id, title) of those to choose from; `dose`: seconds held today."""
    groups: Iterable[tuple[Item, ...]] = (
        (Item(1, headline[0].upper() + headline[1:]), Item(2, _today(status, dose)), *_why(status)),
        _answers(status),
        (_stretch(routines), _posture(status), _pause(status)),
        (Item(40, "Edit the schedule", c.EditSchedule()), Item(41, "Quit", c.Quit())),
    )
    lines = (Item(50 + n) for n in range(10))
    parted = chain.from_iterable((next(lines), *group) for group in groups if group)
    return Item(0, children=tuple(parted)[1:])


def find(item: Item, number: int) -> Item | None:
    """The entry with this number."""
    return next((below for below in everything(item) if below.number == number), None)


def everything(item: Item) -> Iterator[Item]:
    """An entry and all below it."""
    yield item
    for child in item.children:
        yield from everything(child)


def _today(status: Status, dose: float) -> str:
    prompts = f"Today: {status.prompts_today} of at most {status.daily_limit} prompts"
    minutes, seconds = divmod(round(dose), 60)
    return f"{prompts}, {f'{minutes} min ' if minutes else ''}{seconds} s held" if dose >= 0.5 else prompts


def _why(status: Status) -> tuple[Item, ...]:
    if status.prompt is not None:
        return ()
    reasons = tuple(Item(REASONS + n, text) for n, text in enumerate(status.why[:9]))
    return (Item(3, "Why no prompt now?", children=(*reasons, Item(4, "Show it all", c.Explain()))),)


def _answers(status: Status) -> tuple[Item, ...]:
    if status.prompt is None:
        return ()
    later = (Item(11, "Snooze", c.Snooze()),) if status.prompt.snooze else ()
    return (Item(10, "Accept: stretch now", c.Accept()), *later, Item(12, "Skip this time", c.Skip()))


def _stretch(routines: Sequence[tuple[str, str]]) -> Item:
    chosen = tuple(Item(ROUTINES + n, title, c.Stretch(key)) for n, (key, title) in enumerate(routines[:99]))
    next_one = Item(20, "The next in turn", c.Stretch())
    return Item(21, "Stretch now", children=(next_one, Item(22), *chosen) if chosen else (next_one,))


def _posture(status: Status) -> Item:
    if status.presence == "standing":
        return Item(23, "I sit down again", c.Sit())
    return Item(24, "I stand at my desk now", c.Stand())


def _pause(status: Status) -> Item:
    if status.paused:
        return Item(30, "Resume prompts", c.Resume())
    choices = (
        Item(31, "For 30 minutes", c.Pause(HALF_HOUR)),
        Item(32, "For 1 hour", c.Pause(HOUR)),
        Item(33, "Until tomorrow", c.PauseUntilTomorrow()),
    )
    return Item(34, "Pause prompts", children=choices)
