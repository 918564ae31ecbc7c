"""The API of the weekly comparisons of the sums with the reviews."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import mixins, serializers

from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from core.filtersets import AnyFilter, FilterSet, FromDay, ToDay
from reviews.models import CellCheck


class CellCheckSerializer(serializers.ModelSerializer[CellCheck]):
    """One comparison of every cell with the published reviews; anything but 0 differing is an alert."""

    examples = serializers.ListField(child=serializers.CharField(), read_only=True, help_text="The first twenty.")

    class Meta:
        model = CellCheck
        fields = ("id", "checked_at", "compared", "differing", "examples")
        read_only_fields = fields


class CellCheckFilter(FilterSet):
    """Filter comparisons by day, and by whether they found a difference."""

    since = FromDay("checked_at")
    until = ToDay("checked_at")
    differs = AnyFilter("differing", label="Sums and reviews differ")

    class Meta:
        model = CellCheck
        fields: list[str] = []


class CellChecks(mixins.ListModelMixin, Resource):
    """The comparisons, newest first."""

    serializer_class = CellCheckSerializer
    model = CellCheck
    filterset_class = CellCheckFilter
    doors: ClassVar[dict[str, Doors]] = {"list": (Permission.READ_INSIGHTS, Permission.MANAGE_SETTINGS)}

    def rows(self, user: User) -> Any:
        """Return all of them."""
        return CellCheck.objects.visible_to(user)
