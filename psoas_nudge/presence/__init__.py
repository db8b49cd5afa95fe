"""Sensors: what the daemon can observe of the person, one file for each source."""
