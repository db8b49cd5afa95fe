"""Asks whether the daemon runs."""

from __future__ import annotations

from psoas_nudge import places
from psoas_nudge.control.client import ask
from psoas_nudge.control.messages import GetStatus
from psoas_nudge.core.status import Status
from psoas_nudge.errors import NoDaemon


def running() -> Status | None:
    """The daemon's status; None when no daemon runs. Raises PsoasNudgeError when one runs but does not answer."""
    try:
        return ask(GetStatus(), places.socket_file()).status
    except NoDaemon:
        return None
