"""The demo company's conversations, told once for all tests that only read them."""

from __future__ import annotations

from datetime import date

import pytest

from qa_portal.demo.generator import Desk
from qa_portal.demo.people import hire

FIRST_MONDAY = date(2026, 8, 10)
WEEKS = 14


def told(*, seed=20261, weeks=WEEKS, small=False, coached=None):
    """Return the stories of each week."""
    desk = Desk(hire(seed, small=small), FIRST_MONDAY, seed=seed)
    return [desk.week(week, coached=coached or {}) for week in range(weeks)]


@pytest.fixture(scope="session")
def company():
    return hire(20261)


@pytest.fixture(scope="session")
def weeks():
    return told()


@pytest.fixture(scope="session")
def stories(weeks):
    return [story for week in weeks for story in week]


@pytest.fixture(scope="session")
def talks(stories):
    return [story for story in stories if story.truth.sort == "talk"]
