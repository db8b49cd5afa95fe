"""Shares and means with confidence intervals, so that a chance difference is not reported as a change.

Wilson's score interval for a share (Wilson 1927), Newcombe's hybrid interval for the difference of two shares (Newcombe
1998, method 10), Welch's interval for the difference of two means, with the quantile of Student's t from Abramowitz and
Stegun 26.7.5. All of them assume independent observations; days and prompts are only roughly independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import variance
from typing import NamedTuple

Z_95 = 1.959964
Z_STRICT = 3.0
"""Standard errors where several things are compared at once (99.7 %): one of them may look good by chance."""
ENOUGH = 10
"""With fewer observations no share and no mean is stated."""


class Interval(NamedTuple):
    """A confidence interval: the true values with which the observations agree."""

    low: float
    high: float

    @property
    def significant(self) -> bool:
        """Whether zero is outside, so that the difference is significant."""
        return self.low > 0 or self.high < 0


class Share(NamedTuple):
    """`yes` of `of` observations."""

    yes: int
    of: int

    @property
    def part(self) -> float:
        """The share, 0 to 1; without observations 0."""
        return self.yes / self.of if self.of else 0.0

    @property
    def enough(self) -> bool:
        """Whether there are enough observations to state it."""
        return self.of >= ENOUGH

    def interval(self, z: float = Z_95) -> Interval:
        """Wilson's score interval; without observations it is 0 to 1."""
        if not self.of:
            return Interval(0.0, 1.0)
        n, p = self.of, self.part
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return Interval(max(0.0, middle - half), min(1.0, middle + half))


def share_difference(later: Share, earlier: Share, z: float = Z_95) -> Interval:
    """Newcombe's interval for `later` minus `earlier`."""
    a, b = later.interval(z), earlier.interval(z)
    difference = later.part - earlier.part
    return Interval(
        difference - sqrt((later.part - a.low) ** 2 + (b.high - earlier.part) ** 2),
        difference + sqrt((a.high - later.part) ** 2 + (earlier.part - b.low) ** 2),
    )


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean; 0 without values."""
    return sum(values) / len(values) if values else 0.0


def mean_difference(later: Sequence[float], earlier: Sequence[float]) -> Interval | None:
    """Welch's 95 % interval for the mean of `later` minus that of `earlier`; None when either has too few."""
    if min(len(later), len(earlier)) < ENOUGH:
        return None
    difference = mean(later) - mean(earlier)
    a, b = variance(later) / len(later), variance(earlier) / len(earlier)
    if a + b == 0:
        return Interval(difference, difference)
    freedom = (a + b) ** 2 / (a * a / (len(later) - 1) + b * b / (len(earlier) - 1))
    half = _t_95(freedom) * sqrt(a + b)
    return Interval(difference - half, difference + half)


def _t_95(freedom: float) -> float:
    """Two-sided 95 % quantile of Student's t, accurate to 0.001 from 9 degrees of freedom on."""
    z, n = Z_95, freedom
    return (
        z
        + (z**3 + z) / (4 * n)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
    )
