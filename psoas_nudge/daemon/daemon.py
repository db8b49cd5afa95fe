"""The daemon itself: sensors report into the runner, and the runner's effects go out to timer, sensors and notifiers.

It knows no file, no bus and no socket: service.py gives it real ones, `demo` others, tests fakes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from itertools import count
from typing import Any, Protocol

from psoas_nudge.core import model as m
from psoas_nudge.core.catalogue import find
from psoas_nudge.core.explain import Status, at_moment, status
from psoas_nudge.core.routines import prompt_words
from psoas_nudge.daemon.clock import Clock
from psoas_nudge.daemon.runner import Runner
from psoas_nudge.errors import PsoasNudgeError, ShowFailed, fault
from psoas_nudge.journal.records import Stored
from psoas_nudge.journal.store import Journal
from psoas_nudge.notify import ICON, picture
from psoas_nudge.notify.port import Message, Pressed
from psoas_nudge.presence.port import ClockJumped, InputSeen, InputStopped, Reading, SignalChanged

log = logging.getLogger(__name__)

BUTTONS: tuple[tuple[m.Answer, str], ...] = (("accept", "Accept"), ("snooze", "Snooze"), ("skip", "Skip"))
NOTICE = 0
"""The number of a message that is no prompt."""
SHOW_SECONDS = 90.0
"""A notifier that takes longer has failed; each has shorter limits of its own."""
LAST_SECONDS = 1.2
"""For withdrawing the open prompt at the end."""
FIRST, IN_TURN = range(2)
"""What is taken away goes before what waits to be shown: a notifier that shows one thing in place of another gives
both the same ref, and the later one must not be taken away for the earlier."""

ENDING = m.Refuse(why="psoas-nudge is ending.")

Work = Callable[[], Coroutine[Any, Any, None]]


class Timer(Protocol):
    """See timers.Timer."""

    def start(self, on_wake: Callable[[], object]) -> None: ...

    def wake(self, after: float | None) -> None: ...

    def clock_jumped(self) -> None: ...

    def stop(self) -> None: ...


class Presence(Protocol):
    """See presence.chooser."""

    async def watch(self, threshold: float) -> None: ...


class Notifiers(Protocol):
    """See notify.chooser.Chooser."""

    async def show(self, message: Message) -> tuple[str, str]: ...

    async def withdraw(self, name: str, ref: str) -> None: ...


class Daemon:
    """Carries out what the core decides (runner.World) and turns readings and presses into events."""

    def __init__(
        self,
        journal: Journal,
        rules: m.Rules,
        clock: Clock,
        *,
        presence: Presence,
        notifiers: Notifiers,
        timer: Timer,
    ) -> None:
        self.sound = False
        self.on_guide: Callable[[m.StartGuide, str | None], None] = lambda _effect, _token: None
        self.on_step: list[Callable[[m.State], None]] = []
        self.on_entry: list[Callable[[Stored], None]] = []
        self._clock = clock
        self._presence, self._notifiers = presence, notifiers
        self._timer = timer
        self._screen: asyncio.PriorityQueue[tuple[int, int, Work]] = asyncio.PriorityQueue()
        self._number = count()
        self._screen_is_open = self._ending = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._token: str | None = None
        self._notice: tuple[str, str] | None = None
        self._untold: Message | None = None
        self._trouble = ""
        self.runner = Runner(journal, rules, clock, self)

    @property
    def rules(self) -> m.Rules:
        """The rules in force."""
        return self.runner.rules

    def start(self, *, lived: float = 0.0, silent_for: float = 0.0) -> None:
        """Begin to decide; see model.Started for the two lengths."""
        self._timer.start(lambda: self.feed(m.Woke))
        self.runner.start(lived=lived, silent_for=silent_for)

    def open_screen(self) -> None:
        """The notifiers are ready: begin with what waits for them."""
        self._screen_is_open = True
        self._spawn(self._work_screen())

    async def stop(self) -> None:
        """Withdraw the open prompt and end. Whatever happens from now on is no event any more."""
        self.feed(m.Stopping)
        self._ending = True
        self._timer.stop()
        if self._screen_is_open:
            try:
                await asyncio.wait_for(self._screen.join(), LAST_SECONDS)
            except TimeoutError:
                log.warning("the notifier did not take the prompt away within %s s", LAST_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- in ---------------------------------------------------------------------------------------------------

    def feed(self, event: type[m.Event], **fields: Any) -> m.Refuse | None:
        """Something happened now; see Runner.feed."""
        return ENDING if self._ending else self.runner.feed(event, **fields)

    def report(self, reading: Reading) -> None:
        """What a sensor sees."""
        match reading:
            case InputStopped(seconds=seconds):
                self.feed(m.Idle, idle_for=seconds)
            case InputSeen():
                self.feed(m.Active)
            case SignalChanged(signal=signal, on=on):
                self.feed(m.Sensed, signal=signal, on=on)
            case ClockJumped():
                self._timer.clock_jumped()
                self.feed(m.ClockSet)

    def pressed(self, press: Pressed) -> None:
        """What the person pressed on the prompt."""
        self._token = press.token
        prompt = self.runner.state.prompt
        via = "terminal" if prompt and prompt.notifier == "terminal" else "notification"
        refusal = self.feed(m.Answered, answer=press.answer, prompt=press.prompt, via=via)
        self._token = None
        if refusal and not refusal.no_prompt_open and prompt:  # the press has closed it on the screen
            log.info("asked again: %s", refusal.why)
            self.show(m.Show(prompt=prompt.number, routine=prompt.routine, sat=self.status().sat_seconds, snooze=False))

    def reload(self, rules: m.Rules) -> None:
        """Rule 15: new settings take effect at once."""
        self.runner.rules = rules
        self.feed(m.Reloaded)

    def state_now(self) -> m.State:
        """The state as it stands at this moment."""
        now = self._clock.now()
        return at_moment(self.runner.state, now.at, now.tick)

    def status(self) -> Status:
        """What a person is shown of this moment."""
        return status(self.state_now(), self.rules)

    def tell(self, title: str, body: str) -> None:
        """Show a message that is no prompt and asks for no answer, once no prompt is open."""
        self._untold = Message(prompt=NOTICE, title=title, body=body, buttons=(), icon=ICON)
        self._tell_untold(self.runner.state)

    def tell_no_more(self) -> None:
        """Take the last message of `tell` away."""
        self._untold = None
        self._put(self._tell_no_more)

    # --- out (runner.World) -----------------------------------------------------------------------------------

    def wake(self, after: float | None) -> None:
        """Ask the timer."""
        self._timer.wake(after)

    def watch(self, threshold: float) -> None:
        """Ask the idle source."""
        self._spawn(self._presence.watch(threshold))

    def show(self, effect: m.Show) -> None:
        """Put the prompt on the screen, after whatever is on its way there."""
        title, body = prompt_words(find(effect.routine, self.rules.routines), effect.sat)
        buttons = tuple(button for button in BUTTONS if effect.snooze or button[0] != "snooze")
        icon = picture(effect.routine)
        message = Message(prompt=effect.prompt, title=title, body=body, buttons=buttons, icon=icon, sound=self.sound)
        self._put(partial(self._show, message))

    def withdraw(self, effect: m.Withdraw) -> None:
        """Take it away. One that is still on its way is taken away when the core is told that it was shown."""
        if effect.notifier is not None:
            self._put(partial(self._notifiers.withdraw, effect.notifier, effect.ref), FIRST)

    def start_guide(self, effect: m.StartGuide) -> None:
        """Open the guide; the token lets its window come to the front."""
        _guarded(self.on_guide, effect, self._token)

    def recorded(self, stored: Sequence[Stored]) -> None:
        """Pass the entries on to whoever listens."""
        for line in stored:
            for listen in self.on_entry:
                _guarded(listen, line)

    def stepped(self, state: m.State) -> None:
        """Pass the state on to whoever listens."""
        if (trouble := self.runner.trouble) != self._trouble:
            self._trouble = trouble
            if trouble:
                self.tell("No prompts for now", trouble)
        self._tell_untold(state)
        for listen in self.on_step:
            _guarded(listen, state)

    # --- how --------------------------------------------------------------------------------------------------

    def _put(self, work: Work, rank: int = IN_TURN) -> None:
        self._screen.put_nowait((rank, next(self._number), work))

    def _tell_untold(self, state: m.State) -> None:
        if self._untold and state.prompt is None:
            message, self._untold = self._untold, None
            self._put(partial(self._tell, message))

    async def _show(self, message: Message) -> None:
        prompt = self.runner.state.prompt
        if prompt is None or prompt.number != message.prompt:
            return  # closed while it waited for its turn
        try:
            name, ref = await asyncio.wait_for(self._notifiers.show(message), SHOW_SECONDS)
        except (ShowFailed, TimeoutError) as error:
            why = str(error) or f"no notifier answered within {SHOW_SECONDS:g} s"
            log.warning("the prompt could not be shown: %s", why)
            self.feed(m.NotShown, prompt=message.prompt, why=why)
        else:
            self._notice = None
            if self._ending:
                await self._notifiers.withdraw(name, ref)
            else:
                self.feed(m.Shown, prompt=message.prompt, notifier=name, ref=ref)

    async def _tell(self, message: Message) -> None:
        try:
            self._notice = await self._notifiers.show(message)
        except ShowFailed as error:
            log.info("the message was not shown: %s", error)

    async def _tell_no_more(self) -> None:
        if self._notice:
            await self._notifiers.withdraw(*self._notice)
            self._notice = None

    async def _work_screen(self) -> None:
        """One thing at a time, in order: a withdrawal never overtakes the showing it belongs to."""
        while True:
            _, _, work = await self._screen.get()
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - a notifier's bug must not end the prompts for good
                _unexpected(error)
            finally:
                self._screen.task_done()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _unexpected(error)


def _guarded(listen: Callable[..., None], *told: Any) -> None:
    """What listens cannot undo a decision, nor keep others from hearing of it."""
    try:
        listen(*told)
    except PsoasNudgeError as error:
        log.warning("%s", error)
    except Exception as error:  # noqa: BLE001 - as above
        _unexpected(error)


def _unexpected(error: BaseException) -> None:
    log.error("unexpected, please report it: %s", fault(error))
    log.debug("where it came from", exc_info=error)
