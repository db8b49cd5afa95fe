"""`python -m psoas_nudge.guide ROUTINE [--prompt N] [--page|--terminal|--practice]`: run by the daemon and the demo.

`--practice` opens the page and records nothing.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys

from psoas_nudge.config import load
from psoas_nudge.engine.outside import NOT_RECORDED
from psoas_nudge.errors import NotRecorded, PsoasNudgeError
from psoas_nudge.guide.opening import on_page, open_for_prompt
from psoas_nudge.guide.reports import PracticeReports


def main() -> int:
    """Play one routine. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="psoas_nudge.guide")
    parser.add_argument("routine")
    parser.add_argument("--prompt", type=int)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--page", action="store_const", const="page", dest="how")
    how.add_argument("--terminal", action="store_const", const="terminal", dest="how")
    how.add_argument("--practice", action="store_true")
    parser.set_defaults(how="page")
    options = parser.parse_args()
    logging.basicConfig(format="%(name)s: %(message)s", level=logging.WARNING)
    try:
        if options.practice:
            on_page(load(None, os.environ), options.routine, None, PracticeReports())
        else:
            open_for_prompt(load(None, os.environ), options.routine, options.prompt, options.how)
    except PsoasNudgeError as error:
        print(f"psoas-nudge: {error}", file=sys.stderr)  # noqa: T201 - goes to the daemon's log
        return NOT_RECORDED if isinstance(error, NotRecorded) else error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
