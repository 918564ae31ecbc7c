"""The settings of the installation, as an admin reads and changes them."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import Zone
from accounts.models import Workspace

LONGEST_WAIT = 7 * 24 * 60


class WorkspaceForm(forms.Form):
    """Each setting with what it does."""

    name = forms.CharField(
        max_length=120, label=_("Name"), help_text=_("What authenticator apps and exports call this installation.")
    )
    time_zone = Zone(help_text=_("Proposed for new people, teams, agents and sampling plans; each can have another."))
    shows_reviewer_name = forms.BooleanField(
        required=False, label=_("Agents see who reviewed them"),
        help_text=_("Without it, feedback is signed by no name. Supervisors and managers see the name in any case."),
    )  # fmt: skip
    second_reader_for_card_fail = forms.BooleanField(
        required=False, label=_("A failed card needs a second reader"),
        help_text=_("A review that fails as a whole is published only after somebody else has read it."),
    )  # fmt: skip
    edit_window_minutes = forms.IntegerField(
        min_value=0, max_value=LONGEST_WAIT, label=_("Minutes until publishing"),
        help_text=_("How long after submitting a review is published by itself; the reviewer may publish sooner."),
    )  # fmt: skip
    dispute_window_days = forms.IntegerField(
        min_value=0, max_value=90, label=_("Days to dispute"),
        help_text=_("How long after publishing an agent may dispute a criterion. 0: not at all."),
    )  # fmt: skip
    dispute_due_days = forms.IntegerField(
        min_value=1, max_value=90, label=_("Days to decide a dispute"),
        help_text=_("A reminder comes two days before. After twice as many days an undecided dispute ends by itself."),
    )  # fmt: skip
    second_look_excludes_lead = forms.BooleanField(
        required=False, label=_("The agent’s own supervisor takes no second look"),
        help_text=_("Disputed answers and failed cards are judged afresh by anybody but the supervisor of that team."),
    )  # fmt: skip
    second_factor = forms.ChoiceField(
        choices=Workspace.SecondFactor.choices, label=_("Second factor at sign-in"), widget=forms.RadioSelect,
        help_text=_("An authenticator app or a passkey. Who needs one and has none is led to setting it up, and can "
                    "do nothing else before. Off: the pages for it are closed, and nobody is asked."),
    )  # fmt: skip
