"""How outcomes and follow-ups look over the API."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from coaching import outcome_words
from coaching.api.basis import BasisSerializer
from coaching.models import Outcome, PastOutcome
from coaching.selectors.rests import rests_of
from core.api.points import points

# What may be shown only with the three parts, and what not at all below the least numbers of reviews.
BEYOND = ("expected_by_chance", "shift", "effect", "se", "low", "high", "further")
CHANGE = ("observed", "pre_mean", "post_mean")
HIDDEN = {
    Outcome.Shown.FULL: frozenset[str](),
    Outcome.Shown.OBSERVED: frozenset(BEYOND),
    Outcome.Shown.NONE: frozenset((*BEYOND, *CHANGE)),
}


class RestsSerializer(BasisSerializer):
    """What one mean rests on beside its reviews: N, the response rate, and the mean's own 95 % limits in points."""

    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    left_out = serializers.IntegerField(
        help_text="Conversations of these draws that ended outside the side; they are in none of the numbers."
    )


class OutcomeSerializer(serializers.ModelSerializer[Outcome]):
    """A measured outcome: observed = expected_by_chance + shift + effect, in points; low and high: its 95 % limits.

    shown says how much of it may be shown: full, observed_only (it includes chance) or none; numbers that may not be
    shown are null.
    """

    sentence = serializers.SerializerMethodField()
    settling = serializers.SerializerMethodField()
    rests_on = serializers.SerializerMethodField(help_text="Of the mean before and of the mean after.")

    class Meta:
        model = Outcome
        fields: tuple[str, ...] = (
            "number", "verdict", "shown", "reason", "sentence", "settling", "baseline_first_week",
            "baseline_last_week", "first_week", "last_week", "measured_at", "pre_n", "pre_mean", "post_n", "post_mean",
            "rests_on", "peers", "observed", "expected_by_chance", "shift", "effect", "se", "low", "high", "further",
            "further_reason",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields

    def to_representation(self, instance: Outcome) -> dict[str, Any]:
        """Leave out what the data do not allow to be shown."""
        shown = super().to_representation(instance)
        for name in HIDDEN[Outcome.Shown(instance.shown)]:
            shown[name] = None
        for name, n in (("pre_mean", instance.pre_n), ("post_mean", instance.post_n)):
            shown[name] = points(shown[name], n=n)
        return shown

    def get_sentence(self, outcome: Outcome) -> str:
        """Say the outcome in its three parts."""
        return outcome_words.sentence(outcome)

    def get_settling(self, outcome: Outcome) -> str:
        """Say how many more reviews would settle it, or that none can."""
        return outcome_words.settling(outcome)

    @extend_schema_field(RestsSerializer(many=True))
    def get_rests_on(self, outcome: Outcome) -> list[Any]:
        """Return what both means rest on."""
        found = [RestsSerializer(side).data for side in rests_of(outcome, now=timezone.now())]
        shows = outcome.shown != Outcome.Shown.NONE
        return found if shows else [{**side, "low": None, "high": None} for side in found]


class PastFiguresSerializer(serializers.Serializer[Any]):
    """The figures of an outcome that was measured again, as far as they could be shown then."""

    pre_n = serializers.IntegerField()
    post_n = serializers.IntegerField()
    peers = serializers.IntegerField()
    shown = serializers.ChoiceField(choices=Outcome.Shown.choices)
    reason = serializers.CharField(allow_blank=True)
    observed = serializers.FloatField(allow_null=True)
    expected_by_chance = serializers.FloatField(allow_null=True)
    shift = serializers.FloatField(allow_null=True)
    effect = serializers.FloatField(allow_null=True)
    se = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class PastOutcomeSerializer(serializers.ModelSerializer[PastOutcome]):
    """What an outcome said before it was measured again."""

    figures = serializers.SerializerMethodField(
        help_text="The population they rested on was not kept; the outcome beside tells it of the newest."
    )

    @extend_schema_field(PastFiguresSerializer)
    def get_figures(self, past: PastOutcome) -> dict[str, Any]:
        """Return what may be shown."""
        names = [str(name) for name in PastFiguresSerializer().fields]
        kept: dict[str, Any] = {name: past.figures.get(name) for name in names}
        hidden = HIDDEN[Outcome.Shown(kept["shown"] or Outcome.Shown.NONE)]
        return {name: None if name in hidden else value for name, value in kept.items()}

    class Meta:
        model = PastOutcome
        fields = ("number", "verdict", "measured_at", "replaced_at", "figures")
        read_only_fields = fields


class OutcomeInputsSerializer(serializers.Serializer[Any]):
    """What an outcome was worked out from, without names.

    agents: one list an agent, the plan's own first: part (0 own, 1 coached, 2 peer, 3 baseline only), then n, Σy and
    Σy² before and after, y in 10⁻⁴ points; where not all reviews weigh the same, then the effective number of them
    before and after, in 10⁻⁴. covers: the baseline holds all that the plan was begun for.
    """

    covers = serializers.BooleanField()
    agents = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class OutcomeDetailSerializer(OutcomeSerializer):
    """An outcome with everything that its formula needs, and what it said before."""

    inputs = OutcomeInputsSerializer(read_only=True)
    past = PastOutcomeSerializer(many=True, read_only=True)

    class Meta(OutcomeSerializer.Meta):
        fields = (
            *OutcomeSerializer.Meta.fields,
            "level", "sigma2", "omega2", "baseline_variance", "level_factor", "shift_variance",
            "inputs", "past",
        )  # fmt: skip
        read_only_fields = fields


class FollowUpSerializer(serializers.Serializer[Any]):
    """The follow-up: its days, and of the conversations drawn how many are reviewed."""

    first_day = serializers.DateField(source="first")
    last_day = serializers.DateField(source="last")
    measured_latest_on = serializers.DateField(source="latest")
    drawn = serializers.IntegerField(source="progress.drawn")
    reviewed = serializers.IntegerField(source="progress.reviewed")
    drawn_from = serializers.IntegerField(source="progress.frame")
