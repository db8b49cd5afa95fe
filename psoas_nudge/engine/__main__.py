"""`python -m psoas_nudge.engine VERBOSITY CALLED [CONFIG]`: what `psoas-nudge run` becomes.

CALLED is what the person has to type to call psoas-nudge (called.py)."""

from __future__ import annotations

import sys

from psoas_nudge.engine.lean import lean

with lean():
    import asyncio
    from collections.abc import Sequence
    from pathlib import Path

    from psoas_nudge import called
    from psoas_nudge.engine import log
    from psoas_nudge.engine.service import serve
    from psoas_nudge.errors import PsoasNudgeError, fault, in_words

    if sys.platform != "win32":
        import dbus_fast.aio
        import dbus_fast.service  # noqa: F401 - bus.py imports both later, when the stubs are gone


def main(words: Sequence[str]) -> int:
    """Run until stopped; returns the exit status."""
    if sys.stderr is None:  # pythonw.exe, which Windows starts at login
        sys.stderr = sys.stdout = log.file()
    log.set_up(int(words[0]))
    called.set_name(words[1])
    try:
        asyncio.run(serve(Path(words[2]) if len(words) > 2 else None))
    except PsoasNudgeError as error:
        print(called.as_called(in_words(error)), file=sys.stderr)  # noqa: T201 - there is no click here
        return error.exit_code
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        print(f"psoas-nudge: unexpected error, please report it: {fault(error)}", file=sys.stderr)  # noqa: T201 - as above
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
