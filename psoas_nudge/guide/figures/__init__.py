"""The pictures of routines. Those of the catalogue are generated: a body with pelvis and lumbar curve, posed by joint
angles."""

from psoas_nudge.guide.figures.drawing import ANGLE, paths_between
from psoas_nudge.guide.figures.poses import FIGURES
from psoas_nudge.guide.figures.shown import in_terminal, printed, sheet, svg

__all__ = ["ANGLE", "FIGURES", "in_terminal", "paths_between", "printed", "sheet", "svg"]
