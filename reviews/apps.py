"""The reviews app."""

from __future__ import annotations

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """Name the app."""

    name = "reviews"
    verbose_name = "Reviews"
