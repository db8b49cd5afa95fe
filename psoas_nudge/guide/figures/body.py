"""The body that the figures show: lengths, joint angles, and where the joints come to lie.

Seen from the side that works, facing right, so that the near leg is the one that is stretched. Angles are degrees.
A limb's direction is measured from straight down, forward positive; trunk, pelvis and head from upright, forward
positive. The pelvis is upright when the front of the hip bone (ASIS) stands straight above the pubic bone, the
clinical zero; a pelvis tucked by 10 degrees stands at -10. Lengths are shares of a height of 163: Drillis and
Contini's, as in Winter, Biomechanics and Motor Control of Human Movement, table 4.1.
"""

from __future__ import annotations

from math import acos, atan2, cos, degrees, hypot, radians, sin
from typing import Literal

from msgspec import Struct
from msgspec.structs import asdict, astuple, replace

Point = tuple[float, float]
Limb = Literal["near", "far"]

WIDTH, HEIGHT, FLOOR = 220.0, 200.0, 186.0
THIGH = SHANK = 39.0
ANKLE_HEIGHT, BALL = 5.5, 12.0
"""The ankle above the sole, and from below the ankle to the ball of the foot, where the toes bend."""
UPPER_ARM, FOREARM = 29.0, 33.0
"""The forearm with the palm."""
VERTEBRA, LUMBAR = 4.0, 5
CHEST, NECK = 22.0, 15.0
SACRUM_LEAN, RIBS_LEAN = 20.0, -13.0
"""How the lowest and the highest lumbar vertebra lean when pelvis and chest are upright: a hollow."""
SACRUM: Point = (-4.5, 14.0)
"""From the hip joint to the lowest vertebra: forward, up."""
ASIS: Point = (8.5, 12.5)
PUBIS: Point = (8.5, -3.0)


class Bend(Struct, frozen=True, kw_only=True):
    """A leg by its joints: hip (flexion against the pelvis), knee (flexion), and the sole against the floor."""

    hip: float
    knee: float
    sole: float = 0.0
    """Heel up is positive."""


class Reach(Struct, frozen=True, kw_only=True):
    """A limb by where it ends, ankle or hand. `elbow`: whether its middle joint points forward (a knee) or back."""

    at: Point
    sole: float = 0.0
    forward: bool = True


class Pose(Struct, frozen=True, kw_only=True):
    """A posture. `anchor` is the joint that stays put, at `at`."""

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
    """A solved pose: where the hip is and the direction of every part; halfway between two is a skeleton again."""

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
        """The hip joint."""
        return self.x, self.y

    def pelvic(self, at: Point) -> Point:
        """A point of the pelvis, given forward and up from the hip joint."""
        return _turned(self.hip, at, self.pelvis)

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
        """The shoulder joint."""
        return _turned(self.thoracic[-1], (2.0, -4.0), self.chest)

    @property
    def skull(self) -> Point:
        """The middle of the head."""
        return _up(self.thoracic[-1], (self.chest + self.head) / 2 + 14, NECK)

    def leg(self, limb: Limb) -> tuple[Point, Point, Point]:
        """Hip, knee and ankle."""
        thigh, shank = (self.near_thigh, self.near_shank) if limb == "near" else (self.far_thigh, self.far_shank)
        knee = _down(self.hip, thigh, THIGH)
        return self.hip, knee, _down(knee, shank, SHANK)

    def foot(self, limb: Limb, at: Point) -> Point:
        """A point of the foot, given forward from the ankle and up from the sole. Toes that bear weight lie flat."""
        sole = self.near_sole if limb == "near" else self.far_sole
        ankle, bears = self.leg(limb)[2], 0 < sole < 75
        if at[0] <= BALL or not bears:
            return _turned(ankle, (at[0], at[1] - ANKLE_HEIGHT), sole)
        return _turned(_turned(ankle, (BALL, -ANKLE_HEIGHT), sole), (at[0] - BALL, at[1]), 0)

    def arm(self, limb: Limb) -> tuple[Point, Point, Point]:
        """Shoulder, elbow and hand."""
        upper, fore = (self.near_upper, self.near_fore) if limb == "near" else (self.far_upper, self.far_fore)
        elbow = _down(self.shoulder, upper, UPPER_ARM)
        return self.shoulder, elbow, _down(elbow, fore, FOREARM)

    @property
    def hip_extension(self) -> float:
        """Degrees by which the near thigh is behind the pelvis: what stretches the front of the hip."""
        (top, low), (hip, knee) = (self.pelvic(ASIS), self.pelvic(PUBIS)), self.leg("near")[:2]
        return (_direction(top, low) - _direction(hip, knee) + 180) % 360 - 180

    @property
    def lordosis(self) -> float:
        """Degrees between the lowest and the highest lumbar vertebra: the hollow of the lower back."""
        return self.pelvis + SACRUM_LEAN - self.chest - RIBS_LEAN


def solve(pose: Pose) -> Skeleton:
    """The skeleton of a pose."""
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
    """The skeleton on the way from one to the other; each part turns the short way."""
    one = {
        name: value + share * change
        for (name, value), change in zip(asdict(start).items(), _changes(start, end), strict=True)
    }
    return Skeleton(**one)


def widest_turn(start: Skeleton, end: Skeleton) -> float:
    """The most degrees by which a part turns."""
    return max(abs(change) for change in _changes(start, end)[2:])


def _changes(start: Skeleton, end: Skeleton) -> list[float]:
    """What changes from one to the other, in the order of the fields: the place of the hip, then the directions."""
    x, y, *turned = (there - here for here, there in zip(astuple(start), astuple(end), strict=True))
    return [x, y, *((turn + 180) % 360 - 180 for turn in turned)]


def _hip_over(leg: Bend, pose: Pose) -> Point:
    """Where the hip comes to be over the knee or the ball of the foot that stays put."""
    thigh = leg.hip - pose.pelvis
    knee = pose.at
    if pose.anchor == "ball":
        ball = _turned((0, 0), (BALL, -ANKLE_HEIGHT), leg.sole)
        knee = _down((pose.at[0] - ball[0], pose.at[1] - ball[1]), thigh - leg.knee + 180, SHANK)
    return _down(knee, thigh + 180, THIGH)


def _leg(leg: Bend | Reach, hip: Point, pelvis: float) -> tuple[float, float]:
    """The directions of thigh and shank."""
    if isinstance(leg, Reach):
        return _two_bones(hip, leg, THIGH, SHANK)
    return leg.hip - pelvis, leg.hip - pelvis - leg.knee


def _two_bones(root: Point, reach: Reach, first: float, second: float) -> tuple[float, float]:
    """The directions of two bones from `root` to a point, as far as they are long: the law of cosines."""
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


def _turned(origin: Point, at: Point, lean: float) -> Point:
    """A point given forward and up from the origin, in something that leans forward by `lean`."""
    forward, up = at
    across, along = sin(radians(lean)), cos(radians(lean))
    return origin[0] + forward * along + up * across, origin[1] - up * along + forward * across
