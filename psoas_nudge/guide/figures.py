"""The drawn figures: each routine as a start and an end pose, from which the page and the pictures are drawn.

A pose is a set of joints in profile, seen from the side that works, so that the near leg is the one that is
stretched: facing right it is the right side, mirrored the left. The figure for a routine holds both poses; which one is
solid and which only an outline is the style sheet's business, and so are all colours.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from psoas_nudge.core.routines import WALK, Side

Point = tuple[float, float]
WIDTH, HEIGHT, GROUND = 200, 190, 179


class Pose(Struct, frozen=True, kw_only=True):
    """Joints in a box of 200 by 190 with the ground at 179; each limb is a chain of points."""

    head: Point
    neck: Point
    hip: Point
    near_leg: tuple[Point, Point, Point]
    """Knee, ankle, toe."""
    far_leg: tuple[Point, Point, Point]
    near_arm: tuple[Point, Point]
    """Elbow, hand."""


class Figure(Struct, frozen=True, kw_only=True):
    """Both poses, what stands around, and what moves. `arrow`: from where to where; `mark`: where it is felt."""

    start: Pose
    end: Pose
    mark: tuple[Point, ...]
    arrow: tuple[Point, Point]
    props: tuple[str, ...] = ()


HALF_KNEEL = Pose(
    head=(97, 68),
    neck=(95, 86),
    hip=(94, 137),
    near_leg=((92, 175), (56, 175), (46, 177)),
    far_leg=((132, 139), (132, 175), (147, 177)),
    near_arm=((84, 114), (100, 132)),
)
HALF_KNEEL_FORWARD = Pose(
    head=(112, 73),
    neck=(110, 91),
    hip=(110, 142),
    near_leg=((92, 175), (56, 175), (46, 177)),
    far_leg=((147, 143), (132, 175), (147, 177)),
    near_arm=((99, 119), (116, 137)),
)
CHAIR_BESIDE = (
    '<path class="prop" d="M118 178V134H160V178M160 134V88"/>',
    '<path class="pad" d="M80 179H106"/>',
)

FIGURES: dict[str, Figure] = {
    "standing-hip-flexor": Figure(
        start=Pose(
            head=(104, 35), neck=(102, 54), hip=(101, 104),
            near_leg=((86, 142), (64, 173), (77, 177)), far_leg=((117, 141), (122, 175), (137, 177)),
            near_arm=((90, 78), (107, 98)),
        ),
        end=Pose(
            head=(120, 40), neck=(118, 59), hip=(119, 109),
            near_leg=((94, 142), (63, 166), (75, 177)), far_leg=((146, 140), (124, 175), (139, 177)),
            near_arm=((107, 83), (124, 103)),
        ),
        mark=((122, 96), (122, 109), (110, 127)), arrow=((130, 112), (156, 112)),
    ),
    "chair-edge-hip-flexor": Figure(
        start=Pose(
            head=(103, 56), neck=(101, 74), hip=(100, 125),
            near_leg=((134, 136), (126, 174), (140, 177)), far_leg=((139, 129), (140, 175), (155, 177)),
            near_arm=((93, 98), (108, 118)),
        ),
        end=Pose(
            head=(102, 54), neck=(100, 73), hip=(100, 125),
            near_leg=((82, 158), (50, 170), (58, 178)), far_leg=((139, 129), (140, 175), (155, 177)),
            near_arm=((92, 97), (107, 117)),
        ),
        mark=((106, 112), (103, 126), (93, 145)), arrow=((122, 160), (68, 160)),
        props=('<path class="prop" d="M88 135H132M92 135V178M128 135V178M90 135V88H114"/>',),
    ),
    "kneeling-hip-flexor": Figure(
        start=HALF_KNEEL, end=HALF_KNEEL_FORWARD,
        mark=((115, 128), (114, 142), (105, 158)), arrow=((122, 128), (150, 128)),
        props=('<path class="pad" d="M80 179H106"/>',),
    ),
    "chair-kneeling-hip-flexor": Figure(
        start=Pose(
            head=(97, 68), neck=(95, 86), hip=(94, 137),
            near_leg=HALF_KNEEL.near_leg, far_leg=HALF_KNEEL.far_leg,
            near_arm=((104, 112), (124, 131)),
        ),
        end=Pose(
            head=(112, 73), neck=(110, 91), hip=(110, 142),
            near_leg=HALF_KNEEL_FORWARD.near_leg, far_leg=HALF_KNEEL_FORWARD.far_leg,
            near_arm=((114, 118), (128, 131)),
        ),
        mark=((115, 128), (114, 142), (105, 158)), arrow=((58, 142), (86, 142)), props=CHAIR_BESIDE,
    ),
    "glute-squeeze": Figure(
        start=Pose(
            head=(113, 42), neck=(106, 59), hip=(96, 107),
            near_leg=((106, 143), (99, 175), (114, 177)), far_leg=((108, 143), (101, 175), (116, 177)),
            near_arm=((104, 87), (114, 110)),
        ),
        end=Pose(
            head=(103, 30), neck=(101, 50), hip=(102, 102),
            near_leg=((103, 139), (100, 175), (115, 177)), far_leg=((105, 139), (103, 175), (118, 177)),
            near_arm=((98, 76), (102, 101)),
        ),
        mark=((94, 96), (93, 104), (97, 113)), arrow=((78, 62), (78, 30)),
    ),
    "constructive-rest": Figure(
        start=Pose(
            head=(28, 164), neck=(46, 168), hip=(98, 170),
            near_leg=((136, 170), (174, 172), (177, 160)), far_leg=((136, 168), (174, 171), (177, 159)),
            near_arm=((70, 174), (94, 176)),
        ),
        end=Pose(
            head=(28, 164), neck=(46, 168), hip=(98, 170),
            near_leg=((124, 138), (138, 174), (153, 177)), far_leg=((128, 139), (142, 174), (157, 177)),
            near_arm=((70, 174), (94, 176)),
        ),
        mark=((66, 160), (78, 156), (90, 160)), arrow=((78, 150), (78, 126)),
        props=('<path class="pad" d="M14 181H186"/>',),
    ),
    "ball-release": Figure(
        start=Pose(
            head=(168, 126), neck=(152, 136), hip=(100, 160),
            near_leg=((62, 172), (24, 173), (16, 178)), far_leg=((62, 171), (24, 172), (16, 177)),
            near_arm=((148, 174), (170, 176)),
        ),
        end=Pose(
            head=(170, 138), neck=(153, 145), hip=(100, 166),
            near_leg=((62, 173), (24, 173), (16, 178)), far_leg=((62, 172), (24, 172), (16, 177)),
            near_arm=((150, 174), (172, 176)),
        ),
        mark=((106, 167), (114, 164), (122, 160)), arrow=((110, 118), (110, 146)),
        props=('<circle class="ball" cx="113" cy="172" r="7"/>', '<path class="pad" d="M10 182H186"/>'),
    ),
    WALK: Figure(
        start=Pose(
            head=(84, 34), neck=(82, 53), hip=(80, 104),
            near_leg=((80, 142), (78, 175), (93, 177)), far_leg=((82, 142), (80, 175), (95, 177)),
            near_arm=((78, 79), (80, 103)),
        ),
        end=Pose(
            head=(114, 34), neck=(112, 53), hip=(110, 103),
            near_leg=((124, 138), (136, 172), (150, 173)), far_leg=((100, 140), (78, 168), (86, 177)),
            near_arm=((102, 77), (96, 100)),
        ),
        mark=((110, 103), (124, 138), (136, 172)), arrow=((140, 100), (168, 100)),
    ),
}  # fmt: skip


def svg(routine_id: str, side: Side | None) -> str | None:
    """The figure as an SVG element without colours; None for a routine of a person's own."""
    figure = FIGURES.get(routine_id)
    if figure is None:
        return None
    mirror = f' transform="translate({WIDTH} 0) scale(-1 1)"' if side == "left" else ""
    start, end = ("".join(_limbs(pose)) for pose in (figure.start, figure.end))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" class="figure"><g{mirror}>'
        f'<path class="ground" d="M6 {GROUND + 3}H194"/>{"".join(figure.props)}<g class="pose behind">{end}</g>'
        f'<g class="pose start">{start}</g><g class="pose end">{end}</g>'
        f'<path class="mark" d="{_curve(figure.mark)}"/>{_arrow(*figure.arrow)}</g></svg>'
    )


def _limbs(pose: Pose) -> Iterator[str]:
    yield f'<path class="far" d="{_line(pose.hip, *pose.far_leg)}"/>'
    yield f'<path class="body" d="{_line(pose.neck, pose.hip)}"/>'
    yield f'<circle class="head" cx="{pose.head[0]}" cy="{pose.head[1]}" r="12"/>'
    yield f'<path class="near" d="{_line(pose.hip, *pose.near_leg)}"/>'
    yield f'<path class="arm" d="{_line(pose.neck, *pose.near_arm)}"/>'


def _arrow(begin: Point, tip: Point) -> str:
    """A straight arrow; its head is two short strokes at 40 degrees."""
    along = ((tip[0] - begin[0]), (tip[1] - begin[1]))
    length = (along[0] ** 2 + along[1] ** 2) ** 0.5
    x, y = along[0] / length * 9, along[1] / length * 9
    left, right = (tip[0] - x + y * 0.8, tip[1] - y - x * 0.8), (tip[0] - x - y * 0.8, tip[1] - y + x * 0.8)
    return f'<path class="arrow" d="{_line(begin, tip)}{_line(left, tip, right)}"/>'


def _line(*points: Point) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def _curve(points: tuple[Point, ...]) -> str:
    (a, b), (c, d), (e, f) = points
    return f"M{a:g} {b:g}Q{c:g} {d:g} {e:g} {f:g}"


PICTURE_STYLE = """
.figure path{fill:none;stroke-linecap:round;stroke-linejoin:round}.behind,.mark{display:none}.start{opacity:.22}
.ground{stroke:#c3c9cd;stroke-width:3}.prop{stroke:#b3acc4;stroke-width:6}.pad{stroke:#86b3ac;stroke-width:7}
.ball{fill:#c2410c}.pose path{stroke:#23445c}.pose .head{fill:#23445c}.pose .far{stroke:#8fa3b1;stroke-width:13}
.pose .near{stroke-width:13}.pose .body{stroke-width:18}.pose .arm{stroke:#4f6d82;stroke-width:9}
.arrow{stroke:#c2410c;stroke-width:6}
"""


def picture(routine_id: str) -> str | None:
    """The figure as a picture of its own, on a light card, for a notification; None without a figure.

    psoas_nudge/data/pictures has these as PNG of 192 pixels: `rsvg-convert -w 192 -o ID.png`.
    """
    drawn = svg(routine_id, "right")
    if drawn is None:
        return None
    card = f'<style>{PICTURE_STYLE}</style><rect x="-10" y="-15" width="220" height="220" rx="28" fill="#f6f4ef"/>'
    return drawn.replace(f'viewBox="0 0 {WIDTH} {HEIGHT}"', 'viewBox="-10 -15 220 220"', 1).replace(
        "<g", card + "<g", 1
    )
