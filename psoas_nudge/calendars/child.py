"""The parent's side of the child that reads calendars: sends a request and turns failures into a result."""

from __future__ import annotations

import msgspec

from psoas_nudge.calendars.wire import CalendarRequest, CalendarResult
from psoas_nudge.confined import child
from psoas_nudge.confined.child import ChildFailed

SECONDS = 120.0
"""Timeout for one child: twice its CPU time, because other programs run too."""
READER = "The reader of calendars"


async def ask(request: CalendarRequest) -> CalendarResult:
    """The child's result; when the child fails, a result with the reason."""
    try:
        found = await child.ask("psoas_nudge.calendars", msgspec.json.encode(request), SECONDS, READER)
        return msgspec.json.decode(found, type=CalendarResult)
    except ChildFailed as error:
        if error.exhausted:
            from psoas_nudge.calendars.limits import CPU_SECONDS

            return CalendarResult(problem=f"{request.name}: Reading this takes more than {CPU_SECONDS} s of computing.")
        why = str(error)
    except msgspec.DecodeError as error:
        why = f"{READER} failed: {error}"
    return CalendarResult(problem=f"{request.name}: {why}", transient=True)
