"""The API of sources: how long texts are kept, and what is masked, and the erasure of one customer."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db import transaction
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
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
from conversations.models import Source
from conversations.personal_details import Detail
from conversations.selectors import last_masking
from conversations.services import erasing as texts
from conversations.services import masks
from conversations.services.erasing import LONGEST_DAYS
from conversations.tasks import index_conversations, mask_texts
from core.filtersets import FilterSet
from core.models import Job
from core.queueing import enqueue
from reviews.services import erasing


class SourceMaskingSerializer(serializers.ModelSerializer[Job]):
    """Masking what is here of a source, in the background; `result` counts what was changed once it is done."""

    class Meta:
        model = Job
        fields = ("status", "done", "total", "result", "error", "created_at", "finished_at")
        read_only_fields = fields


class ConversationSourceSerializer(serializers.ModelSerializer[Source]):
    """Where conversations come from; without `retention_days` their texts are kept for good."""

    masks = serializers.ListField(child=serializers.ChoiceField(choices=Detail.choices), read_only=True)
    masking = serializers.SerializerMethodField(help_text="How far the last masking of what was here is; null: none.")

    class Meta:
        model = Source
        fields = ("id", "slug", "name", "retention_days", "masks", "masking", "created_at")
        read_only_fields = fields

    @extend_schema_field(SourceMaskingSerializer(allow_null=True))
    def get_masking(self, source: Source) -> Any:
        """Return how far the last masking is."""
        job = self._last.get(source.pk)
        return SourceMaskingSerializer(job).data if job else None

    @cached_property
    def _last(self) -> dict[int, Job]:
        """Read the last masking of all that are shown, at once."""
        shown = self.instance if self.parent is None else self.parent.instance
        return last_masking([source.pk for source in ([shown] if isinstance(shown, Source) else shown or ())])


class ConversationSourceChangeSerializer(serializers.Serializer[Any]):
    """What is said of a source; what is left out stays as it is."""

    retention_days = serializers.IntegerField(
        min_value=1, max_value=LONGEST_DAYS, allow_null=True, required=False,
        help_text="For how many days after its end what was said in a conversation is kept; null keeps it for good.",
    )  # fmt: skip
    masks = serializers.ListField(
        child=serializers.ChoiceField(choices=Detail.choices), required=False, max_length=len(Detail),
        help_text="Which personal details are masked, for good, in what is imported from then on.",
    )  # fmt: skip

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a change that says nothing."""
        if not attrs:
            raise serializers.ValidationError(_("Say what is to change: retention_days or masks."))
        return attrs


class ErasureSerializer(serializers.Serializer[Any]):
    """Whose texts go: the id as the source gives it."""

    customer = serializers.CharField(max_length=255)


class ErasedSerializer(serializers.Serializer[Any]):
    """How much was erased."""

    conversations = serializers.IntegerField()
    rejects = serializers.IntegerField()


class SourceFilter(FilterSet):
    """Filter sources."""

    slug = django_filters.CharFilter(label="Short name")
    kept_for_good = django_filters.BooleanFilter(
        field_name="retention_days", lookup_expr="isnull", label="Whether texts are kept for good"
    )

    class Meta:
        model = Source
        fields: list[str] = []


class Sources(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Where conversations come from."""

    serializer_class = ConversationSourceSerializer
    filterset_class = SourceFilter
    model = Source
    write_scope = Scope.SETTINGS
    cursor_ordering = ("name", "id")
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(
        ("list", "retrieve", "update", "mask", "erase_customer"), (Permission.MANAGE_SETTINGS,)
    )

    def rows(self, user: User) -> Any:
        """Return all of them."""
        return Source.objects.visible_to(user)

    @extend_schema(request=ConversationSourceChangeSerializer, responses=ConversationSourceSerializer)
    def update(self, request: Request, pk: str) -> Response:
        """Set for how long texts are kept (what is older is erased within the hour, for good), and what is masked."""
        source = self.get_object()
        form = ConversationSourceChangeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        said, now = form.validated_data, timezone.now()
        with transaction.atomic():
            if "retention_days" in said:
                source = texts.keep_texts(source, said["retention_days"], by=self.person, now=now)
            if "masks" in said:
                source = masks.choose(source, said["masks"], by=self.person, now=now)
        return Response(ConversationSourceSerializer(source).data)

    @extend_schema(request=None, responses={202: SourceMaskingSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def mask(self, request: Request, pk: str) -> Response:
        """Mask what is here already, for good: 409 while the source masks nothing, or is at it."""
        job = masks.begin(self.get_object(), by=self.person, now=timezone.now())
        enqueue(mask_texts, job.pk)
        return Response(SourceMaskingSerializer(job).data, status=202)

    @extend_schema(request=ErasureSerializer, responses=ErasedSerializer)
    @action(detail=True, methods=["post"], url_path="erase-customer")
    @idempotent
    def erase_customer(self, request: Request, pk: str) -> Response:
        """Erase one customer for good; scores stay. 409 while a file of the source is being read."""
        source = self.get_object()
        form = ErasureSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        customer = form.validated_data["customer"]
        erased = erasing.erase_customer(source, customer, by=self.person, now=timezone.now())
        enqueue(index_conversations)
        return Response({"conversations": len(erased.conversation_ids), "rejects": erased.rejects})
