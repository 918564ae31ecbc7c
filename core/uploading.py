"""Spool uploads to disk, and refuse in words when there is no room for one."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any, NoReturn

from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.refusals import Refusal, Refused

API = "/api/"
logger = logging.getLogger(__name__)


class SpoolHandler(TemporaryFileUploadHandler):
    """Django's own; a disk on which it cannot write is a refusal, and what was written of the file goes."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a temporary file."""
        try:
            super().new_file(*args, **kwargs)
        except OSError as error:
            self._refuse(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a chunk through to the disk, so that none is left to fail where nobody expects it."""
        try:
            super().receive_data_chunk(raw_data, start)
            self.file.flush()
        except OSError as error:
            self._refuse(error)

    def _refuse(self, error: OSError) -> NoReturn:
        logger.warning("An upload could not be spooled: %s", error)
        # Taken away: the parser would close it again, and fail again.
        file = self.__dict__.pop("file", None)
        with suppress(OSError):
            if file is not None:
                file.close()
        assert self.request is not None
        if self.request.path.startswith(API):
            raise Refused(_no_room()) from error
        # A page's form is read before any view is chosen, where a refusal is a failure: the middleware says it.
        self.request.has_no_room = True  # type: ignore[attr-defined]
        raise SkipFile from error


def why_not_received(request: HttpRequest) -> Refusal | None:
    """Return why a file of this page's form is missing, or None."""
    if request.content_type == "multipart/form-data" and not request.path.startswith(API):
        request.POST  # noqa: B018  (reads the form, if nobody has)
    return _no_room() if getattr(request, "has_no_room", False) else None


def _no_room() -> Refusal:
    sentence = _("The file could not be taken: there is no room for it on the server. Nothing was changed.")
    return Refusal("no_room", 503, sentence)
