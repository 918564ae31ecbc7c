"""The API of the audit trail: read-only, for those who answer for the installation."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import mixins, serializers

from accounts.audit_page import why_not_read_audit
from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from core import audit_words
from core.filters import AuditEventFilter
from core.models import AuditEvent
from core.refusals import refuse


class AuditEventSerializer(serializers.ModelSerializer[AuditEvent]):
    """One change: who did what to which thing. Names of fields only, never what people wrote."""

    sentence = serializers.SerializerMethodField()
    fields_changed = serializers.ListField(source="fields", child=serializers.CharField(), read_only=True)
    params = serializers.DictField(read_only=True)

    class Meta:
        model = AuditEvent
        fields = (
            "id", "at", "actor_id", "actor", "verb", "target_type", "target_id", "target", "fields_changed", "params",
            "request_id", "sentence",
        )  # fmt: skip
        read_only_fields = fields

    def get_sentence(self, event: AuditEvent) -> str:
        """Say it in words."""
        return audit_words.sentence(event)


class Audit(mixins.ListModelMixin, Resource):
    """Every change, newest first. Nothing can be changed here."""

    serializer_class = AuditEventSerializer
    filterset_class = AuditEventFilter
    model = AuditEvent
    doors: ClassVar[dict[str, Doors]] = {"list": (Permission.READ_AUDIT,)}

    def rows(self, user: User) -> Any:
        """Return the whole trail; who is limited to a team reads none of it."""
        refuse(why_not_read_audit(user))
        return AuditEvent.objects.all()
