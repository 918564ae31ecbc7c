"""Measured speed, printed as JSON lines: nothing here is a test, nothing here asserts a time. See README.md."""
