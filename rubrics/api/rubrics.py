"""The API of rubrics: list, make, rename, compare, import."""

from __future__ import annotations

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import idempotent
from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from rubrics.api.serializers import (
    CardSerializer,
    ChangeSerializer,
    ComparisonSerializer,
    ImportRubricSerializer,
    InstalledSerializer,
    NewRubricSerializer,
    RenameSerializer,
    RubricSerializer,
    SourcesSerializer,
)
from rubrics.differences import changes, needs_new_version
from rubrics.filters import RubricFilter
from rubrics.models import Rubric, RubricVersion
from rubrics.selectors import card_for, rubrics_with_versions, source_card, sources, versions_of
from rubrics.services import editing, importing, starters


class Rubrics(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Rubrics by slug; what is published never changes."""

    serializer_class = RubricSerializer
    filterset_class = RubricFilter
    model = Rubric
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    write_scope = Scope.RUBRICS
    asks: ClassVar[dict[str, tuple[str, ...]]] = {"compare": ("before", "after")}
    doors: ClassVar[dict[str, Doors]] = {
        **dict.fromkeys(("list", "retrieve", "compare"), (Permission.READ_RUBRICS,)),
        **dict.fromkeys(
            ("create", "update", "sources", "import_rubric", "install_starters"), (Permission.MANAGE_RUBRICS,)
        ),
    }

    def rows(self, user: User) -> Any:
        """Return the rubrics with their versions."""
        return rubrics_with_versions(Rubric.objects.visible_to(user))

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Show rows with the versions they brought along."""
        if args and isinstance(args[0], Rubric):
            args = (versions_of(args[0]), *args[1:])
        elif args and isinstance(args[0], list):
            args = ([versions_of(rubric) for rubric in args[0]], *args[1:])
        return super().get_serializer(*args, **kwargs)

    @extend_schema(request=ImportRubricSerializer, responses={201: CardSerializer})
    @action(detail=False, methods=["post"], url_path="import", url_name="import")
    @idempotent
    def import_rubric(self, request: Request) -> Response:
        """Make a rubric, or the next draft of one, from YAML or JSON text; every mistake is named with its path."""
        form = ImportRubricSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        sent = form.validated_data
        version = importing.import_text(
            sent["text"], by=self.person, now=timezone.now(), replace_draft=sent["replace_draft"]
        )
        return Response(CardSerializer(version).data, status=201)

    @extend_schema(request=None, responses=InstalledSerializer)
    @action(detail=False, methods=["post"], url_path="install-starters")
    @idempotent
    def install_starters(self, request: Request) -> Response:
        """Publish the starter rubrics that are missing."""
        installed = starters.install(by=self.person, now=timezone.now())
        return Response(InstalledSerializer({"installed": installed}).data)

    @extend_schema(request=NewRubricSerializer, responses={201: CardSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Make a rubric with a first draft, from nothing or from one of the sources."""
        form = NewRubricSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        sent = form.validated_data
        card = source_card(sent["source"], visible=RubricVersion.objects.visible_to(self.person))
        if card is None:
            raise ValidationError({"source": "Choose one of /rubrics/sources/."})
        now = timezone.now()
        starters.install_skills(by=self.person, now=now)
        version = editing.create(sent["name"], card=card, by=self.person, now=now)
        return Response(CardSerializer(version).data, status=201)

    @extend_schema(request=RenameSerializer, responses=RubricSerializer)
    def update(self, request: Request, slug: str) -> Response:
        """Change what a rubric is called and when to use it; its slug stays."""
        form = RenameSerializer(data=request.data)
        rubric = self.get_object()
        form.is_valid(raise_exception=True)
        editing.rename(rubric, **form.validated_data, by=self.person, now=timezone.now())
        return Response(RubricSerializer(versions_of(self.get_object())).data)

    @extend_schema(responses=SourcesSerializer, filters=False)
    @action(detail=False, pagination_class=None)
    def sources(self, request: Request) -> Response:
        """List what a new rubric can start from."""
        found = sources(RubricVersion.objects.visible_to(self.person))
        return Response({"sources": [{"source": source, "name": name} for source, name in found]})

    @extend_schema(
        responses=ComparisonSerializer,
        filters=False,
        parameters=[
            OpenApiParameter(name, OpenApiTypes.INT, required=True, description="The number of a version.")
            for name in ("before", "after")
        ],
    )
    @action(detail=True, pagination_class=None)
    def compare(self, request: Request, slug: str) -> Response:
        """Say in sentences what differs between two versions."""
        rubric = self.get_object()
        numbers = [_number(request, name) for name in ("before", "after")]
        before, after = (get_object_or_404(RubricVersion, rubric=rubric, number=number) for number in numbers)
        old, new = card_for(before), card_for(after)
        return Response(
            {
                "before": before.number,
                "after": after.number,
                "needs_new_version": needs_new_version(old, new),
                "changes": ChangeSerializer(changes(old, new), many=True).data,
            }
        )


def _number(request: Request, name: str) -> int:
    given = request.query_params.get(name, "")
    if not (given.isascii() and given.isdecimal() and len(given) < 10):
        raise ValidationError({name: "The number of a version is needed."})
    return int(given)
