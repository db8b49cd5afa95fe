"""The tray icon with its menu, and the D-Bus name for bars and scripts."""
