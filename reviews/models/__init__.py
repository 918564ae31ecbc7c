"""Queue items, reviews and the weekly sums they feed."""

from reviews.models.cells import Cell
from reviews.models.comment_templates import CommentTemplate
from reviews.models.queue import QueueItem
from reviews.models.reviews import Answer, Comment, Pin, Review, Revision

__all__ = ["Answer", "Cell", "Comment", "CommentTemplate", "Pin", "QueueItem", "Review", "Revision"]
