"""Days off and busy times from elsewhere: public holidays (library holidays) and calendar files (icalendar).

Reading them takes hundreds of modules and tens of megabytes, so a short-lived child does it
(`python -m psoas_nudge.calendars`); the daemon keeps a few numbers, and a cache spares the child until the year, the
settings or a file change.
"""

from psoas_nudge.calendars.asking import refresh
from psoas_nudge.calendars.known import Calendar

__all__ = ["Calendar", "refresh"]
