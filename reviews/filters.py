"""The filters of the review list; the same names in the page's URL and in the API."""

from __future__ import annotations

from typing import Any

import django_filters
from django.http import HttpRequest

from accounts.access import person
from accounts.models import Agent, Team
from reviews.models import Review, Revision
from sampling.models import Pick


def teams(request: HttpRequest | None) -> Any:
    """Offer the teams that the person may see."""
    return Team.objects.visible_to(person(request)) if request else Team.objects.none()


def agents(request: HttpRequest | None) -> Any:
    """Offer the agents who have reviews within reach."""
    if request is None:
        return Agent.objects.none()
    return Agent.objects.filter(reviews__in=Review.objects.visible_to(person(request))).distinct()


class ReviewFilter(django_filters.FilterSet):
    """Filter reviews by team, agent, status, outcome, pool, author and day of publication."""

    team = django_filters.ModelChoiceFilter(queryset=teams, label="Team")
    agent = django_filters.ModelChoiceFilter(queryset=agents, label="Agent")
    status = django_filters.ChoiceFilter(
        choices=[choice for choice in Review.Status.choices if choice[0] != "draft"], label="Status"
    )
    outcome = django_filters.ChoiceFilter(
        field_name="current__outcome", choices=Revision.Outcome.choices, label="Outcome"
    )
    pool = django_filters.ChoiceFilter(choices=Pick.Pool.choices, label="Pool")
    mine = django_filters.BooleanFilter(method="by_me", label="Only mine")
    published_after = django_filters.DateFilter(
        field_name="published_at", lookup_expr="date__gte", label="Published from"
    )
    published_before = django_filters.DateFilter(
        field_name="published_at", lookup_expr="date__lte", label="Published to"
    )

    class Meta:
        model = Review
        fields: list[str] = []

    def by_me(self, queryset: Any, name: str, value: bool) -> Any:
        """Keep the person's own reviews."""
        return queryset.filter(author=self.request.user.pk) if value else queryset
