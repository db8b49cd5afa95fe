"""Answers the messages of the control socket: requests go to the engine, the rest is answered here."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from psoas_nudge.control import messages as c
from psoas_nudge.control.server import ControlServer
from psoas_nudge.core.answers import answer
from psoas_nudge.core.events import AnyEvent, Asked, GuideGone, Request
from psoas_nudge.core.explain import explain
from psoas_nudge.core.state import State
from psoas_nudge.engine.engine import Engine, Listener
from psoas_nudge.errors import NoPromptOpen, NotSaved, Refused


class Requests:
    """`reload` and `stop` carry out those two messages; `reload` returns the answer."""

    def __init__(self, engine: Engine, reload: Callable[[], str], stop: Callable[[], None]) -> None:
        self._engine, self._reload, self._stop = engine, reload, stop

    def __call__(self, request: c.AnyRequest) -> c.Ok:
        """Carry out `request`; raises Refused or NoPromptOpen when the rules refuse it, and NotSaved when it is done
        but only kept in memory."""
        if isinstance(request, Request):
            return c.Ok(said=self.ask(request))
        match request:
            case c.GetStatus() | c.Follow():
                return c.Ok(status=self._engine.status())
            case c.Explain(at=at):
                state = self._engine.state_now()
                return c.Ok(explanation=explain(state, at or state.at, self._engine.rules, self._engine.trouble))
            case c.WatchGuide():
                return c.Ok()
            case c.Reload():
                return c.Ok(said=self._reload())
            case c.Stop():
                self._stop()
                lost = f" Entries that cannot be saved before it ends will be lost. {self._engine.trouble}"
                return c.Ok(said=f"Stopping.{lost if self._engine.trouble else ''}")
            case _:
                assert_never(request)

    def gone(self, guide: c.WatchGuide) -> None:
        """The connection of a guide has closed."""
        self._engine.feed(GuideGone(routine=guide.routine, prompt=guide.prompt))

    def ask(self, request: Asked) -> str:
        """Carry out `request`; what the person reads then. Raises as above."""
        if refusal := self._engine.feed(request):
            raise NoPromptOpen if refusal.no_prompt_open else Refused(refusal.why)
        if self._engine.trouble:
            raise NotSaved(self._engine.trouble)
        return answer(request, self._engine.state_now(), self._engine.rules)


class Followers(Listener):
    """Sends each new status to the clients that follow it."""

    def __init__(self, server: ControlServer, engine: Engine) -> None:
        self._server, self._engine = server, engine

    def stepped(self, event: AnyEvent, state: State) -> None:  # noqa: ARG002 - for every event
        """Without followers no status is computed."""
        if self._server.followed:
            self._server.publish(self._engine.status())
