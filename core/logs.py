"""Write logs as lines or as JSON, with the id of the request and without what people wrote.

A log goes to places with other rules than the database: so nothing that came from a conversation, a form or a name may
get there by way of an error's message. What a log call says itself is ours and stays; a value put into it stays when it
looks like a number, a name of code or an identifier; of an exception the type and the places stay.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from core.request_ids import current_request_id

IDENTIFIER = re.compile(r"[\w.:/\[\]()<>=,+-]{1,120}", re.ASCII)


class LineFormatter(logging.Formatter):
    """One line for a person; tracebacks in full unless `discreet`."""

    def __init__(self, *args: Any, discreet: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.discreet = discreet

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, beginning with time and level."""
        if not self.discreet:
            return super().format(_with_request_id(record))
        found = fields(record)
        places = "".join(f"\n  {place}" for place in found.get("places", []))
        error = f" {found['error']}" if "error" in found else ""
        return (
            f"{found['time']} {record.levelname} {record.name} [{found['request_id'] or '-'}] "
            f"{found['message']}{error}{places}"
        )


class JsonFormatter(logging.Formatter):
    """One JSON object a line for a machine."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object."""
        return json.dumps(fields(record), ensure_ascii=False)


def fields(record: logging.LogRecord) -> dict[str, Any]:
    """Return what may be known about one log record."""
    found: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "message": _message(record),
        "request_id": current_request_id(),
    }
    if record.exc_info and record.exc_info[0] is not None:
        kind, _error, trace = record.exc_info
        found["error"] = f"{kind.__module__}.{kind.__qualname__}"
        found["places"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace, limit=-20)
        ]
    return found


def safe(value: Any) -> Any:
    """Return a value that may stand in a log: itself, or how long it was."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, BaseException):
        return f"{type(value).__module__}.{type(value).__qualname__}"
    text = str(value)
    return text if IDENTIFIER.fullmatch(text) else f"({len(text)} characters)"


def _message(record: logging.LogRecord) -> str:
    pattern = str(record.msg) if isinstance(record.msg, str) else str(safe(record.msg))
    arguments = record.args
    if not arguments:
        return pattern
    try:
        if isinstance(arguments, Mapping):
            return pattern % {key: safe(value) for key, value in arguments.items()}
        return pattern % tuple(safe(value) for value in arguments)
    except (TypeError, ValueError, KeyError):
        return pattern


def _with_request_id(record: logging.LogRecord) -> logging.LogRecord:
    record.request_id = current_request_id() or "-"
    return record
