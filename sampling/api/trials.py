"""How a trial of risk rules looks in the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from conversations.api import ConversationRefSerializer
from sampling.selectors.trials import Trial


class RuleTrialSerializer(serializers.Serializer[Any]):
    """One rule and how many conversations it hits in each period."""

    rule = serializers.CharField(source="rule.words")
    weight = serializers.FloatField(source="rule.weight")
    certain = serializers.BooleanField(source="rule.certain")
    counts = serializers.ListField(child=serializers.IntegerField())


class RiskClassSerializer(serializers.Serializer[Any]):
    """A risk class and the conversations in it, all periods together."""

    risk = serializers.CharField()
    count = serializers.IntegerField()


class ReasonSerializer(serializers.Serializer[Any]):
    """A rule that hit a conversation, and what it found there."""

    rule = serializers.CharField(source="rule.words")
    found = serializers.CharField(allow_blank=True)


class ExampleSerializer(serializers.Serializer[Any]):
    """A conversation that is hit, and why."""

    conversation = ConversationRefSerializer()
    priority = serializers.FloatField(source="x")
    risk = serializers.CharField()
    chance = serializers.FloatField(help_text="Of being drawn by risk.")
    reasons = ReasonSerializer(many=True)


class TrialSerializer(serializers.Serializer[Any]):
    """What risk rules would have hit; nothing is stored."""

    periods = serializers.SerializerMethodField()
    totals = serializers.ListField(child=serializers.IntegerField(), help_text="All conversations of each period.")
    rules = RuleTrialSerializer(many=True)
    classes = RiskClassSerializer(many=True)
    expected = serializers.FloatField(help_text="About so many would be drawn by risk in a period.")
    examples = ExampleSerializer(many=True)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_periods(self, trial: Trial) -> list[str]:
        """Name the periods, oldest first."""
        return [period.label for period in trial.periods]
