"""Tell systemd how the daemon fares: the protocol of sd_notify(3), one datagram a word.

Costs nothing where no supervisor asked. `tell("READY=1")` once prompts can come, `tell("STOPPING=1")` at the end.
"""

from __future__ import annotations

import logging
import os
import socket

from psoas_nudge.system.channel import unix_socket

log = logging.getLogger(__name__)


def tell(word: str) -> None:
    """Send the word to the supervisor named by NOTIFY_SOCKET; a deaf one is only noted in the log."""
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
