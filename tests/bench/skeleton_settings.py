"""The product's settings with nothing between a request and its view but the session and the person it belongs to."""

from __future__ import annotations

from django.apps import AppConfig

from qa_portal.settings import *  # noqa: F403


class Account(AppConfig):
    """The tables that recognising a person leans on, without the middleware that their app insists on."""

    name = "allauth.account"


MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ROOT_URLCONF = "tests.bench.skeleton"
INSTALLED_APPS = [
    "core", "accounts", "conversations", "rubrics", "sampling", "reviews", "django.contrib.auth",
    "django.contrib.contenttypes", "django.contrib.sessions", "tests.bench.skeleton_settings.Account", "allauth.mfa",
]  # fmt: skip
SESSION_ENGINE = "django.contrib.sessions.backends.db"
