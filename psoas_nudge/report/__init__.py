"""The report: one static page about what was recorded, a page for a therapist, and exports for other programs."""
