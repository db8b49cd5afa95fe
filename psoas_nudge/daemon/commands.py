"""What each message on the control socket does: it becomes an event, and the refusal or the new state an answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from psoas_nudge.control import messages as c
from psoas_nudge.core import model as m
from psoas_nudge.core.explain import explain
from psoas_nudge.daemon.daemon import Daemon
from psoas_nudge.errors import NoPromptOpen, Refused

NEXT = "{next}"
"""In a sentence: when the next prompt can come."""
PAUSE = "{pause}"


def _answer(answer: str, **more: Any) -> dict[str, Any]:
    return {"answer": answer, **more}


EVENTS: dict[type[c.Request], tuple[type[m.Event], Callable[[Any], dict[str, Any]], str]] = {
    # message: (event, its fields, what is said when it was granted)
    c.Accept: (m.Answered, lambda r: _answer("accept", via=r.via, prompt=r.prompt), "Accepted. Enjoy the stretch."),
    c.Snooze: (
        m.Answered,
        lambda r: _answer("snooze", via=r.via, prompt=r.prompt, delay=r.delay),
        f"Snoozed. {NEXT}",
    ),
    c.Skip: (
        m.Answered,
        lambda r: _answer("skip", via=r.via, prompt=r.prompt, because=r.because),
        f"Skipped. {NEXT}",
    ),
    c.Pause: (m.Paused, lambda r: {"length": r.length, "until": r.until}, PAUSE),
    c.Resume: (m.Resumed, lambda _: {}, f"Prompts may come. {NEXT}"),
    c.Stand: (m.Stood, lambda _: {}, "Standing: it does not count as sitting until you sit."),
    c.Sit: (m.Sat, lambda _: {}, f"Sitting. {NEXT}"),
    c.GuideStarted: (m.GuideStarted, lambda r: {"routine": r.routine, "prompt": r.prompt}, ""),
    c.GuideEnded: (
        m.GuideEnded,
        lambda r: {
            "routine": r.routine,
            "prompt": r.prompt,
            "left_seconds": r.left_seconds,
            "right_seconds": r.right_seconds,
        },
        "",
    ),
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
        event, fields, said = EVENTS[type(request)]
        refusal = self._daemon.feed(event, **fields(request))
        if refusal:
            raise NoPromptOpen if refusal.no_prompt_open else Refused(refusal.why)
        words = {"next": self._next() if NEXT in said else "", "pause": self._pause() if said == PAUSE else ""}
        return c.Ok(said=said.format(**words))

    def _next(self) -> str:
        coming = self._daemon.status().next_prompt
        return f"The next prompt can come at {self._clock(coming)}." if coming else "No prompt is in sight."

    def _pause(self) -> str:
        ends = self._daemon.status().paused_until
        return f"Paused until {self._clock(ends)}." if ends else "Paused until you resume."

    def _clock(self, at: datetime) -> str:
        rules = self._daemon.rules
        local, today = rules.hours.local(at), rules.hours.local_date(self._daemon.state_now().at)
        return f"{local:%H:%M}" if local.date() == today else f"{local:%a %Y-%m-%d %H:%M}"
