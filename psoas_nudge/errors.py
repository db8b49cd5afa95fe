"""The errors that a person may read: one base class; each subclass has its message.

The command line prints the message and ends with `exit_code`; the control socket sends both.
Exit codes: 1 it cannot be done here, 2 bad input, 3 no daemon is running, 4 no prompt is open.
"""

from __future__ import annotations


class PsoasNudgeError(Exception):
    """A failure with one clear message: what, where, and what to do instead."""

    exit_code = 1


class BadInput(PsoasNudgeError):
    """The input is invalid or not allowed."""

    exit_code = 2


class ConfigInvalid(BadInput):
    """A configuration with mistakes; `problems` has one line for each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class NoDaemon(PsoasNudgeError):
    """A command that needs the daemon found none."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__("psoas-nudge is not running. Start it with: psoas-nudge start")


class DaemonSilent(PsoasNudgeError):
    """The daemon did not answer in time. `maybe_done`: the request changes something, and may have begun."""

    def __init__(self, seconds: float, *, maybe_done: bool = False) -> None:
        late = f"psoas-nudge is running, but did not answer within {seconds:g} s"
        super().__init__(
            f"{late}, so it is not known whether this was done. Before you try again, see: psoas-nudge journal"
            if maybe_done
            else f"{late}. Try again, or restart it."
        )


class NoPromptOpen(PsoasNudgeError):
    """An answer came while no prompt was open."""

    exit_code = 4

    def __init__(self) -> None:
        super().__init__(
            "No prompt is open, so there is nothing to answer. To see what comes next: psoas-nudge explain"
        )


class Refused(PsoasNudgeError):
    """The rules refuse a request; the message is the reason."""


class AlreadyRunning(PsoasNudgeError):
    """Another daemon of this user holds the lock."""

    def __init__(self, pid: int | None) -> None:
        who = f" (process {pid})" if pid else ""
        super().__init__(f"psoas-nudge is already running{who}. See: psoas-nudge status")


class Unavailable(PsoasNudgeError):
    """A sensor or notifier cannot work in this session; the message has the reason and may say what to install."""


class ShowFailed(PsoasNudgeError):
    """A notifier could not show the prompt."""


class JournalBroken(PsoasNudgeError):
    """The journal cannot be opened, read or written; nothing was changed."""


class NotRecorded(PsoasNudgeError):
    """A stretch was played, and not all of it stands in the journal."""

    def __init__(self, trouble: str) -> None:
        super().__init__(f"Not all of this is recorded: {trouble}")


def in_words(error: PsoasNudgeError) -> str:
    """The message for a terminal, beginning with the program's name."""
    return str(error) if str(error).startswith("psoas-nudge ") else f"psoas-nudge: {error}"


class NotSaved(PsoasNudgeError):
    """The request was carried out but is only in memory: the journal cannot be written because of `trouble`."""

    def __init__(self, trouble: str) -> None:
        super().__init__(
            f"This is not saved yet. {trouble} psoas-nudge keeps it in memory and saves it as soon as it can; "
            "if psoas-nudge ends before that, it is lost."
        )


def fault(error: BaseException) -> str:
    """A bug in one line, with its place in the code, for the log or a bug report."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    place = f" ({at.tb_frame.f_globals.get('__name__')}:{at.tb_lineno})" if at is not None else ""
    return f"{type(error).__name__}: {error}{place}"
