"""`python -m psoas_nudge.guide ROUTINE [--prompt N] [--page|--terminal]`: how the daemon opens a guide."""

from __future__ import annotations

import argparse
import logging
import sys

from psoas_nudge.errors import PsoasNudgeError
from psoas_nudge.guide.opening import load_settings, open_for_prompt


def main() -> int:
    """Play one routine; the exit status."""
    parser = argparse.ArgumentParser(prog="psoas_nudge.guide")
    parser.add_argument("routine")
    parser.add_argument("--prompt", type=int)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--page", action="store_const", const="page", dest="how")
    how.add_argument("--terminal", action="store_const", const="terminal", dest="how")
    parser.set_defaults(how="page")
    asked = parser.parse_args()
    logging.basicConfig(format="%(name)s: %(message)s", level=logging.WARNING)
    try:
        open_for_prompt(load_settings(None), asked.routine, asked.prompt, asked.how)
    except PsoasNudgeError as error:
        print(f"psoas-nudge: {error}", file=sys.stderr)  # noqa: T201 - the daemon's log is where it goes
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
