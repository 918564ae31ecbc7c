"""A storage and a temporary folder on which there is no room."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any, NoReturn

from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile


class FullDisk(FileSystemStorage):
    """Refuse every write as a full disk does."""

    def _save(self, name: str, content: Any) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")


class FullSpool(TemporaryUploadedFile):
    """A temporary file on a disk that is full: the system's own."""

    def __init__(
        self, name: str, content_type: str, size: int, charset: str, content_type_extra: dict[str, bytes] | None = None
    ) -> None:
        full = Path("/dev/full").open("wb")  # noqa: SIM115  (closed by whoever was given it)
        UploadedFile.__init__(self, full, name, content_type, size, charset, content_type_extra)
