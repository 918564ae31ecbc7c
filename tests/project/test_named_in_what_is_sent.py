"""What is named only in what is sent, and not in the address, keeps the teams apart as well.

Each request is made by somebody of the thing's own team, for whom it does something, and then by somebody of the same
role in another team, for whom it does nothing and the thing does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from coaching.models import Plan, Programme, Session
from reviews.models import Dispute, Review
from rubrics.models import Skill
from tests.api.asking import asking, operations
from tests.project.test_teams_apart import logged_in
from tests.project.two_teams import TwoTeams, founded

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
DOUBT = {"criterion": "solved", "reason": "It was solved."}
TIMES = {"starts_at": "2026-03-09T10:00:00Z", "ends_at": "2026-03-09T10:30:00Z"}
# operation → who; what is sent, with the place of the thing's number; the answers to the own and to the other team
OPERATIONS: dict[str, tuple[str, str, Callable[[Any], dict[str, Any]], Any, Any]] = {
    "disputes_create": ("supervisor", "review", lambda pk: {"review": pk, "points": [DOUBT]}, 201, 404),
    "reviews_create": ("specialist", "fresh", lambda pk: {"conversation": pk}, 201, 422),
    "reviews_publish_chosen_create": ("specialist", "waiting", lambda pk: {"reviews": [pk]}, 200, 200),
    "coaching_plans_create": ("supervisor", "agent", lambda pk: {"agent": pk, "skill": skill().slug}, 201, 422),
    "coaching_plans_accept_chosen_create": ("supervisor", "proposed", lambda pk: {"ids": [pk]}, 200, 200),
    "coaching_sessions_create": ("supervisor", "shared", lambda pk: {"plan": pk, **TIMES}, 201, 422),
}
PAGES: dict[str, tuple[str, str, Callable[[Any], dict[str, Any]], Any, Any]] = {
    "reviews:publish_chosen": ("specialist", "waiting", lambda pk: {"review": [pk]}, 302, 422),
    "coaching:start": ("supervisor", "agent", lambda pk: {"agent": pk, "skill": skill().pk}, 302, 422),
    "coaching:accept_chosen": ("supervisor", "proposed", lambda pk: {"plan": [pk]}, 302, 302),
}


def skill() -> Skill:
    """Return a skill for which the agent has no open plan."""
    taken = Plan.objects.values("skill")
    return Skill.objects.exclude(pk__in=taken).order_by("pk")[0]


def state() -> dict[str, int]:
    """Return what the requests change."""
    return {
        "disputes": Dispute.objects.count(),
        "reviews": Review.objects.count(),
        "published": Review.objects.published().count(),
        "plans": Plan.objects.count(),
        "accepted": Plan.objects.filter(status="accepted").count(),
        "sessions": Session.objects.count(),
        "programmes": Programme.objects.count(),
    }


def outcome(ask: Callable[[], Any]) -> tuple[int, bool]:
    """Return the status of an answer and whether anything changed; what changed is taken back."""
    with transaction.atomic():
        before = state()
        status = int(ask().status_code)
        changed = state() != before
        transaction.set_rollback(True)
    return status, changed


def ask_operation(client: Client, name: str, sent: dict[str, Any]) -> Any:
    return client.post(operations()[name][1], sent, content_type="application/json")


def ask_page(client: Client, name: str, sent: dict[str, Any]) -> Any:
    return client.post(reverse(name), sent)


def walked(company: TwoTeams, lines: dict[str, Any], log_in: Any, ask: Any) -> dict[str, list[tuple[int, bool]]]:
    return {
        name: [
            outcome(partial(ask, log_in(company.people[role, is_own]), name, sent(company.things[thing]["pk"])))
            for is_own in (True, False)
        ]
        for name, (role, thing, sent, _own, _other) in lines.items()
    }


def test_each_thing_that_is_sent_is_reached_from_its_own_team_alone() -> None:
    company = founded()

    found = walked(company, OPERATIONS, asking, ask_operation) | walked(company, PAGES, logged_in, ask_page)

    assert found == {
        name: [(own, True), (other, False)] for name, (_role, _thing, _sent, own, other) in (OPERATIONS | PAGES).items()
    }
