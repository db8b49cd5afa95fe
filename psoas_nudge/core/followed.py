"""How often a prompt is followed, by hour and over time, and which settings that suggests to change.

A prompt counts as followed when the person started the stretch or got up instead, and as not followed when it was
skipped or nobody answered. A snoozed prompt comes back, so its last showing counts; one that was cancelled (hours
closed, a call began) counts nowhere. A stretch that was accepted and not done still counts here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from msgspec import Struct

from psoas_nudge.core.durations import format_duration
from psoas_nudge.core.history import PastPrompt
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.shares import Z_STRICT, Share, share_difference
from psoas_nudge.core.statistics import Totals, monday
from psoas_nudge.core.words import MINUTE, Outcome, counted

FOLLOWED: frozenset[Outcome] = frozenset({"accepted", "taken"})
COUNTED: frozenset[Outcome] = FOLLOWED | {"skipped", "missed"}

PERIOD_WEEKS = 4
SHORT_HISTORY_WEEKS = 16
"""A shorter history is shown week by week."""

SELDOM = 1 / 3
"""For a suggestion, the whole 95 % interval of the share has to be below this."""
LEAST = 20
"""For a suggestion, each side of the comparison needs this many prompts."""


class Period(Struct, frozen=True):
    """How often prompts were followed from `first` to `last`, both included."""

    first: date
    last: date
    share: Share


class Suggestion(Struct, frozen=True):
    """A setting that the record supports. `seldom`: the prompts that it would leave out; `others`: the rest."""

    key: str
    value: str
    seldom: Share
    others: Share
    when: str
    """Which prompts are seldom followed, as the end of a sentence: "after 16:00"."""
    then: str
    """What the setting would do: "end prompts at 16:00"."""


def share(asked: Iterable[PastPrompt]) -> Share:
    """How often these prompts were followed."""
    outcomes = Counter(prompt.outcome for prompt in asked)
    return Share(sum(outcomes[each] for each in FOLLOWED), sum(outcomes[each] for each in COUNTED))


def by_hour(asked: Iterable[PastPrompt]) -> dict[tuple[int, int], Share]:
    """(weekday, hour) -> share, Monday 0; hours without a counted prompt are left out."""
    cells: dict[tuple[int, int], list[PastPrompt]] = defaultdict(list)
    for prompt in asked:
        if prompt.outcome in COUNTED:
            cells[prompt.at.weekday(), prompt.at.hour].append(prompt)
    return {cell: share(some) for cell, some in cells.items()}


def periods(days: Sequence[Totals], today: date) -> list[Period]:
    """The time since the first day, in periods of one week or four weeks; the last one ends with this week."""
    if not days:
        return []
    end = monday(today) + timedelta(days=6)
    weeks = (end - monday(days[0].first)).days // 7 + 1
    length = timedelta(weeks=1 if weeks <= SHORT_HISTORY_WEEKS else PERIOD_WEEKS)
    shares: dict[int, Share] = defaultdict(lambda: Share(0, 0))
    for day in days:
        back = (end - day.first) // length
        before, yes = shares[back], day.accepted + day.taken
        shares[back] = Share(before.yes + yes, before.of + yes + day.skipped + day.missed)
    return [
        Period(max(days[0].first, end - length * (back + 1) + timedelta(days=1)), end - length * back, shares[back])
        for back in sorted(shares, reverse=True)
    ]


def suggestions(asked: Sequence[PastPrompt], rules: Rules) -> list[Suggestion]:
    """The settings that the record supports, each with its evidence; usually none."""
    late, early = (_late(asked, rules), _early(asked, rules)) if any(rules.hours.week) else (None, None)
    many = None if late else _many(asked, rules)  # the last prompts of a day are the late ones
    return [found for found in (late, early, many, _routine(asked, rules)) if found]


def clearly_seldom(few: Share, others: Share) -> bool:
    """Whether `few` is significantly below SELDOM and below `others`."""
    if min(few.of, others.of) < LEAST or few.interval().high >= SELDOM:
        return False
    return share_difference(few, others, Z_STRICT).high < 0


def _split(
    asked: Sequence[PastPrompt], left_out: Sequence[PastPrompt], edge: Sequence[PastPrompt]
) -> tuple[Share, Share] | None:
    """The shares of the prompts that a setting would leave out and of the others; None if that is not supported. Those
    at the edge of what it would leave out must be seldom followed, too: a good hour is not cut off with bad ones."""
    every, seldom, last = share(asked), share(left_out), share(edge)
    others = Share(every.yes - seldom.yes, every.of - seldom.of)
    supported = last.enough and last.part < SELDOM and clearly_seldom(seldom, others)
    return (seldom, others) if supported else None


def _late(asked: Sequence[PastPrompt], rules: Rules) -> Suggestion | None:
    closes = _usual(rules.hours, last=True)
    for hour in range(closes // 60 - 3, closes // 60 + 1):
        before = closes - hour * 60
        late = [prompt for prompt in asked if prompt.at.hour >= hour]
        split = _split(asked, late, [prompt for prompt in late if prompt.at.hour == hour])
        if split and before * MINUTE > rules.wind_down:
            then = f"end prompts at {hour}:00, when hours close at {_clock(closes)}"
            return Suggestion("prompt.wind_down", format_duration(before * 60), *split, f"from {hour}:00 on", then)
    return None


def _early(asked: Sequence[PastPrompt], rules: Rules) -> Suggestion | None:
    opens = _usual(rules.hours, last=False)
    for hour in range(opens // 60 + 3, opens // 60, -1):
        after = hour * 60 - opens
        early = [prompt for prompt in asked if prompt.at.hour < hour]
        split = _split(asked, early, [prompt for prompt in early if prompt.at.hour == hour - 1])
        if split and after * MINUTE > rules.settle_in:
            then = f"begin prompts at {hour}:00, when hours open at {_clock(opens)}"
            return Suggestion("prompt.settle_in", format_duration(after * 60), *split, f"before {hour}:00", then)
    return None


def _many(asked: Sequence[PastPrompt], rules: Rules) -> Suggestion | None:
    for most in range(2, rules.daily_limit):
        more = [prompt for prompt in asked if prompt.nth > most]
        if split := _split(asked, more, [prompt for prompt in more if prompt.nth == most + 1]):
            then = f"stop after {counted(most, 'prompt')} a day"
            return Suggestion("prompt.daily_limit", str(most), *split, f"after the first {most} of a day", then)
    return None


def _routine(asked: Sequence[PastPrompt], rules: Rules) -> Suggestion | None:
    for routine in rules.rotation if len(rules.rotation) > 2 else ():
        its = [prompt for prompt in asked if prompt.routine == routine]
        if split := _split(asked, its, its):
            rest = ", ".join(f'"{other}"' for other in rules.rotation if other != routine)
            then = f"leave {routine} out of the rotation"
            return Suggestion("stretch.rotation", f"[{rest}]", *split, f"for {routine}", then)
    return None


def _usual(hours: WorkingHours, *, last: bool) -> int:
    """The minute after midnight at which most days of the week close (or open); a night shift closes past 1440."""
    ends = Counter(ranges[-1].end if last else ranges[0].start for ranges in hours.week if ranges)
    return ends.most_common()[0][0]


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24}:{minute % 60:02}"
