"""The messages of the control socket: the core's requests, six that the daemon answers itself, and replies.

A message is one line of JSON; its member `event` or `reply` names the type. Units and ranges are those of
core/events.py.
"""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from psoas_nudge.core.events import Asked, kebab
from psoas_nudge.core.ranges import Instant, Name, Number, instant
from psoas_nudge.core.status import Explanation, Status


class DaemonRequest(
    Struct, frozen=True, kw_only=True, tag_field="event", tag=kebab, omit_defaults=True, forbid_unknown_fields=True
):
    """A request that the daemon answers without the core: the state does not change."""


class GetStatus(DaemonRequest, frozen=True, kw_only=True):
    """Answered with a status."""


class Follow(DaemonRequest, frozen=True, kw_only=True):
    """Answered with a status now and at each change, until the connection is closed."""


class Explain(DaemonRequest, frozen=True, kw_only=True):
    """Answered with an explanation for the instant `at` (None: now)."""

    at: Instant | None = None

    def __post_init__(self) -> None:
        if self.at is not None:
            instant("at", self.at)


class WatchGuide(DaemonRequest, frozen=True, kw_only=True):
    """This connection stays open for as long as the guide lives: when it closes, what was held is recorded."""

    routine: Name
    prompt: Number | None = None


class Reload(DaemonRequest, frozen=True, kw_only=True):
    help: ClassVar[str] = "Read the configuration again."


class Stop(DaemonRequest, frozen=True, kw_only=True):
    """The daemon withdraws an open prompt and ends."""

    answer: ClassVar[str] = "Stopping."


Looks = GetStatus | Follow | Explain
"""They change nothing."""
Control = GetStatus | Follow | Explain | WatchGuide | Reload | Stop
AnyRequest = Asked | Control


class Ok(Struct, frozen=True, kw_only=True, tag_field="reply", tag="ok", omit_defaults=True):
    """The request was carried out. `said`: a sentence for the person; the other fields: what was asked for."""

    said: str = ""
    status: Status | None = None
    explanation: Explanation | None = None


class Failed(Struct, frozen=True, kw_only=True, tag_field="reply", tag="failed", omit_defaults=True):
    """The request was not carried out. `exit_code`: of the error (see errors.py)."""

    message: str
    exit_code: int = 1


Reply = Ok | Failed
