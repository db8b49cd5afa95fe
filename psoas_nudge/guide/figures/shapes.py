"""The outlines of the body's parts as SVG paths, computed from a skeleton.

Every skeleton gives the same parts with the same path commands, so that a page can animate by interpolating numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import atan2, cos, hypot, radians, sin

from psoas_nudge.guide.figures.body import Limb, Point, Skeleton, placed

Part = tuple[str, str]
"""(CSS class, path)."""


def parts(skeleton: Skeleton) -> Iterator[Part]:
    """The parts of the body, from far to near. The bones come last, so that nothing hides the tuck."""
    yield "arm far", _arm(skeleton, "far")
    yield "leg far", _leg(skeleton, "far")
    yield "foot far", _foot(skeleton, "far")
    yield "head", smooth(_head(skeleton))
    yield "trunk", smooth(_trunk(skeleton))
    yield "leg", _leg(skeleton, "near")
    yield "foot", _foot(skeleton, "near")
    yield "arm", _arm(skeleton, "near")
    yield "psoas", _psoas(skeleton)
    yield "spine", line(skeleton.thoracic)
    yield "lumbar", line(skeleton.lumbar)
    yield "pelvis", smooth([skeleton.pelvic(at) for at in HIP_BONE])
    yield "joint", _circle(skeleton.hip, 3.4)


HIP_BONE = (
    (-10.5, 12), (-6, 17.5), (0, 19.5), (6, 18), (9.5, 13), (6.5, 8), (7, 3), (9.5, -2), (6, -5.5), (1.5, -4.5),
    (-1, -8.5), (-5, -10.5), (-8, -7), (-5.5, -2), (-7.5, 3), (-10.5, 7),
)  # fmt: skip
"""The hip bone from the side: the wing with its crest above, ischium below and behind, pubis below and in front."""


def _trunk(skeleton: Skeleton) -> list[Point]:
    lumbar, thoracic = skeleton.lumbar, skeleton.thoracic
    root, skull = thoracic[4], skeleton.skull
    back = [skeleton.pelvic(at) for at in ((-5, -11), (-11.5, -7.5), (-14, 0.5), (-11.5, 9))]
    back += [beside(lumbar, 1, -6), beside(lumbar, 3, -6), beside(lumbar, 5, -7)]
    back += [beside(thoracic, 2, -7), beside(thoracic, 3, -5.5), toward(root, skull, 0.1, -4)]
    back += [toward(root, skull, 0.8, -4.5), toward(root, skull, 0.8, 5)]
    front = [toward(root, skull, 0.2, 8), beside(thoracic, 3, 14), beside(thoracic, 2, 17.5)]
    front += [beside(thoracic, 0, 17), beside(lumbar, 3, 15.5), beside(lumbar, 1, 16)]
    return [*back, *front, *(skeleton.pelvic(at) for at in ((12, 8), (11.5, -1), (6, -9)))]


def _head(skeleton: Skeleton) -> list[Point]:
    """A head in profile, so that its direction is visible."""
    profile = (
        (-1, 13), (6, 11.5), (9.3, 6.5), (9.6, 2), (12, -2), (9.8, -4.2), (9.2, -7), (7.5, -11), (3, -11.5),
        (-4, -8.5), (-8.5, -5), (-10.5, 2), (-7.5, 10),
    )  # fmt: skip
    return [placed(skeleton.skull, at, skeleton.head) for at in profile]


THIGH_SHAPE = ((0.0, 11.5, 11.0), (0.3, 10.0, 10.0), (0.7, 7.6, 7.8), (1.0, 6.6, 6.2))
SHANK_SHAPE = ((0.0, 6.4, 5.8), (0.25, 5.2, 7.6), (0.55, 4.4, 6.0), (1.0, 3.7, 3.7))
UPPER_ARM_SHAPE = ((0.0, 5.4, 5.2), (0.4, 5.0, 4.8), (1.0, 4.0, 4.0))
FOREARM_SHAPE = ((0.0, 4.0, 4.0), (0.3, 4.2, 4.2), (0.68, 2.9, 2.9), (0.82, 3.9, 3.4), (1.0, 2.4, 2.4))
"""(share of the bone's length, thickness in front, thickness behind)."""


def _leg(skeleton: Skeleton, limb: Limb) -> str:
    hip, knee, ankle = skeleton.leg(limb)
    return _limb(hip, knee, THIGH_SHAPE) + _limb(knee, ankle, SHANK_SHAPE)


def _arm(skeleton: Skeleton, limb: Limb) -> str:
    shoulder, elbow, hand = skeleton.arm(limb)
    return _limb(shoulder, elbow, UPPER_ARM_SHAPE) + _limb(elbow, hand, FOREARM_SHAPE)


def _limb(begin: Point, end: Point, shape: Sequence[tuple[float, float, float]]) -> str:
    """The outline of a limb segment, rounded at both ends."""
    length = hypot(end[0] - begin[0], end[1] - begin[1]) or 1.0
    _, first_front, first_behind = shape[0]
    _, last_front, last_behind = shape[-1]
    over = 0.5 * (last_front + last_behind) / length
    under = -0.5 * (first_front + first_behind) / length
    front = [toward(begin, end, share, -thick) for share, thick, _ in shape]
    behind = [toward(begin, end, share, thick) for share, _, thick in reversed(shape)]
    tip = [toward(begin, end, 1 + 0.75 * over, -0.7 * last_front), toward(begin, end, 1 + over, 0)]
    tip.append(toward(begin, end, 1 + 0.75 * over, 0.7 * last_behind))
    root = [toward(begin, end, 0.75 * under, 0.7 * first_behind), toward(begin, end, under, 0)]
    root.append(toward(begin, end, 0.75 * under, -0.7 * first_front))
    return smooth([*front, *tip, *behind, *root])


def _foot(skeleton: Skeleton, limb: Limb) -> str:
    outline = ((-6, 0.2), (4, 0), (13, 0), (17.5, 0.6), (17, 3), (10, 5.5), (4, 9.5), (-3, 9.5), (-6.3, 4))
    return smooth([skeleton.foot(limb, at) for at in outline])


def _psoas(skeleton: Skeleton) -> str:
    """The psoas, from the lumbar vertebrae over the front of the pelvis to the thigh bone."""
    lumbar = skeleton.lumbar
    hip, knee, _ = skeleton.leg("near")
    front, behind = skeleton.pelvic((10.5, 4)), skeleton.pelvic((4, 5))
    low, high = toward(hip, knee, 0.32, -2.5), toward(hip, knee, 0.24, 1.5)
    bulge, over = beside(lumbar, 3, 9.5), toward(front, low, 0.4, -1.5)
    top, bottom = beside(lumbar, 5, 2), beside(lumbar, 1, 2.5)
    return (
        f"M{xy(top)}Q{xy(bulge)} {xy(front)}Q{xy(over)} {xy(low)}L{xy(high)}Q{xy(behind)} {xy(behind)}"
        f"Q{xy(bottom)} {xy(bottom)}Z"
    )


def line(points: Sequence[Point]) -> str:
    """A polyline as an SVG path."""
    return "M" + "L".join(xy(point) for point in points)


def smooth(points: Sequence[Point]) -> str:
    """A closed Catmull-Rom spline through the points, as cubic Bezier segments of an SVG path."""
    count = len(points)
    path = f"M{xy(points[0])}"
    for index in range(count):
        before, begin, end, after = (points[(index + step) % count] for step in (-1, 0, 1, 2))
        first = (begin[0] + (end[0] - before[0]) / 6, begin[1] + (end[1] - before[1]) / 6)
        second = (end[0] - (after[0] - begin[0]) / 6, end[1] - (after[1] - begin[1]) / 6)
        path += f"C{xy(first)} {xy(second)} {xy(end)}"
    return path + "Z"


def _circle(middle: Point, radius: float) -> str:
    turns = [radians(turn) for turn in range(0, 360, 60)]
    return smooth([(middle[0] + radius * cos(turn), middle[1] + radius * sin(turn)) for turn in turns])


def beside(chain: Sequence[Point], index: int, forward: float) -> Point:
    """The point `forward` units in front of joint `index` of a chain of vertebrae."""
    low, high = chain[max(0, index - 1)], chain[min(len(chain) - 1, index + 1)]
    lean = atan2(high[0] - low[0], low[1] - high[1])
    return chain[index][0] + forward * cos(lean), chain[index][1] + forward * sin(lean)


def toward(begin: Point, end: Point, share: float, beside: float) -> Point:
    """The point at `share` of the way, `beside` units to the side: in front going up, behind going down."""
    x, y = end[0] - begin[0], end[1] - begin[1]
    length = hypot(x, y) or 1.0
    return begin[0] + x * share - y / length * beside, begin[1] + y * share + x / length * beside


def xy(point: Point) -> str:
    """A point as coordinates of an SVG path."""
    return f"{point[0]:.1f} {point[1]:.1f}"
