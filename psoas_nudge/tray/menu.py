"""The tray's menu as plain data, made from a status. The labels are those of the requests.

The entries and their numbers are always the same; entries that do not apply are invisible. The reason is GNOME's
AppIndicator extension: it caches entries, puts moved entries in the wrong place, and reads a label again only after a
signal for that entry. So a click in a menu that was opened before a change still does what its label said. Only a
change of the routines in the settings leads to other entries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from psoas_nudge.core.advice import KINDS
from psoas_nudge.core.events import Accept, Clear, Feel, Moved, Pause, Resume, Sit, Skip, Snooze, Stand, Stretch, Undo
from psoas_nudge.core.status import Status
from psoas_nudge.core.words import HOUR, MINUTE, capitalized
from psoas_nudge.tray.port import Action, MenuCommand, Offers

VIA = "tray"
PAIN, REASONS = 70, 300
"""The numbers of the first entries of these lists; see also port.ROUTINES."""
MOST_ROUTINES, MOST_REASONS = 99, 9


class MenuEntry(Struct, frozen=True):
    """One entry; without command and children it is text."""

    number: int
    label: str = ""
    command: MenuCommand | None = None
    children: tuple[MenuEntry, ...] = ()
    visible: bool = True
    separator: bool = False

    @property
    def shape(self) -> tuple[object, ...]:
        """The numbers of the entries and their order."""
        return (self.number, *(child.shape for child in self.children))


def menu(status: Status, headline: str, offers: Offers, dose: float = 0.0) -> MenuEntry:
    """The whole menu. `dose`: seconds held today."""
    prompt = status.prompt
    return MenuEntry(
        0,
        children=(
            MenuEntry(1, capitalized(headline)),
            MenuEntry(
                7,
                "Nothing can be saved",
                visible=status.trouble is not None,
                children=(MenuEntry(8, status.trouble or ""),),
            ),
            MenuEntry(2, _today(status, dose)),
            MenuEntry(5, "You did not answer two prompts, so fewer come today", visible=status.backed_off),
            MenuEntry(6, "Back to the usual number of prompts", Resume(via=VIA), visible=status.backed_off),
            _why(status),
            _line(51, visible=prompt is not None),
            MenuEntry(10, Accept.label, Accept(via=VIA), visible=prompt is not None),
            MenuEntry(11, offers.snooze, Snooze(via=VIA), visible=prompt is not None and prompt.snooze),
            MenuEntry(12, Skip.label, Skip(via=VIA), visible=prompt is not None),
            _line(52),
            _stretch(status, offers.routines),
            _feel(),
            MenuEntry(23, Sit.label, Sit(via=VIA), visible=status.presence == "standing"),
            MenuEntry(24, Stand.label, Stand(via=VIA), visible=status.presence != "standing"),
            MenuEntry(27, Moved.label, Moved(via=VIA)),
            MenuEntry(30, Resume.label, Resume(via=VIA), visible=status.paused),
            _pause(visible=not status.paused),
            _line(53),
            MenuEntry(42, "Report", Action.REPORT),
            MenuEntry(40, "Edit settings", Action.EDIT_SETTINGS),
            MenuEntry(41, "Quit", Action.QUIT),
        ),
    )


def find(entry: MenuEntry, number: int) -> MenuEntry | None:
    return next((below for below in everything(entry) if below.number == number), None)


def everything(entry: MenuEntry) -> Iterator[MenuEntry]:
    """An entry and all entries below it."""
    yield entry
    for child in entry.children:
        yield from everything(child)


def _line(number: int, *, visible: bool = True) -> MenuEntry:
    return MenuEntry(number, separator=True, visible=visible)


def _today(status: Status, dose: float) -> str:
    prompts = f"Prompts today: {status.prompts_today} of at most {status.daily_limit}"
    minutes, seconds = divmod(round(dose), 60)
    held = f"{f'{minutes} min ' if minutes else ''}{seconds} s"
    return f"{prompts}. Stretches held: {held}" if dose >= 0.5 else prompts


def _why(status: Status) -> MenuEntry:
    texts = (*status.why, *[""] * MOST_REASONS)[:MOST_REASONS]
    reasons = (MenuEntry(REASONS + n, text, visible=bool(text)) for n, text in enumerate(texts))
    more = MenuEntry(4, "Show in a notification", Action.EXPLAIN)
    return MenuEntry(3, "Why no prompt now?", children=(*reasons, more), visible=status.prompt is None)


def _stretch(status: Status, routines: Sequence[tuple[int, str, str]]) -> MenuEntry:
    put_off = status.put_off is not None
    return MenuEntry(
        21,
        Stretch.label,
        children=(
            MenuEntry(25, f"You reported {status.put_off}" if put_off else "", visible=put_off),
            MenuEntry(20, "Take a walk instead" if put_off else "Next in turn", Stretch(via=VIA)),
            MenuEntry(26, Clear.label, Clear(via=VIA), visible=put_off),
            _line(22, visible=not put_off and bool(routines)),
            *(
                MenuEntry(number, title, Stretch(routine=key, via=VIA), visible=not put_off)
                for number, key, title in routines[:MOST_ROUTINES]
            ),
        ),
    )


def _feel() -> MenuEntry:
    return MenuEntry(
        60,
        Feel.label,
        children=(
            MenuEntry(61, "Fine", Feel(afterwards="fine", via=VIA)),
            MenuEntry(62, "Tight", Feel(afterwards="tight", via=VIA)),
            MenuEntry(
                64,
                "Pain",
                children=tuple(
                    MenuEntry(
                        PAIN + n, "Other pain" if kind == "other" else capitalized(words), Feel(pain=kind, via=VIA)
                    )
                    for n, (kind, words) in enumerate(KINDS.items())
                ),
            ),
            _line(63),
            MenuEntry(65, Undo.label, Undo(via=VIA)),
        ),
    )


def _pause(*, visible: bool) -> MenuEntry:
    choices = (
        MenuEntry(31, "For 30 minutes", Pause(length=30 * MINUTE, via=VIA)),
        MenuEntry(32, "For 1 hour", Pause(length=HOUR, via=VIA)),
        MenuEntry(33, "Until tomorrow", Pause(until_tomorrow=True, via=VIA)),
    )
    return MenuEntry(34, Pause.label, children=choices, visible=visible)
