"""What the second database is asked: with --database-only, everything that it could answer otherwise.

That is constraints and triggers, locks and races, migrations, statements written by hand, windows, JSON, dates, order,
text search, what the numbers are added up from, and pages whose lists are narrowed, put in order and counted. Every
page is opened there with whatever nonsense a query may hold (project/test_hostile_queries), and every operation of the
API is asked (api/test_reads, api/test_schema_fuzz). Who may do what, how a refusal is worded, how a page is laid out
and what a form takes follow from Python alone: once is enough, and such a test, or its whole file, is marked
`any_database`. Whoever marks one runs it on the second database once, to see that it passes there, too.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}
# Told by its text, a file need not even be imported.
ALL_LEFT_OUT = re.compile(r"^pytestmark = .*\bany_database\b", re.MULTILINE)
MAY_ASK = re.compile(r"\b(django_db\w*|db|transactional_db|live_server|broker|house|celery_worker_real)\b")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only", action="store_true", help="leave out tests that tell no databases apart, for the second one"
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    if not config.getoption("--database-only") or not re.fullmatch(r"test_.*\.py", collection_path.name):
        return None
    text = collection_path.read_text(encoding="utf-8")
    return ALL_LEFT_OUT.search(text) is not None or MAY_ASK.search(text) is None or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--database-only"):
        kept = [item for item in items if uses_database(item) and not item.get_closest_marker("any_database")]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept


def uses_database(item: pytest.Item) -> bool:
    """Say whether a test asks a database anything."""
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & FIXTURES)
