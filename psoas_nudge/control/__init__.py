"""The local socket between the daemon and everything that asks it: command line, tray, guide."""
