"""Assemble the queue page: what is to do, what is in draft, and why there is nothing when there is nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, Exists, Max, OuterRef, Q, QuerySet, When
from django.utils import timezone

from accounts.access import reach
from accounts.models import User
from accounts.roles import Permission
from core import prepared
from core.prepared import Prepared
from reviews.models import Absence, QueueItem, Review
from reviews.models.queue import QueueItemQuerySet
from reviews.selectors.empty import WhyEmpty, why_empty
from reviews.selectors.goals import Progress, progress_of

MINUTES_A_REVIEW = 6  # until a reviewer has a pace of their own
MOST_DRAFTS = 20
MOST_COUNTED = 99  # in the rail and above the card
MOST_ON_PAGE = 1_000  # on the queue page: to count on costs more, the more waits, and tells nobody anything
ENDING = (QueueItem.Purpose.PRIMARY, QueueItem.Purpose.CALIBRATION)
ENDED_SHOWN = timedelta(days=14)
MOST_MINUTES = 120  # beyond that, hours say more


@dataclass(frozen=True)
class QueuePage:
    """The numbers and rows of one reviewer's queue. Counted are the first MOST_ON_PAGE; has_more: there are others."""

    to_do: int
    overdue: int
    due_today: int
    has_more: bool
    drafts: list[Review]
    done_this_week: int
    minutes: int | None
    hours: int | None
    items: QuerySet[QueueItem]
    empty: WhyEmpty | None
    skips_to_check: int
    goals: list[Progress]
    ended: list[Review]
    away_until: datetime | None

    @property
    def why_empty(self) -> str:
        """Return the code of why nothing is offered; empty when something is, or a draft waits."""
        return self.empty.code if self.empty is not None and not self.drafts else ""

    @property
    def overdue_shown(self) -> str:
        """Word how much is overdue: "7", or "1000+" when nothing but that was counted."""
        return f"{self.overdue}+" if self.has_more and self.overdue == self.to_do else str(self.overdue)

    @property
    def due_today_shown(self) -> str:
        """Word how much is due today: "7", "993+", or "–" when the counting did not come so far."""
        if not self.has_more or self.overdue + self.due_today < self.to_do:
            return str(self.due_today)
        return f"{self.due_today}+" if self.due_today else "–"


def queue_page(user: User, *, now: datetime) -> QueuePage:
    """Load a reviewer's queue in a fixed number of queries."""
    offered = QueueItem.objects.claimable(now).offered_to(user).in_working_order()
    counts, has_more = waiting(offered, now=now)
    drafts = list(_drafts(user)[:MOST_DRAFTS])
    to_do = counts["to_do"]
    minutes = round(to_do * _pace(user, now=now) / 60) if to_do else None
    return QueuePage(
        **counts,
        has_more=has_more,
        drafts=drafts,
        done_this_week=_done_since(user, since=week_start(now)),
        goals=progress_of(user, week=(week_start(now), week_start(now) + timedelta(days=7)), now=now),
        ended=list(_ended(user, since=now - ENDED_SHOWN)[:MOST_DRAFTS]),
        away_until=Absence.objects.at(now).filter(user=user).aggregate(last=Max("ends_at"))["last"],
        minutes=minutes,
        hours=round(minutes / 60) if minutes and minutes > MOST_MINUTES else None,
        items=offered.select_related(
            "conversation", "agent", "team", "plan", "pick__draw", "pick__calibration_unit__session__draw"
        ),
        empty=None if to_do else why_empty(user, now=now),
        skips_to_check=QueueItem.objects.skips_to_check(user).count(),
    )


def waiting(offered: QuerySet[QueueItem], *, now: datetime) -> tuple[dict[str, int], bool]:
    """Count what is offered in its working order, as far as MOST_ON_PAGE: to_do, of these overdue and due_today.

    Also say whether there is more than that.
    """
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    found = offered.values("due_at")[: MOST_ON_PAGE + 1].aggregate(
        to_do=Count("due_at"),
        overdue=Count("due_at", filter=Q(due_at__lt=now)),
        due_today=Count("due_at", filter=Q(due_at__gte=now, due_at__lt=midnight)),
    )
    to_do, overdue = (min(found[name], MOST_ON_PAGE) for name in ("to_do", "overdue"))
    counts = {"to_do": to_do, "overdue": overdue, "due_today": min(found["due_today"], to_do - overdue)}
    return counts, found["to_do"] > MOST_ON_PAGE


@dataclass(frozen=True, slots=True)
class Ahead:
    """What lies before a reviewer, counted no further than anybody reads: "7", "99+"."""

    to_do: str
    overdue: str
    due_today: str


def ahead(user: User, *, now: datetime) -> Ahead:
    """Count the beginning of what is offered to a person, once for a request, however long the queue is."""
    kept: Ahead | None = user.__dict__.get("_ahead")
    if kept is None:
        kept = user.__dict__["_ahead"] = _ahead(user, now=now)
    return kept


def _ahead(user: User, *, now: datetime) -> Ahead:
    shape, teams = team_slots(user)
    # In the order of due dates, so that what is counted holds the most urgent ones.
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    rows = BEGINNING.rows(shape, by=user.pk, now=now, midnight=midnight, **teams)
    due = [when for (when,) in rows]
    return Ahead(_at_most(len(due)), _at_most(due.count(OVERDUE)), _at_most(due.count(TODAY)))


def _at_most(count: int) -> str:
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count or "")


def team_slots(user: User) -> tuple[int | None, dict[str, int]]:
    """Return the shape of a prepared question about what is offered, and its teams: None and none for all."""
    scope = reach(user, Permission.SCORE)
    teams = {f"team{place}": team_id for place, team_id in enumerate(sorted(scope.team_ids))}
    return (None, {}) if scope.everywhere else (len(teams), teams)


def offered_to_slots(shape: int | None) -> QueueItemQuerySet:
    """Return what can be claimed `now` and is offered to `by`, for a prepared statement."""
    team_ids = None if shape is None else [prepared.number(f"team{place}") for place in range(shape)]
    now = prepared.moment("now")
    return QueueItem.objects.claimable(now).offered(prepared.number("by"), team_ids=team_ids, now=now)


OVERDUE, TODAY, LATER = 0, 1, 2
# The database says when each is due in a word: a hundred moments would have to be read one by one.
WHEN_DUE = Case(
    When(due_at__lt=prepared.moment("now"), then=OVERDUE),
    When(due_at__lt=prepared.moment("midnight"), then=TODAY),
    default=LATER,
)
BEGINNING = Prepared(lambda shape: offered_to_slots(shape).in_working_order().values_list(WHEN_DUE)[: MOST_COUNTED + 1])


def _ended(user: User, *, since: datetime) -> QuerySet[Review]:
    """Return the drafts whose item ended under them: kept, and not to be submitted any more."""
    status = [QueueItem.Status.EXPIRED, QueueItem.Status.WITHDRAWN]
    # Asked for each draft of the person: of all that was ever queued, SQLite would look through every item first.
    gone = QueueItem.objects.drawn().filter(
        pk=OuterRef("item"), status__in=status, ended_at__gte=since, purpose__in=ENDING
    )
    kept = Review.objects.filter(Exists(gone), author=user, status=Review.Status.DRAFT, draft_number__gt=0)
    return kept.select_related("item", "conversation").order_by("-item__ended_at")


def week_start(now: datetime) -> datetime:
    """Return the Monday midnight before a moment, in the active time zone."""
    local = timezone.localtime(now)
    monday = local - timedelta(days=local.weekday())
    return monday.replace(hour=0, minute=0, second=0, microsecond=0)


def _drafts(user: User) -> QuerySet[Review]:
    held, begun = Q(item__claimed_by=user), Q(item__claimed_by=None, draft_number__gt=0)
    open_item = Q(status=Review.Status.DRAFT, item__status__in=[QueueItem.Status.AVAILABLE, QueueItem.Status.CLAIMED])
    changing = Q(status=Review.Status.SUBMITTED, reopened_at__isnull=False)
    # Named once more by itself: so the index of an author's reviews by status leaves out what was published.
    given = QueueItem.objects.given_by_name().filter(pk=OuterRef("item"), assigned_to=user)
    unfinished = Review.objects.filter(
        open_item & (held | begun) | changing, author=user, status__in=[Review.Status.DRAFT, Review.Status.SUBMITTED]
    ).exclude(purpose=QueueItem.Purpose.SELF)
    return (
        unfinished.annotate(is_given=Exists(given))
        .select_related("item__plan", "conversation", "agent", "team", "rubric_version__rubric")
        .order_by("item__due_at", "item__u")
    )


def _done_since(user: User, *, since: datetime) -> int:
    return Review.objects.filter(author=user, submitted_at__gte=since).count()


def _pace(user: User, *, now: datetime) -> float:
    recent = (
        Review.objects.filter(author=user, submitted_at__gte=now - timedelta(days=28), active_seconds__gt=0)
        .order_by("-submitted_at")
        .values_list("active_seconds", flat=True)[:50]
    )
    seconds = sorted(recent)
    return float(seconds[len(seconds) // 2]) if len(seconds) >= 5 else MINUTES_A_REVIEW * 60.0
