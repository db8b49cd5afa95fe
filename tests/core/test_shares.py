"""The intervals are those of the papers and tables that they come from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psoas_nudge.core.shares import ENOUGH, Interval, Share, mean, mean_difference, share_difference


@pytest.mark.parametrize(
    ("yes", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_the_interval_of_a_share_is_wilsons(yes: int, of: int, low: float, high: float) -> None:
    """Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3."""
    assert Share(yes, of).interval() == pytest.approx((low, high), abs=0.0001)


@pytest.mark.parametrize(
    ("later", "earlier", "low", "high"),
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((6, 7), (2, 7), 0.0582, 0.8062)],
)  # fmt: skip
def test_the_interval_of_a_difference_is_newcombes(
    later: tuple[int, int], earlier: tuple[int, int], low: float, high: float
) -> None:
    """Newcombe 1998, "Interval estimation for the difference", table II, method 10."""
    assert share_difference(Share(*later), Share(*earlier)) == pytest.approx((low, high), abs=0.0001)


@pytest.mark.parametrize(("count", "quantile"), [(10, 2.2622), (21, 2.0860), (31, 2.0423)])
def test_a_mean_against_a_fixed_value_has_students_interval(count: int, quantile: float) -> None:
    values = [float(n % 2) for n in range(count)]
    middle = sum(values) / count
    error = (sum((v - middle) ** 2 for v in values) / (count - 1) / count) ** 0.5
    found = mean_difference(values, [0.0] * count)
    assert found is not None
    assert [(middle - found.low) / error, (found.high - middle) / error] == pytest.approx([quantile] * 2, abs=0.0005)


def test_groups_of_unequal_size_and_spread_are_compared_as_welch_did() -> None:
    """Worked by hand: variances 1 and 16 with 12 and 20 values give 22.74 degrees of freedom, t = 2.0700."""
    wide = [10 + (19 / 20 * 16) ** 0.5 * (-1) ** n for n in range(20)]
    narrow = [5 + (11 / 12) ** 0.5 * (-1) ** n for n in range(12)]
    half = 2.0700 * (16 / 20 + 1 / 12) ** 0.5
    assert mean_difference(wide, narrow) == pytest.approx((5 - half, 5 + half), abs=0.0005)
    assert mean_difference(narrow, wide) == pytest.approx((-5 - half, -5 + half), abs=0.0005)


def test_groups_that_vary_alike_differ_by_an_interval_too() -> None:
    found = mean_difference([float(n % 2) for n in range(10)], [float(n % 2) for n in range(10)])
    assert found is not None
    assert found.low < 0 < found.high


@pytest.mark.parametrize(
    ("low", "high", "tells"),
    [(0.1, 0.5, True), (-0.5, -0.1, True), (-0.1, 0.1, False), (0.0, 0.5, False), (-0.5, 0.0, False)],
)
def test_an_interval_without_zero_in_it_tells(low: float, high: float, tells: bool) -> None:
    assert Interval(low, high).significant == tells


def test_the_mean_of_nothing_is_nothing() -> None:
    assert (mean([]), mean([1.0, 2.0])) == (0.0, 1.5)


def test_with_too_few_nothing_is_compared() -> None:
    few, many = [1.0] * (ENOUGH - 1), [2.0] * 50
    assert mean_difference(few, many) is None
    assert mean_difference(many, few) is None
    assert not Share(9, 9).enough
    assert Share(0, 10).enough


def test_values_that_never_vary_differ_by_what_they_differ() -> None:
    assert mean_difference([2.0] * 10, [1.0] * 10) == Interval(1.0, 1.0)


def test_of_nothing_everything_is_possible() -> None:
    assert Share(0, 0).interval() == (0.0, 1.0)
    assert Share(0, 0).part == 0.0
    assert not share_difference(Share(0, 0), Share(5, 10)).significant


@given(of=st.integers(1, 5000), data=st.data())
def test_the_share_lies_in_its_interval_which_lies_in_0_to_1(of: int, data: st.DataObject) -> None:
    share = Share(data.draw(st.integers(0, of)), of)
    low, high = share.interval()
    assert 0 <= low <= share.part + 1e-12
    assert share.part - 1e-12 <= high <= 1


@given(st.integers(1, 500), st.integers(1, 500), st.data())
def test_a_difference_taken_the_other_way_round_is_its_mirror(n: int, m: int, data: st.DataObject) -> None:
    a, b = Share(data.draw(st.integers(0, n)), n), Share(data.draw(st.integers(0, m)), m)
    there, back = share_difference(a, b), share_difference(b, a)
    assert there == pytest.approx((-back.high, -back.low))
