"""The report: a static page about the journal, a printed page for a therapist, and exports for other programs."""
