"""Begin a demo again whose building was cut off: half a company helps nobody, and it is made in a minute."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from accounts.models import Workspace
from conversations.models import Source
from core.models import Job
from qa_portal.demo.drive import KIND
from qa_portal.demo.founding import SOURCE


def was_cut_off() -> bool:
    """Say whether the database holds an unfinished demo company and nothing else. The tables have to be there."""
    builds = Job.objects.filter(kind=KIND)
    return (
        Workspace.objects.filter(is_demo=True).exists()
        and builds.exists()
        and not builds.filter(status=Job.Status.DONE).exists()
        and not Source.objects.exclude(slug=SOURCE).exists()
    )


def clear() -> None:
    """Empty the database of an unfinished demo, and remove its files."""
    if connection.vendor == "sqlite":
        # Not row by row: published versions refuse to be deleted.
        file = connection.settings_dict["NAME"]
        connection.close()
        for name in (file, f"{file}-wal", f"{file}-shm"):
            Path(name).unlink(missing_ok=True)
    else:
        call_command("flush", interactive=False, verbosity=0)
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
