"""Limits on the size of pictures and packs, and on the resources of the child process that reads them."""

MOST_BYTES = 20_000_000
"""Of the pack, of all its files unpacked, and of all pictures beside a configuration."""
MOST_FILES = 100
MOST_PIXELS = 25_000_000
"""Of one PNG. Pictures of phone cameras have fewer."""
MOST_ELEMENTS = 50_000
"""Of one SVG."""
LONGEST_SIDE = 1600
"""Pixels of the longer side of a rendered picture."""
NARROWEST = 8.0
"""Maximum ratio of the longer side of a picture to the shorter one."""

MEGABYTES = 1024
"""Address space of the child. The largest picture needs about 300; the renderer's threads reserve the rest."""
CPU_SECONDS = 60
SECONDS = 120.0
"""Time limit for the child: twice its CPU time, because other programs run, too."""
