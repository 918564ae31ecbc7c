"""The only place that writes rubrics."""
