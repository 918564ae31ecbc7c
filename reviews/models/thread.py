"""What an agent asks about a review, and what is answered: one thread per review, never edited."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from reviews.models.reviews import Review


class ReviewRemark(models.Model):
    """One question or answer. Its words can be redacted; that it was asked stays."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="remarks")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # Asked by the agent whose feedback it is; anything else is an answer.
    is_question = models.BooleanField()
    text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["review", "created_at", "id"]

    def __str__(self) -> str:
        return f"remark {self.pk} on review {self.review_id}"
