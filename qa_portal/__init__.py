"""QA Portal: the composition root. The only package that may import every app."""

from qa_portal.celery import app as celery_app

__all__ = ["celery_app"]
