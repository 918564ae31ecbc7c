"""The API of the queue, of reviews and of feedback."""
