"""A believable company, written by this project: the demo goes through the product's own services."""
