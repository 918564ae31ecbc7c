"""How a replay looks in the API: what differs in the receipt, and how the population stands today."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from sampling.selectors.regathering import Became


class DifferenceSerializer(serializers.Serializer[Any]):
    """One thing that does not come out."""

    line = serializers.IntegerField()
    what = serializers.CharField()
    expected = serializers.CharField()
    found = serializers.CharField(allow_blank=True)


class StandingSerializer(serializers.Serializer[Any]):
    """One conversation of the population that stands otherwise than when the frame was frozen."""

    became = serializers.ChoiceField(choices=Became.choices)
    why = serializers.CharField(help_text="The same in words.")
    source = serializers.CharField()  # type: ignore[assignment]  # a field of a conversation
    external_id = serializers.CharField()
    number = serializers.IntegerField(help_text="Which of its endings it is.")
    conversation = serializers.IntegerField(source="conversation_id", allow_null=True)


class TodaySerializer(serializers.Serializer[Any]):
    """How the population stands today: nothing of it makes a draw false; the changes come first hundred."""

    same = serializers.IntegerField(help_text="Conversations of the frame that stand as they were frozen.")
    changed = serializers.IntegerField()
    changes = StandingSerializer(many=True)
    why_not = serializers.CharField(allow_blank=True, help_text="Why the conversations could not be asked.")


class ReplaySerializer(serializers.Serializer[Any]):
    """Whether the same picks come out, and what differs (the first hundred)."""

    matches = serializers.BooleanField()
    plan = serializers.CharField(allow_blank=True)
    period = serializers.CharField(allow_blank=True)
    units = serializers.IntegerField()
    picks = serializers.IntegerField()
    differences = DifferenceSerializer(many=True)
    draws = serializers.ListField(child=serializers.IntegerField(), help_text="The draws here that it speaks of.")
    today = TodaySerializer(allow_null=True, help_text="Only of a draw of this installation; null for a sent receipt.")


class ReceiptSerializer(serializers.Serializer[Any]):
    """A receipt that came from anywhere."""

    receipt = serializers.FileField()
