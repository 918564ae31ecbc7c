"""What a build came to: numbers for a program, and words and log-ins for a person."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from coaching.models import Plan
from conversations.models import Conversation
from qa_portal.demo.people import PASSWORD, Company
from reviews.models import QueueItem, Review
from sampling.models import Pick


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of the last line of the command, in this order."""

    conversations: int
    picks: int
    reviews_published: int
    plans_proposed: int
    plans_accepted: int
    seconds: float

    def as_json(self) -> dict[str, int | float]:
        """Return the counts as they are printed."""
        return asdict(self)


def count(*, seconds: float) -> Summary:
    """Count what is in the database."""
    proposed = Plan.objects.exclude(origin=Plan.Origin.HAND)
    undecided = [Plan.Status.PROPOSED, Plan.Status.DECLINED]
    return Summary(
        conversations=Conversation.objects.count(),
        picks=Pick.objects.filter(draw__isnull=False).count(),
        reviews_published=Review.objects.published().count(),
        plans_proposed=proposed.count(),
        plans_accepted=proposed.exclude(status__in=undecided).count(),
        seconds=round(seconds, 1),
    )


def in_words(summary: Summary) -> list[str]:
    """Return what was built, one line each."""
    waiting = QueueItem.objects.open().count()
    return [
        f"{summary.conversations:,} conversations imported, {summary.picks:,} drawn, "
        f"{summary.reviews_published:,} reviewed and published.",
        f"{summary.plans_proposed} coaching plans proposed, {summary.plans_accepted} accepted. "
        f"{waiting} conversations wait in the queue for you.",
    ]


def log_ins(company: Company) -> list[str]:
    """Return who can log in, one line each role."""
    agent = company.teams[0].agents[0]
    shared = set(Plan.objects.open().exclude(shared_at=None).values_list("agent__user__email", flat=True))
    weak = [one for one in company.agents if one.talent.weak]
    coached = next((one for one in weak if one.email in shared), weak[0])
    people = [
        ("QA specialist", company.reviewers[0].email, "scores what waits in the queue"),
        ("Agent", agent.email, "reads feedback"),
        ("Agent in coaching", coached.email, "works on a coaching plan"),
        ("Supervisor", company.teams[0].supervisor.email, "decides on coaching plans"),
        ("QA manager", company.manager.email, "runs rubrics and sampling"),
        ("Admin", company.admin.email, "looks after people and settings"),
    ]
    lines = [f"  {role:<18} {email:<34} {what}" for role, email, what in people]
    return [f"Log in with the password {PASSWORD} as:", *lines]
