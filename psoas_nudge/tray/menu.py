"""What the tray's menu offers at a moment: plain data, made from a status. The words are those of the requests.

An entry's number follows from what it does, never from its place, so a click on a menu that was opened before something
changed still does what the person read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from msgspec import Struct

from psoas_nudge.core.events import Accept, Clear, Pause, Resume, Sit, Skip, Snooze, Stand, Stretch
from psoas_nudge.core.status import Status
from psoas_nudge.core.words import HOUR, MINUTE
from psoas_nudge.tray.port import Action, Command, Offers

VIA = "tray"
ROUTINES, REASONS = 100, 200
"""The numbers from which the entries of the two lists count on."""


class MenuEntry(Struct, frozen=True):
    """One entry. Without label it is a line between groups; without command and children it is text only."""

    number: int
    label: str = ""
    command: Command | None = None
    children: tuple[MenuEntry, ...] = ()

    @property
    def shape(self) -> tuple[object, ...]:
        """What makes the menu another one, leaving out the words of entries that are text only."""
        told = self.label if self.command or self.children else bool(self.label)
        return (self.number, told, *(child.shape for child in self.children))


def menu(status: Status, headline: str, offers: Offers, dose: float = 0.0) -> MenuEntry:
    """The whole menu. `dose`: seconds held today."""
    groups: Iterable[tuple[MenuEntry, ...]] = (
        (
            MenuEntry(1, headline[0].upper() + headline[1:]),
            *_trouble(status),
            MenuEntry(2, _today(status, dose)),
            *_why(status),
        ),
        _answers(status, offers.snooze),
        (_stretch(status, offers.routines), _posture(status), _pause(status)),
        (MenuEntry(40, "Edit settings", Action.EDIT_SETTINGS), MenuEntry(41, "Quit", Action.QUIT)),
    )
    lines = (MenuEntry(50 + n) for n in range(10))
    parted = chain.from_iterable((next(lines), *group) for group in groups if group)
    return MenuEntry(0, children=tuple(parted)[1:])


def find(entry: MenuEntry, number: int) -> MenuEntry | None:
    """The entry with this number."""
    return next((below for below in everything(entry) if below.number == number), None)


def everything(entry: MenuEntry) -> Iterator[MenuEntry]:
    """An entry and all below it."""
    yield entry
    for child in entry.children:
        yield from everything(child)


def _today(status: Status, dose: float) -> str:
    prompts = f"Today: {status.prompts_today} of at most {status.daily_limit} prompts"
    minutes, seconds = divmod(round(dose), 60)
    return f"{prompts}, {f'{minutes} min ' if minutes else ''}{seconds} s held" if dose >= 0.5 else prompts


def _trouble(status: Status) -> tuple[MenuEntry, ...]:
    if status.trouble is None:
        return ()
    return (MenuEntry(5, "Nothing can be saved", children=(MenuEntry(6, status.trouble),)),)


def _why(status: Status) -> tuple[MenuEntry, ...]:
    if status.prompt is not None:
        return ()
    reasons = tuple(MenuEntry(REASONS + n, text) for n, text in enumerate(status.why[:9]))
    return (
        MenuEntry(3, "Why no prompt now?", children=(*reasons, MenuEntry(4, "Show in a notification", Action.EXPLAIN))),
    )


def _answers(status: Status, snooze: str) -> tuple[MenuEntry, ...]:
    if status.prompt is None:
        return ()
    later = (MenuEntry(11, snooze, Snooze(via=VIA)),) if status.prompt.snooze else ()
    return (MenuEntry(10, Accept.label, Accept(via=VIA)), *later, MenuEntry(12, Skip.label, Skip(via=VIA)))


def _stretch(status: Status, routines: Sequence[tuple[str, str]]) -> MenuEntry:
    choices: tuple[MenuEntry, ...]
    if status.put_off is not None:
        choices = (
            MenuEntry(25, f"You reported {status.put_off}"),
            MenuEntry(20, "Take a walk instead", Stretch(via=VIA)),
            MenuEntry(26, Clear.label, Clear(via=VIA)),
        )
    else:
        choices = (MenuEntry(20, "Next in the rotation", Stretch(via=VIA)),)
        if routines:
            choices += (MenuEntry(22),)
        choices += tuple(
            MenuEntry(ROUTINES + n, title, Stretch(routine=key, via=VIA))
            for n, (key, title) in enumerate(routines[:99])
        )
    return MenuEntry(21, Stretch.label, children=choices)


def _posture(status: Status) -> MenuEntry:
    if status.presence == "standing":
        return MenuEntry(23, Sit.label, Sit(via=VIA))
    return MenuEntry(24, Stand.label, Stand(via=VIA))


def _pause(status: Status) -> MenuEntry:
    if status.paused:
        return MenuEntry(30, Resume.label, Resume(via=VIA))
    choices = (
        MenuEntry(31, "For 30 minutes", Pause(length=30 * MINUTE, via=VIA)),
        MenuEntry(32, "For 1 hour", Pause(length=HOUR, via=VIA)),
        MenuEntry(33, "Until tomorrow", Pause(until_tomorrow=True, via=VIA)),
    )
    return MenuEntry(34, Pause.label, children=choices)
