"""The filters of the coaching board."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q
from django.forms import HiddenInput
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.access import person
from accounts.models import Agent, Team, User
from coaching.models import Action, Outcome, Plan, Programme, Session
from core.filtersets import FilterSet
from rubrics.models import Skill

_OF_THE_PLAN = {"plan": OuterRef("pk")}
REACHED: dict[str, Q] = {
    "accepted": ~Q(status__in=["proposed", "declined"]),
    "shared": Q(shared_at__isnull=False),
    "session": Q(Exists(Session.objects.filter(**_OF_THE_PLAN, status="held"))),
    "measured": Q(Exists(Outcome.objects.filter(**_OF_THE_PLAN))),
    "improved": Q(Exists(Outcome.objects.filter(**_OF_THE_PLAN, verdict="improved"))),
}


def teams(request: HttpRequest | None) -> Any:
    """Offer the teams that the person may see."""
    return Team.objects.visible_to(person(request)) if request else Team.objects.none()


def agents(request: HttpRequest | None) -> Any:
    """Offer the agents who have a plan that the person coaches."""
    if request is None:
        return Agent.objects.none()
    return Agent.objects.filter(coaching_plans__in=Plan.objects.coached_by(person(request))).distinct()


def owners(request: HttpRequest | None) -> Any:
    """Offer the owners of the plans that the person coaches."""
    if request is None:
        return User.objects.none()
    return User.objects.filter(owned_coaching_plans__in=Plan.objects.coached_by(person(request))).distinct()


class GrowthFilter(FilterSet):
    """Filter agents by team and level."""

    team = django_filters.ModelChoiceFilter(queryset=teams, method="now_in", label="Team")
    level = django_filters.ChoiceFilter(choices=Agent.Level.choices, label="Level")

    def now_in(self, rows: Any, name: str, value: Team) -> Any:
        """Keep the agents who are in a team today."""
        return rows.filter(memberships__team=value, memberships__ends_at=None)

    class Meta:
        model = Agent
        fields: list[str] = []


class PlanFilter(FilterSet):
    """Filter plans by status, team, agent and skill."""

    # The tab of the board; the view reads it, and a filter keeps it in the address.
    stage = django_filters.CharFilter(method="any_stage", widget=HiddenInput, label="Stage")
    status = django_filters.ChoiceFilter(choices=Plan.Status.choices, label="Status")
    team = django_filters.ModelChoiceFilter(queryset=teams, label="Team")
    agent = django_filters.ModelChoiceFilter(queryset=agents, label="Agent")
    skill = django_filters.ModelChoiceFilter(queryset=Skill.objects.all(), label="Skill")

    # The numbers of the coaching report open the plans behind them by these.
    of = django_filters.CharFilter(method="any_stage", widget=HiddenInput, label="Opened from")
    since = django_filters.DateFilter(
        field_name="proposed_at", lookup_expr="date__gte", widget=HiddenInput, label="Proposed or started since"
    )
    origin = django_filters.ChoiceFilter(choices=Plan.Origin.choices, widget=HiddenInput, label="Why it was proposed")
    owner = django_filters.ModelChoiceFilter(queryset=owners, widget=HiddenInput, label="Supervisor")
    kind = django_filters.ChoiceFilter(
        choices=Action.Kind.choices, method="with_action", widget=HiddenInput, label="Kind of action"
    )
    reached = django_filters.ChoiceFilter(
        choices=[(name, name) for name in REACHED], method="how_far", widget=HiddenInput, label="How far it came"
    )

    def with_action(self, rows: Any, name: str, value: str) -> Any:
        """Keep the plans with an action of a kind."""
        return rows.filter(Exists(Action.objects.filter(plan=OuterRef("pk"), kind=value)))

    def how_far(self, rows: Any, name: str, value: str) -> Any:
        """Keep the plans that came so far, wherever they are now."""
        return rows.filter(REACHED[value])

    def any_stage(self, rows: Any, name: str, value: str) -> Any:
        """Leave the rows as they are."""
        return rows

    class Meta:
        model = Plan
        fields: list[str] = []


class ProgrammeFilter(FilterSet):
    """Filter programmes by status and skill."""

    status = django_filters.ChoiceFilter(choices=Programme.Status.choices, label=_("Status"))
    skill = django_filters.ModelChoiceFilter(queryset=Skill.objects.all(), to_field_name="slug", label=_("Skill"))

    class Meta:
        model = Programme
        fields: list[str] = []
