"""The API of what-ifs: replay stored answers under a proposed version, and read who would move."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import idempotent
from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from core.api.jobs import JobSerializer
from core.filtersets import FilterSet, KeyFilter
from core.models import Job
from core.queueing import enqueue
from reviews.api.what_if_results import WhatIfResultSerializer, figures
from reviews.forms import WhatIfForm
from reviews.models import Flip, Revision, WhatIf
from reviews.selectors.what_if import flips_for
from reviews.services import what_if as service
from reviews.tasks import continue_what_if
from rubrics.models import RubricVersion


class WhatIfSerializer(serializers.ModelSerializer[WhatIf]):
    """A replay; `result` holds the figures once it is done."""

    rubric = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    job = JobSerializer(read_only=True)
    result = serializers.SerializerMethodField()

    class Meta:
        model = WhatIf
        fields = (
            "id",
            "rubric",
            "version_number",
            "fingerprint",
            "submitted_from",
            "submitted_until",
            "job",
            "result",
        )
        read_only_fields = fields

    @extend_schema_field(WhatIfResultSerializer(allow_null=True))
    def get_result(self, what_if: WhatIf) -> dict[str, Any] | None:
        """Return what was found."""
        return figures(what_if.job.result)


class FlipSerializer(serializers.ModelSerializer[Flip]):
    """A review whose outcome would be another one."""

    conversation = serializers.IntegerField(source="review.conversation_id")
    agent = serializers.IntegerField(source="review.agent_id")

    class Meta:
        model = Flip
        fields = (
            "review", "conversation", "agent", "score_before", "score_after", "outcome_before", "outcome_after",
        )  # fmt: skip
        read_only_fields = fields


class StartWhatIfSerializer(serializers.Serializer[Any]):
    """A version of a rubric, and the days whose reviews are replayed; all without any."""

    rubric = serializers.SlugField(max_length=80)
    version = serializers.IntegerField(min_value=1, max_value=999_999_999)
    since = serializers.DateField(required=False, allow_null=True, default=None)
    until = serializers.DateField(required=False, allow_null=True, default=None)


class WhatIfFilter(FilterSet):
    """Filter what-ifs by rubric and by where they stand."""

    rubric = django_filters.CharFilter(field_name="rubric__slug", max_length=80, label="Rubric")
    status = django_filters.ChoiceFilter(field_name="job__status", choices=Job.Status.choices, label="Status")

    class Meta:
        model = WhatIf
        fields: list[str] = []


class FlipFilter(FilterSet):
    """Filter the reviews that flip by agent and by what they would become."""

    agent = KeyFilter(field_name="review__agent", label="Agent")
    outcome_after = django_filters.ChoiceFilter(choices=Revision.Outcome.choices, label="Outcome after")


class WhatIfs(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Replays of stored answers under a version before it is published."""

    serializer_class = WhatIfSerializer
    filterset_class = WhatIfFilter
    model = WhatIf
    write_scope = Scope.RUBRICS
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(
        ("list", "retrieve", "create", "cancel", "flips"), (Permission.MANAGE_RUBRICS,)
    )

    def rows(self, user: User) -> Any:
        """Return the what-ifs within reach."""
        return WhatIf.objects.visible_to(user).select_related("job", "rubric")

    @extend_schema(request=StartWhatIfSerializer, responses={201: WhatIfSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Replay in the background; `job` says how far it is."""
        form = StartWhatIfSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        sent = form.validated_data
        days = WhatIfForm({name: sent[name] for name in ("since", "until") if sent[name]})
        if not days.is_valid():
            raise serializers.ValidationError({name: list(map(str, found)) for name, found in days.errors.items()})
        versions = RubricVersion.objects.visible_to(self.person).select_related("rubric")
        version = versions.filter(rubric__slug=sent["rubric"], number=sent["version"]).first()
        if version is None:
            raise serializers.ValidationError({"version": "There is no such version of this rubric."})
        made = service.start(version, by=self.person, now=timezone.now(), since=sent["since"], until=sent["until"])
        enqueue(continue_what_if, made.job_id)
        return Response(WhatIfSerializer(made).data, status=201)

    @extend_schema(request=None, responses=WhatIfSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop a replay; nothing it counted is kept."""
        service.cancel(self.get_object(), by=self.person, now=timezone.now())
        return Response(WhatIfSerializer(self.get_object()).data)

    @extend_schema(responses=FlipSerializer(many=True))
    @action(detail=True, filterset_class=FlipFilter)
    def flips(self, request: Request, pk: str) -> Response:
        """List the reviews that flip, those you may look at."""
        page = self.paginate_queryset(self.filter_queryset(flips_for(self.get_object(), self.person)))
        return self.get_paginated_response(FlipSerializer(page, many=True).data)
