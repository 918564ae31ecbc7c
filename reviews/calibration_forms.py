"""What people send about a calibration session: what it is to be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from reviews.models import CalibrationSession
from reviews.policies.calibrating import LONGEST_TITLE, MOST_CONVERSATIONS
from reviews.services.calibrating import Wanted
from rubrics.models import RubricVersion
from sampling.cycles import midnight
from sampling.forms import People, scorers
from sampling.models import Draw
from sampling.words import days

NEWEST_DRAWS = 30


class DrawChoice(forms.ModelChoiceField):
    """A draw whose frame is drawn from."""

    def label_from_instance(self, draw: Any) -> str:
        """Name the plan, its period and how many conversations its frame holds."""
        return f"{draw.plan.name}, {days(draw)} ({draw.frame_size})"


class VersionChoice(forms.ModelChoiceField):
    """A rubric by the version that is in use."""

    def label_from_instance(self, version: Any) -> str:
        """Name the rubric and its version."""
        return _("%(rubric)s, version %(number)d") % {"rubric": version.rubric.name, "number": version.number}


class SessionForm(forms.Form):
    """What a session is to be."""

    title = forms.CharField(max_length=LONGEST_TITLE, label=_("Title"))
    draw = DrawChoice(
        queryset=Draw.objects.none(), label=_("Conversations from"), empty_label=_("Choose…"),
        help_text=_("A plan and a period: its frozen frame is drawn from, except what is in the queue already."),
    )  # fmt: skip
    team = forms.ModelChoiceField(
        queryset=Team.objects.none(), required=False, label=_("Of one team"), empty_label=_("All teams")
    )
    number = forms.IntegerField(min_value=1, max_value=MOST_CONVERSATIONS, initial=3, label=_("How many conversations"))
    rubric_version = VersionChoice(
        queryset=RubricVersion.objects.none(), label=_("Scored by"), empty_label=_("Choose…")
    )
    last_day = forms.DateField(label=_("Score until"), widget=forms.DateInput(attrs={"type": "date"}))
    people = People(
        queryset=None, label=_("Who scores"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Everybody scores every conversation, but never their own and never with a conflict of interest."),
    )  # fmt: skip

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        draws = Draw.objects.standing().filter(frame_size__gt=0).select_related("plan").order_by("-starts_at", "plan")
        newest = list(draws.values_list("pk", flat=True)[:NEWEST_DRAWS])
        versions = RubricVersion.objects.published().select_related("rubric").order_by("rubric__name")
        for name, rows in (
            ("draw", draws.filter(pk__in=newest)),
            ("team", Team.objects.filter(archived_at=None).order_by("name")),
            ("rubric_version", versions),
            ("people", scorers(now)),
        ):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean_last_day(self) -> Any:
        """Refuse days that no calendar of this house holds."""
        day = self.cleaned_data["last_day"]
        if not 2000 <= day.year <= 2200:
            raise forms.ValidationError(_("Choose a day from 2000 on."))
        return day

    def wanted(self) -> Wanted:
        """Return what was asked for; the last day is over at its midnight, where the plan is at home."""
        given = self.cleaned_data
        due_at = midnight(given["last_day"] + timedelta(days=1), ZoneInfo(given["draw"].plan.time_zone))
        same = {name: given[name] for name in ("title", "draw", "team", "number", "rubric_version")}
        return Wanted(**same, due_at=due_at, people=list(given["people"]))

    @staticmethod
    def initial_of(session: CalibrationSession) -> dict[str, Any]:
        """Return what a draft says now."""
        last = session.due_at.astimezone(ZoneInfo(session.draw.plan.time_zone)) - timedelta(microseconds=1)
        return {
            "title": session.title,
            "draw": session.draw_id,
            "team": session.team_id,
            "number": session.number,
            "rubric_version": session.rubric_version_id,
            "last_day": last.date(),
            "people": list(session.participants.values_list("user", flat=True)),
        }
