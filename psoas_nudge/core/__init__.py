"""Decisions. Pure: no clock, no I/O; time comes in with the events."""
