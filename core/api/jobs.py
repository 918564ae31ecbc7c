"""How a background job looks in the API."""

from __future__ import annotations

from rest_framework import serializers

from core.models import Job


class JobSerializer(serializers.ModelSerializer[Job]):
    """A long piece of work and how far it is; `total` and `percent` are null while nobody knows."""

    percent = serializers.IntegerField(read_only=True, allow_null=True)
    result = serializers.DictField(read_only=True)

    class Meta:
        model = Job
        fields = (
            "id", "kind", "status", "done", "total", "unit", "percent", "result", "error", "created_at", "started_at",
            "finished_at",
        )  # fmt: skip
        read_only_fields = fields
