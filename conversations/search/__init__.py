"""Search over what was said: words, queries, where they match, and what of it is shown."""
