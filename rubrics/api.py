"""The API of rubrics and their versions."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import idempotent
from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from rubrics.document import to_json, to_yaml
from rubrics.document.reading import LARGEST
from rubrics.models import Rubric, RubricVersion
from rubrics.selectors import card_for, document_for, rubrics_with_versions, versions_of
from rubrics.services import importing, publishing, starters

FORMATS = {"yaml": (to_yaml, "application/yaml"), "json": (to_json, "application/json")}


class VersionSerializer(serializers.ModelSerializer[RubricVersion]):
    """One state of a rubric."""

    rubric = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)

    class Meta:
        model = RubricVersion
        fields: tuple[str, ...] = (
            "id", "rubric", "number", "status", "mode", "pass_mark", "note", "fingerprint", "created_at",
            "published_at", "retired_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class VersionLineSerializer(serializers.ModelSerializer[RubricVersion]):
    """A version in its rubric."""

    criteria_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = RubricVersion
        fields = ("number", "status", "mode", "pass_mark", "published_at", "criteria_count")
        read_only_fields = fields


class RubricSerializer(serializers.Serializer[Any]):
    """A rubric with its versions, newest first; `in_use` is the number of the one that new reviews use."""

    slug = serializers.SlugField(source="rubric.slug")
    name = serializers.CharField(source="rubric.name")
    description = serializers.CharField(source="rubric.description", allow_blank=True)
    in_use = serializers.IntegerField(source="in_use.number", allow_null=True, default=None)
    versions = VersionLineSerializer(many=True)


class OptionSerializer(serializers.Serializer[Any]):
    """An answer that can be given."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.DecimalField(max_digits=7, decimal_places=4, allow_null=True)
    guidance = serializers.CharField(allow_blank=True)
    fail_scope = serializers.CharField(allow_blank=True)
    comment_required = serializers.BooleanField()


class CauseSerializer(serializers.Serializer[Any]):
    """Why points may be lost, and whose cause it is."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    owner = serializers.CharField()


class CriterionSerializer(serializers.Serializer[Any]):
    """A question; answers name it by its lineage."""

    lineage = serializers.CharField()
    name = serializers.CharField()
    guidance = serializers.CharField(allow_blank=True)
    kind = serializers.CharField()
    weight = serializers.DecimalField(max_digits=10, decimal_places=4)
    points = serializers.DecimalField(max_digits=10, decimal_places=4)
    skill = serializers.CharField(allow_blank=True)
    not_applicable = serializers.CharField()
    dimension = serializers.CharField(allow_blank=True)
    comment_rule = serializers.CharField()
    evidence_rule = serializers.CharField()
    options = OptionSerializer(many=True)
    root_causes = CauseSerializer(many=True)


class SectionSerializer(serializers.Serializer[Any]):
    """A group of questions."""

    lineage = serializers.CharField()
    name = serializers.CharField()
    weight = serializers.DecimalField(max_digits=10, decimal_places=4)
    criteria = CriterionSerializer(many=True)


class CardSerializer(VersionSerializer):
    """A version with everything it asks."""

    sections = serializers.SerializerMethodField()

    class Meta(VersionSerializer.Meta):
        fields = (*VersionSerializer.Meta.fields, "sections")
        read_only_fields = fields

    @extend_schema_field(SectionSerializer(many=True))
    def get_sections(self, version: RubricVersion) -> list[Any]:
        """Return the sections with their criteria and options."""
        return list(SectionSerializer(card_for(version).sections, many=True).data)


class ImportRubricSerializer(serializers.Serializer[Any]):
    """A rubric as YAML or JSON text."""

    text = serializers.CharField(max_length=LARGEST, trim_whitespace=False)
    replace_draft = serializers.BooleanField(default=False)


class NoteSerializer(serializers.Serializer[Any]):
    """What is new, for the reviewers."""

    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class InstalledSerializer(serializers.Serializer[Any]):
    """The versions that were installed."""

    installed = VersionSerializer(many=True)


class RubricFilter(django_filters.FilterSet):
    """Filter rubrics by name."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", max_length=200, label="Name")

    class Meta:
        model = Rubric
        fields: list[str] = []


class Rubrics(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Rubrics by slug; what is published never changes."""

    serializer_class = RubricSerializer
    filterset_class = RubricFilter
    model = Rubric
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    write_scope = Scope.RUBRICS
    doors: ClassVar[dict[str, Doors]] = {
        **dict.fromkeys(("list", "retrieve"), (Permission.READ_RUBRICS,)),
        **dict.fromkeys(("import_rubric", "install_starters"), (Permission.MANAGE_RUBRICS,)),
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


class Versions(mixins.RetrieveModelMixin, Resource):
    """The versions of one rubric, by number."""

    serializer_class = CardSerializer
    model = RubricVersion
    lookup_field = "number"
    lookup_value_regex = "[0-9]{1,9}"
    write_scope = Scope.RUBRICS
    doors: ClassVar[dict[str, Doors]] = {
        **dict.fromkeys(("retrieve", "export"), (Permission.READ_RUBRICS,)),
        **dict.fromkeys(("publish", "retire", "discard"), (Permission.MANAGE_RUBRICS,)),
    }

    def rows(self, user: User) -> Any:
        """Return the versions of the rubric in the address."""
        versions = RubricVersion.objects.visible_to(user).select_related("rubric")
        return versions.filter(rubric__slug=self.kwargs["slug"])

    @extend_schema(
        responses={(200, "application/json"): OpenApiTypes.OBJECT, (200, "application/yaml"): OpenApiTypes.OBJECT},
        parameters=[OpenApiParameter("format", OpenApiTypes.STR, enum=list(FORMATS), default="yaml")],
        filters=False,
    )
    @action(detail=True, pagination_class=None)
    def export(self, request: Request, slug: str, number: str) -> HttpResponse:
        """Download one version as YAML or JSON, to keep it or to import it elsewhere."""
        chosen = request.query_params.get("format", "yaml")
        if chosen not in FORMATS:
            raise ValidationError({"format": "Choose yaml or json."})
        write, content_type = FORMATS[chosen]
        version = self.get_object()
        headers = {"Content-Disposition": f'attachment; filename="{slug}-v{number}.{chosen}"'}
        return HttpResponse(
            write(document_for(version)), content_type=f"{content_type}; charset=utf-8", headers=headers
        )

    @extend_schema(request=NoteSerializer, responses=VersionSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def publish(self, request: Request, slug: str, number: str) -> Response:
        """Make a draft the version that new reviews use."""
        version = self.get_object()
        form = NoteSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        found = publishing.publish(version, by=self.person, now=timezone.now(), **form.validated_data)
        return Response(VersionSerializer(found).data)

    @extend_schema(request=None, responses=VersionSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def retire(self, request: Request, slug: str, number: str) -> Response:
        """Take a published version out of use; reviews made with it keep it."""
        found = publishing.retire(self.get_object(), by=self.person, now=timezone.now())
        return Response(VersionSerializer(found).data)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    @idempotent
    def discard(self, request: Request, slug: str, number: str) -> Response:
        """Throw a draft away."""
        publishing.discard(self.get_object(), by=self.person, now=timezone.now())
        return Response(status=204)
