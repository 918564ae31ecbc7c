"""Know which request is being served, for logs and the audit trail."""

from __future__ import annotations

from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Return the id of the request being served; empty outside a request."""
    return _request_id.get()


def set_request_id(value: str) -> None:
    """Remember the id of the request being served."""
    _request_id.set(value)
