"""How a background job looks in the API."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.models import Job


class JobSerializer(serializers.ModelSerializer[Job]):
    """A long piece of work and how far it is; `total` and `percent` are null while nobody knows."""

    percent = serializers.IntegerField(read_only=True, allow_null=True)
    result = serializers.SerializerMethodField(
        help_text="Counts of what was done; whatever else came of it is read where the work was started."
    )

    class Meta:
        model = Job
        fields = (
            "id", "kind", "status", "done", "total", "unit", "percent", "result", "error", "created_at", "started_at",
            "finished_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_result(self, job: Job) -> dict[str, int]:
        """Return the counts alone: an average goes nowhere without what it rests on."""
        return {name: value for name, value in job.result.items() if type(value) is int}
