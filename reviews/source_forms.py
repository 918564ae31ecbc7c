"""What an admin says of a source: how long texts are kept, and whom to erase."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from conversations.personal_details import Detail
from conversations.services.erasing import LONGEST_DAYS


class KeepForm(forms.Form):
    """For how long what was said is kept."""

    days = forms.IntegerField(
        required=False, min_value=1, max_value=LONGEST_DAYS, label=_("Days that texts are kept"),
        help_text=_(
            "After the end of a conversation. Empty: for good. What is older is erased within the hour; while it is"
            " being reviewed or disputed it waits for that, 30 days at most."
        ),
    )  # fmt: skip


class MaskForm(forms.Form):
    """Which personal details are masked in what is imported."""

    masks = forms.MultipleChoiceField(
        required=False, choices=Detail.choices, widget=forms.CheckboxSelectMultiple,
        label=_("Masked in what is imported from now on"),
        help_text=_("For good: a sign such as [e-mail] is kept in the place of what was written, and nothing else."),
    )  # fmt: skip


class EraseForm(forms.Form):
    """Whose texts go."""

    customer = forms.CharField(
        max_length=255, label=_("The customer’s id"), widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("As this source gives it, for example c-4711."),
    )  # fmt: skip
