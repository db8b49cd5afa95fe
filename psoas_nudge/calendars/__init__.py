"""Days off and busy times: public holidays (library holidays) and calendar files (icalendar).

Reading them takes hundreds of modules and tens of megabytes, so a short-lived child process does it
(`python -m psoas_nudge.calendars`). The daemon only keeps the result, and a cache is used until the year, the settings
or a file change.
"""

from psoas_nudge.calendars.asking import refresh
from psoas_nudge.calendars.known import Calendar

__all__ = ["Calendar", "refresh"]
