"""The API of imports: files, links, and what the columns of a table are."""

from __future__ import annotations

from typing import Any, ClassVar, cast

import msgspec
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import PersonRefSerializer
from accounts.idempotency import idempotent
from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from conversations import selectors
from conversations.formats.outcomes import Unreadable
from conversations.formats.table import mapping as mappings
from conversations.formats.table import told
from conversations.formats.table.guess import Guess
from conversations.formats.table.told import Told
from conversations.forms import UploadForm
from conversations.import_filters import ImportFilter, RejectFilter
from conversations.models import ImportRun, Reject
from conversations.policies import why_not_import, why_not_map, why_not_read_rejects
from conversations.services import columns, links, uploads
from conversations.services.runs import DEFAULT_SOURCE
from conversations.tasks import continue_import, fetch_import
from core.api.jobs import JobSerializer
from core.api.schema import ProblemSerializer
from core.queueing import enqueue
from core.refusals import refuse


class TableSerializer(serializers.Serializer[Any]):
    """What the columns of a table are taken for: `columns` maps our fields to the file's columns."""

    encoding = serializers.CharField()
    delimiter = serializers.CharField(trim_whitespace=False)
    header = serializers.ListField(child=serializers.CharField())
    per = serializers.ChoiceField(choices=["message", "conversation"])
    columns = serializers.DictField(child=serializers.CharField())
    metadata = serializers.ListField(child=serializers.CharField())
    words = serializers.DictField(help_text="What words stand for, by role, channel and kind.")
    channel = serializers.CharField(allow_blank=True)
    dates = serializers.ChoiceField(choices=["day-first", "month-first"])
    time_zone = serializers.CharField()
    sorting = serializers.ChoiceField(choices=["file", "time", "reversed"])
    missing = serializers.ListField(child=serializers.CharField())
    has_ambiguous_dates = serializers.BooleanField()
    has_naive_times = serializers.BooleanField()
    rows = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()), help_text="The first ones."
    )


class SaidSerializer(serializers.Serializer[Any]):
    """What is said about the columns of a table; what is left out is guessed."""

    mapping = serializers.DictField(
        required=False, help_text='See docs/conversations.md, such as {"dates": "day-first"}.'
    )


class ImportSerializer(serializers.ModelSerializer[ImportRun]):
    """One file: received = created + updated + unchanged + rejected."""

    source = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)  # type: ignore[assignment]
    started_by = PersonRefSerializer(allow_null=True, read_only=True)
    job = JobSerializer(allow_null=True, read_only=True)

    class Meta:
        model = ImportRun
        fields = (
            "id", "source", "file_name", "size", "status", "received", "created", "updated", "unchanged", "rejected",
            "repaired", "rows", "repeated", "problem", "job", "started_by", "started_at", "finished_at",
        )  # fmt: skip
        read_only_fields = fields


class UploadSerializer(serializers.Serializer[Any]):
    """A file of conversations, JSON Lines or a table, and the help desk they come from."""

    file = serializers.FileField(required=False)
    link = serializers.CharField(max_length=8000, required=False, help_text="Instead of a file: where to fetch it.")
    source = serializers.CharField(max_length=120, required=False)  # type: ignore[assignment]
    mapping = serializers.CharField(required=False, help_text="Of a table: a JSON object, see docs/conversations.md.")


class RejectSerializer(serializers.ModelSerializer[Reject]):
    """A record that could not be taken: correct `raw` and import it again."""

    class Meta:
        model = Reject
        fields = ("id", "line", "byte", "size", "path", "reason", "raw")
        read_only_fields = fields


class Imports(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Files of conversations that were brought in."""

    serializer_class = ImportSerializer
    filterset_class = ImportFilter
    model = ImportRun
    write_scope = Scope.IMPORT
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(
        ("list", "retrieve", "create", "cancel", "rejects", "guess", "columns", "begin"),
        (Permission.IMPORT_CONVERSATIONS,),
    )

    def rows(self, user: User) -> Any:
        """Return the imports within reach."""
        return selectors.runs_listed(user)

    def get_parsers(self) -> Any:
        """Read a file where one is expected."""
        is_upload = getattr(self, "action_map", {}).get("post") in ("create", "guess")
        wants_file = is_upload and (self.request is None or self.request.method == "POST")
        return [MultiPartParser()] if wants_file else super().get_parsers()

    @extend_schema(request={"multipart/form-data": UploadSerializer}, responses={201: ImportSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Take a file, or fetch it from a link, and read it in the background; `job` says how far it is."""
        sent, said = _sent(request), _said_in(request)
        by, now = self.person, timezone.now()
        if sent["link"]:
            run = links.start(sent["link"], source_name=sent["source"], by=by, now=now, said=said)
            enqueue(fetch_import, run.job_id)
        else:
            run = uploads.start(sent["file"], source_name=sent["source"], by=by, now=now, said=said)
            enqueue(continue_import, run.job_id)
        return Response(ImportSerializer(self.rows(self.person).get(pk=run.pk)).data, status=201)

    @extend_schema(request={"multipart/form-data": UploadSerializer}, responses=TableSerializer, filters=False)
    @action(detail=False, methods=["post"], pagination_class=None)
    def guess(self, request: Request) -> Response:
        """Say what the columns of a table are taken for. Nothing is kept."""
        refuse(why_not_import(self.person))
        sent, said = _sent(request, needs_file=True), _said_in(request)
        if columns.kind_of(sent["file"], sent["file"].name) != "table":
            raise columns.unreadable(Unreadable(_("This file is JSON Lines, so it has no columns.")))
        return Response(_table(columns.look(sent["file"], said)))

    @extend_schema(responses={200: TableSerializer, 409: ProblemSerializer})
    @action(detail=True)
    def columns(self, request: Request, pk: str) -> Response:
        """Say what the columns of an import are taken for that waits for them."""
        run = self.get_object()
        refuse(why_not_map(self.person, run))
        return Response(_table(columns.look_at(run, columns.told_by(run))))

    @extend_schema(request=SaidSerializer, responses=ImportSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def begin(self, request: Request, pk: str) -> Response:
        """Begin an import that waits for its columns, by the guess and what is said about it."""
        run = self.get_object()
        serializer = SaidSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        said = _said(serializer.validated_data.get("mapping", {}))
        started = columns.start(run, said, by=self.person, now=timezone.now())
        enqueue(continue_import, started.job_id)
        return Response(ImportSerializer(self.get_object()).data)

    @extend_schema(request=None, responses=ImportSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop an import; what was read so far stays."""
        run = self.get_object()
        uploads.cancel(run, by=self.person, now=timezone.now())
        return Response(ImportSerializer(self.get_object()).data)

    @extend_schema(responses=RejectSerializer(many=True))
    @action(detail=True, filterset_class=RejectFilter)
    def rejects(self, request: Request, pk: str) -> Response:
        """List what could not be taken, with the reason and the text as it came."""
        run = self.get_object()
        refuse(why_not_read_rejects(self.person))
        page = self.paginate_queryset(self.filter_queryset(Reject.objects.filter(run=run)))
        return self.get_paginated_response(RejectSerializer(page, many=True).data)


def _sent(request: Request, *, needs_file: bool = False) -> dict[str, Any]:
    data = cast("QueryDict", request.data)
    form = UploadForm({"source": data.get("source", DEFAULT_SOURCE), "link": data.get("link", "")}, request.FILES)
    if not form.is_valid():
        raise serializers.ValidationError({name: list(map(str, found)) for name, found in form.errors.items()})
    if needs_file and not form.cleaned_data["file"]:
        raise serializers.ValidationError({"file": [_("Send the file itself: a link is only fetched to be imported.")]})
    return form.cleaned_data


def _said_in(request: Request) -> Told:
    text = cast("QueryDict", request.data).get("mapping", "")
    try:
        return _said(msgspec.json.decode(text) if text else {})
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise serializers.ValidationError({"mapping": [_("This is not a JSON object.")]}) from error


def _said(value: Any) -> Told:
    try:
        return told.read_told(value)
    except Unreadable as problem:
        raise serializers.ValidationError({"mapping": [str(problem)]}) from problem


def _table(found: Guess) -> dict[str, Any]:
    stored = mappings.to_json(found.mapping)
    layout = stored.pop("layout")
    return {
        **stored,
        **{name: layout[name] for name in ("encoding", "delimiter", "header")},
        "missing": found.mapping.missing(),
        "has_ambiguous_dates": found.has_ambiguous_dates,
        "has_naive_times": found.has_naive_times,
        "rows": [row.cells for row in found.rows[:5]],
    }
