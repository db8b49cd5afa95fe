"""What every notifier looks like: it shows one prompt at a time, takes it away, and passes on what was pressed.

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
    """A shown prompt can be taken away again."""
    ICON = "icon"
    """A picture is drawn."""
    MARKUP = "markup"
    """The body is read as markup, so it has to be escaped."""
    FADES = "fades"
    """A prompt of normal urgency vanishes by itself after a few seconds of activity."""


def key(press: Answering) -> str:
    """The name of an answer, for servers and for typing: "accept"."""
    return str(press.__struct_config__.tag)


class Button(Struct, frozen=True):
    """What a press asks for (events.Answering, with the number of its prompt), and the label."""

    press: Answering
    label: str


class Message(Struct, frozen=True):
    """A prompt in words. Plain text: each notifier escapes it for where it is shown."""

    prompt: int
    title: str
    body: str
    """With buttons, a text that can follow a colon; a notifier that puts nothing before it begins it with a capital."""
    buttons: tuple[Button, ...] = ()
    """In the order of preference; a notifier without buttons leaves them out."""
    icon: str | None = None
    """Path of a picture file."""
    sound: bool = False
    insist: bool = False
    """Whether it has to stay in sight until it is answered or withdrawn, above all else, also during do-not-disturb."""

    typed: bool = True
    """Whether commands in a terminal answer it too; not in the demo, and not a test."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The answers that can be typed as commands."""
        return tuple(key(button.press) for button in self.buttons) if self.typed else ()


class Pressed(Struct, frozen=True):
    """The person pressed a button of a prompt. `token` is the activation token, where the server handed one over."""

    press: Answering
    token: str | None = None


class Showing(Struct, frozen=True):
    """A prompt is on the screen: `ref` is what `notifier` needs to withdraw it. `fades`: it vanishes by itself."""

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

    `start` raises errors.Unavailable, with the reason and what would mend it, when it cannot work in this session.
    `show` returns a `ref`, a short text that `withdraw` takes, also in a later process, and raises errors.ShowFailed
    when the prompt is not on the screen; the chooser takes any other exception for the same. Showing again replaces
    what this notifier showed before.
    `withdraw` of something already gone, or of another server's, does nothing.
    Closing or expiry is never reported: the rules close prompts, a notifier only passes on what was pressed.
    """

    name: str

    async def start(self, surroundings: Surroundings, on_pressed: OnPressed) -> None: ...

    def capabilities(self) -> frozenset[Capability]: ...

    async def show(self, message: Message) -> str: ...

    async def withdraw(self, ref: str) -> None: ...

    async def stop(self) -> None: ...
