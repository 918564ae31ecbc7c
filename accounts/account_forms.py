"""What people send about their own account."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import Zone
from accounts.models import User
from accounts.scopes import WORDS, Scope
from accounts.services.tokens import DEFAULT_DAYS, LONGEST_DAYS


class ProfileForm(forms.Form):
    """How one is called, and how pages look."""

    name = forms.CharField(max_length=120, label=_("Name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    time_zone = Zone(help_text=_("Dates and times are shown in it."))
    theme = forms.ChoiceField(
        choices=User.Theme.choices, label=_("Appearance"), widget=forms.RadioSelect,
        help_text=_("On every device, unless you choose another on one of them."),
    )  # fmt: skip


class TokenForm(forms.Form):
    """A token: what it is for, what it may do, and how long."""

    name = forms.CharField(
        max_length=80, label=_("What it is for"), help_text=_("So that you know later which one to revoke."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        choices=[(scope.value, WORDS[scope]) for scope in Scope], initial=[Scope.READ.value],
        label=_("What it may do"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Never more than you may do yourself. Choose as little as it needs."),
    )  # fmt: skip
    days = forms.IntegerField(
        min_value=1, max_value=LONGEST_DAYS, initial=DEFAULT_DAYS, label=_("Days until it ends"),
        help_text=_("At most a year; make a new one then."),
    )  # fmt: skip
