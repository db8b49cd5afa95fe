"""Reports the daemon's state to systemd: the protocol of sd_notify(3), one datagram for each message.

Without a supervisor it does nothing. `notify("READY=1")` when prompts can come, `notify("STOPPING=1")` at the end.
"""

from __future__ import annotations

import logging
import os
import socket

from psoas_nudge.system.channel import unix_socket

log = logging.getLogger(__name__)


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
