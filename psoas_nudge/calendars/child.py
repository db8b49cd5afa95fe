"""The parent's half of a child that reads calendars: ask it, and say what it means when it gives no answer."""

from __future__ import annotations

import msgspec

from psoas_nudge.calendars.wire import CalendarRequest, CalendarResult
from psoas_nudge.confined import child
from psoas_nudge.confined.child import ChildFailed

SECONDS = 120.0
"""Of waiting for one child: twice its CPU time, since other programs run, too."""
READER = "The reader of calendars"


async def ask(question: CalendarRequest) -> CalendarResult:
    """The child's answer; when it fails, one with the reason."""
    try:
        found = await child.ask("psoas_nudge.calendars", msgspec.json.encode(question), SECONDS, READER)
        return msgspec.json.decode(found, type=CalendarResult)
    except ChildFailed as error:
        if error.exhausted:
            from psoas_nudge.calendars.limits import CPU_SECONDS

            return CalendarResult(
                problem=f"{question.name}: Reading this takes more than {CPU_SECONDS} s of computing."
            )
        why = str(error)
    except msgspec.DecodeError as error:
        why = f"{READER} failed: {error}"
    return CalendarResult(problem=f"{question.name}: {why}", transient=True)
