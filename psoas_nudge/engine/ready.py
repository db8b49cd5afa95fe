"""Reports the daemon's state to systemd, and feeds its watchdog: the protocol of sd_notify(3), one datagram a message.

Without a supervisor it does nothing. `notify("READY=1")` when prompts can come, `notify("STOPPING=1")` at the end.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable

from psoas_nudge.core.events import AnyEvent
from psoas_nudge.core.state import State
from psoas_nudge.engine.engine import Listener
from psoas_nudge.system.channel import unix_socket

log = logging.getLogger(__name__)

FEED_SECONDS = 60.0
"""Between two keep-alive messages to the watchdog."""


def notify(word: str) -> None:
    """Send the message to the socket in NOTIFY_SOCKET; a failure is only logged."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with unix_socket(socket.SOCK_DGRAM) as to:
            to.connect(address)
            to.send(word.encode())
    except OSError as error:
        log.warning("systemd was not notified of %s: %s", word, error)


class Watchdog(Listener):
    """Feeds systemd's watchdog after steps only, so a daemon whose event loop runs without steps is restarted too.

    The longest time between steps is timers.LONGEST_SLEEP; WatchdogSec in the unit is longer.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        given = os.environ.get("WATCHDOG_USEC", "")
        self._wanted = bool(given)
        self._every = min(FEED_SECONDS, int(given) / 2_000_000) if given.isdecimal() else FEED_SECONDS
        self._clock = clock
        self._next = 0.0

    def stepped(self, event: AnyEvent, state: State) -> None:  # noqa: ARG002 - for every event
        """Feed it at most once a minute, or twice within systemd's timeout where that is shorter."""
        if self._wanted and (now := self._clock()) >= self._next:
            self._next = now + self._every
            notify("WATCHDOG=1")
