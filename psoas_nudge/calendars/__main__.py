"""The child process: reads one request from standard input, writes one result to standard output, and ends.

Public holidays come from the library holidays, busy times from a file (files.py).

To see the busy times of a file: `python -m psoas_nudge.calendars ~/work.ics`.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from difflib import get_close_matches

from psoas_nudge.calendars import wire
from psoas_nudge.calendars.wire import MISSING, CalendarRequest, CalendarResult, Holidays
from psoas_nudge.confined.limits import limit, serve
from psoas_nudge.core.words import counted


def holidays(region: str, years: tuple[int, ...]) -> tuple[Holidays, str]:
    """(the holidays of a country or subdivision (ISO 3166) in these years, why there are none or "")."""
    try:
        from holidays import country_holidays, list_supported_countries
    except ImportError:
        return (), MISSING
    country, _, part = region.partition("-")
    supported = list_supported_countries(include_aliases=True)
    if country not in supported:
        near = get_close_matches(country, supported, 1, 0.4)
        hint = f' Did you mean "{near[0]}"?' if near else ' Write for example "DE-BY" or "US-CA".'
        return (), f'The public holidays of "{region}" are not known.{hint}'
    if part and part not in supported[country]:
        parts = ", ".join(f"{country}-{each}" for each in supported[country])
        return (), f'"{region}" is not known. Write "{country}"' + (f", or one of {parts}." if parts else ".")
    found = country_holidays(country, subdiv=part or None, years=years)
    return tuple(sorted(found.items())), ""


def answer(request: CalendarRequest) -> CalendarResult:
    """Carry out a request; what cannot be read is reported in the result."""
    try:
        if request.file:
            from psoas_nudge.calendars.files import read

            return read(request.file, request.years, request.zone)
        found, problem = holidays(request.region, request.years)
    except MemoryError:
        return CalendarResult(problem=f"{request.name}: Reading this takes more than {wire.MEGABYTES} MB of memory.")
    return CalendarResult(holidays=found, problem=problem)


def main() -> None:
    limit(wire.MEGABYTES, wire.CPU_SECONDS)
    if len(sys.argv) > 1:
        _show(sys.argv[1:])
        return
    serve(CalendarRequest, answer)


def _show(names: list[str]) -> None:
    year = datetime.now(UTC).year
    for name in names:
        result = answer(CalendarRequest(years=(year,), zone="UTC", file=name))
        sys.stdout.write(
            result.problem + "\n"
            if result.problem
            else f"{name}: {counted(len(result.spans), 'busy time')} in {year}\n"
        )
        for each in result.left_out:
            sys.stdout.write(f"  {each}\n")
        for begin, end in result.spans:
            sys.stdout.write(f"  {datetime.fromtimestamp(begin, UTC)} to {datetime.fromtimestamp(end, UTC)}\n")


if __name__ == "__main__":
    main()
