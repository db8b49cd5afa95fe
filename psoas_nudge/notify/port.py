"""The interface of notifiers: show one prompt at a time, withdraw it, and report what was pressed.

Idea: desktop-notifier's `common.py` (capabilities as data) and vdirsyncer's one conformance suite for all backends.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from psoas_nudge.bus import Bus
from psoas_nudge.core.events import Answering


class Capability(StrEnum):
    """What a notifier can do with a prompt."""

    BUTTONS = "buttons"
    """The person can answer on the prompt itself."""
    WITHDRAW = "withdraw"
    """A shown prompt can be withdrawn."""
    ICON = "icon"
    """A picture is drawn."""
    MARKUP = "markup"
    """The body is parsed as markup, so it has to be escaped."""
    FADES = "fades"
    """A prompt of normal urgency disappears after a few seconds of activity."""


class OwnButton(Struct, frozen=True):
    """A button that answers no prompt: its key goes back to the program that shows it (guide/ear.py)."""

    key: str


def key(press: Answering | OwnButton) -> str:
    """The key of an answer, for servers and for typing: "accept"."""
    return press.key if isinstance(press, OwnButton) else str(press.__struct_config__.tag)


class Button(Struct, frozen=True):
    """The request that a press sends, with the number of its prompt, and the label."""

    press: Answering | OwnButton
    label: str


class Message(Struct, frozen=True):
    """A prompt in words, as plain text; each notifier escapes it where necessary."""

    prompt: int
    title: str
    body: str
    """With buttons, a text that can follow a colon; a notifier that puts nothing before it capitalises it."""
    buttons: tuple[Button, ...] = ()
    """In order of preference; a notifier without buttons leaves them out."""
    icon: str | None = None
    """Path of a picture file."""
    sound: bool = False
    insist: bool = False
    """Whether it has to stay visible until it is answered or withdrawn, also during do-not-disturb."""

    typed: bool = True
    """Whether commands in a terminal answer it too; not in the demo, and not a test."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The answers that can be typed as commands."""
        return tuple(key(button.press) for button in self.buttons) if self.typed else ()


class Pressed(Struct, frozen=True):
    """The person pressed a button of a prompt. `token`: the activation token, where the server sends one."""

    press: Answering | OwnButton
    token: str | None = None


class Showing(Struct, frozen=True):
    """A prompt is on the screen; `notifier` needs `ref` to withdraw it. `fades`: it disappears (Capability.FADES)."""

    notifier: str
    ref: str = ""
    fades: bool = False


OnPressed = Callable[[Pressed], None]


class Surroundings(Struct, frozen=True):
    """What a notifier may use: the environment variables, the session bus, and whether standard input is a terminal."""

    environ: dict[str, str]
    session_bus: Bus | None = None
    interactive: bool = False


class Notifier(Protocol):
    """One way to show prompts.

    `start` raises errors.Unavailable, with the reason and how to fix it, when the notifier cannot work in this session.
    `show` returns a `ref`, a short text for `withdraw`, also in a later process. It raises errors.ShowFailed when the
    prompt is not on the screen; the chooser treats any other exception the same. Showing again replaces what this
    notifier showed before.
    `withdraw` does nothing when the prompt is gone already or belongs to another server.
    Closing or expiry is never reported: the rules close prompts, a notifier only reports what was pressed.
    """

    name: str

    async def start(self, surroundings: Surroundings, on_pressed: OnPressed) -> None: ...

    def capabilities(self) -> frozenset[Capability]: ...

    async def show(self, message: Message) -> str: ...

    async def withdraw(self, ref: str) -> None: ...

    async def stop(self) -> None: ...
