"""The guided stretch: one pure player, shown by the terminal or by a page; each runs as a process of its own."""
