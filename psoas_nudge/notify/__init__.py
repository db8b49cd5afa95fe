"""Notifiers: ways to put the one prompt in front of the person, one file each."""
