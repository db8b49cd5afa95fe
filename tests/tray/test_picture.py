"""The icon can be told apart at 16 pixels, on light and on dark panels."""

from __future__ import annotations

from itertools import combinations

import pytest

from psoas_nudge.core.status import Look
from psoas_nudge.tray.picture import LOOKS, SIZES, STEPS, Pixmap, pictures

PANELS = {"light": (246, 245, 244), "dark": (43, 43, 43), "white": (255, 255, 255), "black": (0, 0, 0)}


def luminance(colour: tuple[int, int, int]) -> float:
    """WCAG 2.1, relative luminance."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def alpha(picture: Pixmap) -> list[int]:
    return list(picture.pixels[::4])


def difference(one: Pixmap, other: Pixmap) -> float:
    """How many pixels' worth of alpha two pictures differ in."""
    return sum(abs(a - b) for a, b in zip(alpha(one), alpha(other), strict=True)) / 255


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("kind", Look)
def test_every_colour_is_seen_on_every_panel(kind: Look, panel: str) -> None:
    lighter, darker = sorted((luminance(LOOKS[kind][0]), luminance(PANELS[panel])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 3.0


@pytest.mark.parametrize("kind", Look)
def test_every_look_comes_in_every_size_and_is_no_blank(kind: Look) -> None:
    made = pictures(kind)
    assert [(p.width, p.height, len(p.pixels)) for p in made] == [(s, s, 4 * s * s) for s in SIZES]
    for picture in made:
        assert 0.15 < sum(alpha(picture)) / 255 / picture.width**2 < 0.9


@pytest.mark.parametrize(("one", "other"), list(combinations(Look, 2)))
def test_two_looks_differ_in_many_pixels_even_at_the_smallest_size(one: Look, other: Look) -> None:
    assert difference(pictures(one, STEPS // 2)[0], pictures(other, STEPS // 2)[0]) >= 8


def test_the_ring_fills_up_from_below() -> None:
    fill = [sum(alpha(pictures(Look.SITTING, step)[-1])) for step in range(STEPS + 1)]
    assert fill == sorted(set(fill)), "each step shows more"
    half = pictures(Look.SITTING, STEPS // 2)[-1]
    middle = [half.pixels[4 * (row * half.width + half.width // 2)] for row in range(half.height)]
    assert middle[half.height // 3] == 0
    assert middle[2 * half.height // 3] == 255


def test_pixels_are_argb_with_the_alpha_first() -> None:
    exclamation_disc = pictures(Look.PROMPT)[-1]
    left_middle = 4 * (24 * 48 + 6)
    assert exclamation_disc.pixels[left_middle : left_middle + 4] == bytes((255, 217, 95, 2))
