"""A stretch that is only heard. Buttons on a notification and `psoas-nudge stretch --press` stand in for the keys.

Both are served in a thread with an event loop of its own, because the player waits for keys in the main thread.
Where there is no notification service, the command alone works.
"""

from __future__ import annotations

import asyncio
import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, closing, nullcontext
from pathlib import Path
from types import TracebackType
from typing import TextIO

from psoas_nudge.bus import Bus
from psoas_nudge.core.durations import duration
from psoas_nudge.core.routines import Routine
from psoas_nudge.core.words import capitalized
from psoas_nudge.errors import PsoasNudgeError, Refused, ShowFailed, Unavailable
from psoas_nudge.guide.asking import ANSWER_WITHIN, BEGIN_WITHIN, READ
from psoas_nudge.guide.player import Player
from psoas_nudge.guide.voice import Voice
from psoas_nudge.notify import picture
from psoas_nudge.notify.port import Button, Message, Notifier, OwnButton, Pressed, Surroundings
from psoas_nudge.places import private_directory
from psoas_nudge.system.channel import Listening, connect
from psoas_nudge.tasks import Tasks

log = logging.getLogger(__name__)

PRESSES = {
    "pause": " ", "stop": "q", "read": READ, "fine": "f", "tight": "t", "pain": "p", "undo": "u", "yes": "y", "no": "n",
}  # fmt: skip
"""The words for `psoas-nudge stretch --press`, and the key that each stands for. "pause" also goes on."""
STOP = {"q": "Stop"}
CONFIRM_WITHIN = 8.0
"""Seconds after the spoken warnings in which they can be confirmed before the play begins."""
LONGEST_LINE = 200
ANSWER_SECONDS = 3.0


class EarConsole:
    """The Console of a stretch that is only heard; a context manager. `socket`: where it listens for presses; `out`
    gets the lines that a terminal would show, if there is one."""

    screen = braille = False
    most = 3
    """GNOME Shell draws no more buttons."""

    def __init__(self, routine: Routine, voice: Voice, socket: Path, out: TextIO | None = None) -> None:
        self._routine, self._voice, self._socket, self._out = routine, voice, socket, out
        self._pressed: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.keys = True
        self._offered: Mapping[str, str] = {}
        self._shown = 0
        self._loop = asyncio.new_event_loop()
        self._messages: asyncio.Queue[Message | None] = asyncio.Queue()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))

    def __enter__(self) -> EarConsole:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._put(None)
        self._thread.join()
        self._loop.close()

    # --- Console ----------------------------------------------------------------------------------------------

    def size(self) -> tuple[int, int]:
        return 80, 24

    def write(self, text: str) -> None:
        if self._out:
            self._out.write(text)
            self._out.flush()

    def bell(self) -> None:
        """There is none."""

    def key(self, timeout: float) -> str | None:
        """See Console.key. When a question is not answered, `keys` becomes False, so that no other is asked."""
        try:
            return self._pressed.get(timeout=timeout)
        except queue.Empty:
            self.keys = timeout < ANSWER_WITHIN
            return None

    def clock(self) -> float:
        return time.monotonic()

    def controls(self, *, paused: bool) -> None:
        self._show(
            "Paused." if paused else "Listen, and follow the voice.", {" ": "Go on" if paused else "Pause"} | STOP
        )

    def offer(self, question: str, choices: Mapping[str, str], otherwise: str = "") -> None:  # noqa: ARG002 - no other key
        """See Console.offer. The question is spoken, too."""
        labels = list(choices.values())
        self._voice.say(f"{question} {', '.join(labels[:-1])} or {labels[-1]}?" if len(labels) > 1 else question)
        self._show(question, choices)

    def tell(self, text: str) -> None:
        """Speak it to the end."""
        self.write(f"{text}\n")
        self._voice.say(text)
        while self._voice.is_saying:
            time.sleep(0.1)

    own_screen = single_keys = nullcontext

    def begins(self, player: Player, *, unread: bool, warned: Callable[[], object]) -> bool:
        """Speak what a person has to know; False when they stop it. It then begins by itself, but a routine that needs
        care only after its warnings were confirmed.

        `unread`: they have not been confirmed yet; `warned` is called when they are.
        """
        routine, choices = self._routine, {READ: "None of this applies to me"} | STOP if unread else STOP
        self._show("Listen to the warnings first." if unread else "It begins in a moment.", choices)
        self._voice.say(heard_first(routine, unread=unread))
        wait = BEGIN_WITHIN if routine.careful else CONFIRM_WITHIN
        end = 0.0
        while not end or (unread and self.clock() < end):
            if not end and not self._voice.is_saying:
                end = self.clock() + wait
            key = self.key(0.1)
            if key == READ and unread:
                warned()
                return True
            if key == "q" or player.ended:
                player.command("stop")
                return False
        if unread and routine.careful:
            player.command("stop")
        return not player.ended

    # --- the thread -------------------------------------------------------------------------------------------

    def _show(self, body: str, choices: Mapping[str, str]) -> None:
        self._offered, self._shown = choices, self._shown + 1
        self._put(
            Message(
                prompt=self._shown,
                title=self._routine.title,
                body=body,
                buttons=tuple(Button(OwnButton(key), capitalized(label)) for key, label in choices.items()),
                icon=picture(self._routine),
                insist=True,
                typed=False,
            )
        )

    def _put(self, message: Message | None) -> None:
        self._loop.call_soon_threadsafe(self._messages.put_nowait, message)

    async def _serve(self) -> None:
        """Show the messages, and listen, until there is None."""
        tasks = Tasks(log, "stretch --press")

        def on_client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            tasks.start(self._answer(listening, reader, writer))

        async with AsyncExitStack() as stack:
            stack.push_async_callback(tasks.cancel)
            try:
                private_directory(self._socket.parent)
                listening = Listening(self._socket)
                await listening.start(on_client, LONGEST_LINE)
                stack.callback(listening.close)
            except (OSError, PsoasNudgeError) as error:
                log.info("psoas-nudge stretch --press does not reach this stretch: %s", error)
            notifier = await self._notifier(stack)
            ref = ""
            while message := await self._messages.get():
                try:
                    ref = await notifier.show(message) if notifier else ""
                except ShowFailed as error:
                    log.info("the buttons are not shown: %s", error)
            if notifier and ref:
                await notifier.withdraw(ref)

    async def _notifier(self, stack: AsyncExitStack) -> Notifier | None:
        bus = Bus("session")
        stack.push_async_callback(bus.close)
        try:
            await bus.connect()
            from psoas_nudge.notify.freedesktop import FreedesktopNotifier  # dbus-fast is not installed on Windows

            notifier = FreedesktopNotifier()
            await notifier.start(Surroundings(dict(os.environ), bus), self._on_button)
        except Unavailable as error:
            log.info("no buttons for this stretch: %s", error)
            return None
        stack.push_async_callback(notifier.stop)
        return notifier

    def _on_button(self, pressed: Pressed) -> None:
        if isinstance(pressed.press, OwnButton):
            self._pressed.put(pressed.press.key)

    async def _answer(self, listening: Listening, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            if await listening.other_user(reader, writer):
                return
            try:
                word = (await reader.readline()).decode(errors="replace").strip()
            except (ValueError, OSError):
                return
            key = PRESSES.get(word)
            if key is not None and key in self._offered:
                self._pressed.put(key)
                writer.write(b"ok " + self._offered[key].encode())
            else:
                now = " or ".join(each for each, its in PRESSES.items() if its in self._offered)
                writer.write(f"no Now you can press {now or 'nothing'}.".encode())


def heard_first(routine: Routine, *, unread: bool) -> str:
    """What a person hears before it begins. `unread`: the warnings have not been confirmed."""
    said = [f"{routine.title}, {duration(routine.length)}."]
    if unread and routine.not_for:
        said.append(f"Skip it, or ask a physiotherapist or doctor first, if {'; or if '.join(routine.not_for)}.")
    said += routine.cautions
    return " ".join(
        [*said, *(["If none of this applies to you, press the button on the notification."] if unread else [])]
    )


def press(word: str, socket: Path) -> str:
    """Press a button of the stretch that is being heard; returns its label. Raises Unavailable when there is none, and
    Refused when it does not have this button now."""
    try:
        with closing(connect(socket, ANSWER_SECONDS)) as connection:
            connection.sendall(word.encode() + b"\n")
            verdict, _, said = connection.makefile("rb").read().decode().partition(" ")
    except OSError:
        verdict = said = ""
    if verdict == "ok":
        return said
    raise Refused(said) if said else Unavailable("No stretch is being spoken now.")
