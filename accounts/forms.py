"""What admins and people send about log-ins, roles, teams and agents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts import days
from accounts.languages import languages
from accounts.models import Agent, Team, User
from accounts.roles import Role
from core import time_zones

EARLIEST, LATEST = 1950, 2100


class Day(forms.DateInput):
    """A day as the browser's own date field reads and writes it, whatever the language."""

    def __init__(self) -> None:
        super().__init__({"type": "date"}, format="%Y-%m-%d")


class Zone(forms.CharField):
    """A time zone by its name, offered from the list that the page brings along."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"})
        super().__init__(max_length=64, label=_("Time zone"), widget=widget, **options)

    def clean(self, value: Any) -> str:
        """Refuse a zone that nobody keeps time by."""
        name: str = super().clean(value)
        if name and not time_zones.is_known(name):
            raise forms.ValidationError(_("Choose a time zone of the list, such as Europe/London."))
        return name


class PersonForm(forms.Form):
    """A log-in; what a person may do is given by roles."""

    email = forms.EmailField(
        max_length=254, label=_("E-mail"), help_text=_("The person signs in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    name = forms.CharField(max_length=120, label=_("Name"), widget=forms.TextInput(attrs={"autocomplete": "off"}))
    time_zone = Zone(help_text=_("Dates and times are shown to this person in it."))


class GrantForm(forms.Form):
    """A role, where it holds, and from when until when."""

    role = forms.ChoiceField(choices=Role.choices, label=_("Role"), widget=forms.RadioSelect)
    team = forms.ModelChoiceField(
        queryset=Team.objects.none(), required=False, label=_("Team"), empty_label=_("Everywhere"),
        help_text=_("In one team a person sees the people and conversations of that team alone. Rubrics, sampling, "
                    "imports and settings belong to no team: they take a role that holds everywhere."),
    )  # fmt: skip
    starts_on = forms.DateField(label=_("From"), widget=Day())
    ends_on = forms.DateField(
        label=_("Until"), required=False, widget=Day(), help_text=_("The last day. Empty: until somebody ends it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.in_use()  # type: ignore[attr-defined]

    def clean_starts_on(self) -> date:
        """Refuse a slip of the finger."""
        return likely(self.cleaned_data["starts_on"])

    def clean_ends_on(self) -> date | None:
        """Refuse a slip of the finger."""
        return likely(self.cleaned_data["ends_on"]) if self.cleaned_data["ends_on"] else None

    def values(self, now: datetime) -> dict[str, Any]:
        """Return what the service takes: moments instead of days."""
        sent = self.cleaned_data
        return {
            "role": Role(sent["role"]),
            "team": sent["team"],
            "starts_at": days.begin(sent["starts_on"], now=now),
            "ends_at": days.end(sent["ends_on"]) if sent["ends_on"] else None,
        }


class EndForm(forms.Form):
    """The last day of a role."""

    ends_on = forms.DateField(
        label=_("Last day"), required=False, widget=Day(), help_text=_("Empty: the role ends this moment.")
    )

    def clean_ends_on(self) -> date | None:
        """Refuse a slip of the finger."""
        return likely(self.cleaned_data["ends_on"]) if self.cleaned_data["ends_on"] else None

    def moment(self, now: datetime) -> datetime:
        """Return when the role ends."""
        day = self.cleaned_data["ends_on"]
        return days.end(day) if day else now


class TeamForm(forms.Form):
    """A team."""

    name = forms.CharField(max_length=120, label=_("Name"), widget=forms.TextInput(attrs={"autocomplete": "off"}))
    time_zone = Zone(help_text=_("Where most of its agents work."))


class AgentForm(forms.Form):
    """What is known of an agent."""

    name = forms.CharField(max_length=200, label=_("Name"), widget=forms.TextInput(attrs={"autocomplete": "off"}))
    level = forms.ChoiceField(choices=Agent.Level.choices, label=_("Level"))
    hired_on = forms.DateField(required=False, label=_("Hired on"), widget=Day())
    time_zone = Zone()
    languages = forms.CharField(
        required=False, max_length=200, label=_("Languages"),
        help_text=_("As short codes with spaces between them: en de pt-BR."),
    )  # fmt: skip
    is_bot = forms.BooleanField(
        required=False, label=_("This is a bot"), help_text=_("Bots can be reviewed, and are never ranked with people.")
    )

    def clean_hired_on(self) -> date | None:
        """Refuse a slip of the finger."""
        return likely(self.cleaned_data["hired_on"]) if self.cleaned_data["hired_on"] else None

    def clean_languages(self) -> list[str]:
        """Read the codes, and refuse what is none."""
        return languages(self.cleaned_data["languages"])


class IdentityForm(forms.Form):
    """What a source calls an agent."""

    source = forms.CharField(
        max_length=60, label=_("Source"), help_text=_("The help desk, as imports name it."),
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
    )  # fmt: skip
    external_id = forms.CharField(
        max_length=255, label=_("Number there"), help_text=_("By which its conversations name the agent."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def clean_source(self) -> str:
        """Return the short name by which sources are told apart."""
        name = slugify(self.cleaned_data["source"])[:60]
        if not name:
            raise forms.ValidationError(_("Use at least one letter or digit of the Latin alphabet."))
        return name


class NewAgentForm(IdentityForm, AgentForm):
    """An agent whom no import has brought yet."""

    team = forms.ModelChoiceField(
        queryset=Team.objects.none(), required=False, label=_("Team"), empty_label=_("None yet")
    )
    field_order = ("name", "source", "external_id", "team", "level", "hired_on", "time_zone", "languages", "is_bot")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.in_use()  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """Where an agent goes, and since when."""

    team = forms.ModelChoiceField(
        queryset=Team.objects.none(), required=False, label=_("Team"), empty_label=_("No team")
    )
    since = forms.DateField(
        label=_("Since"), widget=Day(), help_text=_("What ended before this day stays with the team of before.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.in_use()  # type: ignore[attr-defined]

    def clean_since(self) -> date:
        """Refuse a day ahead and a slip of the finger."""
        day = likely(self.cleaned_data["since"])
        if day > timezone.localdate():
            raise forms.ValidationError(_("A move is entered on its day or later, not ahead of it."))
        return day


class LinkForm(forms.Form):
    """The log-in of an agent."""

    email = forms.EmailField(
        max_length=254, label=_("E-mail of the log-in"),
        help_text=_("Log-ins that belong to no agent are offered while you type. A new one is made under Log-ins."),
        widget=forms.EmailInput(attrs={"list": "log-ins", "autocomplete": "off"}),
    )  # fmt: skip

    def clean_email(self) -> User:
        """Find the person."""
        user = User.objects.filter(email=self.cleaned_data["email"].strip().lower(), is_active=True).first()
        if user is None:
            raise forms.ValidationError(_("No active log-in has this address. Make one first."))
        return user


def likely(day: date) -> date:
    """Return a day that somebody can have meant."""
    if not EARLIEST <= day.year <= LATEST:
        words = {"first": EARLIEST, "last": LATEST}
        raise forms.ValidationError(_("Choose a day between %(first)d and %(last)d.") % words)
    return day


class FileForm(forms.Form):
    """A table of agents."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("Up to 2 MB and 10,000 rows; commas, semicolons or tabs; UTF-8."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,text/csv"}),
        error_messages={"empty": _("This file is empty.")},
    )
    is_check = forms.BooleanField(
        required=False, initial=True, label=_("Only check: say what would happen, and change nothing")
    )
