"""The API of the reports: the same numbers as on the pages, each with what it rests on, or why there is none."""

from __future__ import annotations

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Agent, Team, User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from core.refusals import Refusal, Refused
from insights import needs
from insights.api.serializers import (
    AgentReportSerializer,
    DisputeReportSerializer,
    NeedSerializer,
    OwnReportSerializer,
    ProgrammeReportSerializer,
    TeamReportSerializer,
)
from insights.reports import agent as agent_report
from insights.reports import disputes as dispute_report
from insights.reports import own as own_report
from insights.reports import programme as programme_report
from insights.reports import team as team_report
from insights.scope import scope_of
from insights.views.disputes import WEEKS
from reviews.models import Dispute

TEAM = OpenApiParameter("team", OpenApiTypes.STR, description="The slug of one team; without it, all within reach.")


class TeamReports(Resource):
    """What a supervisor's home shows: the average of the teams, and the people in groups that cannot be told apart."""

    serializer_class = TeamReportSerializer
    model = Team
    asks: ClassVar[dict[str, tuple[str, ...]]] = {"retrieve": ("team",)}
    doors: ClassVar[dict[str, Doors]] = {"retrieve": (Permission.SEE_TEAM,), "needs": (Permission.SEE_TEAM,)}

    @extend_schema(operation_id="reports_team", parameters=[TEAM])
    def retrieve(self, request: Request) -> Response:
        """Report on the last eight weeks of a team, or of all teams within reach."""
        asked = request.query_params.get("team", "")
        scope = scope_of(self.person, team=asked)
        if asked and scope.chosen is None:
            raise ValidationError({"team": _("There is no such team for you.")})
        report = team_report.load(team_report.Params(team_ids=scope.team_ids, now=timezone.now()))
        covered = [scope.chosen] if scope.chosen else scope.teams
        return Response(TeamReportSerializer(report, context={"teams": covered}).data)

    @extend_schema(operation_id="needs_list", responses=NeedSerializer(many=True), filters=False)
    def needs(self, request: Request) -> Response:
        """List what needs somebody who looks after teams, most urgent first."""
        found = needs.of_supervisor(self.person, now=timezone.now())
        return Response(NeedSerializer(found, many=True).data)


class AgentReports(Resource):
    """What the page of one agent shows: the average of the last four weeks and the level by skill."""

    serializer_class = AgentReportSerializer
    model = Agent
    doors: ClassVar[dict[str, Doors]] = {"retrieve": (Permission.SEE_AGENTS,)}

    def rows(self, user: User) -> Any:
        """Return the agents whose record a person may open, without the person's own."""
        return Agent.objects.visible_to(user).exclude(user=user)

    @extend_schema(operation_id="reports_agents")
    def retrieve(self, request: Request, pk: str) -> Response:
        """Report on one agent; what is behind it is in `reviews/?agent=` and `coaching-plans/?agent=`."""
        found = get_object_or_404(self.get_queryset(), pk=pk)
        params = agent_report.Params(agent=found, user=self.person, now=timezone.now())
        return Response(AgentReportSerializer(agent_report.load(params), context={"agent": found}).data)


class OwnReports(Resource):
    """What an agent sees of their own level, skill by skill; never anything of a colleague."""

    serializer_class = OwnReportSerializer
    model = Agent
    doors: ClassVar[dict[str, Doors]] = {"retrieve": (Permission.READ_OWN_FEEDBACK,)}

    @extend_schema(operation_id="reports_own")
    def retrieve(self, request: Request) -> Response:
        """Report on one's own skills over the last twelve weeks."""
        agent = Agent.objects.filter(user=self.person).first()
        if agent is None:
            raise Refused(Refusal("no_agent", 404, _("This log-in belongs to no agent.")))
        return Response(OwnReportSerializer(own_report.load(agent, now=timezone.now())).data)


class DisputeReports(Resource):
    """How often disputed answers are changed, by criterion and by reviewer."""

    serializer_class = DisputeReportSerializer
    model = Dispute
    asks: ClassVar[dict[str, tuple[str, ...]]] = {"retrieve": ("weeks",)}
    doors: ClassVar[dict[str, Doors]] = {"retrieve": (Permission.READ_INSIGHTS,)}

    @extend_schema(
        operation_id="reports_disputes",
        parameters=[OpenApiParameter("weeks", OpenApiTypes.INT, enum=list(WEEKS), default=dispute_report.WEEKS)],
    )
    def retrieve(self, request: Request) -> Response:
        """Report on the disputes of the last weeks."""
        asked = request.query_params.get("weeks", str(dispute_report.WEEKS))
        if asked not in {str(one) for one in WEEKS}:
            raise ValidationError({"weeks": _("Choose 4, 12, 26 or 52 weeks.")})
        params = dispute_report.Params(now=timezone.now(), weeks=int(asked))
        return Response(DisputeReportSerializer(dispute_report.load(params)).data)


class ProgrammeReports(Resource):
    """What a QA manager's home shows."""

    serializer_class = ProgrammeReportSerializer
    model = Team
    doors: ClassVar[dict[str, Doors]] = {"retrieve": (Permission.READ_INSIGHTS,)}

    @extend_schema(operation_id="reports_programme")
    def retrieve(self, request: Request) -> Response:
        """Report on the last twelve weeks of every team, and on where each stage of the work stands."""
        return Response(ProgrammeReportSerializer(programme_report.load(now=timezone.now())).data)
