"""What the desktop sees of the daemon over D-Bus: the tray icon with its menu, and a name for bars and scripts."""
