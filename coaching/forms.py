"""What people send about a plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent, User
from coaching.models import Action, Plan, Remark
from coaching.selectors.checks import catalogue
from coaching.services.plans import DECLINE_REASONS, ActionEdit, PlanEdit
from coaching.services.sessions import SessionEdit
from coaching.suggestions import Suggestion
from coaching.words import CLOSED_BECAUSE, NOT_HELPFUL_BECAUSE
from rubrics.models import Skill

MOST_FOLLOW_UP = 40


class Day(forms.DateInput):
    """A day as the browser's own date field reads and writes it, whatever the language."""

    def __init__(self) -> None:
        super().__init__({"type": "date"}, format="%Y-%m-%d")


class DeclineForm(forms.Form):
    """Why a proposal is declined."""

    reason = forms.ChoiceField(choices=list(DECLINE_REASONS.items()), widget=forms.RadioSelect, label=_("Why?"))
    note = forms.CharField(max_length=2000, required=False, widget=forms.Textarea({"rows": 2}), label=_("Note"))


class CloseForm(forms.Form):
    """Why a plan is closed."""

    reason = forms.ChoiceField(choices=list(CLOSED_BECAUSE.items()), widget=forms.RadioSelect, label=_("Why?"))
    note = forms.CharField(max_length=2000, required=False, widget=forms.Textarea({"rows": 2}), label=_("Note"))


class HandOverForm(forms.Form):
    """Who goes on with a plan."""

    to = forms.ModelChoiceField(queryset=User.objects.none(), label=_("To"), empty_label=_("Choose…"))

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people  # type: ignore[attr-defined]


class RemarkForm(forms.Form):
    """What somebody says about a plan. The kind stands on the button."""

    kind = forms.ChoiceField(choices=Remark.Kind.choices, widget=forms.HiddenInput)
    text = forms.CharField(max_length=4000, required=False, widget=forms.Textarea({"rows": 3}), label=_("Your words"))
    action = forms.ModelChoiceField(
        queryset=Action.objects.none(), required=False, empty_label=_("The whole plan"), label=_("About")
    )
    reason = forms.ChoiceField(
        choices=list(NOT_HELPFUL_BECAUSE.items()), required=False, widget=forms.RadioSelect, label=_("Why not?")
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].queryset = plan.actions.all()  # type: ignore[attr-defined]


class StartForm(forms.Form):
    """A plan started by hand."""

    agent = forms.ModelChoiceField(queryset=Agent.objects.none(), label=_("Agent"), empty_label=_("Choose…"))
    skill = forms.ModelChoiceField(queryset=Skill.objects.all(), label=_("Skill"), empty_label=_("Choose…"))
    focus = forms.CharField(
        max_length=2000, required=False, widget=forms.Textarea({"rows": 3}), label=_("Focus"),
        help_text=_("One to three points, one a line. Empty: the library's points for this skill."),
    )  # fmt: skip

    def __init__(self, *args: Any, agents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agent"].queryset = agents  # type: ignore[attr-defined]


class Moment(forms.DateTimeInput):
    """A moment as the browser's own field reads and writes it, in the person's time zone."""

    def __init__(self) -> None:
        super().__init__({"type": "datetime-local", "step": "300"}, format="%Y-%m-%dT%H:%M")


class ArrangeForm(forms.Form):
    """When and where a session is, and what about."""

    starts_at = forms.DateTimeField(widget=Moment(), label=_("When"))
    minutes = forms.IntegerField(min_value=5, max_value=480, initial=30, label=_("Minutes"))
    place = forms.CharField(
        max_length=300, required=False, label=_("Where"), help_text=_("A room, or the link of a call.")
    )
    agenda = forms.CharField(
        max_length=8000, required=False, widget=forms.Textarea({"rows": 9}), label=_("Agenda"),
        help_text=_("One point a line, drawn up from the plan. Change what you like; both sides see it."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = {"zone": timezone.get_current_timezone_name()}
        self.fields["starts_at"].help_text = _("In your time zone, %(zone)s.") % zone


class SessionForm(ArrangeForm):
    """A session as it stands, with its shared notes."""

    number = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    notes = forms.CharField(
        max_length=20000, required=False, widget=forms.Textarea({"rows": 7}), label=_("Shared notes"),
        help_text=_("What was said and agreed. Both sides see it."),
    )  # fmt: skip

    def keep_time(self) -> None:
        """Show when and where, to be read only: what took place keeps both."""
        for name in ("starts_at", "minutes", "place"):
            self.fields[name].widget.attrs["readonly"] = True


class PrivateNoteForm(forms.Form):
    """What a coach keeps."""

    text = forms.CharField(max_length=8000, widget=forms.Textarea({"rows": 3}), label=_("Private note"))


def session_edit_from(form: SessionForm) -> SessionEdit:
    """Turn a valid form into one edit."""
    return SessionEdit(**form.cleaned_data)


class PlanForm(forms.Form):
    """The plan's own fields; its actions are a form set beside it."""

    number = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    focus = forms.CharField(
        max_length=4000, required=False, widget=forms.Textarea({"rows": 5}), label=_("Focus"),
        help_text=_("One to three points, one a line."),
    )  # fmt: skip
    follow_up_on = forms.DateField(
        required=False, widget=Day(), label=_("Follow up on"),
        help_text=_("The outcome is measured once the reviews of the whole weeks before this day are in."),
    )  # fmt: skip
    follow_up_quota = forms.IntegerField(
        required=False, min_value=0, max_value=MOST_FOLLOW_UP, label=_("Extra reviews for the follow-up"),
        help_text=_("Drawn at random over four weeks, beside the usual ones. Reviewers are not told."),
    )  # fmt: skip


class LibraryChoiceForm(forms.Form):
    """Which more of the library's suggestions a plan takes."""

    take = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label=_("Take from the library"),
        help_text=_("For the agent’s level; what was written for the channel comes first. Days count from today."),
    )  # fmt: skip

    def __init__(self, *args: Any, offered: Sequence[Suggestion] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered, kinds = {one.key: one for one in offered}, dict(Action.Kind.choices)
        choices = [(one.key, f"{one.text} ({kinds.get(one.kind, one.kind)})") for one in offered]
        self.fields["take"].choices = choices  # type: ignore[attr-defined]

    def taken(self, *, today: date) -> list[ActionEdit]:
        """Return what was chosen as actions, with the checks that go with it."""
        checks = catalogue()
        chosen = [self.offered[key] for key in self.cleaned_data["take"]]
        return [
            ActionEdit(
                pk=None, kind=one.kind, text=one.text, due_on=today + timedelta(days=one.days), link=one.link,
                check_key=checks.going_with(one.key), library_key=one.key,
            )
            for one in chosen
        ]  # fmt: skip


class ExtendForm(forms.Form):
    """By how much the follow-up is put off."""

    weeks = forms.IntegerField(min_value=1, max_value=26, initial=4, label=_("Weeks"))


class ActionForm(forms.Form):
    """One action; an empty text leaves it out."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=Action.Kind.choices, label=_("Kind"))
    text = forms.CharField(max_length=1000, required=False, widget=forms.Textarea({"rows": 2}), label=_("What to do"))
    due_on = forms.DateField(required=False, widget=Day(), label=_("Due"))

    link = forms.URLField(
        required=False, max_length=500, assume_scheme="https", validators=[URLValidator(schemes=["http", "https"])],
        label=_("Link"),
    )  # fmt: skip
    check_key = forms.ChoiceField(required=False, label=_("Knowledge check"))

    def __init__(self, *args: Any, checks: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["check_key"].choices = [("", _("None")), *checks]  # type: ignore[attr-defined]


ActionFormSet = formset_factory(ActionForm, extra=2, max_num=30, absolute_max=60)


def edit_from(form: PlanForm, actions: BaseFormSet, taken: Sequence[ActionEdit] = ()) -> PlanEdit:
    """Turn two valid forms, and what was taken from the library, into one edit."""
    lines = [line.cleaned_data for line in actions.forms if (line.cleaned_data.get("text") or "").strip()]
    return PlanEdit(
        number=form.cleaned_data["number"],
        focus=form.cleaned_data["focus"],
        follow_up_on=form.cleaned_data["follow_up_on"],
        follow_up_quota=form.cleaned_data["follow_up_quota"],
        actions=[
            ActionEdit(
                pk=line["pk"],
                kind=line["kind"],
                text=line["text"],
                due_on=line["due_on"],
                link=line["link"],
                check_key=line["check_key"],
            )
            for line in lines
        ]
        + list(taken),
    )
