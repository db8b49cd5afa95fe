"""When pain puts stretches off, and when to advise the person to see a professional.

The rules use only what the person reported and make no diagnosis. The article that the project began with recommends a
professional for these kinds of pain and for a week of discomfort. Days are local dates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from msgspec import Struct

from psoas_nudge.core.entries import AdviceEntry, AnyEntry, FeelEntry
from psoas_nudge.core.events import Feel
from psoas_nudge.core.words import AdviceReason, Pain, counted

LONG_DAYS = 7
"""Days with a report of discomfort in one run, above which the advice is given."""
GAP_DAYS = 2
"""Most days between two reports of the same run."""
AGAIN_DAYS = 7
"""Days after which the advice is given again."""
LOOKS_BACK = timedelta(days=400)
"""How far back reports are read: a longer run is not counted in full."""

KINDS: dict[Pain, str] = {
    "sharp": "sharp pain",
    "throbbing": "throbbing pain",
    "shooting": "pain that shoots down the leg",
    "radiating": "pain that radiates",
    "front-of-hip": "pain at the front of the hip",
    "groin": "pain in the groin",
    "pinching": "pinching in the hip",
    "catching": "catching or snapping in the hip",
    "lower-back": "pain in the lower back",
    "numbness": "numbness or tingling",
    "worse": "pain after stretching",
    "other": "pain",
}
PROFESSIONAL = "A physiotherapist or doctor can find out what is causing this. This program can't. Please see one."
EMERGENCY = "If you are numb between the legs or have trouble with your bladder or bowels, go to a hospital at once."
NERVE: frozenset[Pain] = frozenset({"shooting", "radiating", "numbness", "lower-back"})
"""Kinds of pain for which the advice names the signs of a damaged nerve that cannot wait (cauda equina)."""
ARCHED = "A lower back that arches during a stretch can hurt. When you stretch again, tuck first and move forward less."
PUT_OFF = "Prompts suggest a walk instead of a stretch until you run: psoas-nudge feel --clear"


class Advice(Struct, frozen=True, kw_only=True):
    """Advice to see a professional; `text` begins with the reason."""

    because: AdviceReason
    text: str


def puts_off(report: FeelEntry | Feel) -> Pain | None:
    """The pain for which this report puts stretches off; pain without a kind counts as the worst kind."""
    if report.pain is not None:
        return None if report.pain == "other" else report.pain
    return "worse" if report.afterwards == "pain" else None


def is_discomfort(report: FeelEntry) -> bool:
    """Whether the report counts its day as one with discomfort."""
    return bool(report.level) or report.afterwards == "pain" or report.pain is not None


def advice(entries: Iterable[AnyEntry], today: date, local_date: Callable[[datetime], date]) -> Advice | None:
    """The advice that is due today. `entries`: in the order of time, of the last five weeks or more."""
    days: set[date] = set()
    pain: Pain | None = None
    given_for_long: date | None = None
    for entry in entries:
        if isinstance(entry, FeelEntry):
            if is_discomfort(entry):
                days.add(local_date(entry.at))
            pain = puts_off(entry) or pain
        elif isinstance(entry, AdviceEntry):
            if entry.because == "pain":
                pain = None
            else:
                given_for_long = local_date(entry.at)
    if pain:
        words = [f"You reported {KINDS[pain]}.", PROFESSIONAL]
        words += [EMERGENCY] if pain in NERVE else []
        words += [ARCHED] if pain == "lower-back" else []
        return Advice(because="pain", text=" ".join([*words, PUT_OFF]))
    run = running(days, today)
    if len(run) > LONG_DAYS and (given_for_long is None or (today - given_for_long).days >= AGAIN_DAYS):
        return Advice(
            because="long", text=f"You reported discomfort on {counted(len(run), 'day')} in a row. {PROFESSIONAL}"
        )
    return None


def running(days: Iterable[date], today: date) -> tuple[date, ...]:
    """The days of the current run, earliest first; empty when it has ended."""
    run: list[date] = []
    later = today
    for day in sorted(days, reverse=True):
        if (later - day).days > GAP_DAYS:
            break
        run.append(day)
        later = day
    return tuple(reversed(run))
