"""The skeleton for gunicorn."""

from __future__ import annotations

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.skeleton_settings"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
