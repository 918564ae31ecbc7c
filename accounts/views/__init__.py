"""Pages of people, settings and one's own account."""
