"""The product's settings with nothing between a request and its view but the session."""

from __future__ import annotations

from qa_portal.settings import *  # noqa: F403

MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]
ROOT_URLCONF = "tests.bench.bare"
INSTALLED_APPS = ["django.contrib.sessions"]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
