"""Starting at login: one file per way, one table, one chooser (see chooser.py)."""
