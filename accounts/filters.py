"""The filters of people, teams and agents: the same names in the address of a page and in the API."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent, RoleGrant, Team, TeamMembership, User
from accounts.roles import Role
from core.filtersets import FilterSet, YesOrNo, search_input

NO_ROLE = "none"


class PersonFilter(FilterSet):
    """Narrow log-ins down by name or address, role, team and whether they are open."""

    q = django_filters.CharFilter(
        method="by_words", max_length=200, label=_("Name or e-mail"), widget=search_input(_("Search name or e-mail"))
    )
    role = django_filters.ChoiceFilter(
        method="by_role", choices=[*Role.choices, (NO_ROLE, _("No role"))], label=_("Role")
    )
    team = django_filters.ModelChoiceFilter(method="by_team", queryset=Team.objects.all(), label=_("Team"))
    status = django_filters.ChoiceFilter(
        method="by_status", choices=[("active", _("Active")), ("deactivated", _("Deactivated"))], label=_("Status")
    )

    class Meta:
        model = User
        fields: list[str] = []

    def by_words(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """Keep those whose name or address holds the words."""
        return queryset.filter(Q(name__icontains=value) | Q(email__icontains=value))

    def by_role(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """Keep those who hold the role now, or none at all."""
        held = RoleGrant.objects.active(timezone.now())
        if value == NO_ROLE:
            return queryset.exclude(pk__in=held.values("user"))
        return queryset.filter(pk__in=held.filter(role=value).values("user"))

    def by_team(self, queryset: QuerySet[User], name: str, value: Team) -> QuerySet[User]:
        """Keep those who hold a role in this very team now."""
        held = RoleGrant.objects.active(timezone.now()).filter(team=value)
        return queryset.filter(pk__in=held.values("user"))

    def by_status(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """Keep the open or the closed ones."""
        return queryset.filter(is_active=value == "active")


class GrantFilter(FilterSet):
    """Narrow grants down by person, role, team and whether they hold."""

    user = django_filters.NumberFilter(
        min_value=1, max_value=2**63 - 1, decimal_places=0, label=_("Number of the person")
    )
    role = django_filters.ChoiceFilter(choices=Role.choices, label=_("Role"))
    team = django_filters.ModelChoiceFilter(queryset=Team.objects.all(), label=_("Team"))
    holds_now = django_filters.BooleanFilter(method="by_now", label=_("Holds now"), widget=YesOrNo)

    class Meta:
        model = RoleGrant
        fields: list[str] = []

    def by_now(self, queryset: QuerySet[RoleGrant], name: str, value: bool) -> QuerySet[RoleGrant]:
        """Keep those that hold at this moment, or the others."""
        held = RoleGrant.objects.active(timezone.now()).values("pk")
        return queryset.filter(pk__in=held) if value else queryset.exclude(pk__in=held)


class TeamFilter(FilterSet):
    """Narrow teams down by name and whether they are in use."""

    q = django_filters.CharFilter(
        field_name="name",
        lookup_expr="icontains",
        max_length=200,
        label=_("Name"),
        widget=search_input(_("Search a name")),
    )
    is_archived = django_filters.BooleanFilter(method="by_use", label=_("Archived"), widget=YesOrNo)

    class Meta:
        model = Team
        fields: list[str] = []

    def by_use(self, queryset: QuerySet[Team], name: str, value: bool) -> QuerySet[Team]:
        """Keep the archived ones, or those in use."""
        return queryset.exclude(archived_at=None) if value else queryset.filter(archived_at=None)


class AgentFilter(FilterSet):
    """Narrow agents down by name, team, level and kind."""

    q = django_filters.CharFilter(
        method="by_words", max_length=200, label=_("Name or number"), widget=search_input(_("Search name or number"))
    )
    team = django_filters.ModelChoiceFilter(method="by_team", queryset=Team.objects.all(), label=_("Team"))
    level = django_filters.ChoiceFilter(choices=Agent.Level.choices, label=_("Level"))
    has_login = django_filters.BooleanFilter(method="by_login", label=_("Has a log-in"), widget=YesOrNo)
    is_bot = django_filters.BooleanFilter(label=_("Is a bot"), widget=YesOrNo)
    has_left = django_filters.BooleanFilter(method="by_leaving", label=_("Has left"), widget=YesOrNo)

    class Meta:
        model = Agent
        fields: list[str] = []

    def by_words(self, queryset: QuerySet[Agent], name: str, value: str) -> QuerySet[Agent]:
        """Keep those whose name, or whose number at a source, holds the words."""
        known = Agent.objects.filter(identities__external_id__icontains=value).values("pk")
        return queryset.filter(Q(name__icontains=value) | Q(pk__in=known))

    def by_team(self, queryset: QuerySet[Agent], name: str, value: Team) -> QuerySet[Agent]:
        """Keep those who are in the team now."""
        return queryset.filter(pk__in=TeamMembership.objects.filter(team=value, ends_at=None).values("agent"))

    def by_login(self, queryset: QuerySet[Agent], name: str, value: bool) -> QuerySet[Agent]:
        """Keep those who can log in, or cannot."""
        return queryset.exclude(user=None) if value else queryset.filter(user=None)

    def by_leaving(self, queryset: QuerySet[Agent], name: str, value: bool) -> QuerySet[Agent]:
        """Keep those who have left, or are here."""
        return queryset.exclude(deactivated_at=None) if value else queryset.filter(deactivated_at=None)
