"""How hard the tests try that make up their input: seconds each in the suite, as long as wished with run.py --fuzz."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

LONGER = int(os.environ.get("PSOAS_NUDGE_FUZZ", "1"))
"""Times as many examples as usual. More than 1 also means: other ones each time, see --hypothesis-seed."""


PROFILE = settings(
    derandomize=LONGER == 1,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)
"""Of every test that says nothing else: the same examples each time, for a red build is red for everyone, and no limit
of time, because a busy computer is no bug."""


def effort(examples: int, steps: int = 50) -> settings:
    """Of one test."""
    return settings(
        PROFILE,
        max_examples=examples * LONGER,
        stateful_step_count=steps,
        suppress_health_check=list(HealthCheck),
    )
