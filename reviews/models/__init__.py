"""Queue items, reviews and the weekly sums they feed."""

from reviews.models.cells import Cell
from reviews.models.queue import QueueItem
from reviews.models.reviews import Answer, Comment, Pin, Review, Revision

__all__ = ["Answer", "Cell", "Comment", "Pin", "QueueItem", "Review", "Revision"]
