"""The drawn figures: every routine has both sides, both poses and a picture for the prompt."""

from __future__ import annotations

import struct
from itertools import chain, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from psoas_nudge.core.catalogue import CATALOGUE
from psoas_nudge.core.routines import Routine
from psoas_nudge.guide.figures import FIGURES, GROUND, WIDTH, picture, svg
from psoas_nudge.notify import ICON
from psoas_nudge.notify import picture as picture_file

EVERY = pytest.mark.parametrize("routine", CATALOGUE, ids=lambda routine: routine.id)
SVG = "{http://www.w3.org/2000/svg}"


@EVERY
def test_every_routine_is_drawn_with_start_end_and_what_moves(routine: Routine) -> None:
    for side in ("left", "right") if routine.sided else (None,):
        drawn = ElementTree.fromstring(svg(routine.id, side) or "")
        classes = [part.get("class") for part in drawn.iter()]
        assert {"pose behind", "pose start", "pose end", "mark", "arrow"} <= set(classes)
        assert not any(part.get("style") for part in drawn.iter()), "the content security policy would refuse it"


@EVERY
def test_the_left_side_is_the_right_one_mirrored(routine: Routine) -> None:
    left, right = svg(routine.id, "left") or "", svg(routine.id, "right") or ""
    assert left.replace(f' transform="translate({WIDTH} 0) scale(-1 1)"', "") == right != left


@EVERY
def test_nobody_stands_under_the_ground_or_outside_the_picture(routine: Routine) -> None:
    figure = FIGURES[routine.id]
    assert figure.start != figure.end
    for pose in (figure.start, figure.end):
        points = chain([pose.head, pose.neck, pose.hip], pose.near_leg, pose.far_leg, pose.near_arm)
        assert all(6 <= x <= WIDTH - 6 and 6 <= y <= GROUND for x, y in points)


@EVERY
def test_limbs_keep_their_length_between_the_poses(routine: Routine) -> None:
    figure = FIGURES[routine.id]
    for limb in ("near_leg", "far_leg"):
        lengths = [sum(distances(pose.hip, *getattr(pose, limb)[:2])) for pose in (figure.start, figure.end)]
        assert lengths[0] == pytest.approx(lengths[1], rel=0.2)


def distances(*points: tuple[float, float]) -> list[float]:
    return [((a - c) ** 2 + (b - d) ** 2) ** 0.5 for (a, b), (c, d) in pairwise(points)]


@EVERY
def test_every_prompt_has_a_picture_of_its_routine(routine: Routine) -> None:
    head = Path(picture_file(routine.id)).read_bytes()[:24]
    assert struct.unpack(">II", head[16:]) == (192, 192)
    assert ElementTree.fromstring(picture(routine.id) or "").tag == f"{SVG}svg"


def test_a_routine_of_ones_own_has_words_only_and_the_products_icon() -> None:
    assert svg("my-lunge", "left") is None
    assert picture("my-lunge") is None
    assert picture_file("my-lunge") == ICON
