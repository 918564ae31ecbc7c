"""Pages about rubrics."""
