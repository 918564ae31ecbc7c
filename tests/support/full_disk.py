"""A storage on which there is no room."""

from __future__ import annotations

import errno
from typing import Any, NoReturn

from django.core.files.storage import FileSystemStorage


class FullDisk(FileSystemStorage):
    """Refuse every write as a full disk does."""

    def _save(self, name: str, content: Any) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")
