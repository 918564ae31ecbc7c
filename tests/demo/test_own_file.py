"""Somebody's own conversations: imported, drawn for the last complete week, queued. Never a score."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from django.core.management import CommandError, call_command

from accounts.access import reach, roles_of
from accounts.models import Agent, User
from accounts.roles import Permission
from conversations.models import Conversation
from reviews.models import QueueItem, Review
from sampling.models import Draw, Pick
from sampling.selectors.due import due

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def record(number, *, ended, agent="ann"):
    stamps = [f"{ended - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}" for minutes in (9, 5)]
    return {
        "external_id": f"own-{number}",
        "channel": "chat",
        "agent": {"external_id": agent, "name": agent.title()},
        "started_at": stamps[0],
        "ended_at": f"{ended:%Y-%m-%dT%H:%M:%SZ}",
        "messages": [
            {"role": "customer", "author": "Kim", "sent_at": stamps[0], "text": "Where is my parcel?"},
            {"role": "agent", "author": agent.title(), "sent_at": stamps[1], "text": "It arrives tomorrow."},
        ],
    }


def write(path, records):
    lines = b"".join(msgspec.json.encode(one) + b"\n" for one in records)
    path.write_bytes(gzip.compress(lines) if path.suffix == ".gz" else lines)
    return path


def week_of(monday, *, days=5, each=3, first=0, agents=("ann", "bo")):
    moments = [monday + timedelta(days=day, hours=9 + at) for day in range(days) for at in range(each)]
    return [
        record(first + at * len(agents) + seat, ended=moment, agent=agent)
        for at, moment in enumerate(moments)
        for seat, agent in enumerate(agents)
    ]


MAY_4 = datetime(2020, 5, 4, tzinfo=UTC)
MAY_11 = datetime(2020, 5, 11, tzinfo=UTC)


def run(path, *options):
    out = io.StringIO()
    call_command("demo", f"--file={path}", *options, stdout=out)
    return out.getvalue()


def test_the_last_complete_week_is_drawn_and_the_queue_is_open(tmp_path):
    path = write(tmp_path / "mine.jsonl", week_of(MAY_4) + week_of(MAY_11, first=100))

    run(path)

    draw = Draw.objects.get()
    assert draw.starts_at == MAY_11
    assert QueueItem.objects.open().count() == Pick.objects.count() == 6
    assert Conversation.objects.count() == 60


def test_no_score_is_invented_and_the_last_line_counts(tmp_path):
    path = write(tmp_path / "mine.jsonl.gz", week_of(MAY_4))

    counted = json.loads(run(path, "--once").splitlines()[-1])

    assert Review.objects.count() == 0
    assert counted | {"seconds": 0} == {
        "conversations": 30, "picks": 6, "reviews_published": 0, "plans_proposed": 0, "plans_accepted": 0, "seconds": 0,
    }  # fmt: skip


def test_a_week_that_breaks_off_early_is_not_taken_for_complete(tmp_path):
    path = write(tmp_path / "mine.jsonl", week_of(MAY_4) + week_of(MAY_11, days=2, first=100))

    run(path)

    assert Draw.objects.get().starts_at == MAY_4


def test_the_only_week_is_drawn_even_if_it_breaks_off_early(tmp_path):
    path = write(tmp_path / "mine.jsonl", week_of(MAY_11, days=2))

    run(path)

    assert Draw.objects.get().starts_at == MAY_11


def test_the_running_week_waits(tmp_path):
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    path = write(tmp_path / "mine.jsonl", week_of(monday, days=1))

    with pytest.raises(CommandError, match="ended in the running week"):
        run(path)


def test_a_file_without_conversations_says_so(tmp_path):
    path = write(tmp_path / "mine.jsonl", [])

    with pytest.raises(CommandError, match="nothing to draw yet"):
        run(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CommandError, match="There is no file"):
        run(tmp_path / "nowhere.jsonl")


def test_doing_it_again_changes_nothing(tmp_path):
    path = write(tmp_path / "mine.jsonl", week_of(MAY_4))
    run(path)
    before = [model.objects.count() for model in (Conversation, Draw, Pick, QueueItem, User, Agent)]

    run(path)

    assert [model.objects.count() for model in (Conversation, Draw, Pick, QueueItem, User, Agent)] == before


def test_each_of_the_roles_can_log_in_and_reaches_what_was_drawn(tmp_path):
    path = write(tmp_path / "mine.jsonl", week_of(MAY_4))

    printed = run(path)

    reviewer = User.objects.get(email="reviewer@demo.example")
    supervisor = User.objects.get(email="supervisor@demo.example")
    agent = User.objects.get(email="agent@demo.example")
    assert QueueItem.objects.visible_to(reviewer).count() == 6
    assert reach(supervisor, Permission.COACH).everywhere
    assert roles_of(agent) == {"agent"}
    assert agent.agent.name in {"Ann", "Bo"}
    assert all(f"{local}@demo.example" in printed for local in ("admin", "manager", "reviewer", "supervisor", "agent"))


def test_old_weeks_are_not_drawn_behind_ones_back(tmp_path):
    path = write(tmp_path / "mine.jsonl", week_of(MAY_4) + week_of(MAY_11, first=100))

    run(path)

    assert due(NOW) == []


def test_the_company_is_not_built_beside_ones_own_conversations(tmp_path):
    run(write(tmp_path / "mine.jsonl", week_of(MAY_4)))

    with pytest.raises(CommandError, match="conversations of your own"):
        call_command("demo", "--without-worker", "--scale=small", "--weeks=2", stdout=io.StringIO())

    assert Review.objects.count() == 0
