"""Simulation in virtual time: traces, made-up people and the demo's day, played through the real engine."""
