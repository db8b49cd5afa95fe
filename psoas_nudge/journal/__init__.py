"""The journal: entries in SQLite, append-only, and the state and heartbeat that survive a kill."""

from psoas_nudge.journal.records import Stored, as_json
from psoas_nudge.journal.store import Journal, Passing

__all__ = ["Journal", "Passing", "Stored", "as_json"]
