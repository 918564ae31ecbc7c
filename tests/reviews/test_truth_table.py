"""Blindness and immutability as tables: who sees and who changes what of a review in which phase, on pages and API.

A story goes from phase to phase, and in each every viewer reads every address and tries to write, so no cell is left
out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User, Workspace
from accounts.roles import Role
from reviews import drafts
from reviews.models import CalibrationSession, Dispute, QueueItem, Review
from reviews.selectors.calibration_units import unit_page
from reviews.services import (
    asking,
    claims,
    deciding,
    disputes,
    drafting,
    publishing,
    revising,
    second_reads,
    self_reviews,
    settling,
    submitting,
    voiding,
)
from reviews.services.settling import Agreed
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, AgentIdentityFactory, TeamFactory, person
from tests.factories.calibration import frame, score, seats_of, started, whole
from tests.factories.disputes import DOUBTS, decisions, fresh
from tests.factories.reviews import GOOD, drawn_items, filled
from tests.factories.sampling import PlanFactory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

# What is looked for: the score, the answers, the comments, the pins, the author's name; what another look at the same
# conversation answered (a second reader's, a re-scorer's or the agent's own); what its author is changing it to; what
# the agent asked; why it was sent back or voided, disputed, and decided as it was.
WHOLE = frozenset(["score", "answers", "comments", "pins", "author"])
NOTHING: frozenset[str] = frozenset()
BOTH = WHOLE | {"second"}
ASKED = WHOLE | {"question"}
TALKED = ASKED | {"doubt"}
JUDGED = BOTH | {"rationale"}
ALL = JUDGED | TALKED
VIEWERS = ("author", "second", "other", "agent", "supervisor", "foreign", "manager", "admin")
# Story → phase → what the author, whoever takes the other look, another specialist, the agent, the supervisor of the
# team, the supervisor of another team, a QA manager and an admin see.
TABLE: dict[str, dict[str, tuple[frozenset[str], ...]]] = {
    "disputed": {
        "draft": (WHOLE, *[NOTHING] * 7),
        "submitted": (WHOLE, WHOLE, WHOLE, NOTHING, WHOLE, NOTHING, WHOLE, NOTHING),
        "scheduled": (WHOLE, WHOLE, WHOLE, NOTHING, WHOLE, NOTHING, WHOLE, NOTHING),
        "published": (WHOLE, WHOLE, WHOLE, WHOLE, WHOLE, NOTHING, WHOLE, NOTHING),
        "without names": (ASKED, WHOLE, WHOLE, ASKED - {"author"}, ASKED, NOTHING, ASKED, NOTHING),
        "open": (TALKED, NOTHING, WHOLE, TALKED, TALKED, NOTHING, TALKED, NOTHING),
        "looked at": (
            TALKED, BOTH | {"doubt"}, BOTH, TALKED, TALKED | {"second"}, NOTHING, TALKED | {"second"}, NOTHING,
        ),
        "decided": (ALL, JUDGED | {"doubt"}, JUDGED, ALL, ALL, NOTHING, ALL, NOTHING),
        "voided": (
            ALL | {"reason"}, JUDGED | {"doubt", "reason"}, JUDGED | {"reason"}, NOTHING, ALL | {"reason"}, NOTHING,
            ALL | {"reason"}, NOTHING,
        ),
    },
    "read_twice": {
        "open": (WHOLE, NOTHING, WHOLE, NOTHING, WHOLE, NOTHING, WHOLE, NOTHING),
        "in": (WHOLE, BOTH, BOTH, NOTHING, BOTH, NOTHING, BOTH, NOTHING),
        "sent back": (*[BOTH | {"note"}] * 3, NOTHING, BOTH | {"note"}, NOTHING, BOTH | {"note"}, NOTHING),
        "being changed": (
            BOTH | {"note", "draft"}, BOTH | {"note"}, BOTH | {"note"}, NOTHING, BOTH | {"note"}, NOTHING,
            BOTH | {"note"}, NOTHING,
        ),
    },
    "let_go": {"let go": (BOTH, BOTH, BOTH, NOTHING, BOTH, NOTHING, BOTH, NOTHING)},
    # Several score one drawn conversation alone. Nobody reads another's answers before all are revealed.
    "compared": {
        "all but one in": (
            WHOLE, {"answers", "pins", "second"}, *[NOTHING] * 4, frozenset({"author"}), NOTHING,
        ),
        "resolved": (JUDGED, JUDGED, BOTH, NOTHING, BOTH, NOTHING, JUDGED, NOTHING),
    },
    "seen_by_oneself": {
        "open": (WHOLE, WHOLE, WHOLE, NOTHING, WHOLE, NOTHING, WHOLE, NOTHING),
        "in": (WHOLE, WHOLE, WHOLE, NOTHING, WHOLE, NOTHING, WHOLE, NOTHING),
        "shown": (BOTH, BOTH, BOTH, BOTH, BOTH, NOTHING, BOTH, NOTHING),
    },
}  # fmt: skip
LOW = {"understood": "no", "solved": "partly", "data-protected": "yes"}
BREACH = {**LOW, "data-protected": "breach"}


class Case:
    """A review in its phase, the other looks at its conversation, its dispute, and the people."""

    def __init__(self, *, answers: dict[str, str] = LOW, **plan: Any) -> None:
        team = TeamFactory()
        self.people = _people(team)
        agent = AgentFactory(user=self.people["agent"])
        self.item = drawn_items(agent=agent, team=team, plan=PlanFactory(**plan))[0]
        self.draft = claims.take(self.item, by=self.people["author"], now=NOW)
        self.filled = filled(answers, summary="The first words.")
        self.look: Review | None = None
        self.dispute: Dispute | None = None
        self.session: CalibrationSession | None = None

    @property
    def review(self) -> Review:
        """Return the review as a request would load it."""
        return _loaded(self.draft)

    def submit(self) -> None:
        """Let the author submit it."""
        submitting.submit(self.review, self.filled, by=self.people["author"], now=NOW)

    def seat(self, purpose: str) -> QueueItem:
        """Return the seat for another look; who drew it is the second person from now on."""
        item = QueueItem.objects.select_related("agent").get(pick=self.item.pick_id, purpose=purpose)
        if purpose != "self" and item.assigned_to_id == self.people["other"].pk:
            self.people |= {"second": self.people["other"], "other": self.people["second"]}
        return item

    def look_again(self, purpose: str, answers: dict[str, str]) -> None:
        """Take that seat, and submit other answers."""
        item = self.seat(purpose)
        by = self.people["agent" if purpose == "self" else "second"]
        begin = self_reviews.begin if purpose == "self" else claims.take
        draft = begin(item, by=by, now=NOW)
        submitting.submit(draft, filled(answers, summary="The second words."), by=by, now=NOW)
        self.look = _loaded(draft)


def _people(team: Any) -> dict[str, User]:
    return {
        "author": person(Role.SPECIALIST, name="Ida Author"),
        "second": person(Role.SPECIALIST),
        "other": person(Role.SPECIALIST),
        "agent": person(Role.AGENT),
        "supervisor": person(Role.SUPERVISOR, team=team),
        "foreign": person(Role.SUPERVISOR, team=TeamFactory()),
        "manager": person(Role.MANAGER),
        "admin": person(Role.ADMIN),
    }


def _loaded(review: Review) -> Review:
    return Review.objects.select_related(
        "agent", "current", "item__plan", "conversation", "transcript", "rubric_version", "author"
    ).get(pk=review.pk)


Story = Iterator[tuple[str, Case]]


def disputed() -> Story:
    """Draft, submit, schedule and publish; the agent asks, then disputes; somebody looks again and decides."""
    case = Case()
    author, agent = case.people["author"], case.people["agent"]
    drafting.save(case.draft, case.filled, number=0, by=author, now=NOW)
    yield "draft", case
    case.submit()
    yield "submitted", case
    publishing.schedule(case.review, at=NOW + timedelta(days=2), by=author, now=NOW)
    yield "scheduled", case
    publishing.publish(case.review, by=author, now=NOW)
    yield "published", case
    Workspace.objects.update_or_create(pk=1, defaults={"shows_reviewer_name": False})
    asking.ask(case.review, text="What was meant here?", by=agent, now=NOW)
    yield "without names", case
    Workspace.objects.update(shows_reviewer_name=True)
    case.dispute = disputes.begin(case.review, DOUBTS, by=agent, now=NOW)
    case.seat("dispute")
    yield "open", case
    case.look_again("dispute", {"understood": "yes", "solved": "partly"})
    yield "looked at", case
    deciding.decide(fresh(case.dispute), decisions(), by=case.people["second"], now=NOW)
    yield "decided", case
    voiding.void(case.review, reason="Wrong person.", by=case.people["manager"], now=NOW)
    yield "voided", case


def read_twice() -> Story:
    """A second reader sends a failed card back, and its author changes it."""
    Workspace.objects.update_or_create(pk=1, defaults={"second_reader_for_card_fail": True})
    case = Case(answers=BREACH, release_rule="after_hours")
    author = case.people["author"]
    case.submit()
    case.seat("second_read")
    yield "open", case
    case.look_again("second_read", LOW)
    yield "in", case
    second_reads.send_back(case.review, note="Look again.", by=case.people["second"], now=NOW)
    yield "sent back", case
    revising.reopen(case.review, by=author, now=NOW)
    again = filled(BREACH, summary="The first words. The third words.")
    drafting.save(case.review, again, number=case.review.draft_number, by=author, now=NOW)
    yield "being changed", case


def let_go() -> Story:
    """A second reader lets a failed card go."""
    Workspace.objects.update_or_create(pk=1, defaults={"second_reader_for_card_fail": True})
    case = Case(answers=BREACH, release_rule="after_hours")
    case.submit()
    case.look_again("second_read", LOW)
    publishing.publish(case.review, by=case.people["second"], now=NOW)
    yield "let go", case


def seen_by_oneself() -> Story:
    """The agent scores the own conversation before the review is out."""
    case = Case(self_review=True)
    case.submit()
    yield "open", case
    case.look_again("self", BREACH)
    yield "in", case
    publishing.publish_due(now=NOW + timedelta(days=1))
    yield "shown", case


class Compared(Case):
    """A calibration session over one conversation of the agent: the author, the second and a third person score it."""

    def __init__(self) -> None:
        team = TeamFactory()
        self.people = _people(team)
        agent = AgentFactory(name="Cora", user=self.people["agent"])
        AgentIdentityFactory(agent=agent, source="zen", external_id="cora")
        self.third, self.look, self.dispute = person(Role.SPECIALIST), None, None
        who = [self.people["author"], self.people["second"], self.third]
        draw = frame(4, of=agent, team=team)
        self.session = started(who, draw=draw, number=1, by=self.people["manager"])
        self.filled = filled({**LOW, "understood": "yes"}, summary="The first words.")
        seat = seats_of(self.session, self.people["author"])[0]
        self.draft = claims.take(seat, by=self.people["author"], now=NOW)

    def score(self, who: User) -> Review:
        """Let one of the others score it."""
        assert self.session is not None
        return score(self.session, who, answers=LOW, summary="The second words.")[0]


def compared() -> Story:
    """Three score one conversation alone; the last one reveals it, and a QA manager writes down what stands."""
    case = Compared()
    case.submit()
    case.look = _loaded(case.score(case.people["second"]))
    yield "all but one in", case
    case.score(case.third)
    assert case.session is not None
    page = unit_page(whole(case.session), 1, case.people["manager"])
    assert page is not None
    agreed = [Agreed(row.criterion.lineage, "The restatement is in message 2.", "yes") for row in page.rows]
    settling.agree(page.unit, agreed, by=case.people["manager"], now=NOW)
    settling.resolve(whole(case.session), by=case.people["manager"], now=NOW)
    yield "resolved", case


STORIES: list[Callable[[], Story]] = [disputed, read_twice, let_go, compared, seen_by_oneself]


@dataclass(frozen=True)
class Mark:
    """The words by which something shows on a page, and in an answer of the API."""

    page: tuple[str, ...]
    api: tuple[str, ...]


def _marks(review: Review) -> dict[str, Mark]:
    score = review.current.final_score if review.current else None
    points = "40" if score is None else f"{score:.0f}"
    same = {
        "comments": "The first words.", "draft": "The third words.", "question": "What was meant here?",
        "doubt": DOUBTS[0].reason, "rationale": "The restatement is in message 2.", "author": "Ida Author",
        "note": "Look again.", "reason": "Wrong person.",
    }  # fmt: skip
    return {
        **{name: Mark((words,), (words,)) for name, words in same.items()},
        "score": Mark((f"<b>{points}</b>", f"<b data-score>{points}</b>"), ('"40"' if score is None else str(score),)),
        "answers": Mark(("How the score was made", "data-open-criterion"), ('"points":', '"option":"')),
        "pins": Mark(('class="quote', "data-pins"), ('"quotes":[{', '"pins":[{')),
        "second": Mark(
            ("The second words.", "Second look <b>", "The second reader</h2>", "saw it</h2>"),
            ("The second words.", '"second_answer":"', '"gaps":['),
        ),
    }


def addresses(case: Case, viewer: str) -> list[str]:
    """Return every address at which somebody could read something of the case; the same below /api/v1/."""
    review = case.review
    found = [f"/feedback/{review.pk}/" if viewer == "agent" else f"/reviews/{review.pk}/"]
    found += [f"/reviews/{case.look.pk}/"] if case.look else []
    found += [f"/calibration/{case.session.pk}/", f"/calibration/{case.session.pk}/1/"] if case.session else []
    return [*found, *([f"/disputes/{case.dispute.pk}/"] if case.dispute else [])]


def on_pages(client: Client, case: Case, viewer: str) -> frozenset[str]:
    """Read all pages that answer, and say what stands there."""
    read = "".join(_read(client, path) for path in addresses(case, viewer))
    return frozenset(name for name, mark in _marks(case.review).items() if any(words in read for words in mark.page))


def over_api(client: Client, case: Case, viewer: str) -> frozenset[str]:
    """The same of the API."""
    paths = addresses(case, viewer)
    if case.review.status == "draft" or case.review.is_reopened:
        paths.append(f"/reviews/{case.review.pk}/draft/")
    paths = [re.sub(r"^/calibration/(\d+)/(\d+/)", r"/calibration/\1/conversations/\2", path) for path in paths]
    read = "".join(_read(client, f"/api/v1{path.replace('/calibration/', '/calibration-sessions/')}") for path in paths)
    return frozenset(name for name, mark in _marks(case.review).items() if any(words in read for words in mark.api))


def _read(client: Client, path: str) -> str:
    answer = client.get(path)
    return answer.content.decode() if answer.status_code == 200 else ""


def writes(client: Client, review: Review, *, ways: Collection[str]) -> list[str]:
    """Try to write other answers in these ways, on the page and over the API; each that changed something is named."""
    number, api = review.draft_number, f"/api/v1/reviews/{review.pk}"
    tag, key = {"If-Match": f'"{number}"'}, {"Idempotency-Key": "of-a-test"}
    attempts: dict[str, Callable[[], Any]] = {
        "saved": lambda: client.post(f"/reviews/{review.pk}/draft/", {**OTHER_FORM, "number": number}),
        "submitted": lambda: client.post(f"/reviews/{review.pk}/submit/", {**OTHER_FORM, "number": number}),
        "saved over the API": lambda: client.put(f"{api}/draft/", OTHER, "application/json", headers=tag),
        "submitted over the API": lambda: client.post(f"{api}/submit/", OTHER, "application/json", headers=key),
    }
    return [name for name in ways if _changes(review, attempts[name])]


def _changes(review: Review, attempt: Callable[[], Any]) -> bool:
    """Say whether something about the review is stored otherwise after an attempt, and take it back."""
    rows = Review.objects.filter(pk=review.pk).values_list("draft", "current", "status", "revisions__answers__option")
    before = list(rows.order_by("revisions__answers"))
    with transaction.atomic():
        attempt()
        after = list(rows.order_by("revisions__answers"))
        transaction.set_rollback(True)
    return before != after


OTHER = drafts.dump(filled(summary="Other words."))
OTHER_FORM = {
    "summary": "Other words.", "active_seconds": "0",
    **{f"a.{lineage}.choice": option for lineage, option in GOOD.items()},
}  # fmt: skip
# Story and phase → what its author can still write. Nobody else writes anything, ever.
ALL_WAYS = ["submitted", "submitted over the API", "saved", "saved over the API"]
WRITABLE = {("disputed", "draft"): ALL_WAYS, ("read_twice", "being changed"): ALL_WAYS}


@pytest.mark.parametrize("story", STORIES)
def test_who_sees_what_and_who_changes_what(client: Client, story: Callable[[], Story]) -> None:
    told, found, written = story.__name__, {}, {}
    for phase, case in story():
        for viewer in VIEWERS:
            client.force_login(case.people[viewer])
            found[phase, viewer] = (on_pages(client, case, viewer), over_api(client, case, viewer))
            # Whoever does not own it is turned away before that makes a difference.
            ways = ALL_WAYS if viewer == "author" else ALL_WAYS[:2]
            written[phase, viewer] = writes(client, case.review, ways=ways)

    assert found == {
        (phase, viewer): (seen, seen)
        for phase, row in TABLE[told].items()
        for viewer, seen in zip(VIEWERS, row, strict=True)
    }
    assert written == {
        (phase, viewer): WRITABLE.get((told, phase), []) if viewer == "author" else []
        for phase in TABLE[told]
        for viewer in VIEWERS
    }


def test_every_story_of_the_table_is_told() -> None:
    assert [story.__name__ for story in STORIES] == list(TABLE)
