"""How reports look in the API. No average without n, N, response rate, pool and interval, or the reason for none."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api import AgentRefSerializer, TeamRefSerializer
from coaching.api.basis import BasisSerializer
from core.api.points import points
from insights.reports import agent as agent_report
from insights.reports import own as own_report
from insights.reports import programme as programme_report
from insights.reports import team as team_report
from insights.reports.averages import Average


class BoundsSerializer(serializers.Serializer[Any]):
    """Where the mean would lie if everything that was drawn and not reviewed scored 0, or 100."""

    low = serializers.FloatField()
    high = serializers.FloatField()


class AverageSerializer(serializers.Serializer[Any]):
    """An average in points (0–100) with its 95 % interval; null with the reason where there is none."""

    mean = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    reason = serializers.CharField(allow_blank=True, help_text="Why there is no average, or no interval.")
    n = serializers.IntegerField(help_text="Scores from published reviews.")
    frame_size = serializers.IntegerField(
        help_text="N: the conversations that could have been drawn, each once, in however many plans' frames it stands."
    )
    repeated = serializers.IntegerField(
        help_text="How often a conversation stood in a further plan's frame; above 0 where plans overlap."
    )
    drawn = serializers.IntegerField(
        help_text="Drawn and eligible: what was to be reviewed, once for each plan that drew it."
    )
    pending = serializers.IntegerField(help_text="Of those, neither published nor late.")
    response_rate = serializers.FloatField(
        allow_null=True, help_text="Reviewed of what was drawn and is not pending, 0 to 1."
    )
    bounds = BoundsSerializer(allow_null=True, help_text="Shown when less than four fifths of it is reviewed.")
    adjusted = serializers.FloatField(
        allow_null=True,
        help_text="The mean if what is due and not reviewed scored like the reviewed of its channel and class of risk.",
    )
    failed = serializers.IntegerField(help_text="Reviews that failed the whole card; they count as scored.")
    scores = serializers.ListField(
        child=serializers.FloatField(), help_text="The one or two scores, where that is too few for an average."
    )
    versions = serializers.ListField(child=serializers.IntegerField(), help_text="Rubric versions it rests on, by id.")
    pool = serializers.CharField(
        help_text="random: only what was drawn at random; weighted: what was drawn by risk counts too, for less."
    )


def average(found: Average) -> dict[str, Any]:
    """Return an average as its serializer shows it."""
    bounds = None
    if found.bounds is not None:
        bounds = {"low": points(found.bounds[0], n=found.n), "high": points(found.bounds[1], n=found.n)}
    return {
        "mean": points(found.mean, n=found.n), "low": points(found.low, n=found.n),
        "high": points(found.high, n=found.n), "reason": found.why, "n": found.n, "frame_size": found.frame_size,
        "repeated": found.repeated,
        "drawn": found.drawn, "pending": found.pending, "response_rate": found.response_rate, "bounds": bounds,
        "adjusted": points(found.adjusted, n=found.n), "failed": found.failed,
        "scores": list(found.scores), "versions": sorted(found.versions), "pool": found.pool,
    }  # fmt: skip


class PlanRefSerializer(serializers.Serializer[Any]):
    """An open coaching plan of a person."""

    id = serializers.IntegerField()
    skill = serializers.CharField(source="skill.slug")
    status = serializers.CharField()


class PersonLevelSerializer(serializers.Serializer[Any]):
    """One person's estimated level, borrowing from the team; `own` is the average of their own reviews alone."""

    agent = AgentRefSerializer()
    level = serializers.SerializerMethodField()
    low = serializers.SerializerMethodField()
    high = serializers.SerializerMethodField()
    reason = serializers.CharField(allow_blank=True, help_text="Why there is no level.")
    n = serializers.IntegerField()
    frame_size = serializers.IntegerField()
    response_rate = serializers.FloatField(allow_null=True)
    pool = serializers.SerializerMethodField()
    own = serializers.SerializerMethodField()
    plans = PlanRefSerializer(many=True)

    @extend_schema_field(AverageSerializer)
    def get_own(self, person: team_report.Person) -> dict[str, Any]:
        """Return the average of the person's own reviews."""
        return average(person.own)

    def get_level(self, person: team_report.Person) -> float | None:
        """Return the level in points."""
        return points(person.level, n=person.n)

    def get_low(self, person: team_report.Person) -> float | None:
        """Return where the band begins."""
        return points(person.low, n=person.n)

    def get_high(self, person: team_report.Person) -> float | None:
        """Return where the band ends."""
        return points(person.high, n=person.n)

    def get_pool(self, person: team_report.Person) -> str:
        """Name the pool."""
        return person.own.pool


class GroupSerializer(serializers.Serializer[Any]):
    """People whose levels cannot be told apart from the first of them."""

    people = PersonLevelSerializer(many=True)


class TeamReportSerializer(serializers.Serializer[Any]):
    """The report of a team, or of everything within reach."""

    teams = serializers.SerializerMethodField()
    weeks = serializers.SerializerMethodField()
    weeks_covered = serializers.IntegerField(
        source="average.weeks_covered", help_text="Weeks of the window that have a published review."
    )
    average = serializers.SerializerMethodField()
    groups = GroupSerializer(many=True, help_text="Best first; a group stands apart with at least 95 %.")

    @extend_schema_field(TeamRefSerializer(many=True))
    def get_teams(self, report: team_report.Report) -> Any:
        """Return the teams that the report covers."""
        return TeamRefSerializer(self.context["teams"], many=True).data

    def get_weeks(self, report: team_report.Report) -> int:
        """Return the length of the window."""
        return team_report.WEEKS

    @extend_schema_field(AverageSerializer)
    def get_average(self, report: team_report.Report) -> dict[str, Any]:
        """Return the average of all its people."""
        return average(report.average)


class SkillLevelSerializer(serializers.Serializer[Any]):
    """The level of one skill at the newest weekly look, borrowing from the team."""

    skill = serializers.CharField()
    level = serializers.SerializerMethodField()
    low = serializers.SerializerMethodField()
    high = serializers.SerializerMethodField()
    target = serializers.FloatField()
    n = serializers.IntegerField()
    last_day = serializers.DateField()
    reason = serializers.CharField(allow_blank=True)
    rests_on = BasisSerializer()

    def get_level(self, one: agent_report.SkillLevel) -> float | None:
        """Return the level in points."""
        return points(one.level, n=one.n)

    def get_low(self, one: agent_report.SkillLevel) -> float | None:
        """Return where the band begins."""
        return points(one.low, n=one.n)

    def get_high(self, one: agent_report.SkillLevel) -> float | None:
        """Return where the band ends."""
        return points(one.high, n=one.n)


class AgentReportSerializer(serializers.Serializer[Any]):
    """The report on one agent."""

    agent = serializers.SerializerMethodField()
    team = serializers.CharField(allow_blank=True)
    weeks = serializers.SerializerMethodField()
    weeks_covered = serializers.IntegerField(source="average.weeks_covered")
    average = serializers.SerializerMethodField()
    skills = SkillLevelSerializer(many=True)

    @extend_schema_field(AgentRefSerializer)
    def get_agent(self, report: agent_report.Report) -> Any:
        """Return whom it is about."""
        return AgentRefSerializer(self.context["agent"]).data

    def get_weeks(self, report: agent_report.Report) -> int:
        """Return the length of the window."""
        return agent_report.WEEKS

    @extend_schema_field(AverageSerializer)
    def get_average(self, report: agent_report.Report) -> dict[str, Any]:
        """Return the agent's own average, from three reviews on."""
        return average(report.average)


class LabelledAverageSerializer(AverageSerializer):
    """The average of one team or one week."""

    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the words beside one
    team = TeamRefSerializer(allow_null=True)
    breaks = serializers.BooleanField(help_text="Since the line before, the version of the scorecard is another one.")


class ProgrammeReportSerializer(serializers.Serializer[Any]):
    """The report on the whole programme."""

    window_weeks = serializers.SerializerMethodField()
    overall = serializers.SerializerMethodField()
    teams = serializers.SerializerMethodField()
    weeks = serializers.SerializerMethodField()
    waiting = serializers.IntegerField(help_text="Drawn conversations that wait for a review.")
    overdue = serializers.IntegerField()
    submitted = serializers.IntegerField(help_text="Reviews that wait to be published.")
    proposed = serializers.IntegerField(help_text="Coaching plans that wait for a decision.")
    open_plans = serializers.IntegerField()

    def get_window_weeks(self, report: programme_report.Report) -> int:
        """Return the length of the window."""
        return programme_report.WEEKS

    @extend_schema_field(LabelledAverageSerializer)
    def get_overall(self, report: programme_report.Report) -> dict[str, Any]:
        """Return the average over all teams."""
        return _labelled(report.overall)

    @extend_schema_field(LabelledAverageSerializer(many=True))
    def get_teams(self, report: programme_report.Report) -> list[dict[str, Any]]:
        """Return the average of each team, by name."""
        return [_labelled(one) for one in report.teams]

    @extend_schema_field(LabelledAverageSerializer(many=True))
    def get_weeks(self, report: programme_report.Report) -> list[dict[str, Any]]:
        """Return the average of each week, oldest first."""
        return [_labelled(one) for one in report.weeks]


def _labelled(one: programme_report.Line) -> dict[str, Any]:
    team = None if one.team is None else {"id": one.team.pk, "name": one.team.name}
    return {**average(one.average), "label": one.label, "team": team, "breaks": one.breaks}


class NeedSerializer(serializers.Serializer[Any]):
    """One thing that needs somebody, and the page that shows it."""

    title = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)
    tone = serializers.CharField(help_text="How urgent it is: critical, caution, accent or positive.")
    url = serializers.CharField(help_text="The page that shows exactly what was counted.")


class OwnStepSerializer(serializers.Serializer[Any]):
    """One week's estimate with its 95 % band; null while fewer than three reviews are known."""

    week = serializers.CharField()
    level = serializers.SerializerMethodField()
    low = serializers.SerializerMethodField()
    high = serializers.SerializerMethodField()
    n = serializers.IntegerField()
    reason = serializers.CharField(allow_blank=True, help_text="Why there is no level.")
    rests_on = BasisSerializer()

    def get_level(self, step: own_report.Step) -> float | None:
        """Return the level in points."""
        return points(step.level, n=step.n)

    def get_low(self, step: own_report.Step) -> float | None:
        """Return the lower end of the band."""
        return points(step.low, n=step.n)

    def get_high(self, step: own_report.Step) -> float | None:
        """Return the upper end of the band."""
        return points(step.high, n=step.n)


class OwnTrendSerializer(serializers.Serializer[Any]):
    """One own skill, oldest week first; `standing` says whether it is above or below the target beyond doubt."""

    skill = serializers.CharField()
    target = serializers.FloatField()
    standing = serializers.ChoiceField(choices=["above", "below", "unsure", "unknown"])
    weeks = OwnStepSerializer(source="steps", many=True)


class OwnReportSerializer(serializers.Serializer[Any]):
    """One's own skills, the strongest first, in one sentence and over the weeks."""

    sentence = serializers.CharField()
    skills = OwnTrendSerializer(source="trends", many=True)


class OverturnSerializer(serializers.Serializer[Any]):
    """One criterion (by lineage) or reviewer (by id): disputed answers that were decided and changed, and the share."""

    key = serializers.CharField()
    name = serializers.CharField()
    decided = serializers.IntegerField()
    changed = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    reason = serializers.CharField(allow_blank=True, help_text="Why there is no share.")


class DisputeReportSerializer(serializers.Serializer[Any]):
    """The disputes of a window and what became of them. Only disputed answers count."""

    sentence = serializers.CharField()
    since = serializers.DateTimeField()
    opened = serializers.IntegerField()
    escalated = serializers.IntegerField()
    decided = serializers.IntegerField()
    withdrawn = serializers.IntegerField()
    expired = serializers.IntegerField()
    answers = serializers.IntegerField()
    changed = serializers.IntegerField()
    criteria = OverturnSerializer(many=True)
    reviewers = OverturnSerializer(many=True)
