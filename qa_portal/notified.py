"""Say what a notification is about: the conversation, the plan, the person. Shown on the page only, never mailed.

Notifications lie below all that they lead to, so they keep an address and no words. This reads the things behind the
addresses, within what the reader may see now: what somebody wrote stays in one place and is erased there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from coaching.models import Plan, Programme, Session
from coaching.models.checks import Attempt
from reviews.models import CalibrationSession, Dispute, Review

ADDRESS = re.compile(r"/(?P<kind>[a-z-]+(?:/[a-z]+)?)/(?P<pk>[0-9]{1,9})/")
Words = Mapping[int, str]


def about(user: User, paths: Iterable[str]) -> dict[str, str]:
    """Return what lies behind each address, in as many queries as there are kinds of addresses."""
    asked: dict[str, set[int]] = defaultdict(set)
    for path in paths:
        if found := ADDRESS.fullmatch(path):
            asked[found["kind"]].add(int(found["pk"]))
    said: dict[str, str] = {}
    for kind, pks in asked.items():
        if kind in READERS:
            said |= {f"/{kind}/{pk}/": words for pk, words in READERS[kind](user, pks).items()}
    return said


def _feedback(user: User, pks: set[int]) -> Words:
    rows = Review.objects.feedback_for(user).filter(pk__in=pks).select_related("conversation")
    return {row.pk: row.conversation.subject or row.conversation.external_id for row in rows}


def _reviews(user: User, pks: set[int]) -> Words:
    """Return the number of the conversation alone: who reviews may not be shown the agent."""
    rows = Review.objects.visible_to(user).filter(pk__in=pks)
    return dict(rows.values_list("pk", "conversation__external_id"))


def _disputes(user: User, pks: set[int]) -> Words:
    rows = Dispute.objects.visible_to(user).filter(pk__in=pks)
    return dict(rows.values_list("pk", "review__conversation__external_id"))


def _calibration(user: User, pks: set[int]) -> Words:
    return dict(CalibrationSession.objects.visible_to(user).filter(pk__in=pks).values_list("pk", "title"))


def _own_plans(user: User, pks: set[int]) -> Words:
    return dict(Plan.objects.shared_with(user).filter(pk__in=pks).values_list("pk", "skill__name"))


def _plans(user: User, pks: set[int]) -> Words:
    rows = Plan.objects.coached_by(user).filter(pk__in=pks)
    return {pk: f"{name}, {skill}" for pk, name, skill in rows.values_list("pk", "agent__name", "skill__name")}


def _attempts(user: User, pks: set[int]) -> Words:
    rows = Attempt.objects.coached_by(user).filter(pk__in=pks)
    of = rows.values_list("pk", "plan__agent__name", "plan__skill__name")
    return {pk: f"{name}, {skill}" for pk, name, skill in of}


def _own_sessions(user: User, pks: set[int]) -> Words:
    rows = Session.objects.of_agent(user).filter(pk__in=pks).select_related("plan__skill")
    return {row.pk: f"{row.plan.skill}, {_moment(row)}" for row in rows}


def _sessions(user: User, pks: set[int]) -> Words:
    rows = Session.objects.coached_by(user).filter(pk__in=pks).select_related("plan__agent")
    return {row.pk: f"{row.plan.agent.name}, {_moment(row)}" for row in rows}


def _programmes(user: User, pks: set[int]) -> Words:
    return dict(Programme.objects.visible_to(user).filter(pk__in=pks).values_list("pk", "name"))


def _moment(session: Session) -> str:
    return date_format(timezone.localtime(session.starts_at), "D j M, H:i")


READERS: dict[str, Callable[[Any, set[int]], Words]] = {
    "feedback": _feedback,
    "reviews": _reviews,
    "disputes": _disputes,
    "calibration": _calibration,
    "my-coaching": _own_plans,
    "my-coaching/sessions": _own_sessions,
    "coaching/plans": _plans,
    "coaching/attempts": _attempts,
    "coaching/sessions": _sessions,
    "coaching/programmes": _programmes,
}
