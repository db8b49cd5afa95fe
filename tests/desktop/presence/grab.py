"""A client that grabs an X server, as some window managers do while a window is moved: grab.py SECONDS, then it lets go.

Writes a line once the server is grabbed.
"""

import asyncio
import os
import sys

from psoas_nudge.presence.fullscreen import atom
from psoas_nudge.presence.xserver import XConnection

GRAB_SERVER = 36


async def main() -> None:
    connection = XConnection(lambda _event: None, lambda _why: None)
    await connection.connect(dict(os.environ))
    connection.send(GRAB_SERVER, 0)
    await atom(connection, "WM_NAME")
    sys.stdout.write("grabbed\n")
    sys.stdout.flush()
    await asyncio.sleep(float(sys.argv[1]))
    await connection.close()


asyncio.run(main())
