"""What a notification server can do, the arguments of Notify for a prompt, and checks of its replies.

The body begins with what a click does, because GNOME Shell shows only one line of it, without buttons, while the person
is typing.
Two hints are left out on purpose: `transient` (the prompt has to stay in the desktop's list of notifications) and
`resident` (a pressed button has to close the notification even if psoas-nudge has just crashed).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dbus_fast import Variant
from msgspec import Struct

from psoas_nudge.bus import CallFailed
from psoas_nudge.core.events import Accept, Answering
from psoas_nudge.core.words import capitalized
from psoas_nudge.notify import words
from psoas_nudge.notify.port import Capability, Message, OwnButton, key
from psoas_nudge.places import APPLICATION

INVALID = "org.freedesktop.DBus.Error.InvalidSignature"
APP_NAME = "psoas-nudge"
BODY_CLICK = "default"
"""The key of the action for a click on the notification itself."""
URGENCY_NORMAL, URGENCY_CRITICAL = 1, 2
NEVER_EXPIRE = 0
FADING = frozenset({"gnome-shell"})
"""Servers that hide a banner of normal urgency after a few seconds."""
CLICK = "Click"
NO_BUTTONS = {"dunst": "Middle-click", "mako": CLICK}
"""Servers that announce actions but draw no buttons, with the click that invokes the default action by default."""


class NotificationServer(Struct, frozen=True):
    """A server's name from GetServerInformation, in lower case, and its answer to GetCapabilities."""

    program: str = ""
    can: frozenset[str] = frozenset()

    def capabilities(self) -> frozenset[Capability]:
        """The port's capabilities of this server."""
        has = {
            Capability.BUTTONS: "actions" in self.can,
            Capability.MARKUP: "body-markup" in self.can,
            Capability.FADES: self.program in FADING,
        }
        return frozenset({Capability.WITHDRAW, Capability.ICON, *(each for each, holds in has.items() if holds)})

    def arguments(self, message: Message, replaces: int) -> tuple[Any, ...]:
        """The arguments of Notify; `replaces`: the id of the notification to replace, 0 for none."""
        body = self._body(message)
        if "body-markup" in self.can:
            body = words.escape(body)
        icon = Path(message.icon).absolute().as_uri() if message.icon else ""
        title = words.line(message.title)
        return APP_NAME, replaces, icon, title, body, self._actions(message), _hints(icon, message), NEVER_EXPIRE

    def _body(self, message: Message) -> str:
        body, keys = words.paragraph(message.body), message.keys
        if "actions" not in self.can:
            return f"{capitalized(body)}\n\n{words.how_to_answer(keys)}".strip()
        if not any(isinstance(button.press, Accept) for button in message.buttons):
            return capitalized(body)
        if self.program in FADING:
            return f"{CLICK} to start: {body}"
        if self.program not in NO_BUTTONS:  # the buttons are visible; in Xfce a click beside them only closes it
            return capitalized(body)
        others = words.how_to_answer([key for key in keys if key != "accept"], "Other answers: psoas-nudge")
        how = f"{NO_BUTTONS[self.program]} to start. {others}".rstrip()
        return f"{how}\n{capitalized(body)}"  # mako cuts off the end

    def _actions(self, message: Message) -> list[str]:
        if "actions" not in self.can:
            return []
        pairs = [(key(button.press), words.line(button.label)) for button in message.buttons]
        # A click on the notification accepts. Without a label, because Xfce would draw the action as another button.
        pairs = [(BODY_CLICK, "") for button in message.buttons if isinstance(button.press, Accept)] + pairs
        return [text for pair in pairs for text in pair]


def id_in(reply: list[Any]) -> int:
    """The id in a reply of Notify. Raises CallFailed when it is malformed."""
    match reply:
        case [int(number)] if 0 < number < 2**32:
            return number
    raise CallFailed(INVALID, "the service gave no id for the notification")


def texts_in(*reply: Any) -> list[str]:
    """The texts in a reply. Raises CallFailed when it is malformed."""
    match reply:
        case [list(texts)] if all(isinstance(text, str) for text in texts):
            return texts
    raise CallFailed(INVALID, "the service does not say what it is and what it can do")


def invokes(action: str, press: Answering | OwnButton) -> bool:
    """Whether this action key stands for the answer."""
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
