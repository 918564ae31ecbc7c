"""The API of the master keys behind the draws: their fingerprints, and changing to the next one."""

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
from sampling.models import MasterKey
from sampling.selectors.pages import master_keys
from sampling.services import keys


class SamplingKeySerializer(serializers.ModelSerializer[MasterKey]):
    """A master key by its number and fingerprint; the key itself is in no answer."""

    periods = serializers.IntegerField(read_only=True, help_text="Periods of all plans whose key comes from it.")

    class Meta:
        model = MasterKey
        fields = ("id", "number", "fingerprint", "created_at", "retired_at", "periods")
        read_only_fields = fields


class SamplingKeyFilter(FilterSet):
    """Filter keys by whether new periods still come from them."""

    is_retired = django_filters.BooleanFilter(
        field_name="retired_at", lookup_expr="isnull", exclude=True, label="Is retired"
    )

    class Meta:
        model = MasterKey
        fields: list[str] = []


class SamplingKeys(mixins.ListModelMixin, Resource):
    """Master keys behind the draws. Old ones are kept, so that old draws can be repeated."""

    serializer_class = SamplingKeySerializer
    filterset_class = SamplingKeyFilter
    model = MasterKey
    write_scope = Scope.SETTINGS
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(("list", "rotate"), (Permission.MANAGE_SETTINGS,))

    def rows(self, user: User) -> Any:
        """Return the keys, the newest first."""
        return master_keys(MasterKey.objects.visible_to(user))

    @extend_schema(request=None, responses={201: SamplingKeySerializer})
    @action(detail=False, methods=["post"])
    @idempotent
    def rotate(self, request: Request) -> Response:
        """Change to a new key, which holds for every period that has not begun."""
        made = keys.rotate(by=self.person, now=timezone.now())
        return Response(SamplingKeySerializer(self.get_queryset().get(pk=made.pk)).data, status=201)
