"""Point the settings at throw-away places, so that a test never touches what the developer runs."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from django.conf import settings


def make() -> Path:
    """Make a folder for one test process and let the settings use it in place of var/."""
    folder = Path(tempfile.mkdtemp(prefix="qa-test-"))
    settings.VAR = folder
    settings.MEDIA_ROOT = folder / "files"
    settings.BROKER_SOCKET = folder / "broker.sock"
    # A task that nobody runs goes into this process's memory; tests that want it to run ask for `broker`.
    settings.CELERY_BROKER_URL = "memory://localhost/"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {}
    # Looks a static file up when it is asked for. The list of all of them would be made anew for each test's client.
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    database = settings.DATABASES["default"]
    if "sqlite3" in database["ENGINE"]:
        # A file, not memory: threads and other processes have to see it.
        database.setdefault("TEST", {})["NAME"] = str(folder / "test.sqlite3")
    return folder


def remove(folder: Path) -> None:
    """Remove the folder."""
    shutil.rmtree(folder, ignore_errors=True)
