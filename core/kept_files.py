"""Keep uploaded files in the default storage until they were worked on; what nobody knows of any more goes."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from core.refusals import Refusal, Refused

# A file that nobody knows of for this long was left by a process that was killed between keeping it and saying so.
UNKNOWN_FOR = timedelta(days=1)

logger = logging.getLogger(__name__)


def keep(file: File[bytes], *, folder: str) -> str:
    """Keep a file under a name of its own, and return that; Refused where there is no room."""
    try:
        return default_storage.save(f"{folder}/{uuid.uuid4().hex}", file)
    except OSError as error:
        logger.warning("An upload could not be kept: %s", error)
        sentence = _("The file could not be kept: there is no room for it. Nothing was changed.")
        raise Refused(Refusal("no_room", 503, sentence)) from error


def forget(name: str) -> None:
    """Delete a file; one that is gone or cannot be reached is left to the sweep."""
    with suppress(OSError):
        default_storage.delete(name)


def forget_unknown(folder: str, *, known: Callable[[list[str]], Collection[str]], now: datetime) -> None:
    """Delete what a killed upload left, those of some names that are not `known`.

    A bucket is asked to do so itself, see docs/operations.md: it has no list.
    """
    with suppress(OSError, NotImplementedError):
        names = [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
        old = [name for name in names if default_storage.get_modified_time(name) < now - UNKNOWN_FOR]
        for name in sorted(set(old) - set(known(old) if old else ())):
            default_storage.delete(name)
            logger.warning("Deleted an upload that nobody knows of: %s", name)
