"""Suggestions for a date that was mistyped. Imported only when there is a mistake to report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

QUOTES = dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u00ab\u00bb"), '"') | dict.fromkeys(
    range(0x2018, 0x201C), "'"
)
"""The quotation marks that word processors and chat programs put in place of straight ones."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def plain(text: str) -> str:
    """The text in lower case, without quotation marks around it and with single ordinary spaces."""
    return " ".join(text.translate(QUOTES).replace('"', " ").replace("'", " ").lower().split())


def dates(text: str) -> Iterator[date]:
    """Dates in other notations: 24.12.2026, 12/24/2026, 24 December 2026; where the order is unclear, both readings."""
    words = re.findall(r"\d+|[a-zäé]+", plain(text))
    numbers = [int(word) for word in words if word.isdecimal()]
    months = [MONTHS.index(word[:3]) + 1 for word in words if word[:3] in MONTHS]
    if len(words) != 3 or len(numbers) + len(months) != 3:
        return
    if months:
        day, year = numbers if numbers[0] <= 31 else reversed(numbers)
        orders = [(year, months[0], day)]
    elif numbers[0] > 31:
        orders = [(numbers[0], numbers[1], numbers[2])]
    else:
        first, second, year = numbers
        orders = [(year, second, first), (year, first, second)]
        orders = orders[::-1] if "/" in text else orders
    seen = set()
    for year, month, day in orders:
        try:
            found = date(year + 2000 if year < 100 else year, month, day)
        except (ValueError, OverflowError):
            continue
        if found not in seen:
            seen.add(found)
            yield found
