"""The daemon: reads the clocks, feeds the core with what happened, and carries out what it decides."""
