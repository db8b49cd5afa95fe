"""The poses of each routine, and the props around them.

No pose extends the stretched hip by more than 15 degrees: healthy adults have about 7 (PMC4325283), and the rest would
come from the lower back. The poses called "fault" show exactly that, and are crossed out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from psoas_nudge.core.routines import WALK
from psoas_nudge.guide.figures.body import FLOOR, Bend, Point, Pose, Reach
from psoas_nudge.guide.figures.shapes import Part

Felt = Literal["hip", "buttock", "belly"]


class Figure(Struct, frozen=True, kw_only=True):
    """The poses in the order of play, with props. `box`: the visible area, (left, top, width, height)."""

    poses: dict[str, Pose]
    box: tuple[float, float, float, float]
    fault: Pose | None = None
    tucked: tuple[str, ...] = ()
    """Poses with a close-up of the pelvis, right and wrong. The pelvis tucks on the way into the first of them."""
    moves: Mapping[str, tuple[tuple[Point, Point], ...]] = {}
    """Arrows of a pose, each from one point to another."""
    felt: Felt | None = None
    """Where the last pose is felt."""
    behind: tuple[Part, ...] = ()
    between: tuple[Part, ...] = ()
    """Props behind the body, and between its far limbs and the rest."""
    above: bool = False
    """Whether poses before the tuck show the seat from above."""
    belly: bool = False
    """Whether the belly is shown from the front, with the place of the ball."""

    @property
    def last(self) -> str:
        """The name of the last pose."""
        return list(self.poses)[-1]


BESIDE_DESK = (("prop", "M56 112H170V118H56Z"), ("prop", "M62 118H68V186H62Z"), ("prop", "M158 118H164V186H158Z"))
"""A desk on the far side of the body."""
DESK = (("prop", "M130 112H186V118H130Z"), ("prop", "M172 118H178V186H172Z"))
"""A desk in front of the body."""
EASY, SWUNG = Reach(at=(127, 114), forward=False), Reach(at=(147, 74), forward=False)
PAD = ("pad", "M78 182H112V187H78Z")
FAR_FOOT = FLOOR - 5.5


def _standing(pelvis: float, thigh: float, knee: float, chest: float = 2) -> Pose:
    """The near foot behind on its ball, the far foot flat in front, the far hand on the desk."""
    return Pose(
        anchor="ball", at=(88, FLOOR), pelvis=pelvis, chest=chest,
        near=Bend(hip=thigh + pelvis, knee=knee, sole=48), far=Reach(at=(133, FAR_FOOT)),
        near_hand=EASY, far_hand=Reach(at=(136.5, 109), forward=False),
    )  # fmt: skip


def _kneeling(pelvis: float, thigh: float, chest: float = 0.0, hand: Point = (134, 138)) -> Pose:
    """On the near knee, the far foot in front; the near hand on the thigh, the far one there or on a chair."""
    return Pose(
        anchor="knee", at=(95, 176), pelvis=pelvis, chest=chest,
        near=Bend(hip=thigh + pelvis, knee=82 + thigh, sole=174), far=Reach(at=(135, FAR_FOOT)),
        near_hand=Reach(at=(130, 138), forward=False), far_hand=Reach(at=hand, forward=False),
    )  # fmt: skip


def _sideways(pelvis: float, near: Bend | Reach, chest: float = 0.0) -> Pose:
    """Sideways on the front edge of a chair that faces the viewer: the far thigh on the seat, the near leg in front."""
    return Pose(
        at=(100, 129.5), pelvis=pelvis, chest=chest, near=near, far=Reach(at=(139, FAR_FOOT)),
        near_hand=Reach(at=(131, 128), forward=False), far_hand=Reach(at=(134, 128), forward=False),
    )  # fmt: skip


def _free(hip: float, pelvis: float) -> Bend:
    """The leg in front of the seat, its shank horizontal, the foot behind on its ball."""
    return Bend(hip=hip, knee=hip - pelvis + 83, sole=58)


def _raising(pelvis: float, hip: float, knee: float, chest: float = 0.0) -> Pose:
    """Standing on the far leg, the far hand on a desk, the near arm swung forward."""
    return Pose(
        at=(112, 102.8), pelvis=pelvis, chest=chest, near=Bend(hip=hip, knee=knee), far=Reach(at=(113, FAR_FOOT)),
        near_hand=SWUNG if hip > 20 else EASY, far_hand=Reach(at=(135, 109), forward=False),
    )  # fmt: skip


def _both_feet(pelvis: float, x: float, chest: float = 0.0) -> Pose:
    return Pose(
        at=(x, 102.8), pelvis=pelvis, chest=chest, near=Bend(hip=pelvis, knee=0), far=Reach(at=(x + 3, FAR_FOOT)),
        near_hand=Reach(at=(x + 20, 108), forward=False), far_hand=Reach(at=(x + 23, 107), forward=False),
    )  # fmt: skip


def _supine(hand: Point) -> Pose:
    return Pose(
        at=(98, 168.7), pelvis=-95, chest=-96, head=-92,
        near=Reach(at=(141, 177.5)), far=Reach(at=(145, 177)),
        near_hand=Reach(at=hand, forward=hand[1] > 170),
        far_hand=Reach(at=(hand[0] + 2, hand[1] - 2), forward=hand[1] > 170),
    )  # fmt: skip


def _prone(y: float, chest: float, head: float) -> Pose:
    return Pose(
        at=(98, y), pelvis=84, chest=chest, head=head,
        near=Reach(at=(20, 178), sole=176), far=Reach(at=(21, 177), sole=176),
        near_hand=Reach(at=(196, 180), forward=False), far_hand=Reach(at=(198, 179), forward=False),
    )  # fmt: skip


CHAIR_BEHIND = (("chair back", "M74 74Q74 68 80 68H122Q128 68 128 74V112Q128 118 122 118H80Q74 118 74 112Z"),
    ("chair", "M98 116H104V142H98Z"))  # fmt: skip
SEAT_FROM_THE_FRONT = (
    ("chair", "M98 150H104V174H98Z"),
    ("chair", "M72 180Q72 174 101 172Q130 174 130 180V184H124V179H78V184H72Z"),
    ("seat", "M72 144Q72 139 78 139H124Q130 139 130 144V147Q130 152 124 152H78Q72 152 72 147Z"),
)
CHAIR = (
    ("chair back", "M148 96H154V146H148Z"), ("seat", "M148 140H200V147H148Z"),
    ("chair", "M151 147H156V186H151Z"), ("chair", "M192 147H197V186H192Z"),
)  # fmt: skip
"""A chair that turns its back to the body."""
SHIFT = {"end": (((54.0, 140.0), (72.0, 140.0)),)}

FIGURES: dict[str, Figure] = {
    "standing-hip-flexor": Figure(
        poses={"start": _standing(5, 0, 42), "tuck": _standing(-9, 1, 43), "end": _standing(-9, -4, 41)},
        fault=_standing(20, -27, 22, chest=-8), box=(50, 14, 136, 176), tucked=("tuck", "end"), felt="hip",
        moves={"end": (((70, 108), (88, 108)),)}, behind=DESK,
    ),
    "chair-edge-hip-flexor": Figure(
        poses={
            "seat": _sideways(0, Reach(at=(133, FAR_FOOT))), "start": _sideways(3, _free(5, 3)),
            "tuck": _sideways(-10, _free(-8, -10)), "end": _sideways(-10, _free(-12, -10), -1),
        },
        fault=_sideways(20, _free(12, 20), chest=-16), box=(38, 44, 122, 146), tucked=("tuck", "end"), felt="hip",
        moves={"start": (((132, 166), (100, 166)),), "end": (((140, 100), (140, 80)),)},
        behind=CHAIR_BEHIND, between=SEAT_FROM_THE_FRONT, above=True,
    ),
    "kneeling-hip-flexor": Figure(
        poses={"start": _kneeling(4, 2), "tuck": _kneeling(-9, 1), "end": _kneeling(-9, -3)},
        fault=_kneeling(20, -30, -10), box=(34, 46, 134, 144), tucked=("tuck", "end"), felt="hip",
        moves=SHIFT, behind=(PAD,),
    ),
    "chair-kneeling-hip-flexor": Figure(
        poses={
            "start": _kneeling(4, 2, hand=(150, 93)), "tuck": _kneeling(-9, 1, hand=(150, 93)),
            "end": _kneeling(-9, -3, hand=(150, 93)),
        },
        fault=_kneeling(20, -30, -10), box=(34, 46, 170, 144), tucked=("tuck", "end"), felt="hip",
        moves=SHIFT, behind=(PAD, *CHAIR),
    ),
    "standing-march": Figure(
        poses={"start": _raising(0, 0, 0), "end": _raising(-4, 84, 90)},
        fault=_raising(-24, 66, 88, -20), box=(50, 14, 124, 176), felt="hip",
        moves={"end": (((164, 116), (164, 92)),)}, behind=BESIDE_DESK,
    ),
    "split-stance-raise": Figure(
        poses={
            "start": _standing(4, 0, 42), "tuck": _standing(-7, 1, 43),
            "end": _raising(-5, 80, 86),
        },
        fault=_raising(-24, 66, 88, -20), box=(50, 14, 124, 176), tucked=("tuck",), felt="hip",
        moves={"end": (((62, 176), (92, 168)), ((164, 116), (164, 92)))}, behind=BESIDE_DESK,
    ),
    "glute-squeeze": Figure(
        poses={"start": _both_feet(9, 108, 3), "end": _both_feet(-5, 110)},
        fault=_both_feet(20, 110, -10), box=(62, 14, 96, 176), tucked=("end",), felt="buttock",
        moves={"end": (((84, 60), (84, 36)),)},
    ),
    "constructive-rest": Figure(
        poses={"start": _supine((103, 158)), "end": _supine((108, 180))},
        box=(2, 92, 186, 98), felt="belly", behind=(("pad", "M8 183H182V188H8Z"),),
        moves={"end": (((72, 134), (72, 114)), ((60, 138), (46, 126)), ((84, 138), (98, 126)))},
    ),
    "ball-release": Figure(
        poses={"start": _prone(164, 67.5, 34), "end": _prone(165, 69, 44)},
        box=(2, 92, 204, 98), belly=True,
        behind=(("pad", "M6 184H202V189H6Z"), ("ball", "M110 177a7 7 0 1 0 14 0a7 7 0 1 0 -14 0Z")),
        moves={"end": (((117, 116), (117, 142)),)},
    ),
    WALK: Figure(
        poses={
            "start": _both_feet(2, 92),
            "end": Pose(
                at=(112, 105), pelvis=2, chest=2, near=Bend(hip=24, knee=8, sole=-14),
                far=Bend(hip=-10, knee=22, sole=30),
                near_hand=Reach(at=(100, 112), forward=False), far_hand=Reach(at=(132, 104), forward=False),
            ),
        },
        box=(50, 14, 124, 176), moves={"end": (((142, 88), (164, 88)),)},
    ),
}  # fmt: skip
