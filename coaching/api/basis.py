"""What a level or a baseline rests on, as the API shows it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class BasisSerializer(serializers.Serializer[Any]):
    """What a level rests on beside its reviews: conversations drawn at random by rubrics that ask for the skill."""

    frame_size = serializers.IntegerField(help_text="N: the conversations that could have been drawn.")
    drawn = serializers.IntegerField(help_text="Conversations that were drawn and are eligible.")
    pending = serializers.IntegerField(help_text="Of those, neither published nor late.")
    response_rate = serializers.FloatField(
        allow_null=True, help_text="Reviewed of what was drawn and is not pending, 0 to 1."
    )
    pool = serializers.CharField()
