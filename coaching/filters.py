"""The filters of the coaching board."""

from __future__ import annotations

from typing import Any

import django_filters
from django.forms import HiddenInput
from django.http import HttpRequest

from accounts.access import person
from accounts.models import Agent, Team
from coaching.models import Plan
from core.filtersets import FilterSet
from rubrics.models import Skill


def teams(request: HttpRequest | None) -> Any:
    """Offer the teams that the person may see."""
    return Team.objects.visible_to(person(request)) if request else Team.objects.none()


def agents(request: HttpRequest | None) -> Any:
    """Offer the agents who have a plan that the person coaches."""
    if request is None:
        return Agent.objects.none()
    return Agent.objects.filter(coaching_plans__in=Plan.objects.coached_by(person(request))).distinct()


class PlanFilter(FilterSet):
    """Filter plans by status, team, agent and skill."""

    # The tab of the board; the view reads it, and a filter keeps it in the address.
    stage = django_filters.CharFilter(method="any_stage", widget=HiddenInput, label="Stage")
    status = django_filters.ChoiceFilter(choices=Plan.Status.choices, label="Status")
    team = django_filters.ModelChoiceFilter(queryset=teams, label="Team")
    agent = django_filters.ModelChoiceFilter(queryset=agents, label="Agent")
    skill = django_filters.ModelChoiceFilter(queryset=Skill.objects.all(), label="Skill")

    def any_stage(self, rows: Any, name: str, value: str) -> Any:
        """Leave the rows as they are."""
        return rows

    class Meta:
        model = Plan
        fields: list[str] = []
