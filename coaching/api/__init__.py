"""The API of coaching."""
