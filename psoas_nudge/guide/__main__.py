"""`python -m psoas_nudge.guide ROUTINE [--prompt N] [--page|--terminal|--practice]`: how daemon and demo open a guide.

`--practice` plays on the page and records nothing.
"""

from __future__ import annotations

import argparse
import logging
import sys

from psoas_nudge.engine.guides import NOT_RECORDED
from psoas_nudge.errors import NotRecorded, PsoasNudgeError
from psoas_nudge.guide.opening import load_settings, on_page, open_for_prompt
from psoas_nudge.guide.reports import PracticeReports


def main() -> int:
    """Play one routine; the exit status."""
    parser = argparse.ArgumentParser(prog="psoas_nudge.guide")
    parser.add_argument("routine")
    parser.add_argument("--prompt", type=int)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--page", action="store_const", const="page", dest="how")
    how.add_argument("--terminal", action="store_const", const="terminal", dest="how")
    how.add_argument("--practice", action="store_true")
    parser.set_defaults(how="page")
    asked = parser.parse_args()
    logging.basicConfig(format="%(name)s: %(message)s", level=logging.WARNING)
    try:
        if asked.practice:
            on_page(load_settings(None), asked.routine, None, PracticeReports())
        else:
            open_for_prompt(load_settings(None), asked.routine, asked.prompt, asked.how)
    except PsoasNudgeError as error:
        print(f"psoas-nudge: {error}", file=sys.stderr)  # noqa: T201 - the daemon's log is where it goes
        return NOT_RECORDED if isinstance(error, NotRecorded) else error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
