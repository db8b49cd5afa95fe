"""Everything that differs between operating systems: one file for each concern, with the same names on every system.

Code elsewhere does not ask which system it runs on, except in the tables of parts that exist on one system only
(sensors, notifiers, ways to start at login).
"""
