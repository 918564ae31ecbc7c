"""Two teams, in one of which every kind of thing exists, and somebody of each role in each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile

from accounts.models import Agent, Notification, Team, User, Workspace
from accounts.roles import Role
from accounts.services import tokens
from coaching.rules import SHIPPED
from coaching.services import dry_runs, rules
from core.models import Job
from reviews.models import CommentTemplate, Dispute, QueueItem
from reviews.services import absences, asking, claims, deciding, disputes, revising, self_reviews, submitting, what_if
from sampling.services import checks
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, TeamFactory, TeamMembershipFactory, led_before, person
from tests.factories.calibration import frame, revealed
from tests.factories.coaching import CHECK, ActionFactory, attempt_of, observed, plan, programme_of, session_of
from tests.factories.conversations import ImportRunFactory, conversation
from tests.factories.disputes import DOUBTS, LOW, agent_of, decisions, fresh, looked_at
from tests.factories.reviews import claimed, drawn_items, filled, published, skipped, specialist, submitted
from tests.factories.sampling import PlanFactory, drawn, master_key, week_of
from tests.factories.sampling import agent as sampled

BREACH = {"understood": "yes", "solved": "yes", "data-protected": "breach"}


@dataclass(frozen=True)
class TwoTeams:
    """Things of North by kind, as an address names them, and people by (role, whether they are of North)."""

    things: dict[str, dict[str, Any]]
    people: dict[tuple[str, bool], User]


def founded() -> TwoTeams:
    """Make the teams, the people, and everything that belongs to North."""
    north, south = TeamFactory(name="North"), TeamFactory(name="South")
    people = {
        (role.value, is_north): person(role, team=north if is_north else south)
        for role in Role
        for is_north in (True, False)
    }
    agent, other = AgentFactory(user=people["agent", True]), AgentFactory(user=people["agent", False])
    TeamMembershipFactory(agent=agent, team=north)
    TeamMembershipFactory(agent=other, team=south)
    author = people["specialist", True]
    draft = claimed(drawn_items(agent=agent, team=north)[0], by=author)
    review = published(drawn_items(agent=agent, team=north)[0], by=author)
    waiting = submitted(drawn_items(agent=agent, team=north)[0], by=author)
    colleague = TeamMembershipFactory(team=north).agent
    told = Notification.objects.create(user=author, kind="review.returned", path="/reviews/", created_at=NOW)
    proposed, shared = plan("proposed", agent=colleague, team=north), plan("shared", agent=agent, team=north)
    template = CommentTemplate.objects.create(name="Warm", text="Warmer.", owner=author, created_at=NOW, updated_at=NOW)
    token, _text = tokens.create(author, name="Reports", by=author, now=NOW)
    job = Job.objects.create(kind="import_conversations", created_by=author, created_at=NOW)
    fresh_one = conversation(agent=agent, team=north)
    master_key()
    week_of(sampled("Ada"), 2)
    sampling = PlanFactory()
    session = UserSession.objects.create(user=author, ip="127.0.0.1", session_key="here", user_agent="Test")
    Session.objects.create(session_key="here", session_data="", expire_date=NOW + timedelta(days=1))
    rubric = review.rubric_version.rubric.slug
    keys = {
        "conversation": review.conversation_id, "draft": draft.pk, "item": draft.item_id, "review": review.pk,
        "waiting": waiting.pk, "proposed": proposed.pk, "shared": shared.pk,
        "action": ActionFactory(plan=shared, done_at=None, check_key=CHECK).pk, "attempt": attempt_of(shared).pk,
        "programme": programme_of([colleague], team=north).pk,
        "agent": agent.pk, "team": north.pk,
        "template": template.pk, "token": token.pk, "job": job.pk, "grant": author.grants.get().pk, "user": author.pk,
        "import": ImportRunFactory().pk, "source": fresh_one.source_id,
        "sampling": sampling.pk, "draw": drawn(sampling).pk, "fresh": fresh_one.pk,
        "session": session.pk, **_availability(author, other),
        "one to one": session_of(shared).pk, "notification": told.pk,
        **_looked_at_again(agent, north, author), **_scored_by_the_agent(agent, north, author),
    }  # fmt: skip
    things: dict[str, dict[str, Any]] = {kind: {"pk": pk} for kind, pk in keys.items()}
    number = review.rubric_version.number
    things["rubric"] = {"slug": rubric, "number": number, "before": number, "after": number, "file_format": "yaml"}
    things["earlier"] = _led_before(author)
    things["calibrated"] = {"pk": revealed([author, specialist()], draw=frame(team=north), team=north).pk, "number": 1}
    things["check"] = {"slug": CHECK}
    manager = person(Role.MANAGER)
    things["rules"] = {"pk": rules.change(replace(SHIPPED, above=0.8), number=0, by=manager, now=NOW).pk}
    things["dry_run"] = {"pk": dry_runs.start(SHIPPED, by=manager, now=NOW).pk}
    things["receipt"] = {"pk": checks.start(ContentFile(b"{}", "week.json"), by=manager, now=NOW).pk}
    things["library"] = {"slug": "problem-solving", "name": "say-it-back"}
    things["observation"] = {"pk": observed(agent).pk}
    things["what_if"] = {"pk": what_if.start(review.rubric_version, by=person(Role.MANAGER), now=NOW).pk}
    return TwoTeams(things, people)


def _led_before(author: User) -> dict[str, int]:
    """Let the specialist have led a third team, with a review and a plan from that time."""
    grant = led_before(author)
    then = grant.ends_at - timedelta(days=1)
    colleague = TeamMembershipFactory(team=grant.team).agent
    review = published(drawn_items(agent=colleague, team=grant.team)[0], now=then)
    ended = plan("closed", agent=colleague, team=grant.team, closed_at=then)
    return {"pk": grant.pk, "review": review.pk, "plan": ended.pk}


def _scored_by_the_agent(agent: Agent, team: Team, author: User) -> dict[str, int]:
    """Ask the agent to score two conversations first, one of which is begun."""
    plan = PlanFactory(self_review=True)
    user = agent.user
    assert isinstance(user, User)
    for item in drawn_items(2, agent=agent, team=team, plan=plan):
        submitted(item, by=author)
    asked, begun = QueueItem.objects.self_reviews_of(user)
    about = published(drawn_items(agent=agent, team=team)[0], by=author)
    asking.ask(about, text="Which message?", by=user, now=NOW)
    return {"asked about": about.pk, "asked": asked.pk, "self_draft": self_reviews.begin(begun, by=user, now=NOW).pk}


def _availability(author: User, other: Agent) -> dict[str, int]:
    """Let the specialist be away next month, and not review somebody of the other team."""
    days = {"starts_at": NOW + timedelta(days=30), "ends_at": NOW + timedelta(days=31)}
    away = absences.be_away(author, **days, by=author, now=NOW)
    return {
        "absence": away.pk,
        "conflict": absences.declare_conflict(author, other, reason="Kin.", by=author, now=NOW).pk,
    }


def _looked_at_again(agent: Agent, team: Team, author: User) -> dict[str, int]:
    """Make what somebody from everywhere wrote and the specialist of the team looked at again, blind."""
    writer = specialist()

    def doubted() -> Dispute:
        review = published(drawn_items(agent=agent, team=team)[0], by=writer, answers=LOW)
        return looked_at(fresh(disputes.begin(review, DOUBTS, by=agent_of(review), now=NOW)))

    looked, done = doubted(), doubted()
    deciding.decide(done, decisions(), by=author, now=NOW)
    reopened = submitted(drawn_items(agent=agent, team=team)[0], by=author)
    revising.reopen(reopened, by=author, now=NOW)
    Workspace.objects.update_or_create(pk=1, defaults={"second_reader_for_card_fail": True})
    failed = submitted(drawn_items(agent=agent, team=team)[0], by=writer, answers=BREACH)
    seat = QueueItem.objects.get(purpose="second_read", pick=failed.item.pick_id)
    submitting.submit(claims.take(seat, by=author, now=NOW), filled(BREACH), by=author, now=NOW)
    waits = skipped(by=writer, agent=agent, team=team)
    return {
        "skipped": waits.pk,
        "looked_at": looked.pk,
        "decided": done.pk,
        "reopened": reopened.pk,
        "second_read": failed.pk,
    }
