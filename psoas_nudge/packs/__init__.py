"""Packs: routines with their pictures, written by somebody else. Checked in a limited child, kept, exported, removed.

`reading` makes one zip of a folder or a file, `__main__` is the child that looks inside, `keeping` is where it stays.
"""
