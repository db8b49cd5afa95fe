"""The one table of messages: what can be asked of the daemon, and what it says back.

A message is one line of JSON; the member `ask` or `reply` says which. Lengths and delays are seconds, instants aware.
A request names in `via` where it came from, as the journal will show it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from psoas_nudge.core.model import Afterwards, Pain
from psoas_nudge.core.status import Explanation, Status

Aware = Annotated[datetime, Meta(tz=True)]

LONGEST_LINE = 64 * 1024
"""Bytes in one message; the longest that is ever sent is a status, of about 1 KiB."""


class Request(Struct, frozen=True, kw_only=True, tag_field="ask", omit_defaults=True):
    """Something asked of the daemon."""

    via: str = "command line"


class GetStatus(Request, frozen=True, tag="status"):
    """What is going on now? Answered with a status."""


class Follow(Request, frozen=True, tag="follow"):
    """The status now, and again at each change, until the connection is closed."""


class Explain(Request, frozen=True, tag="explain"):
    """Why is there no prompt at `at` (None: now), and when could the next come? Answered with an explanation."""

    at: Aware | None = None


class Accept(Request, frozen=True, tag="accept"):
    """Stretch now. `prompt`: the number of the prompt that is answered; None: the one that is open."""

    prompt: int | None = None


class Snooze(Request, frozen=True, tag="snooze"):
    """Ask again after `delay` (None: as set)."""

    delay: float | None = None
    prompt: int | None = None


class Skip(Request, frozen=True, tag="skip"):
    """Not this time."""

    because: str | None = None
    prompt: int | None = None


class Pause(Request, frozen=True, tag="pause"):
    """No prompts for `length`, or until an instant, or (both None) until resumed."""

    length: float | None = None
    until: Aware | None = None


class Resume(Request, frozen=True, tag="resume"):
    """End the pause."""


class Stand(Request, frozen=True, tag="stand"):
    """From now on the person works standing."""


class Sit(Request, frozen=True, tag="sit"):
    """The person sits again."""


class Reload(Request, frozen=True, tag="reload"):
    """Read the configuration again."""


class Stop(Request, frozen=True, tag="stop"):
    """End the daemon."""


class GuideStarted(Request, frozen=True, tag="guide-started"):
    """From a guide: a stretch of `routine` is under way, because of `prompt` or of the person's own accord (None)."""

    routine: str
    prompt: int | None = None


class GuideEnded(Request, frozen=True, tag="guide-ended"):
    """From a guide: it closed; seconds as they were done, on each side, and of what is no part of the dose."""

    routine: str
    prompt: int | None = None
    left_seconds: float = 0.0
    right_seconds: float = 0.0
    other_seconds: float = 0.0


class Feel(Request, frozen=True, tag="feel"):
    """How it feels; see core.model.Felt."""

    level: int | None = None
    afterwards: Afterwards | None = None
    pain: Pain | None = None
    note: str | None = None
    routine: str | None = None


class Clear(Request, frozen=True, tag="clear"):
    """Stretching is all right again."""


class Advise(Request, frozen=True, tag="advise"):
    """The advice to see a professional was shown."""

    because: Literal["pain", "long"]


AnyRequest = (
    GetStatus
    | Follow
    | Explain
    | Accept
    | Snooze
    | Skip
    | Pause
    | Resume
    | Stand
    | Sit
    | Reload
    | Stop
    | GuideStarted
    | GuideEnded
    | Feel
    | Clear
    | Advise
)


class Ok(Struct, frozen=True, kw_only=True, tag_field="reply", tag="ok", omit_defaults=True):
    """It was done. `said` is a sentence for the person; the rest what was asked for."""

    said: str = ""
    status: Status | None = None
    explanation: Explanation | None = None


class Failed(Struct, frozen=True, kw_only=True, tag_field="reply", tag="failed", omit_defaults=True):
    """It was not done. `exit_code` is that of the error (see errors.py)."""

    message: str
    exit_code: int = 1


Reply = Ok | Failed
