"""The journal: entries in SQLite, append-only, and the state and heartbeat that survive a kill."""

from psoas_nudge.journal.records import Stored, as_json
from psoas_nudge.journal.store import Journal

__all__ = ["Journal", "Stored", "as_json"]
