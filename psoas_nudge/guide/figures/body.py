"""The body of the figures: segment lengths, joint angles, and the positions of the joints (forward kinematics).

Side view, facing right; the near leg is the one that is stretched. Angles are degrees. A limb's direction is measured
from straight down, forward positive; that of trunk, pelvis and head from upright, forward positive. The pelvis is at 0
when the front of the hip bone (ASIS) is straight above the pubic bone, the clinical zero; tucked by 10 degrees it is at
-10. Lengths are for a height of 163 units, with the proportions of Drillis and Contini (Winter, Biomechanics and Motor
Control of Human Movement, table 4.1).
"""

from __future__ import annotations

from math import acos, atan2, cos, degrees, hypot, radians, sin
from typing import Literal

from msgspec import Struct
from msgspec.structs import asdict, astuple, replace

Point = tuple[float, float]
Limb = Literal["near", "far"]

FLOOR = 186.0
THIGH = SHANK = 39.0
ANKLE_HEIGHT, BALL = 5.5, 12.0
"""Height of the ankle above the sole, and horizontal distance from the ankle to the ball of the foot."""
UPPER_ARM, FOREARM = 29.0, 33.0
"""The forearm with the palm."""
VERTEBRA, LUMBAR = 4.0, 5
CHEST, NECK = 22.0, 15.0
SACRUM_LEAN, RIBS_LEAN = 20.0, -13.0
"""Lean of the lowest and the highest lumbar vertebra when pelvis and chest are upright (lordosis)."""
SACRUM: Point = (-4.5, 14.0)
"""From the hip joint to the lowest vertebra: forward, up."""
ASIS: Point = (8.5, 12.5)
PUBIS: Point = (8.5, -3.0)


class Bend(Struct, frozen=True, kw_only=True):
    """A leg given by joint angles: hip flexion relative to the pelvis, knee flexion, and sole relative to the floor."""

    hip: float
    knee: float
    sole: float = 0.0
    """Heel up is positive."""


class Reach(Struct, frozen=True, kw_only=True):
    """A limb given by its end, ankle or hand. `forward`: whether its middle joint points forward (a knee) or back."""

    at: Point
    sole: float = 0.0
    forward: bool = True


class Pose(Struct, frozen=True, kw_only=True):
    """A pose. `anchor`: the joint that is fixed at `at`."""

    anchor: Literal["hip", "knee", "ball"] = "hip"
    at: Point
    pelvis: float
    chest: float = 0.0
    head: float = 0.0
    near: Bend | Reach
    far: Bend | Reach
    near_hand: Reach
    far_hand: Reach


class Skeleton(Struct, frozen=True, kw_only=True):
    """A solved pose: the position of the hip and the direction of each segment. Two can be interpolated."""

    x: float
    y: float
    pelvis: float
    chest: float
    head: float
    near_thigh: float
    near_shank: float
    near_sole: float
    far_thigh: float
    far_shank: float
    far_sole: float
    near_upper: float
    near_fore: float
    far_upper: float
    far_fore: float

    @property
    def hip(self) -> Point:
        return self.x, self.y

    def pelvic(self, at: Point) -> Point:
        """A point of the pelvis, given forward and up from the hip joint."""
        return placed(self.hip, at, self.pelvis)

    @property
    def lumbar(self) -> tuple[Point, ...]:
        """The ends of the five lumbar vertebrae, from the sacrum up: the curve of the lower back."""
        points = [self.pelvic(SACRUM)]
        low, high = self.pelvis + SACRUM_LEAN, self.chest + RIBS_LEAN
        for number in range(LUMBAR):
            points.append(_up(points[-1], low + (high - low) * (number + 0.5) / LUMBAR, VERTEBRA))
        return tuple(points)

    @property
    def thoracic(self) -> tuple[Point, ...]:
        """From the last lumbar vertebra to the root of the neck."""
        points = [self.lumbar[-1]]
        for number in range(4):
            points.append(_up(points[-1], self.chest + RIBS_LEAN + 9 + 8 * number, CHEST / 4))
        return tuple(points)

    @property
    def shoulder(self) -> Point:
        return placed(self.thoracic[-1], (2.0, -4.0), self.chest)

    @property
    def skull(self) -> Point:
        """The center of the head."""
        return _up(self.thoracic[-1], (self.chest + self.head) / 2 + 14, NECK)

    def leg(self, limb: Limb) -> tuple[Point, Point, Point]:
        """(hip, knee, ankle)."""
        thigh, shank = (self.near_thigh, self.near_shank) if limb == "near" else (self.far_thigh, self.far_shank)
        knee = _down(self.hip, thigh, THIGH)
        return self.hip, knee, _down(knee, shank, SHANK)

    def foot(self, limb: Limb, at: Point) -> Point:
        """A point of the foot, given forward from the ankle and up from the sole. Toes on the floor are flat."""
        sole = self.near_sole if limb == "near" else self.far_sole
        ankle, bears = self.leg(limb)[2], 0 < sole < 75
        if at[0] <= BALL or not bears:
            return placed(ankle, (at[0], at[1] - ANKLE_HEIGHT), sole)
        return placed(placed(ankle, (BALL, -ANKLE_HEIGHT), sole), (at[0] - BALL, at[1]), 0)

    def arm(self, limb: Limb) -> tuple[Point, Point, Point]:
        """(shoulder, elbow, hand)."""
        upper, fore = (self.near_upper, self.near_fore) if limb == "near" else (self.far_upper, self.far_fore)
        elbow = _down(self.shoulder, upper, UPPER_ARM)
        return self.shoulder, elbow, _down(elbow, fore, FOREARM)

    @property
    def lordosis(self) -> float:
        """Degrees between the lowest and the highest lumbar vertebra."""
        return self.pelvis + SACRUM_LEAN - self.chest - RIBS_LEAN


def solve(pose: Pose) -> Skeleton:
    """The skeleton of a pose (inverse kinematics for each Reach)."""
    hip = pose.at
    if isinstance(pose.near, Bend) and pose.anchor != "hip":
        hip = _hip_over(pose.near, pose)
    near, far = (_leg(leg, hip, pose.pelvis) for leg in (pose.near, pose.far))
    bare = Skeleton(
        x=hip[0], y=hip[1], pelvis=pose.pelvis, chest=pose.chest, head=pose.head,
        near_thigh=near[0], near_shank=near[1], near_sole=pose.near.sole,
        far_thigh=far[0], far_shank=far[1], far_sole=pose.far.sole,
        near_upper=0, near_fore=0, far_upper=0, far_fore=0,
    )  # fmt: skip
    near = _two_bones(bare.shoulder, pose.near_hand, UPPER_ARM, FOREARM)
    far = _two_bones(bare.shoulder, pose.far_hand, UPPER_ARM, FOREARM)
    return replace(bare, near_upper=near[0], near_fore=near[1], far_upper=far[0], far_fore=far[1])


def between(start: Skeleton, end: Skeleton, share: float) -> Skeleton:
    """The skeleton at `share` (0 to 1) of the way from `start` to `end`; each segment turns the short way."""
    one = {
        name: value + share * change
        for (name, value), change in zip(asdict(start).items(), _changes(start, end), strict=True)
    }
    return Skeleton(**one)


def widest_turn(start: Skeleton, end: Skeleton) -> float:
    """The largest angle by which a segment turns, in degrees."""
    return max(abs(change) for change in _changes(start, end)[2:])


def _changes(start: Skeleton, end: Skeleton) -> list[float]:
    """The difference of each field: x and y of the hip, then the directions, -180 to 180."""
    x, y, *turned = (there - here for here, there in zip(astuple(start), astuple(end), strict=True))
    return [x, y, *((turn + 180) % 360 - 180 for turn in turned)]


def _hip_over(leg: Bend, pose: Pose) -> Point:
    """The position of the hip when the near knee or the ball of the near foot is fixed."""
    thigh = leg.hip - pose.pelvis
    knee = pose.at
    if pose.anchor == "ball":
        ball = placed((0, 0), (BALL, -ANKLE_HEIGHT), leg.sole)
        knee = _down((pose.at[0] - ball[0], pose.at[1] - ball[1]), thigh - leg.knee + 180, SHANK)
    return _down(knee, thigh + 180, THIGH)


def _leg(leg: Bend | Reach, hip: Point, pelvis: float) -> tuple[float, float]:
    """(direction of the thigh, direction of the shank)."""
    if isinstance(leg, Reach):
        return _two_bones(hip, leg, THIGH, SHANK)
    return leg.hip - pelvis, leg.hip - pelvis - leg.knee


def _two_bones(root: Point, reach: Reach, first: float, second: float) -> tuple[float, float]:
    """The directions of two segments that reach from `root` to a point (law of cosines), stretched if it is too far."""
    distance = min(hypot(reach.at[0] - root[0], reach.at[1] - root[1]), (first + second) * 0.999)
    toward = _direction(root, reach.at)
    inner = degrees(acos((first**2 + distance**2 - second**2) / (2 * first * distance)))
    upper = toward + (inner if reach.forward else -inner)
    middle = _down((0, 0), upper, first)
    end = _down((0, 0), toward, distance)
    return upper, _direction(middle, end)


def _direction(begin: Point, end: Point) -> float:
    return degrees(atan2(end[0] - begin[0], end[1] - begin[1]))


def _down(begin: Point, direction: float, length: float) -> Point:
    return begin[0] + length * sin(radians(direction)), begin[1] + length * cos(radians(direction))


def _up(begin: Point, lean: float, length: float) -> Point:
    return begin[0] + length * sin(radians(lean)), begin[1] - length * cos(radians(lean))


def placed(origin: Point, at: Point, lean: float) -> Point:
    """A point given forward and up from `origin`, rotated forward by `lean`."""
    forward, up = at
    across, along = sin(radians(lean)), cos(radians(lean))
    return origin[0] + forward * along + up * across, origin[1] - up * along + forward * across
