"""The drawn figures: each routine as poses of a body with a pelvis and a lumbar curve, drawn from joint angles."""

from psoas_nudge.guide.figures.dots import dots
from psoas_nudge.guide.figures.drawing import ANGLE, paths_between, picture, sheet, svg
from psoas_nudge.guide.figures.poses import FIGURES

__all__ = ["ANGLE", "FIGURES", "dots", "paths_between", "picture", "sheet", "svg"]
