"""Numbers as text: lengths, dates, and shares with their intervals."""

from __future__ import annotations

from datetime import date, timedelta

from psoas_nudge.core.durations import duration
from psoas_nudge.core.shares import ENOUGH, Share
from psoas_nudge.core.status import DAYS

SPACE = "\u00a0"
"""No-break space, between a number and its unit."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def length(milliseconds: float) -> str:
    """A length of time, with no-break spaces."""
    return duration(milliseconds / 1000).replace(" ", SPACE)


def day(when: date) -> str:
    """ "Mon 23 Nov"."""
    return f"{DAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]}"


def full_day(when: date) -> str:
    """ "23 Nov 2026"."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def week(monday: date) -> str:
    """ "16–22 Nov", "30 Nov–6 Dec"."""
    sunday = monday + timedelta(days=6)
    month = f" {MONTHS[monday.month - 1]}" if monday.month != sunday.month else ""
    return f"{monday.day}{month}–{sunday.day} {MONTHS[sunday.month - 1]}"


def clock(minute: float) -> str:
    """A minute after midnight as "9:05"."""
    whole = round(minute)
    return f"{whole // 60}:{whole % 60:02}"


def per_cent(part: float) -> str:
    """0.432 as "43 %"."""
    return f"{part * 100:.0f}{SPACE}%"


def share(found: Share) -> str:
    """ "14 of 24, 58 % (39 to 76)"; without the percentage if there are too few."""
    counts = f"{found.yes} of {found.of}"
    if not found.enough:
        return f"{counts}, too few to tell"
    low, high = found.interval()
    return f"{counts}, {per_cent(found.part)} ({low * 100:.0f} to {high * 100:.0f})"


TOO_FEW = f"fewer than {ENOUGH}: too few to tell"
