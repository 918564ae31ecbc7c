"""The demo company is built through the product's services, once, and in believable proportions."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Agent, TeamMembership, User, Workspace
from coaching.models import Look
from conversations.models import Conversation, ImportRun
from core.models import Job
from qa_portal.demo import drive
from qa_portal.demo.calendar import Calendar
from qa_portal.demo.people import PASSWORD
from reviews.models import Answer, QueueItem, Review
from sampling.models import Draw, Pick
from tests.e2e.history import conversations_file
from tests.factories.conversations import SourceFactory

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)  # the tests' clock stands on this Wednesday
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def build(*, weeks=2, say=lambda _line: None):
    return drive.build(now=NOW, say=say, weeks=weeks, small=True, last_sweep=drive.sweep_here)


def counts():
    models = (Conversation, ImportRun, Draw, Pick, QueueItem, Review, Answer, User, Agent, TeamMembership, Look)
    return {model.__name__: model.objects.count() for model in models}


def dying_at(last_line):
    def say(line):
        if line.startswith(last_line):
            raise KeyboardInterrupt

    return say


def demo(*options):
    out = io.StringIO()
    call_command("demo", "--without-worker", "--scale=small", *options, stdout=out)
    return out.getvalue().splitlines()


def test_a_killed_demo_is_gone_on_with_doubles_nothing_and_is_built_once(tmp_path):
    for last_line in ("Week  2", "This week so far"):
        with pytest.raises(KeyboardInterrupt):
            build(say=dying_at(last_line))
    before = counts()
    assert not drive.is_built()

    lines = demo("--once", "--weeks=2")

    assert drive.is_built()
    assert Draw.objects.count() == 10  # two plans in four weeks, and the one that agents score first in two
    assert Draw.objects.values("plan", "period").distinct().count() == 10
    assert counts()["User"] == before["User"]
    drawn = Review.objects.published().exclude(pool="manual").exclude(item__plan__self_review=True)
    assert drawn.values("item__pick").distinct().count() == drawn.count()
    assert drawn.filter(item__pick__draw__in=Draw.objects.order_by("starts_at")[:4]).count() == drawn.count()
    assert Review.objects.filter(pool="manual").count() == 1
    assert json.loads(lines[-1])["reviews_published"] == Review.objects.published().count() > 50
    assert any(PASSWORD in line for line in lines)
    assert User.objects.get(email="reviewer@demo.example").check_password(PASSWORD)

    before = counts()
    with pytest.raises(CommandError, match="holds the demo company"):
        demo(f"--file={conversations_file(tmp_path)}")
    SourceFactory(slug="tried-out")  # somebody imported something of their own in between

    assert demo("--once")[0] == "The demo company is here already; nothing was added."
    assert counts() == before


def test_a_database_with_other_peoples_data_is_refused():
    User.objects.create_user("someone@work.example", "a-long-password", name="Someone", joined_at=NOW)

    with pytest.raises(CommandError, match="no demo made"):
        call_command("demo", "--without-worker", stdout=io.StringIO())

    assert Workspace.objects.count() == 0
    assert Job.objects.count() == 0


def test_weeks_are_counted_back_from_the_running_one():
    calendar = Calendar(now=NOW, reviewed=12)

    assert calendar.first_monday.isoformat() == "2025-11-24"
    assert calendar.monday(14).isoformat() == "2026-03-02"
    assert calendar.at(15) == NOW
    assert calendar.at(14, day=1, minute=10) == datetime(2026, 3, 2, 23, 10, tzinfo=UTC)
    assert calendar.founded_at < calendar.at(0) - timedelta(days=6)
