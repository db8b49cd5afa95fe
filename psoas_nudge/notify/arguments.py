"""What a prompt becomes in a call of Notify: words, buttons and hints, as the server can draw them.

The first words of the body say what a click does, because GNOME Shell shows one line of it, without buttons, to
somebody who is typing.
Hints left out on purpose: `transient` (the prompt has to stay in the desktop's list of notifications) and `resident`
(a pressed button should close the notification even if this program has just crashed).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dbus_fast import Variant
from msgspec import Struct

from psoas_nudge.core.events import Accept, Answering
from psoas_nudge.notify import words
from psoas_nudge.notify.port import Capability, Message, key
from psoas_nudge.places import APPLICATION

APP_NAME = "psoas-nudge"
BODY_CLICK = "default"
"""The action key of a click on the notification itself."""
URGENCY_NORMAL, URGENCY_CRITICAL = 1, 2
NEVER_EXPIRE = 0
FADING = frozenset({"gnome-shell"})
"""Servers that hide a banner of normal urgency after a few seconds."""
CLICK = "Click"
NO_BUTTONS = {"dunst": "Middle-click", "mako": CLICK}
"""Servers that announce actions and draw no buttons, and which click invokes the default action in their defaults."""


class Server(Struct, frozen=True):
    """What a server said of itself: the name from GetServerInformation in lower case, and GetCapabilities."""

    program: str = ""
    can: frozenset[str] = frozenset()

    def capabilities(self) -> frozenset[Capability]:
        """The same in the port's words."""
        has = {
            Capability.BUTTONS: "actions" in self.can,
            Capability.MARKUP: "body-markup" in self.can,
            Capability.FADES: self.program in FADING,
        }
        return frozenset({Capability.WITHDRAW, Capability.ICON, *(each for each, holds in has.items() if holds)})

    def arguments(self, message: Message, replaces: int) -> tuple[Any, ...]:
        """The arguments of Notify; `replaces`: the id in whose place it is shown, 0 for none."""
        body = self._body(message)
        if "body-markup" in self.can:
            body = words.escape(body)
        icon = Path(message.icon).absolute().as_uri() if message.icon else ""
        title = words.line(message.title)
        return APP_NAME, replaces, icon, title, body, self._actions(message), _hints(icon, message), NEVER_EXPIRE

    def _body(self, message: Message) -> str:
        body, keys = words.paragraph(message.body), message.keys
        if "actions" not in self.can:
            return f"{words.sentence(body)}\n\n{words.how_to_answer(keys)}".strip()
        if not any(isinstance(button.press, Accept) for button in message.buttons):
            return words.sentence(body)
        if self.program in FADING:
            return f"{CLICK} to start: {body}"
        if self.program not in NO_BUTTONS:  # the buttons are in sight; in Xfce a click beside them only closes
            return words.sentence(body)
        others = words.how_to_answer([key for key in keys if key != "accept"], "Other answers: psoas-nudge")
        how = f"{NO_BUTTONS[self.program]} to start. {others}".rstrip()
        return f"{how}\n{words.sentence(body)}"  # mako cuts the end off

    def _actions(self, message: Message) -> list[str]:
        if "actions" not in self.can:
            return []
        pairs = [(key(button.press), words.line(button.label)) for button in message.buttons]
        # Whoever clicks on an invitation accepts it. This action has no label: Xfce would draw it as one more button.
        pairs = [(BODY_CLICK, "") for button in message.buttons if isinstance(button.press, Accept)] + pairs
        return [text for pair in pairs for text in pair]


def invokes(action: str, press: Answering) -> bool:
    """Whether the action of this key stands for the answer."""
    return action == key(press) or (action == BODY_CLICK and isinstance(press, Accept))


def _hints(icon: str, message: Message) -> dict[str, Variant]:
    hints = {
        "urgency": Variant("y", URGENCY_CRITICAL if message.insist else URGENCY_NORMAL),
        "desktop-entry": Variant("s", APPLICATION),
    }
    if icon:
        hints["image-path"] = Variant("s", icon)
    if message.sound:
        hints["sound-name"] = Variant("s", "message-new-instant")
    else:
        hints["suppress-sound"] = Variant("b", True)
    return hints
