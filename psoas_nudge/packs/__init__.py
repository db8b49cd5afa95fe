"""Packs: routines with pictures, written by other people. Import, export and removal.

`checking` makes a zip of a folder or file, `__main__` is the child process that validates it, `keeping` stores it.
"""
