"""Windows itself, or Wine: `python3 tests/run.py --wine` runs these there. Other systems have nothing to run them on."""

from __future__ import annotations

import sys

collect_ignore_glob = [] if sys.platform == "win32" else ["test_*.py"]
