"""Questions to the database that need more than one word of a QuerySet."""
