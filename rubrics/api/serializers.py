"""How rubrics, their versions and what they ask look in the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from rubrics.document.reading import LARGEST
from rubrics.models import RubricVersion
from rubrics.selectors import card_for


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


class NewRubricSerializer(serializers.Serializer[Any]):
    """A name, and what the first draft starts from: `nothing`, or a source of the list of sources."""

    name = serializers.CharField(max_length=120)
    source = serializers.CharField(max_length=100, default="nothing")  # type: ignore[assignment]


class SourceSerializer(serializers.Serializer[Any]):
    """Something that a new rubric can start from."""

    source = serializers.CharField()  # type: ignore[assignment]
    name = serializers.CharField()


class SourcesSerializer(serializers.Serializer[Any]):
    """All that a new rubric can start from."""

    sources = SourceSerializer(many=True)


class RenameSerializer(serializers.Serializer[Any]):
    """What a rubric is called, and when to use it."""

    name = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=4000, allow_blank=True)


class ChangeSerializer(serializers.Serializer[Any]):
    """One difference between two versions; `effect` is score, rules or wording.

    A longer text that changed, a guidance or a visibility rule, is given as it was and as it is.
    """

    effect = serializers.CharField()
    sentence = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class ComparisonSerializer(serializers.Serializer[Any]):
    """What differs between two versions, and whether that is more than wording."""

    before = serializers.IntegerField()
    after = serializers.IntegerField()
    needs_new_version = serializers.BooleanField()
    changes = ChangeSerializer(many=True)


class CheckSerializer(serializers.Serializer[Any]):
    """One sentence about a part of the card; `blocks` says that it stops a publication."""

    at = serializers.CharField()
    where = serializers.CharField(allow_blank=True)
    sentence = serializers.CharField()
    blocks = serializers.BooleanField()


class DocumentSentSerializer(serializers.Serializer[Any]):
    """A whole version, written as in a file."""

    document = serializers.DictField()


class DocumentSerializer(DocumentSentSerializer):
    """A whole version as in a file, with what to mend and what to look at."""

    checks = CheckSerializer(many=True)
