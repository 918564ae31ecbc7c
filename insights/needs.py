"""What needs a supervisor today: counted from every stage, each with where to go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.asking import Asked
from accounts.models import User
from coaching import words
from coaching.models import Plan
from coaching.models.plans import PlanQuerySet
from core import prepared
from reviews.models import Dispute, Review, Revision

UNREAD_AFTER = timedelta(days=3)
UNREAD_WITHIN = timedelta(weeks=12)  # what nobody has opened by then is nothing for today; the list still holds it
RECENT = timedelta(days=7)
DISPUTE_NEAR = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Need:
    """One line: what, a detail, how urgent it looks, and the button."""

    title: str
    detail: str
    icon: str
    tone: str
    url: str
    verb: str


def of_supervisor(user: User, *, now: datetime) -> list[Need]:
    """List what needs somebody who looks after teams, most urgent first."""
    first = [_failed(user, now=now), _disputed(user, now=now), _proposed(user), _measured(user), _to_share(user)]
    found = [*first, _unread(user, now=now), _closing(user)]
    return [need for need in found if need is not None]


def _failed(user: User, *, now: datetime) -> Need | None:
    names = [name for name, *_key in FAILED.rows(user, since=now - RECENT)]
    if not names:
        return None
    since = timezone.localdate(now - RECENT)
    title = ngettext("One review did not pass this week", "%(n)d reviews did not pass this week", len(names))
    return Need(
        title % {"n": len(names)}, _people(names), "octagon-alert", "critical",
        reverse("reviews:list") + f"?outcome=fail&status=published&published_after={since}", _("Read them"),
    )  # fmt: skip


def _disputed(user: User, *, now: datetime) -> Need | None:
    """Name the disputes whose deadline is near or gone."""
    names = [name for name, *_key in DISPUTED.rows(user, before=now + DISPUTE_NEAR)]
    if not names:
        return None
    title = ngettext("One dispute is near its deadline", "%(n)d disputes are near their deadline", len(names))
    before = timezone.localdate(now + DISPUTE_NEAR)
    url = reverse("reviews:disputes") + f"?waiting=any&due_before={before}"
    return Need(title % {"n": len(names)}, _people(names), "scale", "caution", url, _("See which"))


def _proposed(user: User) -> Need | None:
    plans = PROPOSED.all(user)
    if not plans:
        return None
    title = ngettext("One coaching plan is proposed", "%(n)d coaching plans are proposed", len(plans))
    detail = " · ".join(part for part in (_people([p.agent.name for p in plans]), words.expected_wrong(plans)) if part)
    url = reverse("coaching:list") + "?status=proposed"
    return Need(title % {"n": len(plans)}, detail, "trending-up", "accent", url, _("Decide"))


def _measured(user: User) -> Need | None:
    names = [name for (name,) in IN_STATUS.rows(user, Plan.Status.EVALUATED)]
    if not names:
        return None
    title = ngettext("The outcome of one plan is measured", "The outcomes of %(n)d plans are measured", len(names))
    url = reverse("coaching:list") + "?stage=measured"
    return Need(title % {"n": len(names)}, _people(names), "chart-line", "accent", url, _("Close or extend"))


def _to_share(user: User) -> Need | None:
    names = [name for (name,) in IN_STATUS.rows(user, Plan.Status.ACCEPTED)]
    if not names:
        return None
    title = ngettext("One accepted plan is not shared yet", "%(n)d accepted plans are not shared yet", len(names))
    url = reverse("coaching:list") + "?status=accepted"
    return Need(title % {"n": len(names)}, _people(names), "share-2", "caution", url, _("Share"))


def _unread(user: User, *, now: datetime) -> Need | None:
    found = UNREAD.rows(user, before=now - UNREAD_AFTER, since=now - UNREAD_WITHIN)
    if not found:
        return None
    names, oldest = sorted({name for name, _when in found}), min(when for _name, when in found)
    title = ngettext("One person has unread feedback", "%(n)d people have unread feedback", len(names))
    words = {"names": _people(names), "days": (now - oldest).days}
    detail = _("Older than three days: %(names)s. The oldest waits for %(days)d days.") % words
    since, before = (timezone.localdate(now - ago) for ago in (UNREAD_WITHIN, UNREAD_AFTER))
    url = reverse("reviews:list") + f"?feedback=unread&published_after={since}&published_before={before}"
    return Need(title % {"n": len(names)}, detail, "mail", "caution", url, _("See which"))


def _closing(user: User) -> Need | None:
    names = [name for (name,) in CLOSING.rows(user)]
    if not names:
        return None
    title = ngettext("One plan may be closed", "%(n)d plans may be closed", len(names))
    detail = _("The level is more likely above the target than under it, twice running: %(names)s")
    return Need(
        title % {"n": len(names)}, detail % {"names": _people(names)}, "target", "positive",
        reverse("coaching:list") + "?stage=needs", _("Look"),
    )  # fmt: skip


def _people(names: list[str]) -> str:
    unique = list(dict.fromkeys(names))
    shown = ", ".join(unique[:4])
    return shown if len(unique) <= 4 else _("%(names)s and %(n)d more") % {"names": shown, "n": len(unique) - 4}


def _plans(user: Any) -> PlanQuerySet:
    return Plan.objects.visible_to(user).exclude(agent__user=user.pk)


def _united(parts: list[QuerySet[Review, Any]]) -> QuerySet[Review, Any]:
    first, *others = parts
    return first.union(*others) if others else first


# Asked by every team page, put into SQL once for each kind of grants. Reviews by each way on which they are reached,
# so that no other team's are looked through.
FAILED: Asked[Review] = Asked(
    lambda user: _united(
        [
            way.published()
            .filter(published_at__gte=prepared.moment("since"), current__outcome=Revision.Outcome.FAIL)
            .order_by()
            .values_list("agent__name", "published_at", "pk")
            for way in Review.objects.by_each_way(user)
        ]
    ).order_by("-published_at")
)
DISPUTED: Asked[Dispute] = Asked(
    lambda user: (
        Dispute.objects.visible_to(user)
        .exclude(review__agent__user=user.pk)
        .late(prepared.moment("before"))
        .order_by("due_at")
        # With the moment, because of those that are found by two ways each is kept once.
        .values_list("review__agent__name", "due_at")
    )
)
PROPOSED: Asked[Plan] = Asked(lambda user: _plans(user).proposed().select_related("agent"))
IN_STATUS: Asked[Plan] = Asked(lambda user, status: _plans(user).filter(status=status).values_list("agent__name"))
CLOSING: Asked[Plan] = Asked(
    lambda user: _plans(user).open().exclude(close_suggested_at=None).values_list("agent__name")
)
UNREAD: Asked[Review] = Asked(
    lambda user: _united(
        [
            way.unread()
            .filter(
                published_at__gte=prepared.moment("since"),
                published_at__lt=prepared.moment("before"),
                agent__user__isnull=False,
            )
            .order_by()
            .values_list("agent__name")
            .annotate(Min("published_at"))
            for way in Review.objects.by_each_way(user)
        ]
    )
)
