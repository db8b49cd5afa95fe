"""Runs code that reads untrusted files in short-lived child processes with resource limits."""
