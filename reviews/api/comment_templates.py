"""The API of comment templates."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import idempotent
from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from core.filtersets import FilterSet
from reviews.models import CommentTemplate
from reviews.services import comment_templates
from reviews.services.comment_templates import Wording
from rubrics.models import Skill


class CommentTemplateSerializer(serializers.ModelSerializer[CommentTemplate]):
    """A text to start a comment from; `shared` ones are offered to everybody who scores."""

    skill = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True, allow_null=True)
    shared = serializers.BooleanField(source="is_shared", read_only=True)

    class Meta:
        model = CommentTemplate
        fields = ("id", "name", "text", "skill", "shared", "created_at", "updated_at")
        read_only_fields = fields


class CommentTemplateChangeSerializer(serializers.Serializer[Any]):
    """What a template says. `text` may hold {agent}, {customer}, {criterion}, {answer} and {conversation}."""

    name = serializers.CharField(max_length=80)
    text = serializers.CharField(max_length=2000)
    skill = serializers.SlugRelatedField[Any](
        slug_field="slug", queryset=Skill.objects.all(), required=False, allow_null=True, default=None
    )


class CommentTemplateCreateSerializer(CommentTemplateChangeSerializer):
    """A new template; whose it is stays."""

    shared = serializers.BooleanField(required=False, default=False)


class CommentTemplateFilter(FilterSet):
    """Filter templates."""

    shared = django_filters.BooleanFilter(field_name="owner", lookup_expr="isnull", label="Shared with all who score")
    skill = django_filters.CharFilter(field_name="skill__slug", label="Slug of a skill")

    class Meta:
        model = CommentTemplate
        fields: list[str] = []


class CommentTemplates(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Own and shared templates."""

    serializer_class = CommentTemplateSerializer
    filterset_class = CommentTemplateFilter
    model = CommentTemplate
    write_scope = Scope.REVIEW
    cursor_ordering = ("name", "id")
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(
        ("list", "retrieve", "create", "update", "remove"), (Permission.SCORE,)
    )

    def rows(self, user: User) -> Any:
        """Return own and shared ones."""
        return CommentTemplate.objects.visible_to(user).select_related("skill")

    @extend_schema(request=CommentTemplateCreateSerializer, responses={201: CommentTemplateSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Keep a text for oneself; with `shared`, for everybody who scores."""
        form = CommentTemplateCreateSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        shared = form.validated_data.pop("shared")
        wording = Wording(**form.validated_data)
        made = comment_templates.create(wording, shared=shared, by=self.person, now=timezone.now())
        return Response(CommentTemplateSerializer(made).data, status=201)

    @extend_schema(request=CommentTemplateChangeSerializer, responses=CommentTemplateSerializer)
    def update(self, request: Request, pk: str) -> Response:
        """Change a template; comments made from it stay as they are."""
        template = self.get_object()
        form = CommentTemplateChangeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        wording = Wording(**form.validated_data)
        changed = comment_templates.change(template, wording, by=self.person, now=timezone.now())
        return Response(CommentTemplateSerializer(changed).data)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    @idempotent
    def remove(self, request: Request, pk: str) -> Response:
        """Remove a template; comments made from it stay."""
        comment_templates.remove(self.get_object(), by=self.person, now=timezone.now())
        return Response(status=204)
