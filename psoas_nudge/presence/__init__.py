"""Sensors: what the daemon can know about the person, one file per source."""
