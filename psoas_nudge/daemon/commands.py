"""What each message on the control socket does: it becomes an event, and the refusal or the new state an answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from psoas_nudge.control import messages as c
from psoas_nudge.core import model as m
from psoas_nudge.core.explain import explain
from psoas_nudge.core.summary import when
from psoas_nudge.daemon.daemon import Daemon
from psoas_nudge.errors import NoPromptOpen, Refused

NEXT = "{next}"
"""In a sentence: when the next prompt can come."""
PAUSE = "{pause}"


EVENTS: dict[type[c.Request], tuple[type[m.Event], dict[str, Any], str]] = {
    # message: (event, what the message leaves unsaid, what is said when it was granted);
    # the fields that both have are handed over as they are
    c.Accept: (m.Answered, {"answer": "accept"}, "Accepted. Enjoy the stretch."),
    c.Snooze: (m.Answered, {"answer": "snooze"}, f"Snoozed. {NEXT}"),
    c.Skip: (m.Answered, {"answer": "skip"}, f"Skipped. {NEXT}"),
    c.Pause: (m.Paused, {}, PAUSE),
    c.Resume: (m.Resumed, {}, f"Prompts may come. {NEXT}"),
    c.Stand: (m.Stood, {}, "Standing: it does not count as sitting until you sit."),
    c.Sit: (m.Sat, {}, f"Sitting. {NEXT}"),
    c.GuideStarted: (m.GuideStarted, {}, ""),
    c.GuideEnded: (m.GuideEnded, {}, ""),
    c.Feel: (m.Felt, {}, "Noted."),
    c.Clear: (m.Cleared, {}, "Stretches are suggested again."),
    c.Advise: (m.Advised, {}, ""),
}


class Commands:
    """Answers requests. `reload` and `stop` are what the service does for them."""

    def __init__(self, daemon: Daemon, reload: Callable[[], str], stop: Callable[[], None]) -> None:
        self._daemon, self._reload, self._stop = daemon, reload, stop

    def __call__(self, request: c.AnyRequest) -> c.Ok:
        """Do what is asked; raises Refused or NoPromptOpen with the reason when the rules do not grant it."""
        match request:
            case c.GetStatus() | c.Follow():
                return c.Ok(status=self._daemon.status())
            case c.Explain(at=at):
                state = self._daemon.state_now()
                return c.Ok(explanation=explain(state, at or state.at, self._daemon.rules))
            case c.Reload():
                return c.Ok(said=self._reload())
            case c.Stop():
                self._stop()
                return c.Ok(said="Stopping.")
            case _:
                return self._feed(request)

    def _feed(self, request: c.AnyRequest) -> c.Ok:
        event, unsaid, said = EVENTS[type(request)]
        shared = set(event.__struct_fields__) & set(request.__struct_fields__)
        refusal = self._daemon.feed(event, **unsaid, **{name: getattr(request, name) for name in shared})
        if refusal:
            raise NoPromptOpen if refusal.no_prompt_open else Refused(refusal.why)
        words = {"next": self._next() if NEXT in said else "", "pause": self._pause() if said == PAUSE else ""}
        return c.Ok(said=said.format(**words))

    def _next(self) -> str:
        status = self._daemon.status()
        if status.prompt:
            return "A prompt waits for your answer."
        coming = status.next_prompt
        return f"The next prompt can come at {self._clock(coming)}." if coming else "No prompt is in sight."

    def _pause(self) -> str:
        ends = self._daemon.status().paused_until
        return f"Paused until {self._clock(ends)}." if ends else "Paused until you resume."

    def _clock(self, at: datetime) -> str:
        now = self._daemon.state_now().at
        return when(at, now, self._daemon.rules.hours.local(now).tzinfo)
