"""The child process: reads one request from standard input, writes one result to standard output, and ends.

To see the busy times of a file: `python -m psoas_nudge.calendars ~/work.ics`.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from psoas_nudge.calendars import wire
from psoas_nudge.calendars.wire import CalendarRequest, CalendarResult
from psoas_nudge.confined.limits import limit, serve
from psoas_nudge.core.words import counted


def answer(request: CalendarRequest) -> CalendarResult:
    """Carry out a request; what cannot be read is reported in the result."""
    try:
        if request.file:
            from psoas_nudge.calendars.files import read

            return read(request.file, request.years, request.zone)
        from psoas_nudge.calendars.days import holidays

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
