"""The API of coaching programmes."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import AgentRefSerializer, PersonRefSerializer, TeamRefSerializer
from accounts.idempotency import idempotent
from accounts.models import Agent, User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from coaching.api.basis import BasisSerializer
from coaching.api.inputs import WEB_ADDRESS
from coaching.exports import GROUPS
from coaching.filters import ProgrammeFilter
from coaching.forms import MOST_FOLLOW_UP
from coaching.models import Action, Member, Programme, ProgrammeOutcome
from coaching.programme_forms import MOST_ACTIONS
from coaching.programme_words import outcome as said
from coaching.programme_words import settling
from coaching.selectors.programme_weeks import means_of
from coaching.selectors.programmes import WHOLE, ProgrammePage, programme_page
from coaching.services import programmes
from coaching.services.programmes import CommonAction, ProgrammeEdit
from core.api import etags
from core.api.points import InKnownPoints
from core.refusals import Refused
from rubrics.models import Skill

CHANGES = ("create", "update", "begin", "start_second", "close")


class CommonActionSerializer(serializers.Serializer[Any]):
    """What every member is to do, some days after the start."""

    kind = serializers.ChoiceField(choices=Action.Kind.choices)
    text = serializers.CharField(max_length=1000)
    days = serializers.IntegerField(min_value=0, max_value=180, default=14)
    link = serializers.CharField(
        max_length=500, required=False, allow_blank=True, default="", validators=[WEB_ADDRESS]
    )  # fmt: skip
    check_key = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")


class ProgrammeInputSerializer(serializers.Serializer[Any]):
    """The whole of a draft. Without a focus or actions: the library's for the skill and each agent's level."""

    name = serializers.CharField(max_length=120)
    skill = serializers.SlugRelatedField[Any](slug_field="slug", queryset=Skill.objects.all())
    agents = serializers.PrimaryKeyRelatedField(many=True, queryset=Agent.objects.none())
    focus = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    actions = serializers.ListField(child=CommonActionSerializer(), max_length=MOST_ACTIONS, default=list)
    follow_up_weeks = serializers.IntegerField(min_value=2, max_value=26, default=6)
    follow_up_quota = serializers.IntegerField(min_value=0, max_value=MOST_FOLLOW_UP, default=8)
    has_waiting_list = serializers.BooleanField(default=False)
    has_fresh_baseline = serializers.BooleanField(default=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None and request.user.is_authenticated:
            field = self.fields["agents"].child_relation  # type: ignore[attr-defined]
            field.queryset = Agent.objects.visible_to(request.user).people().filter(deactivated_at=None)


class CoachingProgrammeSerializer(serializers.ModelSerializer[Programme]):
    """Several agents who work on one skill together."""

    skill = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    team = TeamRefSerializer(allow_null=True, read_only=True)
    owner = PersonRefSerializer(allow_null=True, read_only=True)

    class Meta:
        model = Programme
        fields: tuple[str, ...] = (
            "id", "name", "skill", "team", "owner", "status", "has_waiting_list", "has_fresh_baseline",
            "follow_up_weeks", "follow_up_quota", "baseline_from", "started_at", "follow_up_on", "second_started_at",
            "closed_at", "created_at", "fingerprint",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class MemberSerializer(serializers.ModelSerializer[Member]):
    """One member: whether they start first or wait, by which number, and their plan once it began.

    fresh: new random reviews for the fresh baseline that are published; 0 without one.
    """

    agent = AgentRefSerializer(read_only=True)
    group = serializers.CharField(read_only=True, allow_blank=True)
    fresh = serializers.IntegerField(read_only=True)

    class Meta:
        model = Member
        fields = ("agent", "group", "u", "plan", "fresh")
        read_only_fields = fields


class EstimateSerializer(serializers.Serializer[Any]):
    """What one design says, in points with 95 % limits; without a number, why."""

    design = serializers.ChoiceField(choices=ProgrammeOutcome.Design.choices)
    effect = serializers.FloatField(allow_null=True)
    se = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    agents = serializers.IntegerField()
    reason = serializers.CharField(allow_blank=True)
    further = serializers.IntegerField(
        allow_null=True, required=False,
        help_text="More reviews of each member that would settle it; 0 when it is settled, null when none can.",
    )  # fmt: skip


class ProgrammeInputsSerializer(serializers.Serializer[Any]):
    """What an outcome was worked out from, without names.

    agents: one list an agent: part (0 started, 1 waited, 2 other), then n, Σy and Σy² before, in the follow-up, and
    freshly before the start; y in 10⁻⁴ points. Where not all reviews weigh the same, then the effective number of them
    on each, in 10⁻⁴.
    """

    designs = serializers.ListField(child=serializers.CharField())
    agents = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class ProgrammeOutcomeSerializer(serializers.ModelSerializer[ProgrammeOutcome]):
    """A measured outcome; the first of the list is what holds now."""

    sentence = serializers.SerializerMethodField()
    settling = serializers.SerializerMethodField()
    estimates = EstimateSerializer(many=True, read_only=True)
    inputs = ProgrammeInputsSerializer(read_only=True)

    class Meta:
        model = ProgrammeOutcome
        fields = (
            "number", "verdict", "design", "sentence", "settling", "effect", "low", "high", "started", "waiting",
            "peers", "reason", "first_week", "last_week", "measured_at", "estimates", "inputs",
        )  # fmt: skip
        read_only_fields = fields

    def get_sentence(self, found: ProgrammeOutcome) -> str:
        """Say what was measured, no more than the design allows."""
        return said(found)

    def get_settling(self, found: ProgrammeOutcome) -> str:
        """Say how many more reviews would settle it, or that none can."""
        return settling(found)


class GroupBasisSerializer(BasisSerializer):
    """The reviews of a group before and after the start, and what they rest on."""

    group = serializers.ChoiceField(choices=[*GROUPS.values()])
    side = serializers.ChoiceField(choices=["before", "after"])
    n = serializers.IntegerField()
    left_out = serializers.IntegerField(
        help_text="Conversations of these draws that ended outside the side; they are in none of the numbers."
    )


class WeeklyMeanSerializer(InKnownPoints):
    """The mean of a group's random reviews of a week, each agent alike, in points; without one or its limits, why."""

    known_by: ClassVar = dict.fromkeys(("mean", "low", "high"), "n")

    group = serializers.ChoiceField(choices=[*GROUPS.values()])
    week = serializers.CharField()
    mean = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    reason = serializers.CharField(allow_blank=True)
    rests_on = BasisSerializer(source="basis")


class WaitingListDrawSerializer(serializers.Serializer[Any]):
    """The draw of the waiting list: with the key, anybody gets the same numbers, and its SHA-256 is the fingerprint."""

    key = serializers.CharField()
    is_same = serializers.BooleanField()


class CoachingProgrammeDetailSerializer(CoachingProgrammeSerializer):
    """A programme with its members, its draw and what was measured."""

    identity = serializers.UUIDField(read_only=True)
    actions = CommonActionSerializer(many=True, read_only=True)
    members = serializers.SerializerMethodField()
    draw = serializers.SerializerMethodField()
    outcomes = serializers.SerializerMethodField()
    sentence = serializers.SerializerMethodField()
    rests_on = serializers.SerializerMethodField(
        help_text="Of the newest outcome: each group before and after; empty while nothing is measured."
    )
    weekly = serializers.SerializerMethodField(help_text="The chart: each group's means, week by week.")
    waiting_until = serializers.SerializerMethodField(
        help_text="When those who were drawn to wait may start, in words; empty when nobody waits."
    )

    class Meta(CoachingProgrammeSerializer.Meta):
        fields = (
            *CoachingProgrammeSerializer.Meta.fields,
            "identity", "focus", "actions", "members", "draw", "outcomes", "rests_on", "weekly", "sentence",
            "waiting_until",
        )  # fmt: skip
        read_only_fields = fields

    @property
    def _page(self) -> ProgrammePage:
        page: ProgrammePage = self.context["page"]
        return page

    @extend_schema_field(MemberSerializer(many=True))
    def get_members(self, _programme: Programme) -> Any:
        """Return the members."""
        return MemberSerializer(self._page.members, many=True).data

    @extend_schema_field(WaitingListDrawSerializer(allow_null=True))
    def get_draw(self, _programme: Programme) -> Any:
        """Return the draw once it was made."""
        return WaitingListDrawSerializer(self._page.draw).data if self._page.draw else None

    @extend_schema_field(ProgrammeOutcomeSerializer(many=True))
    def get_outcomes(self, _programme: Programme) -> Any:
        """Return what was measured, the newest first."""
        return ProgrammeOutcomeSerializer(self._page.outcomes, many=True).data

    @extend_schema_field(GroupBasisSerializer(many=True))
    def get_rests_on(self, _programme: Programme) -> Any:
        """Return what the newest outcome rests on."""
        return [
            {
                "group": GROUPS[one.part],
                "side": one.side,
                "n": one.n,
                "left_out": one.basis.left_out,
                **BasisSerializer(one.basis).data,
            }
            for one in self._page.rests_on
        ]

    @extend_schema_field(WeeklyMeanSerializer(many=True))
    def get_weekly(self, programme: Programme) -> Any:
        """Return what the chart shows."""
        rows = [{**one._asdict(), "group": GROUPS[one.part]} for one in means_of(programme, self._page)]
        return WeeklyMeanSerializer(rows, many=True).data

    def get_waiting_until(self, _programme: Programme) -> str:
        """Say when those who wait may start."""
        return self._page.waiting

    def get_sentence(self, _programme: Programme) -> str:
        """Say where the programme stands."""
        return self._page.sentence


class CoachingProgrammes(mixins.ListModelMixin, Resource):
    """The programmes that a person runs."""

    serializer_class = CoachingProgrammeSerializer
    filterset_class = ProgrammeFilter
    model = Programme
    write_scope = Scope.COACH
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(("list", "retrieve", *CHANGES), (Permission.COACH,))

    def rows(self, user: User) -> Any:
        """Return the programmes within reach."""
        return Programme.objects.visible_to(user).select_related(*WHOLE)

    @extend_schema(responses=CoachingProgrammeDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show one programme; the ETag is what a change of a draft names."""
        return self._shown(self.get_object())

    @extend_schema(request=ProgrammeInputSerializer, responses={201: CoachingProgrammeDetailSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Put a programme together as a draft."""
        made = programmes.draft(self._edit(number=0), by=self.person, now=timezone.now())
        return self._shown(self.get_queryset().get(pk=made.pk), status=201)

    @extend_schema(request=ProgrammeInputSerializer, responses=CoachingProgrammeDetailSerializer)
    @etags.needs_match
    def update(self, request: Request, pk: str) -> Response:
        """Change a draft; 412 when somebody else was faster."""
        found, number = self.get_object(), etags.matched_number(request)
        try:
            programmes.edit(found, self._edit(number=number), by=self.person, now=timezone.now())
        except Refused as refused:
            raise etags.told(refused, stale="stale_programme") from refused
        return self._shown(self.get_object())

    @extend_schema(request=None, responses=CoachingProgrammeDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def begin(self, request: Request, pk: str) -> Response:
        """Collect the fresh baseline where one was chosen, else start and share the plans of those who start first."""
        programmes.begin(self.get_object(), by=self.person, now=timezone.now())
        return self._shown(self.get_object())

    @extend_schema(request=None, responses=CoachingProgrammeDetailSerializer)
    @action(detail=True, methods=["post"], url_path="start-second")
    @idempotent
    def start_second(self, request: Request, pk: str) -> Response:
        """Let those who waited start, once the first group is measured."""
        programmes.start_second(self.get_object(), by=self.person, now=timezone.now())
        return self._shown(self.get_object())

    @extend_schema(request=None, responses=CoachingProgrammeDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def close(self, request: Request, pk: str) -> Response:
        """End a programme; its members' plans go on by themselves."""
        programmes.close(self.get_object(), by=self.person, now=timezone.now())
        return self._shown(self.get_object())

    def _edit(self, *, number: int) -> ProgrammeEdit:
        form = ProgrammeInputSerializer(data=self.request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        values = dict(form.validated_data)
        actions = [CommonAction(**one) for one in values.pop("actions")]
        agents = list(dict.fromkeys(values.pop("agents")))
        return ProgrammeEdit(number=number, actions=actions, agents=agents, **values)

    def _shown(self, programme: Programme, *, status: int = 200) -> Response:
        body = CoachingProgrammeDetailSerializer(
            programme, context={"page": programme_page(programme, now=timezone.now())}
        ).data
        return Response(body, status=status, headers={"ETag": etags.tag(programme.edit_number)})
