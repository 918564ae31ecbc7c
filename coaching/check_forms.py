"""What people send about knowledge checks: answers, and the questions themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coaching.questions import MOST_CHOICES, MOST_QUESTIONS, PASS_PERCENT, Question, QuestionSet
from coaching.selectors.library import advice
from coaching.services.checks import CheckEdit
from rubrics.models import Skill

MARK = "*"


class AnswerForm(forms.Form):
    """One choice for each question of a check."""

    fingerprint = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, asked: QuestionSet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fingerprint"].initial = asked.fingerprint
        for number, question in enumerate(asked.questions, start=1):
            self.fields[f"question_{number}"] = forms.TypedChoiceField(
                coerce=int,
                choices=list(enumerate(question.choices, start=1)),
                widget=forms.RadioSelect,
                label=f"{number}. {question.text}",
                error_messages={"required": gettext("Choose an answer.")},
            )

    @property
    def answers(self) -> list[int]:
        """Return the choices in the order of the questions."""
        names = [name for name in self.fields if name.startswith("question_")]
        return [self.cleaned_data[name] for name in names]


class CheckForm(forms.Form):
    """A question set without its questions."""

    number = forms.IntegerField(min_value=0, widget=forms.HiddenInput, initial=0)
    skill = forms.ModelChoiceField(queryset=Skill.objects.all(), label=_("Skill"), empty_label=_("Choose…"))
    title = forms.CharField(max_length=120, label=_("Title"))
    about = forms.CharField(
        max_length=1000, required=False, widget=forms.Textarea({"rows": 2}), label=_("What it is about")
    )
    pass_percent = forms.IntegerField(
        min_value=1, max_value=100, initial=PASS_PERCENT, label=_("Passed from"),
        help_text=_("Per cent of the answers that have to be right."),
    )  # fmt: skip
    goes_with = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label=_("Goes with"),
        help_text=_("When a proposal suggests one of these, the check comes with it."),
    )  # fmt: skip
    is_retired = forms.BooleanField(required=False, label=_("Not offered any more"))

    def __init__(self, *args: Any, skill: str = "", kept: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = advice(skill) if skill else None
        choices = [(one.key, one.text) for one in known.suggestions] if known else []
        # What an edited library does not know any more stays, unless somebody takes it out.
        choices += [(key, key) for key in kept if key not in dict(choices)]
        self.fields["goes_with"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["goes_with"]


class QuestionForm(forms.Form):
    """One question; an empty text leaves it out."""

    text = forms.CharField(max_length=500, required=False, widget=forms.Textarea({"rows": 2}), label=_("Question"))
    choices = forms.CharField(
        max_length=2000, required=False, widget=forms.Textarea({"rows": 3}), label=_("Choices"),
        help_text=_("One a line. Begin the right one with *."),
    )  # fmt: skip
    because = forms.CharField(max_length=500, required=False, label=_("Why (told after the answer)"))

    def clean(self) -> dict[str, Any]:
        """Read the choices: two at least, exactly one of them marked."""
        sent = super().clean() or {}
        if not (sent.get("text") or "").strip():
            return sent
        lines = [line.strip() for line in (sent.get("choices") or "").splitlines() if line.strip()]
        marked = [number for number, line in enumerate(lines, start=1) if line.startswith(MARK)]
        words = tuple(line.removeprefix(MARK).strip() for line in lines)
        if not 2 <= len(words) <= MOST_CHOICES or len(set(words)) < len(words) or not all(words):
            self.add_error("choices", gettext("Write two to eight different choices, one a line."))
        elif len(marked) != 1:
            self.add_error("choices", gettext("Begin exactly one choice, the right one, with *."))
        else:
            sent["question"] = Question(sent["text"].strip(), words, marked[0], sent.get("because", "").strip())
        return sent


QuestionFormSet = formset_factory(
    QuestionForm, extra=3, max_num=MOST_QUESTIONS, validate_max=True, absolute_max=2 * MOST_QUESTIONS
)


def lines_of(asked: QuestionSet) -> list[dict[str, str]]:
    """Return what the forms of a set's questions hold."""
    return [
        {
            "text": one.text,
            "choices": "\n".join(
                f"{MARK} {words}" if number == one.right else words for number, words in enumerate(one.choices, start=1)
            ),
            "because": one.because,
        }
        for one in asked.questions
    ]


def check_edit_from(form: CheckForm, questions: BaseFormSet) -> CheckEdit:
    """Turn two valid forms into one edit."""
    found = [line.cleaned_data["question"] for line in questions.forms if "question" in line.cleaned_data]
    return CheckEdit(questions=found, **form.cleaned_data)
