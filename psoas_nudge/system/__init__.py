"""The room for what differs between operating systems: each file is one concern, with the same names on each of them.

Nothing outside asks which system this is in order to do something in another way, except where a whole part exists on
one system only (a sensor, a notifier, a way to start at login): those say so in their table.
"""
