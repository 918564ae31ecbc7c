"""The only place in sampling that writes."""
