"""The API of the versions of one rubric: read, edit, publish, reword, retire, discard, export."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
from django.http import HttpResponse
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
from core.api import etags
from core.refusals import Refused
from rubrics import editor
from rubrics.api.serializers import (
    CardSerializer,
    DocumentSentSerializer,
    DocumentSerializer,
    NoteSerializer,
    VersionSerializer,
)
from rubrics.card import Card
from rubrics.document import to_json, to_yaml
from rubrics.editing import tag_of
from rubrics.models import RubricVersion
from rubrics.selectors import card_for, document_for
from rubrics.services import editing, importing, publishing, wording

FORMATS = {"yaml": (to_yaml, "application/yaml"), "json": (to_json, "application/json")}


class Versions(mixins.RetrieveModelMixin, Resource):
    """The versions of one rubric, by number."""

    serializer_class = CardSerializer
    model = RubricVersion
    lookup_field = "number"
    lookup_value_regex = "[0-9]{1,9}"
    write_scope = Scope.RUBRICS
    asks: ClassVar[dict[str, tuple[str, ...]]] = {"export": ("format",)}
    doors: ClassVar[dict[str, Doors]] = {
        **dict.fromkeys(("retrieve", "export", "document"), (Permission.READ_RUBRICS,)),
        **dict.fromkeys(
            ("publish", "retire", "discard", "start", "reword", "save_document"), (Permission.MANAGE_RUBRICS,)
        ),
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

    @extend_schema(responses=DocumentSerializer)
    @action(detail=True)
    def document(self, request: Request, slug: str, number: str) -> Response:
        """Return a version as in a file, with its ETag and what its author should look at."""
        version = self.get_object()
        return _document(version, card_for(version))

    @extend_schema(request=DocumentSentSerializer, responses=DocumentSerializer)
    @document.mapping.put
    @etags.needs_tag
    def save_document(self, request: Request, slug: str, number: str) -> Response:
        """Replace the draft that was read with this ETag; 412 when somebody edited it since."""
        version, tag = self.get_object(), etags.matched_tag(request)
        form = DocumentSentSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        document = importing.understood(_text(form.validated_data["document"]))
        try:
            card = editing.replace(version, document, tag=tag, by=self.person, now=timezone.now())
        except Refused as refused:
            raise etags.told(refused, stale="stale_part") from refused
        return _document(self.get_object(), card)

    @extend_schema(request=None, responses={201: CardSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def start(self, request: Request, slug: str, number: str) -> Response:
        """Begin the next version as a copy of this one."""
        source = self.get_object()
        version = editing.start(source.rubric, source=source, by=self.person, now=timezone.now())
        return Response(CardSerializer(version).data, status=201)

    @extend_schema(request=None, responses=VersionSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def reword(self, request: Request, slug: str, number: str) -> Response:
        """Put the words of this draft into the version in use; refused when more than words differ."""
        found = wording.apply(self.get_object(), by=self.person, now=timezone.now())
        return Response(VersionSerializer(found).data)


def _document(version: RubricVersion, card: Card) -> Response:
    body = {"document": msgspec.json.decode(to_json(document_for(version))), "checks": editor.checks(card)}
    return Response(DocumentSerializer(body).data, headers={"ETag": etags.tag(tag_of(card))})


def _text(plain: Any) -> str:
    """Write what was sent as the text of a file, so that one reader decides what a rubric is."""
    try:
        return msgspec.json.encode(plain).decode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ValidationError({"document": "This cannot be written as JSON."}) from error
