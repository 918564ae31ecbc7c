"""The API of conversations. That of imports is in import_api.py."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, cast

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import AgentRefSerializer, TeamRefSerializer
from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from conversations import selectors
from conversations.filters import ConversationSearch
from conversations.models import Conversation
from conversations.search.excerpts import Excerpt, excerpts
from conversations.search.matching import with_relevance
from conversations.search.query import parse

PEOPLE = ("source", "team", "assignee", "most_active_agent", "last_agent")


class ConversationRefSerializer(serializers.ModelSerializer[Conversation]):
    """A conversation in a line of something else."""

    class Meta:
        model = Conversation
        fields = ("id", "external_id", "channel", "completed_at")
        read_only_fields = fields


class ConversationSerializer(serializers.ModelSerializer[Conversation]):
    """A conversation with its facts, without what was said. Durations are seconds; null is not known."""

    source = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)  # type: ignore[assignment]
    team = TeamRefSerializer(allow_null=True, read_only=True)
    assignee = AgentRefSerializer(allow_null=True, read_only=True)

    class Meta:
        model = Conversation
        fields: tuple[str, ...] = (
            "id", "source", "external_id", "channel", "subject", "language", "started_at", "completed_at",
            "completion_number", "assignee", "team", "csat", "message_count", "agent_messages", "customer_messages",
            "agent_words", "customer_words", "first_response_seconds", "median_response_seconds",
            "longest_response_seconds", "duration_seconds", "handled_at_once", "reopen_count", "imported_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class SnippetSerializer(serializers.Serializer[Any]):
    """The words around the place that matches a search best."""

    message = serializers.IntegerField(min_value=0, help_text="Index of the message in the transcript.")
    speaker = serializers.CharField(help_text="customer, agent, bot, system, note, tool or event")
    text = serializers.CharField(help_text="Plain text; an ellipsis stands where it was cut.")
    ranges = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(min_value=0), min_length=2, max_length=2),
        help_text="The hits in the text: start and end, in code points.",
    )


class ConversationListedSerializer(ConversationSerializer):
    """A conversation in the list."""

    snippet = serializers.SerializerMethodField(help_text="Null without `search`, or where no message holds the words.")

    class Meta(ConversationSerializer.Meta):
        fields = (*ConversationSerializer.Meta.fields, "snippet")
        read_only_fields = fields

    @extend_schema_field(SnippetSerializer(allow_null=True))
    def get_snippet(self, row: Conversation) -> Any:
        """Return where the row matches the search."""
        found = cast("Conversations", self.context["view"]).excerpts.get(row.pk)
        return SnippetSerializer(found).data if found else None


class PeopleOfAnEndingSerializer(serializers.Serializer[Any]):
    """Whose a conversation was when it last ended: whom a review of it is about, and in which team."""

    assignee = AgentRefSerializer(allow_null=True, read_only=True)
    most_active_agent = AgentRefSerializer(allow_null=True, read_only=True)
    last_agent = AgentRefSerializer(allow_null=True, read_only=True)
    team = TeamRefSerializer(allow_null=True, read_only=True)


class ConversationDetailSerializer(ConversationSerializer):
    """A conversation with everything that is known about it."""

    most_active_agent = AgentRefSerializer(allow_null=True, read_only=True)
    last_agent = AgentRefSerializer(allow_null=True, read_only=True)
    when_it_ended = serializers.SerializerMethodField(
        help_text="Set where it was handed on or corrected after it ended; null where the people are still the same."
    )
    tags = serializers.ListField(child=serializers.CharField(), read_only=True)
    metadata = serializers.DictField(read_only=True)

    class Meta(ConversationSerializer.Meta):
        fields = (
            *ConversationSerializer.Meta.fields,
            "customer_external_id", "customer_name", "most_active_agent", "last_agent", "when_it_ended",
            "tags", "metadata",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(PeopleOfAnEndingSerializer(allow_null=True))
    def get_when_it_ended(self, row: Conversation) -> Any:
        """Return the people that its last ending kept."""
        then = row.as_it_ended
        return None if then is row else PeopleOfAnEndingSerializer(then).data


class AttachmentSerializer(serializers.Serializer[Any]):
    """A file that came with a message; only the reference is kept."""

    name = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    content_type = serializers.CharField(allow_blank=True)
    size = serializers.IntegerField(allow_null=True)


class MessageSerializer(serializers.Serializer[Any]):
    """One message. Pins count the code points of `text`."""

    index = serializers.IntegerField(min_value=0)
    role = serializers.CharField()
    speaker = serializers.CharField(help_text="customer, agent, bot, system, note, tool or event")
    name = serializers.CharField(allow_blank=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    wait_seconds = serializers.IntegerField(allow_null=True)
    text = serializers.CharField(allow_blank=True)
    attachments = AttachmentSerializer(many=True)
    hash = serializers.CharField()


class TranscriptVersionSerializer(serializers.Serializer[Any]):
    """A version of what was said."""

    id = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    message_count = serializers.IntegerField()


class TranscriptSerializer(serializers.Serializer[Any]):
    """What was said, in the source's order, and the versions there are."""

    version = serializers.IntegerField(allow_null=True)
    is_current = serializers.BooleanField()
    versions = TranscriptVersionSerializer(many=True)
    messages = MessageSerializer(many=True)


class ConversationListFilter(ConversationSearch):
    """The filters of the page. The order is that of the cursor: by number, or by how good a match is."""

    order = django_filters.ChoiceFilter(
        method="by_order",
        choices=[("relevance", _("Best match first"))],
        label=_("Order"),
        help_text=_("Best match first; without it, the newest number first."),
    )

    def by_order(self, queryset: QuerySet[Conversation], name: str, value: str) -> QuerySet[Conversation]:
        """Say how good each match is; the cursor sorts by it."""
        return with_relevance(queryset, self.query)


# The schema cannot tell by itself that sources are named by slug.
extend_schema_field({"type": "array", "items": {"type": "string"}})(ConversationListFilter.base_filters["source"])


class Conversations(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """The conversations of the teams that a person was granted."""

    serializer_class = ConversationListedSerializer
    filterset_class = ConversationListFilter
    asks: ClassVar[dict[str, tuple[str, ...]]] = {"transcript": ("version",)}
    model = Conversation
    excerpts: Mapping[int, Excerpt] = MappingProxyType({})
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(
        ("list", "retrieve", "transcript"), (Permission.READ_CONVERSATIONS,)
    )

    def rows(self, user: User) -> Any:
        """Return the conversations within reach."""
        rows = Conversation.objects.visible_to(user)
        return selectors.listed(rows) if self.action == "list" else rows.select_related(*PEOPLE)

    @property
    def cursor_ordering(self) -> tuple[str, ...]:
        """Return what the cursor goes by."""
        wanted = self.request.query_params.get("order")
        return ("-relevance", "-id") if self.action == "list" and wanted == "relevance" else ("-id",)

    def paginate_queryset(self, queryset: Any) -> Any:
        """Return one page, and look where its rows match the search."""
        page = super().paginate_queryset(queryset)
        self.excerpts = excerpts(page or [], parse(self.request.query_params.get("search", "")))
        return page

    def get_serializer_class(self) -> Any:
        """Tell more about one conversation than about a line of the list."""
        return ConversationDetailSerializer if self.action == "retrieve" else self.serializer_class

    @extend_schema(
        responses=TranscriptSerializer,
        parameters=[OpenApiParameter("version", OpenApiTypes.STR, description="An earlier version, by its id.")],
        filters=False,
    )
    @action(detail=True, pagination_class=None)
    def transcript(self, request: Request, pk: str) -> Response:
        """Return what was said."""
        read = selectors.reading(self.get_object(), version=request.query_params.get("version", ""))
        body = {
            "version": read.transcript.pk if read.transcript else None,
            "is_current": read.is_current,
            "versions": read.versions,
            "messages": read.rows,
        }
        return Response(TranscriptSerializer(body).data)
