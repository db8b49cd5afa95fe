"""How hard the tests try that make up their input: seconds each in the suite, as long as wished with run.py --fuzz."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

LONGER = int(os.environ.get("PSOAS_NUDGE_FUZZ", "1"))
"""Times as many examples as usual. More than 1 also means: other ones each time, see --hypothesis-seed."""


def effort(examples: int, steps: int = 50) -> settings:
    """Of one test: the same examples each time in the suite, for a red build is red for everyone."""
    return settings(
        max_examples=examples * LONGER,
        stateful_step_count=steps,
        derandomize=LONGER == 1,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
