"""The daemon: reads the clocks, feeds events to the core, and carries out its effects."""
