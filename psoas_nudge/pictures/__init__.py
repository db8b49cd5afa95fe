"""Pictures of routines that somebody else drew: checked and drawn anew in a limited child, so only pixels are kept."""
