"""The drawn figures: poses a healthy body can take, every step drawn, both sides, and a picture for the prompt."""

from __future__ import annotations

import re
import struct
from io import BytesIO
from itertools import pairwise
from math import atan2, degrees
from pathlib import Path
from xml.etree import ElementTree

import pytest
import resvg_py
from PIL import Image, ImageChops

from psoas_nudge.core.catalogue import CATALOGUE
from psoas_nudge.core.routines import Routine, Side, Step, script
from psoas_nudge.guide.figures import ANGLE, FIGURES, paths_between, sheet
from psoas_nudge.guide.figures.body import ASIS, FLOOR, FOREARM, PUBIS, SHANK, THIGH, UPPER_ARM, Point, Skeleton, solve
from psoas_nudge.guide.figures.dots import dots
from psoas_nudge.guide.figures.drawing import picture, svg
from psoas_nudge.guide.figures.shapes import parts
from psoas_nudge.notify import ICON
from psoas_nudge.notify import picture as picture_file

EVERY = pytest.mark.parametrize("routine", CATALOGUE, ids=lambda routine: routine.id)
STRETCHES = [routine.id for routine in CATALOGUE if routine.aim == "stretch"]
POSES = [(name, pose) for name, figure in FIGURES.items() for pose in figure.poses]
MAT = 183.0
"""The upper side of the mat on which somebody lies."""
FLESH = 3.0
"""Of an elbow or a hand, around its joint."""
SVG = "{http://www.w3.org/2000/svg}"
HEALTHY = 15.0
"""Degrees of hip extension that a drawing may ask for; adults have about 7 passively (PMC4325283)."""


def skeleton(routine_id: str, pose: str) -> Skeleton:
    return solve(FIGURES[routine_id].poses[pose])


def direction(begin: Point, end: Point) -> float:
    return degrees(atan2(end[0] - begin[0], end[1] - begin[1]))


def extension(drawn: Skeleton) -> float:
    """From the drawn points alone: the thigh against the front of the pelvis, ASIS to pubic bone."""
    hip, knee, _ = drawn.leg("near")
    against = direction(drawn.pelvic(ASIS), drawn.pelvic(PUBIS)) - direction(hip, knee)
    return (against + 180) % 360 - 180


@pytest.mark.parametrize(("routine_id", "pose"), POSES)
def test_no_pose_takes_the_thigh_further_behind_the_pelvis_than_a_healthy_hip_goes(routine_id: str, pose: str) -> None:
    drawn = skeleton(routine_id, pose)
    assert extension(drawn) <= HEALTHY


@pytest.mark.parametrize("routine_id", STRETCHES)
def test_a_stretch_comes_from_the_tuck_and_the_shift_adds_a_little(routine_id: str) -> None:
    start, tuck, end = (skeleton(routine_id, pose) for pose in ("start", "tuck", "end"))
    assert extension(start) < extension(tuck) < extension(end)
    assert extension(tuck) - extension(start) > extension(end) - extension(tuck)
    assert start.pelvis - tuck.pelvis >= 10
    assert end.pelvis <= tuck.pelvis
    assert extension(end) >= 5
    assert start.lordosis > tuck.lordosis >= end.lordosis - 2, "the lower back flattens and stays flat"


@pytest.mark.parametrize("routine_id", STRETCHES)
def test_the_fault_beside_it_arches_the_lower_back_and_tips_the_pelvis_forward(routine_id: str) -> None:
    fault = FIGURES[routine_id].fault
    assert fault is not None
    assert solve(fault).pelvis >= 15
    assert solve(fault).lordosis > 1.5 * skeleton(routine_id, "start").lordosis


@pytest.mark.parametrize(("routine_id", "pose"), POSES)
def test_nobody_sinks_into_the_floor_or_leaves_the_picture(routine_id: str, pose: str) -> None:
    drawn, (left, top, width, _) = skeleton(routine_id, pose), FIGURES[routine_id].box
    points = [drawn.skull, *(at for limb in ("near", "far") for at in (*drawn.leg(limb), *drawn.arm(limb)))]
    points += [drawn.foot(limb, at) for limb in ("near", "far") for at in ((-5, 0), (12, 0), (17, 2))]
    for x, y in points:
        assert left <= x <= left + width
        assert top <= y <= FLOOR + 2


@pytest.mark.parametrize(("routine_id", "pose"), POSES)
def test_the_body_rests_on_the_floor_or_the_mat_and_no_elbow_is_in_it(routine_id: str, pose: str) -> None:
    drawn = skeleton(routine_id, pose)
    lowest = max(drawn.foot(limb, at)[1] for limb in ("near", "far") for at in ((-6, 0.2), (12, 0), (17, 2)))
    on_a_mat = routine_id in {"constructive-rest", "ball-release"}
    assert lowest <= FLOOR + 0.5
    assert on_a_mat or lowest >= FLOOR - 0.5, "nobody floats"
    for limb in ("near", "far"):
        assert all(y + FLESH <= FLOOR - 1 for _, y in drawn.arm(limb)[1:])


HELD = {
    "standing-hip-flexor": "prop", "standing-march": "prop", "split-stance-raise": "prop",
    "chair-kneeling-hip-flexor": "chair back",
}  # fmt: skip
"""The prop on which the far hand rests."""


@pytest.mark.parametrize(("routine_id", "pose"), [each for each in POSES if each[0] in HELD])
def test_a_hand_that_holds_on_lies_on_what_it_holds_from_the_first_picture_to_the_last(
    routine_id: str, pose: str
) -> None:
    x, y = skeleton(routine_id, pose).arm("far")[2]
    outline = next(path for kind, path in FIGURES[routine_id].behind if kind == HELD[routine_id])
    left, top, right = (float(each) for each in re.findall(r"[\d.]+", outline)[:3])
    assert left <= x <= right
    assert y + FLESH == pytest.approx(top, abs=1)


def test_who_lies_on_the_back_lies_on_it_from_the_head_to_the_pelvis() -> None:
    for pose in FIGURES["constructive-rest"].poses:
        outline = {kind: path for kind, path in parts(skeleton("constructive-rest", pose)) if kind in {"head", "trunk"}}
        lowest = {kind: max(y for _, y in numbers(path)) for kind, path in outline.items()}
        back = max(y for x, y in numbers(outline["trunk"]) if x < 70)
        assert [lowest["head"], back, lowest["trunk"]] == pytest.approx([MAT, MAT, MAT], abs=1.2)


def numbers(path: str) -> list[tuple[float, float]]:
    """The points of an outline that a picture draws."""
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)(?=[CZ])", path)]


def test_forearms_and_toes_of_who_lies_face_down_are_on_the_mat() -> None:
    for pose in FIGURES["ball-release"].poses:
        _, elbow, hand = skeleton("ball-release", pose).arm("near")
        assert [elbow[1] + 4, hand[1] + FLESH] == pytest.approx([MAT + 1, MAT + 1], abs=2.5)


def test_the_instep_of_the_kneeling_leg_is_on_the_floor() -> None:
    for pose in FIGURES["kneeling-hip-flexor"].poses:
        foot = dict(parts(skeleton("kneeling-hip-flexor", pose)))["foot"]
        assert max(y for _, y in numbers(foot)) == pytest.approx(FLOOR, abs=1.5)


@EVERY
def test_the_curve_of_the_lower_back_is_never_behind_an_arm(routine: Routine) -> None:
    """The tuck is what the figures teach: pelvis and lumbar spine are drawn over everything else of the body."""
    for pose in FIGURES[routine.id].poses:
        body = (svg(routine.id, pose, "right") or "").partition('class="body"')[2].partition('class="notes"')[0]
        classes = re.findall(r'<path class="([^"]+)"', body)
        assert classes[-5:] == ["psoas", "spine", "lumbar", "pelvis", "joint"]
        assert "arm" in classes


@pytest.mark.parametrize("routine_id", [name for name, figure in FIGURES.items() if figure.tucked])
def test_the_arrows_of_the_closer_look_are_not_cut_off(routine_id: str) -> None:
    figure = FIGURES[routine_id]
    for pose in figure.tucked:
        for left, top, size, inside in re.findall(
            r'<svg [^>]*viewBox="(-?[\d.]+) (-?[\d.]+) ([\d.]+) [\d.]+"><g class="close">(.*?)</g></svg>',
            svg(routine_id, pose, "right") or "",
        ):
            for path in re.findall(r'class="tip" d="([^"]+)"', inside):
                x, y = zip(*[map(float, at.split()) for at in re.findall(r"-?[\d.]+ -?[\d.]+", path)], strict=True)
                assert float(left) < min(x)
                assert max(x) < float(left) + float(size)
                assert float(top) < min(y)
                assert max(y) < float(top) + float(size)


@pytest.mark.parametrize(("routine_id", "pose"), POSES)
def test_bones_keep_their_length_in_every_pose(routine_id: str, pose: str) -> None:
    drawn = skeleton(routine_id, pose)
    for limb in ("near", "far"):
        for chain, bones in ((drawn.leg(limb), (THIGH, SHANK)), (drawn.arm(limb), (UPPER_ARM, FOREARM))):
            for (begin, end), bone in zip(pairwise(chain), bones, strict=True):
                assert ((begin[0] - end[0]) ** 2 + (begin[1] - end[1]) ** 2) ** 0.5 == pytest.approx(bone)


@EVERY
def test_every_step_is_drawn_and_the_page_can_move_from_one_to_the_next(routine: Routine) -> None:
    segments = script(routine)
    for segment in segments:
        side = segment.side
        drawn = ElementTree.fromstring(svg(routine.id, segment.picture, side) or "")
        classes = " ".join(part.get("class") or "" for part in drawn.iter()).split()
        assert {"pelvis", "lumbar", "trunk", "head", "leg", "foot", "arm", "floor"} <= set(classes)
        assert not any(part.get("style") for part in drawn.iter()), "the content security policy would refuse it"
    for before, after in pairwise(segments):
        shapes = [shape(routine.id, before.picture), shape(routine.id, after.picture)]
        shapes += [[re.sub(NUMBER, "#", path) for path in way] for way in ways(routine.id, before, after)]
        assert all(each == shapes[0] for each in shapes)


NUMBER = re.compile(r"-?\d+(\.\d+)?")


def shape(routine_id: str, pose: str) -> list[str]:
    """The commands of the body's paths, without their numbers."""
    drawn = ElementTree.fromstring(svg(routine_id, pose, "right") or "")
    body = next(part for part in drawn.iter() if part.get("class") == "body")
    return [re.sub(NUMBER, "#", path.get("d") or "") for path in body]


def ways(routine_id: str, before: object, after: object) -> list[list[str]]:
    return paths_between(routine_id, before.picture, after.picture)  # type: ignore[attr-defined]


def test_a_limb_that_turns_far_moves_on_a_curve() -> None:
    assert paths_between("kneeling-hip-flexor", "start", "tuck") == []
    assert len(paths_between("standing-march", "start", "end")) >= 84 // ANGLE


@pytest.mark.parametrize("routine_id", STRETCHES)
def test_the_tuck_turns_before_anything_shifts(routine_id: str) -> None:
    tuck, end = (svg(routine_id, pose, "right") or "" for pose in ("tuck", "end"))
    assert ' class="ghost"' in tuck, "where the pelvis was"
    assert tuck.count('class="badge wrong"') == end.count('class="badge wrong"') == 1
    main = {pose: drawn.partition('class="notes"')[2].partition("</g>")[0] for pose, drawn in (("t", tuck), ("e", end))}
    assert re.findall(r'class="arrow" d="([^"]+)"', main["t"])[0].count("L") > 5, "an arc"
    assert re.findall(r'class="arrow" d="([^"]+)"', main["e"])[0].count("L") == 1, "a straight arrow"
    assert 'class="felt hip"' in main["e"]
    assert "felt" not in main["t"]


def test_the_free_leg_hangs_before_the_seat_and_the_other_thigh_lies_behind_its_edge() -> None:
    drawn = svg("chair-edge-hip-flexor", "end", "left") or ""
    body = drawn.partition('class="body"')[2]
    order = re.findall(r'class="(leg far|seat|leg)"', body)
    assert order[:3] == ["leg far", "seat", "leg"]
    assert "0 0 100 100" in (svg("chair-edge-hip-flexor", "seat", "left") or ""), "the seat from above"


@EVERY
def test_the_left_side_is_the_right_one_mirrored_and_its_badges_are_not(routine: Routine) -> None:
    pose = FIGURES[routine.id].last
    left, right = svg(routine.id, pose, "left") or "", svg(routine.id, pose, "right") or ""
    assert left.count("matrix(-1 0 0 1") == 1
    assert left.count("<path") == right.count("<path")
    badges = left.rpartition("translate")[0].rpartition("</g>")[0]
    assert "badge" not in badges.partition("matrix")[2].partition('<g transform="translate')[0]


@EVERY
@pytest.mark.parametrize("side", ["left", "right"])
def test_the_figure_can_be_drawn_with_characters_of_a_terminal(routine: Routine, side: Side) -> None:
    for pose in FIGURES[routine.id].poses:
        drawn = dots(routine.id, pose, side, (60, 14))
        assert 8 <= len(drawn) <= 14
        assert all(len(line) == len(drawn[0]) <= 60 for line in drawn)
        assert ("↺" in "".join(drawn)) == (side == "right" and pose in FIGURES[routine.id].tucked[:1])
        assert ("↻" in "".join(drawn)) == (side == "left" and pose in FIGURES[routine.id].tucked[:1])
    assert dots(routine.id, "start", side, (60, 7)) == dots("my-own", "start", side, (60, 14)) == []


@EVERY
def test_the_sheet_to_print_has_every_picture_and_all_the_words(routine: Routine) -> None:
    drawn = ElementTree.fromstring(sheet(routine, "left" if routine.sided else None))
    words = " ".join(part.text or "" for part in drawn.iter(f"{SVG}text"))
    pictures = {step.picture: step for step in routine.steps}
    assert len(drawn.findall(f"{SVG}svg")) == len(pictures)
    assert all(step.text in words and step.cue in words for step in pictures.values())


@EVERY
def test_every_prompt_has_a_picture_of_its_routine(routine: Routine) -> None:
    head = Path(picture_file(routine)).read_bytes()[:24]
    assert struct.unpack(">II", head[16:]) == (192, 192)
    assert ElementTree.fromstring(picture(routine.id) or "").tag == f"{SVG}svg"


@EVERY
def test_the_picture_of_the_prompt_is_the_figure_as_it_is_drawn_now(routine: Routine) -> None:
    made = resvg_py.svg_to_bytes(svg_string=picture(routine.id) or "", width=192)
    drawn, file = (Image.open(BytesIO(png)).convert("RGBA") for png in (made, Path(picture_file(routine)).read_bytes()))
    [furthest] = [max(high for _, high in ImageChops.difference(drawn, file).getextrema())]
    assert furthest < 40, "make it anew: see drawing.picture"


def test_the_place_of_the_ball_is_shown_from_the_front_on_the_side_that_is_meant() -> None:
    left, right = (svg("ball-release", "start", side) or "" for side in ("left", "right"))
    for drawn in (left, right):
        assert drawn.count('class="ball"') == 2, "under the body, and on the belly"
    ball = re.search(r'class="ball" d="M([\d.]+) [\d.]+a7 7 0 1 0 14', right.partition("0 0 100 100")[2])
    assert ball is not None
    assert float(ball[1]) + 7 < 50, "the right side of a person who faces us is on our left"
    assert "matrix(-1" in left


def test_a_routine_of_ones_own_has_no_figure_and_the_products_icon() -> None:
    assert svg("my-lunge", "end", "left") is None
    assert picture("my-lunge") is None
    own = Routine(id="my-lunge", title="Mine", purpose="", steps=(Step(text="Hold.", seconds=9, hold=True),))
    assert picture_file(own) == ICON
