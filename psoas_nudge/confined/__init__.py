"""Reads untrusted files in a short-lived child process that first limits itself."""
