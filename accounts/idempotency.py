"""Let callers repeat a POST safely: the same Idempotency-Key gets the same answer, and nothing happens twice."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.services import idempotency
from accounts.services.idempotency import Kept
from core.api.headers import IDEMPOTENCY_KEY, IDEMPOTENCY_PATTERN
from core.refusals import Refusal, Refused

READABLE = re.compile(IDEMPOTENCY_PATTERN)


def idempotent(handler: Callable[..., Response]) -> Callable[..., Response]:
    """Keep the answer of a method for 24 hours under the caller's Idempotency-Key, when one is sent."""

    @wraps(handler)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        if IDEMPOTENCY_KEY not in request.headers:
            return handler(view, request, *args, **kwargs)
        key = request.headers[IDEMPOTENCY_KEY]
        if not READABLE.match(key):
            sentence = _("An Idempotency-Key is 1 to 200 visible ASCII characters, such as a UUID.")
            raise Refused(Refusal("idempotency_key_unreadable", 422, sentence))
        kept = idempotency.once(
            key,
            by=request.user,
            fingerprint=fingerprint(request),
            now=timezone.now(),
            work=lambda: _keep(handler(view, request, *args, **kwargs)),
        )
        return _answer(kept)

    once.is_idempotent = True  # type: ignore[attr-defined]
    return once


def fingerprint(request: Request) -> str:
    """Return the SHA-256 of what is asked for: method, address, and the body as it was understood."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}".encode())
    for part in _parts(request.data):
        digest.update(part)
    return digest.hexdigest()


def _parts(data: Any) -> Iterator[bytes]:
    if not hasattr(data, "lists"):
        yield json.dumps(data, sort_keys=True).encode()
        return
    for name, values in sorted(data.lists()):
        for value in values:
            yield f"\n{name}=".encode()
            if isinstance(value, UploadedFile):
                yield from value.chunks()
                value.seek(0)
            else:
                yield str(value).encode("utf-8", "surrogatepass")


def _keep(response: Response) -> Kept:
    body = "" if response.data is None else JSONRenderer().render(response.data).decode()
    return Kept(status=response.status_code, body=body, tag=response.headers.get("ETag", ""))


def _answer(kept: Kept) -> Response:
    headers = {"Idempotency-Replayed": "true" if kept.is_replay else "false"}
    if kept.tag:
        headers["ETag"] = kept.tag
    return Response(json.loads(kept.body) if kept.body else None, status=kept.status, headers=headers)
