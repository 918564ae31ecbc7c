"""The least that each page could do: a fixed list of statements for the raw driver, whatever the product does.

The skeleton (skeleton.py) sends them from a bare view over HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Protocol

LEASE = timedelta(minutes=20)
ANSWERS, CELLS = 10, 20
LIST = 50


class Cursor(Protocol):
    """What sqlite3, psycopg and Django have in common. Placeholders are %s, as Django's are."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Any: ...
    def executemany(self, sql: str, parameters: Sequence[Sequence[Any]], /) -> Any: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> Any: ...


FIRST_OPEN = """
SELECT id, conversation_id, transcript_id, agent_id, team_id, rubric_version_id FROM reviews_queueitem
WHERE status IN ('available', 'claimed') AND (claimed_by_id IS NULL OR claimed_until < %s)
ORDER BY due_at, u, id LIMIT 1
"""
LEASE_IT = """
UPDATE reviews_queueitem SET status = 'claimed', claimed_by_id = %s, claimed_until = %s
WHERE id = %s AND status IN ('available', 'claimed') AND (claimed_by_id IS NULL OR claimed_until < %s)
"""
BEGIN_REVIEW = """
INSERT INTO reviews_review (item_id, author_id, status, purpose, pool, conversation_id, transcript_id, agent_id,
    team_id, rubric_version_id, draft, draft_number, active_seconds, created_at, updated_at, reply, void_reason)
VALUES (%s, %s, 'draft', 'primary', 'random', %s, %s, %s, %s, %s, '{}', 0, 0, %s, %s, '', '') RETURNING id
"""
OPEN_REVIEW = """
SELECT r.id, r.draft, r.draft_number, c.external_id, c.channel, c.subject, c.completed_at, t.body
FROM reviews_review r JOIN conversations_conversation c ON c.id = r.conversation_id
JOIN conversations_transcript t ON t.id = r.transcript_id WHERE r.id = %s AND r.author_id = %s
"""
SAVE_DRAFT = """
UPDATE reviews_review SET draft = %s, draft_number = draft_number + 1, updated_at = %s
WHERE id = %s AND author_id = %s AND status = 'draft'
"""
KEEP_HELD = "UPDATE reviews_queueitem SET claimed_until = %s WHERE id = %s AND claimed_by_id = %s"
ITEM_OF = "SELECT item_id, rubric_version_id FROM reviews_review WHERE id = %s AND author_id = %s AND status = 'draft'"
END_ITEM = """
UPDATE reviews_queueitem
SET status = 'submitted', claimed_by_id = NULL, claimed_until = NULL, ended_at = %s, ended_by_id = %s
WHERE id = %s AND claimed_by_id = %s
"""
REVISION = """
INSERT INTO reviews_revision (review_id, number, author_id, reason, created_at, raw_score, final_score, outcome,
    failed_by, coverage, bonus, section_scores, skill_scores, errors)
VALUES (%s, 1, %s, '', %s, 87.5, 87.5, 'pass', '[]', 1, 0, '{}', '{}', '{}') RETURNING id
"""
CRITERIA = "SELECT id FROM rubrics_criterion WHERE version_id = %s ORDER BY id LIMIT 10"
ANSWER = "INSERT INTO reviews_answer (revision_id, criterion_id, state, value) VALUES (%s, %s, 'scored', 1)"
END_REVIEW = """
UPDATE reviews_review SET status = 'submitted', submitted_at = %s, release_at = %s, updated_at = %s, current_id = %s,
    draft = '{}' WHERE id = %s
"""
STRATUM_OF = "SELECT p.stratum_id FROM reviews_queueitem i JOIN sampling_pick p ON p.id = i.pick_id WHERE i.id = %s"
CELL = """
INSERT INTO reviews_cell
    (stratum_id, metric, rubric_version_id, reviewer_id, pool, n, total, squares, newest_review_id, newest_at)
VALUES (%s, %s, %s, %s, 'floor', 1, 875000, 765625000000, %s, %s)
ON CONFLICT (stratum_id, metric, rubric_version_id, reviewer_id, pool) DO UPDATE
SET n = reviews_cell.n + 1, total = reviews_cell.total + excluded.total,
    squares = reviews_cell.squares + excluded.squares
"""
SOME_CONVERSATIONS = """
SELECT c.id, c.external_id, c.channel, c.subject, c.completed_at, c.csat, c.message_count, a.name, t.name
FROM conversations_conversation c LEFT JOIN accounts_agent a ON a.id = c.assignee_id
LEFT JOIN accounts_team t ON t.id = c.team_id
WHERE c.channel = %s AND c.completed_at IS NOT NULL ORDER BY c.completed_at DESC, c.id DESC LIMIT 50
"""
COUNT_CONVERSATIONS = "SELECT COUNT(*) FROM conversations_conversation WHERE channel = %s AND completed_at IS NOT NULL"
FEEDBACK = """
SELECT r.id, v.final_score, v.outcome, v.section_scores, c.external_id, t.body
FROM reviews_review r JOIN reviews_revision v ON v.id = r.current_id
JOIN conversations_conversation c ON c.id = r.conversation_id JOIN conversations_transcript t ON t.id = r.transcript_id
JOIN accounts_agent a ON a.id = r.agent_id WHERE r.id = %s AND a.user_id = %s AND r.status = 'published'
"""
ITS_ANSWERS = """
SELECT criterion_id, state, option_id, value FROM reviews_answer
WHERE revision_id = (SELECT current_id FROM reviews_review WHERE id = %s)
"""
ITS_COMMENTS = "SELECT criterion_id, message_index, text FROM reviews_comment WHERE review_id = %s"
TEAM_STRATA = """
SELECT s.id, s.agent_id, d.starts_at, s.frame_size, s.drawn FROM sampling_framestratum s
JOIN sampling_draw d ON d.id = s.draw_id WHERE s.team_id = %s AND d.voided_at IS NULL AND d.ends_at > %s
"""
TEAM_CELLS = """
SELECT c.stratum_id, SUM(c.n), SUM(c.total), SUM(c.squares) FROM reviews_cell c
JOIN sampling_framestratum s ON s.id = c.stratum_id JOIN sampling_draw d ON d.id = s.draw_id
WHERE s.team_id = %s AND d.voided_at IS NULL AND d.ends_at > %s AND c.metric = 'total' AND c.pool = 'random'
GROUP BY c.stratum_id
"""
TEAM_AGENTS = """
SELECT a.id, a.name FROM accounts_agent a JOIN accounts_teammembership m ON m.agent_id = a.id
WHERE m.team_id = %s AND m.ends_at IS NULL
"""
SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


def fitted(cursor: Any, insert: str) -> str:
    """Return an INSERT with what its table has come to demand since it was written: empty texts, zeros and noes."""
    if insert not in _fitted:
        table, named = re.search(r"INSERT INTO (\w+) \(([^)]*)\)", insert).groups()  # type: ignore[union-attr]
        missing = [one for one in _demanded(cursor, table) if one[0] not in re.findall(r"\w+", named)]
        columns = "".join(f", {name}" for name, _kind in missing)
        values = "".join(f", {EMPTY.get(kind.split('(')[0].lower(), '0')}" for _name, kind in missing)
        _fitted[insert] = insert.replace(named, named + columns).replace(") RETURNING", f"{values}) RETURNING")
    return _fitted[insert]


def _demanded(cursor: Any, table: str) -> list[tuple[str, str]]:
    """Return the columns of a table that take no NULL and have no value of their own, with their types."""
    if cursor.db.vendor == "sqlite":
        cursor.execute(f"PRAGMA table_info({table})")
        return [
            (name, kind) for _place, name, kind, required, _default, key in cursor.fetchall() if required and not key
        ]
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO'"
        " AND column_default IS NULL AND is_identity = 'NO'",
        (table,),
    )
    return list(cursor.fetchall())


_fitted: dict[str, str] = {}
EMPTY = {"varchar": "''", "character varying": "''", "text": "''", "bool": "FALSE", "boolean": "FALSE", "jsonb": "'{}'"}


def claim(cursor: Cursor, *, user: int, now: Any, until: Any, locks: bool) -> int | None:
    """Take the first open item; the id of the new review. To be run in a transaction."""
    while True:
        cursor.execute(FIRST_OPEN + (" FOR NO KEY UPDATE SKIP LOCKED" if locks else ""), (now,))
        item = cursor.fetchone()
        if item is None:
            return None
        cursor.execute(LEASE_IT, (user, until, item[0], now))
        if cursor.rowcount:  # type: ignore[attr-defined]
            cursor.execute(fitted(cursor, BEGIN_REVIEW), (item[0], user, *item[1:], now, now))
            return int(cursor.fetchone()[0])


def workspace(cursor: Cursor, *, review: int, user: int) -> Any:
    """Read one's draft with the transcript."""
    cursor.execute(OPEN_REVIEW, (review, user))
    return cursor.fetchone()


def save(cursor: Cursor, *, review: int, user: int, draft: str, now: Any, until: Any) -> int:
    """Store a draft and keep the item. To be run in a transaction."""
    cursor.execute(ITEM_OF, (review, user))
    item, _version = cursor.fetchone()
    cursor.execute(SAVE_DRAFT, (draft, now, review, user))
    cursor.execute(KEEP_HELD, (until, item, user))
    return int(item)


def submit(cursor: Cursor, *, review: int, user: int, now: Any, until: Any) -> int:
    """Store ten answers and twenty cells. To be run in a transaction."""
    cursor.execute(ITEM_OF, (review, user))
    item, version = cursor.fetchone()
    cursor.execute(END_ITEM, (now, user, item, user))
    cursor.execute(fitted(cursor, REVISION), (review, user, now))
    revision = cursor.fetchone()[0]
    cursor.execute(CRITERIA, (version,))
    cursor.executemany(ANSWER, [(revision, row[0]) for row in cursor.fetchall()])
    cursor.execute(END_REVIEW, (now, until, now, revision, review))
    cursor.execute(STRATUM_OF, (item,))
    stratum = cursor.fetchone()[0]
    cursor.executemany(CELL, [(stratum, f"metric:{n:02}", version, user, review, now) for n in range(CELLS)])
    return int(revision)


def conversations(cursor: Cursor, *, channel: str) -> Any:
    """Read a filtered page of fifty, and how many there are."""
    cursor.execute(SOME_CONVERSATIONS, (channel,))
    rows = cursor.fetchall()
    cursor.execute(COUNT_CONVERSATIONS, (channel,))
    return rows, cursor.fetchone()[0]


def feedback(cursor: Cursor, *, review: int, user: int) -> Any:
    """Read one's own published review with its answers, comments and transcript."""
    cursor.execute(FEEDBACK, (review, user))
    found = cursor.fetchone()
    cursor.execute(ITS_ANSWERS, (review,))
    answers = cursor.fetchall()
    cursor.execute(ITS_COMMENTS, (review,))
    return found, answers, cursor.fetchall()


def team(cursor: Cursor, *, team_id: int, since: Any) -> Any:
    """Read a team's people, their strata of eight weeks and the sums of these."""
    cursor.execute(TEAM_AGENTS, (team_id,))
    people = cursor.fetchall()
    cursor.execute(TEAM_STRATA, (team_id, since))
    strata = cursor.fetchall()
    cursor.execute(TEAM_CELLS, (team_id, since))
    return people, strata, cursor.fetchall()
