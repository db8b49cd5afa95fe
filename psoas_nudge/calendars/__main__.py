"""The child: reads one question from standard input, writes one answer to standard output, and ends.

Alone it shows what it makes of a file: `python -m psoas_nudge.calendars ~/work.ics`.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import msgspec

from psoas_nudge.calendars import limits
from psoas_nudge.calendars.wire import CalendarRequest, CalendarResult
from psoas_nudge.confined.limits import end_with_parent, limit


def answer(question: CalendarRequest) -> CalendarResult:
    """What was asked for; what cannot be read becomes a problem, never an error."""
    try:
        if question.file:
            from psoas_nudge.calendars.files import read

            return read(question.file, question.years, question.zone)
        from psoas_nudge.calendars.days import holidays

        found, problem = holidays(question.region, question.years)
    except MemoryError:
        return CalendarResult(problem=f"{question.name}: Reading this takes more than {limits.MEGABYTES} MB of memory.")
    return CalendarResult(holidays=found, problem=problem)


def main() -> None:
    limit(limits.MEGABYTES, limits.CPU_SECONDS)
    if len(sys.argv) > 1:
        _show(sys.argv[1:])
        return
    question = msgspec.json.decode(sys.stdin.buffer.readline(), type=CalendarRequest)
    end_with_parent()
    sys.stdout.buffer.write(msgspec.json.encode(answer(question)))


def _show(names: list[str]) -> None:
    year = datetime.now(UTC).year
    for name in names:
        result = answer(CalendarRequest(years=(year,), zone="UTC", file=name))
        sys.stdout.write(
            result.problem + "\n" if result.problem else f"{name}: {len(result.spans)} busy times in {year}\n"
        )
        for each in result.left_out:
            sys.stdout.write(f"  {each}\n")
        for begin, end in result.spans:
            sys.stdout.write(f"  {datetime.fromtimestamp(begin, UTC)} to {datetime.fromtimestamp(end, UTC)}\n")


if __name__ == "__main__":
    main()
