"""The API of the planner: the numbers of the sampling pages, for terms that are sent or for a plan as it stands."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from core.refusals import Refusal, Refused
from insights.planning import planner
from insights.planning.precision import Answer
from rubrics.models import Rubric
from sampling import population
from sampling.api.plans import form_data
from sampling.api.serializers import TermsSerializer
from sampling.forms import TermsForm
from sampling.models import Plan
from sampling.terms import Terms

MOST_LINES = 500


class QuestionSerializer(serializers.Serializer[Any]):
    """What is asked: the precision wished for and the difference to be told apart, in points."""

    precision = serializers.FloatField(min_value=0.5, max_value=50, default=10)
    difference = serializers.FloatField(min_value=0.5, max_value=100, default=10)


class WhatIfSerializer(QuestionSerializer):
    """The same, with a quota to try out; without one, the plan's own."""

    quota_per_agent = serializers.IntegerField(min_value=1, max_value=500, required=False)


class PlannerTermsSerializer(TermsSerializer, QuestionSerializer):
    """The terms of a plan that decide its precision."""

    rubric = serializers.SlugRelatedField[Any](
        slug_field="slug", queryset=Rubric.objects.all(), required=False, help_text="Whose reviews set the pace."
    )


class PrecisionLineSerializer(serializers.Serializer[Any]):
    """An agent or a team in a usual period; half widths of the 95 % interval in points, null for none."""

    name = serializers.CharField(allow_blank=True)
    people = serializers.IntegerField()
    size = serializers.IntegerField(help_text="N: conversations of a period.")
    drawn = serializers.IntegerField()
    targeted = serializers.FloatField(help_text="Expected by risk, beside the drawn ones.")
    reviews = serializers.FloatField(help_text="n: of both, those expected to come back.")
    period = serializers.FloatField(allow_null=True)
    four_weeks = serializers.FloatField(allow_null=True)
    lacks_floor = serializers.BooleanField(
        help_text="No average: too little is drawn at random beside what is by risk."
    )
    needed = serializers.IntegerField(
        allow_null=True, help_text="To draw of each person in a period for the precision that was asked for."
    )


class NeededSerializer(serializers.Serializer[Any]):
    """What the precision that was asked for needs, for the usual person."""

    n = serializers.IntegerField(allow_null=True, help_text="Reviews of one person in a period.")
    draw = serializers.IntegerField(allow_null=True, help_text="To draw, so that n come back.")
    hours = serializers.FloatField(allow_null=True, help_text="Reviewer hours a week, for everybody.")
    reason = serializers.CharField(allow_null=True)


class SizesSerializer(serializers.Serializer[Any]):
    """The periods that the sizes are counted over."""

    periods = serializers.IntegerField()
    first_day = serializers.DateField()
    last_day = serializers.DateField()


class SpreadSerializer(serializers.Serializer[Any]):
    """Pooled standard deviation of one person's scores, in points."""

    sd = serializers.FloatField()
    low = serializers.FloatField(allow_null=True, help_text="95 % limits by chi-square, as for normal scores.")
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    is_presumed = serializers.BooleanField(help_text="There are too few reviews, so 21 points are presumed.")


class ResponseRateSerializer(serializers.Serializer[Any]):
    """Share of what was drawn that comes back, 0 to 1."""

    rate = serializers.FloatField()
    low = serializers.FloatField(source="limits.lo", allow_null=True)
    high = serializers.FloatField(source="limits.hi", allow_null=True)
    drawn = serializers.IntegerField()
    is_presumed = serializers.BooleanField()


class PaceSerializer(serializers.Serializer[Any]):
    """Mean seconds on a review, idle time removed."""

    seconds = serializers.FloatField()
    low = serializers.FloatField(allow_null=True, help_text="95 % limits by t; none of a pace that is presumed.")
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    is_presumed = serializers.BooleanField()


class PlannerSerializer(serializers.Serializer[Any]):
    """The planner's answer. Agents and teams are listed by name, at most 500 of each; `people` counts all agents."""

    people = serializers.IntegerField(source="everybody")
    quota_per_agent = serializers.IntegerField(
        source="question.quota",
        help_text="Where a plan counts by team or by share: what the person in the middle gets.",
    )
    precision = serializers.FloatField(source="question.precision")
    difference = serializers.FloatField(source="question.difference")
    typical = PrecisionLineSerializer()
    agents = serializers.SerializerMethodField()
    teams = serializers.SerializerMethodField()
    picks = serializers.IntegerField(help_text="Drawn in a period, in all.")
    targeted = serializers.IntegerField(help_text="Of them, about so many by risk.")
    without_average = serializers.IntegerField(help_text="People who get none: too little is drawn at random.")
    hours = serializers.FloatField(help_text="Reviewer hours a week.")
    for_period = NeededSerializer()
    for_four_weeks = NeededSerializer()
    to_tell_apart = serializers.IntegerField(allow_null=True, help_text="Reviews of each of two people.")
    sizes = SizesSerializer()
    spread = SpreadSerializer()
    response = ResponseRateSerializer()
    pace = PaceSerializer()

    @extend_schema_field(PrecisionLineSerializer(many=True))
    def get_agents(self, found: Answer) -> Any:
        """Return the agents by name."""
        return PrecisionLineSerializer(found.agents[:MOST_LINES], many=True).data

    @extend_schema_field(PrecisionLineSerializer(many=True))
    def get_teams(self, found: Answer) -> Any:
        """Return the teams by name."""
        return PrecisionLineSerializer(found.teams[:MOST_LINES], many=True).data


class Planner(Resource):
    """What a quota will tell, and what it costs."""

    serializer_class = PlannerSerializer
    model = Plan
    write_scope = Scope.SAMPLING
    asks: ClassVar[dict[str, tuple[str, ...]]] = {"of_plan": tuple(WhatIfSerializer().fields)}
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(("of_terms", "of_plan"), (Permission.READ_SAMPLING,))

    def rows(self, user: User) -> Any:
        """Return the plans within reach."""
        return Plan.objects.visible_to(user)

    @extend_schema(operation_id="sampling_plans_planner_create", request=PlannerTermsSerializer)
    def of_terms(self, request: Request) -> Response:
        """Answer for terms, without making a plan; nothing is stored."""
        sent = PlannerTermsSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        data = form_data(sent.validated_data)
        form, filters = TermsForm(data), population.sent(data)
        if not all([form.is_valid(), filters.is_valid()]):
            found = {**form.errors, **{f"population.{name}": lines for name, lines in filters.form.errors.items()}}
            raise serializers.ValidationError({name: list(map(str, lines)) for name, lines in found.items()})
        rubric = sent.validated_data.get("rubric")
        terms = Terms(rubric_id=rubric.pk if rubric else 0, population=population.stored(data), **form.cleaned_data)
        return _answered(terms, sent.validated_data)

    @extend_schema(operation_id="sampling_plans_planner_retrieve", parameters=[WhatIfSerializer])
    def of_plan(self, request: Request, pk: str) -> Response:
        """Answer for a plan as it stands, or for another quota."""
        terms = Terms.of(self.get_object())
        asked = WhatIfSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return _answered(planner.with_quota(terms, asked.validated_data.get("quota_per_agent")), asked.validated_data)


def _answered(terms: Terms, asked: dict[str, Any]) -> Response:
    found = planner.ask(terms, precision=asked["precision"], difference=asked["difference"], now=timezone.now())
    if found is None:
        sentence = _("No completed conversation fits, so there is nothing to plan with.")
        raise Refused(Refusal("population_empty", 409, sentence))
    return Response(PlannerSerializer(found).data)
