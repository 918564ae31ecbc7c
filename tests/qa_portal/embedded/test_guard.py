"""Where a demo may be built, and when a half-built one begins again."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection

from accounts.models import Workspace
from conversations.models import Source
from core.models import Job
from qa_portal.demo.drive import KIND
from qa_portal.demo.founding import SOURCE
from qa_portal.embedded import afresh
from qa_portal.embedded.guard import why_not_demo
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
ELSEWHERE = "Unset DATABASE_URL to use a file of its own, or name an empty database."


def test_an_empty_database_may_become_a_demo() -> None:
    assert why_not_demo() is None


def test_a_database_with_people_may_not() -> None:
    UserFactory()

    assert why_not_demo() == f"The database holds people or conversations that no demo made. {ELSEWHERE}"


def test_a_demo_stays_a_demo() -> None:
    Workspace.objects.create(is_demo=True)
    UserFactory()

    assert why_not_demo() is None


def test_a_production_installation_may_not(settings) -> None:
    settings.PRODUCTION = True

    assert why_not_demo() == f"QA_PRODUCTION is on: this is a production installation. {ELSEWHERE}"


def test_a_database_of_another_program_may_not() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE somebody_elses (id integer)")
        cursor.execute(f"ALTER TABLE {Workspace._meta.db_table} RENAME TO out_of_the_way")

    assert why_not_demo() == f"The database holds the tables of something else. {ELSEWHERE}"


@pytest.mark.parametrize(
    ("is_demo", "build", "other_source", "answer"),
    [
        (True, Job.Status.WAITING, False, True),
        (True, Job.Status.DONE, False, False),
        (True, None, False, False),
        (False, Job.Status.WAITING, False, False),
        (True, Job.Status.WAITING, True, False),
    ],
)
def test_only_an_unfinished_demo_with_nothing_else_begins_again(
    now: datetime, is_demo: bool, build: str | None, other_source: bool, answer: bool
) -> None:
    Workspace.objects.create(is_demo=is_demo)
    Source.objects.create(slug=SOURCE, name="Demo", created_at=now)
    if other_source:
        Source.objects.create(slug="help-desk", name="Help desk", created_at=now)
    if build:
        Job.objects.create(kind=KIND, status=build, created_at=now)

    assert afresh.was_cut_off() is answer
