"""The figures as SVG: one picture for each pose, with arrows, a close-up of the pelvis, and the fault to avoid.

Colors come from a style sheet: the page has its own, STYLE is for pictures outside the page. The picture of the left
side is the mirrored picture of the right side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil, cos, radians, sin

from msgspec.structs import replace

from psoas_nudge.core.routines import Side
from psoas_nudge.guide.figures.body import FLOOR, Point, Skeleton, between, solve, widest_turn
from psoas_nudge.guide.figures.poses import FIGURES, Felt, Figure
from psoas_nudge.guide.figures.shapes import HIP_BONE, Part, beside, line, parts, smooth, toward, xy

GAP = 5.0
LENS = 66.0
"""Width and height of the area that a close-up shows."""
WHOLE = 184.0
"""The same for a whole body."""
ANGLE = 20.0
"""Largest turn of a limb in one linear step, in degrees. Halfway, the limb is less than 2 % too short."""
Frame = tuple[float, float, float]
"""(left, top, size) of a square next to the figure."""


def svg(routine_id: str, pose: str, side: Side | None) -> str | None:
    """The picture of a pose with its insets; None for a routine without figures."""
    figure = FIGURES.get(routine_id)
    if figure is None:
        return None
    left, top, width, height = figure.box
    size = (height - GAP) / 2
    upper, lower = ((left + width + GAP, at, size) for at in (top, top + size + GAP))
    skeleton = solve(figure.poses[pose])
    shown = tuple(_beside(figure, pose, skeleton, upper, lower))
    whole = width + (GAP + size if figure.fault else 0)
    panels, badges = "".join(panel for panel, _ in shown), "".join(badge for _, badge in shown)
    if side == "left":
        badges = f'<g transform="translate({-width - GAP:g} 0)">{badges}</g>'
    seen = f"{left - 1:g} {top - 1:g} {whole + 2:g} {height + 2:g}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{seen}" class="figure">'
        f"<g{_mirror(side, 2 * left + whole)}>{_scene(figure, pose, skeleton)}{panels}</g>{badges}</svg>"
    )


def picture(routine_id: str) -> str | None:
    """The last pose with the arrow of the tuck, on a light square card for a notification; None without a figure.

    psoas_nudge/data/pictures has these as PNG, from resvg_py.svg_to_bytes(svg_string=..., width=192).
    """
    figure = FIGURES.get(routine_id)
    if figure is None:
        return None
    left, top, width, height = figure.box
    shown = replace(figure, tucked=(figure.last,), moves={}) if figure.last in figure.tucked else figure
    size = max(width, height) + 12
    x, y = left + (width - size) / 2, top + (height - size) / 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{x:g} {y:g} {size:g} {size:g}" class="figure">'
        f'<style>{STYLE}</style><rect class="card" x="{x:g}" y="{y:g}" width="{size:g}" height="{size:g}" rx="24"/>'
        f"{_scene(shown, figure.last, solve(figure.poses[figure.last]))}</svg>"
    )


def paths_between(routine_id: str, start: str, end: str) -> list[list[str]]:
    """The body's paths at intermediate steps between two poses, close enough for linear interpolation (see ANGLE)."""
    poses = FIGURES[routine_id].poses
    one, other = solve(poses[start]), solve(poses[end])
    steps = ceil(widest_turn(one, other) / ANGLE)
    return [
        [path for _, path in _body(FIGURES[routine_id], between(one, other, step / steps))] for step in range(1, steps)
    ]


def _body(figure: Figure, skeleton: Skeleton) -> list[Part]:
    drawn = list(parts(skeleton))
    far = [part for part in drawn if "far" in part[0]]
    return [*far, *figure.between, *(part for part in drawn if "far" not in part[0])]


def _mirror(side: Side | None, both: float) -> str:
    return f' transform="matrix(-1 0 0 1 {both:g} 0)"' if side == "left" else ""


def _scene(figure: Figure, pose: str, skeleton: Skeleton) -> str:
    left, _, width, _ = figure.box
    return (
        f'<path class="floor" d="M{left + 3:g} {FLOOR + 2:g}H{left + width - 3:g}"/>{_paths(figure.behind)}'
        f'<g class="body">{_paths(_body(figure, skeleton))}</g>'
        f'<g class="notes">{"".join(_notes(figure, pose, skeleton))}</g>'
    )


def _paths(drawn: Iterable[Part]) -> str:
    return "".join(f'<path class="{kind}" d="{path}"/>' for kind, path in drawn)


def _notes(figure: Figure, pose: str, skeleton: Skeleton) -> Iterator[str]:
    if pose == figure.last and figure.felt:
        felt = _felt(figure.felt, skeleton)
        yield f'<path class="glow {figure.felt}" d="{felt}"/><path class="felt {figure.felt}" d="{felt}"/>'
    if pose in figure.tucked[:1]:
        yield turn(skeleton, 23, back=True)
    for begin, tip in figure.moves.get(pose, ()):
        yield _arrow(line((begin, tip)), begin, tip)


def _beside(figure: Figure, pose: str, skeleton: Skeleton, upper: Frame, lower: Frame) -> Iterator[tuple[str, str]]:
    """The insets as (picture, badge): pelvis close up, crossed-out fault, the seat from above, or the belly.

    Badges are never mirrored.
    """
    if figure.belly:
        yield from_the_front((figure.box[0] + 6, figure.box[1] + 1, 54)), ""
    if figure.fault is None:
        return
    if pose in figure.tucked:
        names = list(figure.poses)
        before = figure.poses[names[names.index(figure.tucked[0]) - 1]]
        yield _lens("right", skeleton, upper, LENS, solve(before)), _tick(upper)
        if figure.tucked[-1] == figure.last:
            yield _lens("wrong", solve(figure.fault), lower, LENS), _no(lower)
    elif figure.above:
        yield from_above(upper, leg_back=pose != next(iter(figure.poses))), ""
    if pose == figure.last and pose not in figure.tucked:
        yield _lens("wrong", solve(figure.fault), lower, WHOLE), _no(lower)


def from_above(frame: Frame, *, leg_back: bool) -> str:
    """The seat from above, with the far thigh on it and the near one in front of its edge."""
    leg = "M36 82L10 84" if leg_back else "M36 82L70 86"
    return (
        f'<rect class="lens" {_square(frame)} rx="6"/><svg {_square(frame)} viewBox="0 0 100 100">'
        '<path class="seat" d="M16 16H84V66Q84 74 76 74H24Q16 74 16 66Z"/>'
        '<path class="chair back" d="M14 5H86V15H14Z"/>'
        f'<path class="thigh far" d="M36 59L72 59"/><path class="thigh" d="{leg}"/>'
        '<path class="pelvis" d="M24 71Q24 48 36 48Q48 48 48 71Q48 94 36 94Q24 94 24 71Z"/>'
        '<path class="head" d="M28 71Q28 63 36 63Q43 63 44 69L48 71L44 73Q43 79 36 79Q28 79 28 71Z"/></svg>'
        f'<rect class="rim" {_square(frame)} rx="6"/>'
    )


def from_the_front(frame: Frame) -> str:
    """The belly: where the ball lies, between the navel and the hip bone, over the muscle."""
    bone = "M{0} 60Q{1} 74 {2} 88Q{3} 80 {4} 66Q{5} 57 {0} 60Z"
    right, left = bone.format(22, 20, 34, 38, 34, 28), bone.format(78, 80, 66, 62, 66, 72)
    return (
        f'<rect class="lens" {_square(frame)} rx="6"/><svg {_square(frame)} viewBox="0 0 100 100">'
        '<path class="trunk" d="M20 0Q26 30 27 44Q16 64 15 100H85Q84 64 73 44Q74 30 80 0Z"/>'
        '<path class="psoas" d="M45 18Q40 54 28 94L34 98Q47 64 48 22Z"/>'
        f'<path class="pelvis" d="{right}"/><path class="pelvis" d="{left}"/>'
        '<path class="lumbar" d="M51 50V54"/><path class="ball" d="M34 64a7 7 0 1 0 14 0a7 7 0 1 0 -14 0Z"/></svg>'
        f'<rect class="rim" {_square(frame)} rx="6"/>'
    )


def _felt(where: Felt, skeleton: Skeleton) -> str:
    hip, knee, _ = skeleton.leg("near")
    if where == "hip":
        points = (skeleton.pelvic((10, 6)), toward(hip, knee, 0.1, -9), toward(hip, knee, 0.5, -6))
    elif where == "buttock":
        points = (skeleton.pelvic((-10, 7)), skeleton.pelvic((-13, 0)), skeleton.pelvic((-9, -8)))
    else:
        points = (beside(skeleton.lumbar, 5, 13), beside(skeleton.lumbar, 3, 14), beside(skeleton.lumbar, 1, 13))
    begin, bend, end = (xy(point) for point in points)
    return f"M{begin}Q{bend} {end}"


def turn(skeleton: Skeleton, radius: float, *, back: bool) -> str:
    """Two arrows around the pelvis. `back`: in the direction of a tuck."""
    x, y = skeleton.pelvic((-1, 4))
    drawn = ""
    for begin in (188, 8) if back else (352, 172):
        sweep = -78 if back else 78
        angles = [radians(begin + sweep * step / 8) for step in range(9)]
        points = [(x + radius * cos(angle), y + radius * sin(angle)) for angle in angles]
        drawn += _arrow(line(points), points[-2], points[-1])
    return drawn


def _arrow(shaft: str, begin: Point, tip: Point) -> str:
    """An arrow on a lighter outline that separates it from the body."""
    x, y = tip[0] - begin[0], tip[1] - begin[1]
    length = (x * x + y * y) ** 0.5
    x, y = x / length, y / length
    wings = (
        (tip[0] - 3 * x - 4.6 * y, tip[1] - 3 * y + 4.6 * x),
        (tip[0] + 5 * x, tip[1] + 5 * y),
        (tip[0] - 3 * x + 4.6 * y, tip[1] - 3 * y - 4.6 * x),
    )
    head = line(wings) + "Z"
    return f'<path class="edge" d="{shaft}{head}"/><path class="arrow" d="{shaft}"/><path class="tip" d="{head}"/>'


def _lens(kind: str, skeleton: Skeleton, frame: Frame, shown: float, before: Skeleton | None = None) -> str:
    """A close-up of the pelvis, or a whole body; `before`: the pose whose pelvis is drawn faintly."""
    x, y = skeleton.pelvic((0, 8))
    if shown == WHOLE:
        y = FLOOR + 4 - shown / 2
    ghost = ""
    if before:
        here = replace(before, x=skeleton.x, y=skeleton.y)
        ghost = f'<path class="ghost" d="{smooth([here.pelvic(at) for at in HIP_BONE])}"/>'
    turned = turn(skeleton, 24, back=kind == "right") if shown == LENS else ""
    drawn = [part for part in parts(skeleton) if shown == WHOLE or not {"arm", "far"} & set(part[0].split())]
    return (
        f'<rect class="lens" {_square(frame)} rx="6"/>'
        f'<svg {_square(frame)} viewBox="{x - shown / 2:.1f} {y - shown / 2:.1f} {shown:g} {shown:g}">'
        f'<g class="close">{_paths(drawn)}{ghost}{turned}</g></svg><rect class="rim {kind}" {_square(frame)} rx="6"/>'
        f"{_cross(frame) if kind == 'wrong' else ''}"
    )


def _square(frame: Frame) -> str:
    left, top, size = frame
    return f'x="{left:g}" y="{top:g}" width="{size:g}" height="{size:g}"'


def _cross(frame: Frame) -> str:
    left, top, size = frame
    right, low = left + size - 5, top + size - 5
    left, top = left + 5, top + 5
    return f'<path class="crossed" d="M{left:g} {top:g}L{right:g} {low:g}M{right:g} {top:g}L{left:g} {low:g}"/>'


def _tick(frame: Frame) -> str:
    return _badge(frame, "right", "M-3.5 0L-1 2.8L3.5 -3")


def _no(frame: Frame) -> str:
    return _badge(frame, "wrong", "M-3 -3L3 3M3 -3L-3 3")


def _badge(frame: Frame, kind: str, sign: str) -> str:
    left, top, size = frame
    return (
        f'<g transform="translate({left + size - 10:g} {top + size - 10:g})"><circle class="badge {kind}" r="7"/>'
        f'<path class="sign" d="{sign}"/></g>'
    )


STYLE = """
.figure path{stroke-linejoin:round;stroke-linecap:round}.card{fill:#f6f4ef}
.floor{stroke:#b9c0c4;stroke-width:2.5}.prop,.chair{fill:#cfc8ba}.seat{fill:#a99f8c}.chair.back{fill:#ddd7cb}
.pad{fill:#86b3ac}.ball{fill:#c2410c}
.trunk,.head,.leg,.foot{fill:#3b5a72}.arm{fill:#5d829c;stroke:#f6f4ef;stroke-width:1.4;paint-order:stroke}
.leg.far,.foot.far,.arm.far{fill:#9db0bd;stroke:none}
.thigh{fill:none;stroke:#3b5a72;stroke-width:15}.thigh.far{stroke:#9db0bd}
.pelvis{fill:#f2b13c;stroke:#6b4200;stroke-width:1}.joint{fill:#6b4200}
.spine{fill:none;stroke:#c5d3dc;stroke-width:2.4}
.figure .lumbar{fill:none;stroke:#fff;stroke-width:5.4;stroke-dasharray:3.2 .9;stroke-linecap:butt}
.psoas{fill:#d9482b}.glow,.felt{fill:none;stroke:#ff5d3a}.felt.belly,.glow.belly{stroke:#1aa08f}.glow{stroke-width:11;stroke-opacity:.35}
.felt{stroke-width:5;stroke-opacity:.9}
.edge{fill:none;stroke:#f6f4ef;stroke-width:6.5}
.arrow{fill:none;stroke:#c2410c;stroke-width:3.4}.tip{fill:#c2410c}
.lens{fill:#e9e5db}.rim{fill:none;stroke:#8a9399;stroke-width:2}.rim.right{stroke:#2b8a3e}.rim.wrong{stroke:#c92a2a}
.ghost{fill:none;stroke:#fff;stroke-width:1;stroke-dasharray:2 1.6}
.crossed{fill:none;stroke:#c92a2a;stroke-width:2.4;stroke-opacity:.6}
.badge.right{fill:#2b8a3e}.badge.wrong{fill:#c92a2a}.sign{fill:none;stroke:#fff;stroke-width:2}
"""
