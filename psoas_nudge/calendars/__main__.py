"""The child: reads one question from standard input, writes one answer to standard output, and ends.

Alone it shows what it makes of a file: `python -m psoas_nudge.calendars ~/work.ics`.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import msgspec

from psoas_nudge.calendars.wire import Answer, Question, Read


def answer(question: Question) -> Answer:
    """Everything that was asked for; what cannot be read becomes a problem, never an error."""
    from psoas_nudge.calendars.days import holidays
    from psoas_nudge.calendars.files import read

    found, problem = holidays(question.region, question.years) if question.region else ((), "")
    files = tuple(read(name, question.years, question.zone) for name in question.files)
    return Answer(holidays=found, problem=problem, files=files)


def main() -> None:
    """See the module."""
    if len(sys.argv) > 1:
        year = datetime.now(UTC).year
        for name, result in zip(sys.argv[1:], _alone(sys.argv[1:], year), strict=True):
            sys.stdout.write(f"{name}: {result.problem or f'{len(result.spans)} busy times in {year}'}\n")
            for begin, end in result.spans:
                sys.stdout.write(f"  {datetime.fromtimestamp(begin, UTC)} to {datetime.fromtimestamp(end, UTC)}\n")
        return
    question = msgspec.json.decode(sys.stdin.buffer.read(), type=Question)
    sys.stdout.buffer.write(msgspec.json.encode(answer(question)))


def _alone(names: list[str], year: int) -> tuple[Read, ...]:
    return answer(Question(years=(year,), zone="UTC", files=tuple(names))).files


if __name__ == "__main__":
    main()
