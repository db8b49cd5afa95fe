"""psoas-nudge: one well-timed prompt to stretch the hip flexors after a long stretch of sitting."""

__version__ = "0.1.0"
