"""The local socket between the daemon and its clients: command line, guide, scripts."""
