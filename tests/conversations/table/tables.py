"""Short words for tests of tables: write one, look at it, read it whole."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from conversations.formats.outcomes import Position
from conversations.formats.table import guess as guesses
from conversations.formats.table import layout, read, told
from conversations.formats.table.rows import read_rows
from conversations.formats.table.workbench import Workbench

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
MESSAGES = """ticket_id,created_at,author_type,author_name,message,agent,customer,subject,tags
4711,2026-01-05T09:00:00Z,customer,Dana,I was charged twice,Leila,Dana,Charged twice,"billing, refund"
4711,2026-01-05T09:01:00Z,agent,Leila,"I am sorry,
let me look",Leila,Dana,Charged twice,"billing, refund"
4712,2026-01-05T09:02:00Z,customer,Omar,Hello?,Leila,Omar,,
"""
CONVERSATIONS = """id,channel,agent,customer,started_at,ended_at,transcript,rating
1,chat,Leila,Dana,2026-01-05T10:00:00Z,2026-01-05T10:30:00Z,"(2026-01-05 10:02:33) Dana: Hi
there
Leila: Hello",5
2,phone,Leila,Omar,2026-01-05T11:00:00Z,,Customer: Hello,"4,5"
"""


def look(content, said=None, *, time_zone="UTC"):
    """Return the guess for a file's bytes or text, with what is said put over it."""
    data = content.encode() if isinstance(content, str) else content
    said = told.read_told({} if said is None else said)
    found = layout.guess(data, encoding=said.encoding or "", delimiter=said.delimiter or "")
    guessed = guesses.guess(found, guesses.sample(io.BytesIO(data), found), time_zone=time_zone)
    return told.over(guessed, said)


def outcomes(content, said=None, *, now=NOW, time_zone="UTC"):
    """Return what comes of each conversation of a table."""
    data = content.encode() if isinstance(content, str) else content
    mapping = look(data, said, time_zone=time_zone).mapping
    assert mapping.missing() == []
    if mapping.per == "conversation":
        return list(read.read_rows_as_conversations(io.BytesIO(data), mapping, now=now))
    with TemporaryDirectory() as folder:
        bench = Workbench(Path(folder) / "bench.sqlite3", content="x")
        rows = read_rows(io.BytesIO(data), mapping.layout, start=bench.place)
        assert bench.collect(rows, key=lambda row: read.key_of(mapping, row), go_on=lambda: True)
        found = list(read.read_groups(bench, mapping, now=now, start=Position()))
        bench.close()
        return found


def said_by(record):
    """Return who said what in a record."""
    return [(message.role, message.author, message.text) for message in record.messages]
