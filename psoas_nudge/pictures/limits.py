"""How large pictures and packs may be, and what the child that reads them may use."""

MOST_BYTES = 20_000_000
"""Of the pack, of all its files unpacked, and of all pictures beside a configuration."""
MOST_FILES = 100
MOST_PIXELS = 25_000_000
"""Of one PNG; more than a phone's camera makes."""
MOST_ELEMENTS = 50_000
"""Of one SVG."""
LONGEST_SIDE = 1600
"""Pixels of what is shown."""
NARROWEST = 8.0
"""Largest ratio of the longer side of a picture to the shorter one."""

MEGABYTES = 1024
"""Address space of the child. The largest picture takes about 300, the renderer's threads reserve the rest."""
CPU_SECONDS = 60
SECONDS = 120.0
"""Of waiting for the child: twice its CPU time, since other programs run, too."""
