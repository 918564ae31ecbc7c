"""The API of earlier teams: what was completed within an ended grant, as it stood when that ended."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import ended_as_supervisor
from accounts.api import AgentRefSerializer, PersonRefSerializer, TeamRefSerializer
from accounts.models import RoleGrant, User
from accounts.rest import Doors, Resource
from coaching.api.basis import BasisSerializer
from coaching.api.serializers import ActionSerializer, EvidenceSerializer
from coaching.earlier_filters import EarlierFilter
from coaching.models import Plan, Remark, Session
from coaching.selectors import earlier
from core.api.paging import CursorPages
from core.api.points import InKnownPoints
from core.filtersets import FilterSet
from reviews.selectors import earlier as reviews


class EarlierTeamSerializer(serializers.ModelSerializer[RoleGrant]):
    """A time as a supervisor that has ended; team is null when it was every team."""

    team = TeamRefSerializer(allow_null=True, read_only=True)

    class Meta:
        model = RoleGrant
        fields = ("id", "team", "starts_at", "ends_at")
        read_only_fields = fields


class EarlierAnswerSerializer(serializers.Serializer[Any]):
    """One answer with what was said about it and the messages that it rests on."""

    criterion = serializers.CharField(source="criterion.lineage")
    state = serializers.CharField()
    answer = serializers.CharField()
    points = serializers.DecimalField(max_digits=7, decimal_places=4)
    comments = serializers.ListField(child=serializers.CharField())
    quotes = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_quotes(self, line: Any) -> list[str]:
        """Return the pinned words."""
        return [quote.text for quote in line.quotes]


class EarlierRemarkSerializer(serializers.ModelSerializer[Remark]):
    """What somebody said about a plan."""

    agent = AgentRefSerializer(source="plan.agent", read_only=True)
    skill = serializers.CharField(source="plan.skill.slug", read_only=True)
    author = PersonRefSerializer(allow_null=True, read_only=True)

    class Meta:
        model = Remark
        fields = ("id", "agent", "skill", "kind", "reason", "text", "author", "created_at")
        read_only_fields = fields


class AskedAboutSerializer(serializers.Serializer[Any]):
    """A question about a review, or an answer to it."""

    author = PersonRefSerializer(allow_null=True)
    is_question = serializers.BooleanField()
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class EarlierReviewSerializer(serializers.Serializer[Any]):
    """A review as it stood when the grant ended; moments after that are null."""

    id = serializers.IntegerField(source="as_of.review.pk")
    agent = AgentRefSerializer(source="as_of.review.agent")
    conversation = serializers.CharField(source="as_of.review.conversation.external_id")
    pool = serializers.CharField(source="as_of.review.pool")
    revision = serializers.IntegerField(source="as_of.revision.number")
    final_score = serializers.DecimalField(
        source="as_of.revision.final_score", max_digits=7, decimal_places=4, allow_null=True
    )
    outcome = serializers.CharField(source="as_of.revision.outcome")
    published_at = serializers.DateTimeField(source="as_of.review.published_at")
    read_at = serializers.DateTimeField(source="as_of.read_at", allow_null=True)
    acknowledged_at = serializers.DateTimeField(source="as_of.acknowledged_at", allow_null=True)
    reply = serializers.CharField(source="as_of.reply", allow_blank=True)
    summary = serializers.ListField(source="explained.summary", child=serializers.CharField())
    answers = EarlierAnswerSerializer(source="explained.lines", many=True)
    remarks = AskedAboutSerializer(many=True)


class EarlierSessionSerializer(serializers.ModelSerializer[Session]):
    """A 1:1 that took place; agenda and notes are empty when they were changed after the grant had ended."""

    agent = AgentRefSerializer(source="plan.agent", read_only=True)
    skill = serializers.CharField(source="plan.skill.slug", read_only=True)
    is_changed_since = serializers.BooleanField(read_only=True)

    class Meta:
        model = Session
        fields = ("id", "agent", "skill", "starts_at", "minutes", "agenda", "notes", "is_changed_since")
        read_only_fields = fields


class EarlierPlanSerializer(InKnownPoints, serializers.ModelSerializer[Plan]):
    """A plan that was declined or closed within the grant, as it stood when that ended."""

    known_by: ClassVar[dict[str, str]] = dict.fromkeys(("baseline_mean", "baseline_low", "baseline_high"), "baseline_n")

    agent = AgentRefSerializer(read_only=True)
    skill = serializers.CharField(source="skill.slug", read_only=True)
    why = serializers.CharField(source="page.why", read_only=True)
    ended_because = serializers.CharField(source="page.ended_because", read_only=True)
    outcome = serializers.CharField(source="page.outcome", read_only=True)
    evidence = EvidenceSerializer(source="page.evidence", many=True, read_only=True)
    actions = ActionSerializer(source="page.actions", many=True, read_only=True)
    sessions = EarlierSessionSerializer(source="page.sessions", many=True, read_only=True)
    remarks = EarlierRemarkSerializer(source="page.remarks", many=True, read_only=True)
    baseline_rests_on = BasisSerializer(source="page.baseline_rests_on", allow_null=True, read_only=True)

    class Meta:
        model = Plan
        fields = (
            "id", "agent", "skill", "status", "why", "focus", "baseline_mean", "baseline_low", "baseline_high",
            "baseline_n", "baseline_rests_on", "target", "proposed_at", "shared_at", "decided_at", "closed_at",
            "ended_because", "outcome", "evidence", "actions", "sessions", "remarks",
        )  # fmt: skip
        read_only_fields = fields


class TeamFilter(FilterSet):
    """Filter the ended times by team."""

    team = django_filters.NumberFilter(min_value=1, max_value=2**63 - 1, decimal_places=0, label="Team")

    class Meta:
        model = RoleGrant
        fields: list[str] = []


class WholePages(CursorPages):
    """Each row is a whole page of the record, put together from what stood then: ten at a time."""

    page_size = 10
    max_page_size = 25


class EarlierTeams(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Own ended times as a supervisor, and what was completed within each. Private notes are never part of it."""

    serializer_class = EarlierTeamSerializer
    filterset_class = TeamFilter
    model = RoleGrant
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(
        ("list", "retrieve", "reviews", "plans", "sessions", "remarks"), ()
    )

    def rows(self, user: User) -> Any:
        """Return a person's ended grants as a supervisor."""
        ended = [grant.pk for grant in ended_as_supervisor(user)]
        return RoleGrant.objects.filter(pk__in=ended).select_related("team")

    @extend_schema(responses=EarlierReviewSerializer(many=True))
    @action(detail=True, filterset_class=EarlierFilter, pagination_class=WholePages)
    def reviews(self, request: Request, pk: str) -> Response:
        """List the reviews that went out to the team's agents within the grant."""
        grant = self.get_object()
        page = [reviews.page(one, grant) for one in self._page(reviews.completed(grant))]
        return self.get_paginated_response(EarlierReviewSerializer(page, many=True).data)

    @extend_schema(responses=EarlierPlanSerializer(many=True))
    @action(detail=True, filterset_class=EarlierFilter, pagination_class=WholePages)
    def plans(self, request: Request, pk: str) -> Response:
        """List the plans that were declined or closed within the grant."""
        grant = self.get_object()
        page = self._page(earlier.plans(grant))
        for one in page:
            one.page = earlier.plan_page(one, grant)
        return self.get_paginated_response(EarlierPlanSerializer(page, many=True).data)

    @extend_schema(responses=EarlierSessionSerializer(many=True))
    @action(detail=True, filterset_class=EarlierFilter)
    def sessions(self, request: Request, pk: str) -> Response:
        """List the 1:1 sessions that took place within the grant."""
        grant = self.get_object()
        page = earlier.withhold(self._page(earlier.sessions(grant)), grant)
        return self.get_paginated_response(EarlierSessionSerializer(page, many=True).data)

    @extend_schema(responses=EarlierRemarkSerializer(many=True))
    @action(detail=True, filterset_class=EarlierFilter)
    def remarks(self, request: Request, pk: str) -> Response:
        """List what was said about plans within the grant: reflections and comments."""
        page = self._page(earlier.remarks(self.get_object()))
        return self.get_paginated_response(EarlierRemarkSerializer(page, many=True).data)

    def _page(self, rows: Any) -> list[Any]:
        """Narrow rows by the filters of the address and return one page of them."""
        return list(self.paginate_queryset(self.filter_queryset(rows)) or [])
