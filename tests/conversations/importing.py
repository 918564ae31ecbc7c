"""Short words for import tests: make lines, import them, look at what came of them."""

from __future__ import annotations

import gzip
import io
import json

from conversations.models import ImportRun
from conversations.services import reading, runs


def record(external_id="zen-1", **changes):
    """Return one conversation of the product's format, as a dict."""
    whole = {
        "external_id": external_id,
        "channel": "chat",
        "agent": {"external_id": "a-1", "name": "Leila Haddad"},
        "customer": {"external_id": "c-9", "name": "Dana Whitfield"},
        "subject": "Charged twice",
        "started_at": "2026-01-05T09:00:00Z",
        "ended_at": "2026-01-05T09:30:00Z",
        "tags": ["billing"],
        "csat": None,
        "metadata": {"plan": "gold"},
        "messages": [
            message("customer", "c-9", "Hi", "2026-01-05T09:00:00Z"),
            message("agent", "a-1", "Hello Dana", "2026-01-05T09:01:00Z"),
        ],
    }
    return {**whole, **changes}


def message(role, author, text, sent_at=None, **more):
    return {"role": role, "author": author, "text": text, "sent_at": sent_at, **more}


def lines(*records):
    """Return a file's bytes: dicts as JSON, text as it is."""
    return b"".join(
        (one.encode() if isinstance(one, str) else one if isinstance(one, bytes) else json.dumps(one).encode()) + b"\n"
        for one in records
    )


def packed(*records):
    return gzip.compress(lines(*records), mtime=0)


def begin(content, now, *, source="Help desk", by=None):
    found = runs.source_named(source, by=by, now=now)
    digest = reading.fingerprint(io.BytesIO(content))
    return runs.begin(found, file_name="chats.jsonl", size=len(content), fingerprint=digest, by=by, now=now)


def import_bytes(content, now, **options):
    """Read a whole file as the command does, and return its run as stored."""
    run = begin(content, now, **options)
    go_on(run, content, now)
    return ImportRun.objects.get(pk=run.pk)


def go_on(run, content, now):
    reading.read(run, io.BytesIO(content), clock=lambda: now)
    reading.count_at_once(run, go_on=lambda _agent: True)
    runs.end(run, now=now)


def import_records(*records, now, **options):
    return import_bytes(lines(*records), now, **options)


def tally(run):
    """Return created, updated, unchanged, rejected."""
    return run.created, run.updated, run.unchanged, run.rejected
