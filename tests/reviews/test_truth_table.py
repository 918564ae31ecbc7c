"""Blindness as one table: who sees what of a review in which phase, on the pages and over the API alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Team, User, Workspace
from accounts.roles import Role
from reviews.models import Dispute, QueueItem, Review
from reviews.services import (
    claims,
    deciding,
    disputes,
    drafting,
    publishing,
    second_reads,
    self_reviews,
    submitting,
    voiding,
)
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, TeamFactory, person
from tests.factories.disputes import DOUBTS, decisions, fresh
from tests.factories.reviews import drawn_items, filled
from tests.factories.sampling import PlanFactory

pytestmark = pytest.mark.django_db

# What is looked for: the score, the answers, the comments, the pins, the author's name, what another look at the same
# conversation answered (a second reader's, a re-scorer's or the agent's own), and why a dispute was decided.
WHOLE = frozenset(["score", "answers", "comments", "pins", "author"])
NOTHING: frozenset[str] = frozenset()
NAMELESS = WHOLE - {"author"}
BOTH = WHOLE | {"second"}
ALL = BOTH | {"rationale"}
VIEWERS = ("author", "second", "other", "agent", "supervisor", "foreign", "manager", "admin")
# Phase → what the author, whoever takes the other look, another specialist, the agent, the supervisor of the team, the
# supervisor of another team, a QA manager and an admin see.
TABLE: dict[str, tuple[frozenset[str], ...]] = {
    "draft": (WHOLE - {"answers"}, *[NOTHING] * 7),
    "submitted": (WHOLE, WHOLE, WHOLE, NOTHING, WHOLE, NOTHING, WHOLE, NOTHING),
    "scheduled": (WHOLE, WHOLE, WHOLE, NOTHING, WHOLE, NOTHING, WHOLE, NOTHING),
    "second read open": (WHOLE, NOTHING, WHOLE, NOTHING, WHOLE, NOTHING, WHOLE, NOTHING),
    "second read in": (WHOLE, BOTH, BOTH, NOTHING, BOTH, NOTHING, BOTH, NOTHING),
    "second reader let it go": (BOTH, BOTH, BOTH, NOTHING, BOTH, NOTHING, BOTH, NOTHING),
    "second reader sent it back": (BOTH, BOTH, BOTH, NOTHING, BOTH, NOTHING, BOTH, NOTHING),
    "self-review open": (WHOLE, WHOLE, WHOLE, NOTHING, WHOLE, NOTHING, WHOLE, NOTHING),
    "self-review in": (WHOLE, WHOLE, WHOLE, NOTHING, WHOLE, NOTHING, WHOLE, NOTHING),
    "self-review shown": (BOTH, BOTH, BOTH, BOTH, BOTH, NOTHING, BOTH, NOTHING),
    "published": (WHOLE, WHOLE, WHOLE, WHOLE, WHOLE, NOTHING, WHOLE, NOTHING),
    "published without names": (WHOLE, WHOLE, WHOLE, NAMELESS, WHOLE, NOTHING, WHOLE, NOTHING),
    "dispute open": (WHOLE, NOTHING, WHOLE, WHOLE, WHOLE, NOTHING, WHOLE, NOTHING),
    "dispute looked at": (WHOLE, BOTH, BOTH, WHOLE, BOTH, NOTHING, BOTH, NOTHING),
    "dispute decided": (ALL, ALL, ALL, ALL, ALL, NOTHING, ALL, NOTHING),
    "voided": (WHOLE, WHOLE, WHOLE, NOTHING, WHOLE, NOTHING, WHOLE, NOTHING),
}
# Where only one thing differs from a phase beside it, those are asked whom it concerns: each answer is a whole page.
CONCERNS = {
    "scheduled": ("author", "agent", "other"),
    "second read open": ("author", "second", "agent", "other"),
    "second reader sent it back": ("author", "agent", "second"),
    "self-review open": ("author", "agent", "supervisor"),
    "published without names": ("author", "agent"),
    "dispute open": ("author", "second", "agent", "other"),
}
LOW = {"understood": "no", "solved": "partly", "data-protected": "yes"}
BREACH = {**LOW, "data-protected": "breach"}
RATIONALE = "The restatement is in message 2."


@dataclass
class Case:
    """A review in its phase, the other look at its conversation, and the people."""

    people: dict[str, User]
    review: Review
    look: Review | None = None
    dispute: Dispute | None = None
    team: Team = field(default_factory=TeamFactory)


def people_of(team: Team) -> dict[str, User]:
    found = {
        "author": person(Role.SPECIALIST, name="Ida Author"),
        "agent": person(Role.AGENT),
        "supervisor": person(Role.SUPERVISOR, team=team),
        "foreign": person(Role.SUPERVISOR, team=TeamFactory()),
        "manager": person(Role.MANAGER),
        "admin": person(Role.ADMIN),
    }
    # Who looks again is drawn, so there is one person to draw; another comes afterwards.
    return {**found, "second": person(Role.SPECIALIST)}


def written(*, answers: dict[str, str] = LOW, **plan: Any) -> Case:
    """Let the author submit a review, with words of its own."""
    team = TeamFactory()
    people = people_of(team)
    item = drawn_items(agent=AgentFactory(user=people["agent"]), team=team, plan=PlanFactory(**plan))[0]
    draft = claims.take(item, by=people["author"], now=NOW)
    submitting.submit(draft, filled(answers, summary="The first words."), by=people["author"], now=NOW)
    return Case(people, again(draft), team=team)


def again(review: Review) -> Review:
    return Review.objects.select_related(
        "agent", "current", "item__plan", "conversation", "transcript", "rubric_version", "author"
    ).get(pk=review.pk)


def looks(case: Case, purpose: str, by: User, answers: dict[str, str]) -> Case:
    item = QueueItem.objects.select_related("agent").get(pick=case.review.item.pick_id, purpose=purpose)
    begin = self_reviews.begin if purpose == "self" else claims.take
    draft = begin(item, by=by, now=NOW)
    submitting.submit(draft, filled(answers, summary="The second words."), by=by, now=NOW)
    case.look = again(draft)
    return case


def a_draft() -> Case:
    team = TeamFactory()
    people = people_of(team)
    item = drawn_items(agent=AgentFactory(user=people["agent"]), team=team)[0]
    draft = claims.take(item, by=people["author"], now=NOW)
    drafting.save(draft, filled(LOW, summary="The first words."), number=0, by=people["author"], now=NOW)
    return Case(people, again(draft), team=team)


def scheduled() -> Case:
    case = written()
    publishing.schedule(case.review, at=NOW + timedelta(days=2), by=case.people["author"], now=NOW)
    return case


def second_read(*, submitted: bool = True) -> Case:
    Workspace.objects.update_or_create(pk=1, defaults={"second_reader_for_card_fail": True})
    case = written(answers=BREACH, release_rule="after_hours")
    return looks(case, "second_read", case.people["second"], LOW) if submitted else case


def let_go() -> Case:
    case = second_read()
    publishing.publish(again(case.review), by=case.people["second"], now=NOW)
    return case


def sent_back() -> Case:
    case = second_read()
    second_reads.send_back(again(case.review), note="Look again.", by=case.people["second"], now=NOW)
    return case


def self_review(*, phase: str = "open") -> Case:
    case = written(self_review=True)
    if phase != "open":
        looks(case, "self", case.people["agent"], BREACH)
    if phase == "shown":
        publishing.publish_due(now=NOW + timedelta(days=1))
    return case


def published(*, names: bool = True) -> Case:
    Workspace.objects.update_or_create(pk=1, defaults={"shows_reviewer_name": names})
    case = written()
    publishing.publish(case.review, by=case.people["author"], now=NOW)
    return case


def disputed(*, phase: str = "open") -> Case:
    case = published()
    case.dispute = disputes.begin(again(case.review), DOUBTS, by=case.people["agent"], now=NOW)
    if phase != "open":
        looks(case, "dispute", case.people["second"], {"understood": "yes", "solved": "partly"})
    if phase == "decided":
        deciding.decide(fresh(case.dispute), decisions(), by=case.people["second"], now=NOW)
    return case


def voided() -> Case:
    case = published()
    voiding.void(again(case.review), reason="Wrong person.", by=case.people["manager"], now=NOW)
    return case


PHASES: dict[str, Callable[[], Case]] = {
    "draft": a_draft,
    "submitted": written,
    "scheduled": scheduled,
    "second read open": lambda: second_read(submitted=False),
    "second read in": second_read,
    "second reader let it go": let_go,
    "second reader sent it back": sent_back,
    "self-review open": self_review,
    "self-review in": lambda: self_review(phase="in"),
    "self-review shown": lambda: self_review(phase="shown"),
    "published": published,
    "published without names": lambda: published(names=False),
    "dispute open": disputed,
    "dispute looked at": lambda: disputed(phase="looked at"),
    "dispute decided": lambda: disputed(phase="decided"),
    "voided": voided,
}


def addresses(case: Case, viewer: str) -> list[str]:
    """Return every address at which somebody could read something of the case; the same below /api/v1/."""
    found = [f"/feedback/{case.review.pk}/" if viewer == "agent" else f"/reviews/{case.review.pk}/"]
    found += [f"/reviews/{case.look.pk}/"] if case.look else []
    return [*found, *([f"/disputes/{case.dispute.pk}/"] if case.dispute else [])]


def on_pages(client: Client, case: Case, viewer: str) -> frozenset[str]:
    """Read all pages that answer, and say what stands there."""
    read = "".join(_read(client, path) for path in addresses(case, viewer))
    score = f"{case.review.current.final_score:.0f}" if case.review.current else "40"
    marks = {
        "score": [f"<b>{score}</b>", f"<b data-score>{score}</b>"],
        "answers": ["How the score was made"],
        "comments": ["The first words."],
        "pins": ['class="quote', "data-pins"],
        "author": ["Ida Author"],
        "second": ["The second words.", "Second look <b>", "The second reader</h2>", "saw it</h2>"],
        "rationale": [RATIONALE],
    }
    return frozenset(name for name, words in marks.items() if any(word in read for word in words))


def over_api(client: Client, case: Case, viewer: str) -> frozenset[str]:
    """The same of the API."""
    paths = addresses(case, viewer)
    if case.review.status == "draft":
        paths.append(f"/reviews/{case.review.pk}/draft/")
    read = "".join(_read(client, f"/api/v1{path}") for path in paths)
    score = f"{case.review.current.final_score}" if case.review.current else '"40"'
    marks = {
        "score": [score],
        "answers": ['"points":'],
        "comments": ["The first words."],
        "pins": ['"quotes":[{', '"pins":[{'],
        "author": ["Ida Author"],
        "second": ["The second words.", '"second_answer":"', '"gaps":['],
        "rationale": [RATIONALE],
    }
    return frozenset(name for name, words in marks.items() if any(word in read for word in words))


def _read(client: Client, path: str) -> str:
    answer = client.get(path)
    return answer.content.decode() if answer.status_code == 200 else ""


@pytest.mark.parametrize("phase", TABLE)
def test_who_sees_what(client: Client, phase: str) -> None:
    case = PHASES[phase]()
    case.review = again(case.review)
    people = {**case.people, "other": person(Role.SPECIALIST)}

    found = {}
    for viewer in (asked := CONCERNS.get(phase, VIEWERS)):
        client.force_login(people[viewer])
        found[viewer] = (on_pages(client, case, viewer), over_api(client, case, viewer))

    expected = {viewer: (seen, seen) for viewer, seen in zip(VIEWERS, TABLE[phase], strict=True)}
    expected = {viewer: expected[viewer] for viewer in asked}
    assert found == expected
