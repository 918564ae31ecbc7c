"""How the figures of a replay look in the API: no average without what it rests on, or the reason for none."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from reviews.what_if_words import why_none

SIDES = ("before", "after", "difference")
SHARES = ("passed_before", "passed_after")


class RestingSerializer(serializers.Serializer[Any]):
    """What an average of a replay carries, with its 95 % limits."""

    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(help_text="Conversations drawn at random whose reviews are replayed, each once.")
    frame_size = serializers.IntegerField(help_text="N: the conversations that these were drawn from, each once.")
    repeated = serializers.IntegerField(
        help_text="How often a conversation stands in the frame of a further plan, which n and N count once."
    )
    drawn = serializers.IntegerField()
    response_rate = serializers.FloatField(allow_null=True, help_text="Reviewed of what was drawn, 0 to 1.")
    pool = serializers.CharField()
    reason = serializers.CharField(allow_blank=True, help_text="Why there is no average, or no interval.")


class MeanSerializer(RestingSerializer):
    """A mean in points; each conversation counts for those that it stands for."""

    mean = serializers.FloatField(allow_null=True)


class PassedSerializer(RestingSerializer):
    """The share that passed, 0 to 1."""

    share = serializers.FloatField(allow_null=True)


class MoverSerializer(serializers.Serializer[Any]):
    """One person's conversations that were drawn at random: their means, and the move with its 95 % limits.

    The population that all of them come from stands with the averages.
    """

    agent = serializers.IntegerField()
    reviews = serializers.IntegerField(help_text="Conversations, each once however many reviews it has.")
    before = serializers.FloatField(allow_null=True)
    after = serializers.FloatField(allow_null=True)
    difference = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    reason = serializers.CharField(allow_blank=True, help_text="Why there is no mean, or no interval.")


class WhatIfResultSerializer(serializers.Serializer[Any]):
    """What a replay found."""

    reviews = serializers.IntegerField()
    whole = serializers.IntegerField(help_text="Reviews that could be replayed whole.")
    dropped_answers = serializers.IntegerField()
    moved = serializers.IntegerField()
    flips = serializers.IntegerField()
    to_pass = serializers.IntegerField()
    to_fail = serializers.IntegerField()
    other_flips = serializers.IntegerField()
    before = MeanSerializer()
    after = MeanSerializer()
    difference = MeanSerializer()
    passed_before = PassedSerializer()
    passed_after = PassedSerializer()
    agents = MoverSerializer(many=True)


def figures(result: dict[str, Any]) -> dict[str, Any] | None:
    """Return what a finished replay found, every average with its company; None while it runs.

    Of a replay that is older than what an average carries today, what was not kept is null, and no person has a mean:
    it put all pools into one.
    """
    if not result:
        return None
    unknown = {"frame_size": 0, "repeated": 0, "drawn": 0, "response_rate": None, "pool": "random"}
    rests_on = {**unknown, **result.get("rests_on", {})}
    known: dict[str, Any] = {name: _resting(result[name], rests_on) for name in (*SIDES, *SHARES)}
    agents = [{**row, "reason": why_none(row["reason"])} for row in result["agents"] if "reason" in row]
    found: dict[str, Any] = WhatIfResultSerializer({**result, **known, "agents": agents}).data
    return found


def _resting(side: dict[str, Any], rests_on: dict[str, Any]) -> dict[str, Any]:
    return {**rests_on, **side, "reason": why_none(side.get("reason", ""))}
