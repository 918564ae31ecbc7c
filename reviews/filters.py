"""The filters of the lists of reviews and disputes; the same names in the page's URL and in the API."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import person
from accounts.models import Agent, RoleGrant, Team
from core.filtersets import FilterSet, FromDay, KeyFilter, ToDay, YesOrNo, search_input
from reviews.models import CalibrationSession, Dispute, Review, Revision
from reviews.selectors.reviewers import SCORING
from rubrics.models import Rubric
from sampling.models import Pick

WHOSE = [("", _("Anyone")), ("true", _("Me"))]
FEEDBACK = [("unread", _("Unread")), ("read", _("Read")), ("acknowledged", _("Acknowledged"))]

WAITING = [
    ("any", _("Anybody")),
    ("me", _("My decision")),
    ("decision", _("A decision")),
    ("second_look", _("The second look")),
]


def teams(request: HttpRequest | None) -> Any:
    """Offer the teams that the person may see."""
    return Team.objects.visible_to(person(request)) if request else Team.objects.none()


def agents(request: HttpRequest | None) -> Any:
    """Offer the agents who have reviews within reach."""
    if request is None:
        return Agent.objects.none()
    return Agent.objects.filter(reviews__in=Review.objects.visible_to(person(request))).distinct()


def disputing_agents(request: HttpRequest | None) -> Any:
    """Offer the agents of the disputes within reach."""
    if request is None:
        return Agent.objects.none()
    return Agent.objects.filter(reviews__disputes__in=Dispute.objects.visible_to(person(request))).distinct()


class ReviewFilter(FilterSet):
    """Filter reviews by team, agent, status, outcome, pool, what the agent did, author and day of publication."""

    team = django_filters.ModelChoiceFilter(queryset=teams, label=_("Team"))
    agent = django_filters.ModelChoiceFilter(queryset=agents, label=_("Agent"))
    status = django_filters.ChoiceFilter(
        choices=[choice for choice in Review.Status.choices if choice[0] != "draft"], label=_("Status")
    )
    outcome = django_filters.ChoiceFilter(
        field_name="current__outcome", choices=Revision.Outcome.choices, label=_("Outcome")
    )
    pool = django_filters.ChoiceFilter(choices=Pick.Pool.choices, label=_("Pool"))
    feedback = django_filters.ChoiceFilter(method="by_feedback", choices=FEEDBACK, label=_("Feedback"))
    mine = django_filters.BooleanFilter(method="by_me", label=_("Reviewed by"), widget=forms.Select(choices=WHOSE))
    published_after = django_filters.DateFilter(
        field_name="published_at",
        lookup_expr="date__gte",
        label=_("Published from"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    published_before = django_filters.DateFilter(
        field_name="published_at",
        lookup_expr="date__lte",
        label=_("Published to"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    class Meta:
        model = Review
        fields: list[str] = []

    def by_feedback(self, queryset: Any, name: str, value: str) -> Any:
        """Keep published reviews that the agent has not opened, has opened, or has acknowledged."""
        if value == "unread":
            return queryset.unread()
        return queryset.published().exclude(**{"read_at" if value == "read" else "acknowledged_at": None})

    def by_me(self, queryset: Any, name: str, value: bool) -> Any:
        """Keep the person's own reviews."""
        return queryset.filter(author=self.request.user.pk) if value else queryset


class DisputeFilter(FilterSet):
    """Filter disputes by status, what they wait for, team, agent and deadline."""

    status = django_filters.ChoiceFilter(choices=Dispute.Status.choices, label=_("Status"))
    waiting = django_filters.ChoiceFilter(method="by_waiting", choices=WAITING, label=_("Waits for"))
    team = django_filters.ModelChoiceFilter(queryset=teams, field_name="review__team", label=_("Team"))
    agent = django_filters.ModelChoiceFilter(queryset=disputing_agents, field_name="review__agent", label=_("Agent"))
    due_before = django_filters.DateFilter(
        field_name="due_at", lookup_expr="date__lte", label=_("Due by"), widget=forms.DateInput(attrs={"type": "date"})
    )

    class Meta:
        model = Dispute
        fields: list[str] = []

    def by_waiting(self, queryset: Any, name: str, value: str) -> Any:
        """Keep open disputes: all, or those that wait for the own decision, for any decision, for the second look."""
        if value == "any":
            return queryset.open()
        if value == "me":
            return queryset.decided_by(self.request.user)
        return queryset.to_decide() if value == "decision" else queryset.open().filter(rescored_at=None)


def calibrated_rubrics(request: HttpRequest | None) -> Any:
    """Offer the rubrics of the sessions within reach."""
    if request is None:
        return Rubric.objects.none()
    sessions = CalibrationSession.objects.visible_to(person(request))
    return Rubric.objects.filter(versions__calibration_sessions__in=sessions).distinct()


class CalibrationFilter(FilterSet):
    """Filter calibration sessions by status, rubric and deadline."""

    status = django_filters.ChoiceFilter(choices=CalibrationSession.Status.choices, label=_("Status"))
    rubric = django_filters.ModelChoiceFilter(
        queryset=calibrated_rubrics, field_name="rubric_version__rubric", label=_("Rubric")
    )
    due_before = django_filters.DateFilter(
        field_name="due_at", lookup_expr="date__lte", label=_("Due by"), widget=forms.DateInput(attrs={"type": "date"})
    )

    class Meta:
        model = CalibrationSession
        fields: list[str] = []


class FeedbackFilter(FilterSet):
    """Filter own feedback by what is still to be done with it, and by day."""

    unread = django_filters.BooleanFilter(
        field_name="read_at", lookup_expr="isnull", label=_("Not opened yet"), widget=YesOrNo
    )
    open = django_filters.BooleanFilter(
        field_name="acknowledged_at", lookup_expr="isnull", label=_("Not acknowledged yet"), widget=YesOrNo
    )
    since = FromDay("published_at")
    until = ToDay("published_at")

    class Meta:
        model = Review
        fields: list[str] = []


class ReviewerFilter(FilterSet):
    """Filter those who score by name and by the team in which they do."""

    q = django_filters.CharFilter(
        field_name="name",
        lookup_expr="icontains",
        max_length=200,
        label=_("Name"),
        widget=search_input(_("Search a name")),
    )
    team = KeyFilter(method="by_team", label=_("Team"))

    def by_team(self, queryset: Any, name: str, value: Any) -> Any:
        """Keep those who may score in this team now: in it alone or everywhere."""
        team = value if isinstance(value, Team) else int(value)
        held = RoleGrant.objects.active(timezone.now()).filter(Q(team=None) | Q(team=team), role__in=SCORING)
        return queryset.filter(pk__in=held.values("user"))


class ReviewersShown(ReviewerFilter):
    """The same on the page, where the team is chosen from those there are."""

    team = django_filters.ModelChoiceFilter(queryset=teams, method="by_team", label=_("Team"))
