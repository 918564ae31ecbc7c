"""Knowledge checks: taking one, what came of it, and the questions that a workspace asks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import BaseFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import may, person, requires
from accounts.roles import Permission
from coaching.check_forms import AnswerForm, CheckForm, QuestionFormSet, check_edit_from, lines_of
from coaching.models import Action, Attempt, Plan
from coaching.policies import why_not_take
from coaching.questions import QuestionSet
from coaching.selectors.checks import answered, catalogue, find
from coaching.services import checks
from core.http import render_page
from core.refusals import Refused, refuse
from rubrics.models import Skill


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_OWN_PLAN)
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the questions of a check that goes with an own action, and mark the answers."""
    rows = Action.objects.filter(plan__in=Plan.objects.shared_with(person(request)))
    action = get_object_or_404(rows.select_related("plan__agent", "plan__skill"), pk=pk)
    asked = find(action.check_key)
    refuse(why_not_take(person(request), action, asked))
    assert asked is not None
    form = AnswerForm(request.POST or None, asked=asked)
    if request.method == "POST" and form.is_valid():
        try:
            made = checks.take(
                action, answers=form.answers, fingerprint=form.cleaned_data["fingerprint"], by=person(request),
                now=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            if refused.refusal.code != "stale_check":
                raise
            form = AnswerForm(asked=asked)
            messages.error(request, str(refused.refusal.sentence))
            return _ask(request, action, asked, form, status=409)
        messages.success(request, _said(made))
        return redirect("coaching:own_attempt", made.pk)
    return _ask(request, action, asked, form, status=422 if request.method == "POST" else 200)


@require_GET
@requires(Permission.WORK_ON_OWN_PLAN)
def own_attempt(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an own attempt: what was right, and why."""
    return _attempt(request, get_object_or_404(Attempt.objects.of_agent(person(request)), pk=pk), is_agent=True)


@require_GET
@requires(Permission.COACH)
def attempt(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an agent's attempt to those who coach."""
    return _attempt(request, get_object_or_404(Attempt.objects.coached_by(person(request)), pk=pk), is_agent=False)


@require_GET
@requires(Permission.COACH)
def check_list(request: HttpRequest) -> HttpResponse:
    """List the knowledge checks by skill."""
    known = sorted(catalogue().sets.values(), key=lambda one: (one.is_retired, one.title))
    skills = [(skill, [one for one in known if one.skill == skill.slug]) for skill in Skill.objects.all()]
    may_write = may(person(request), Permission.MANAGE_RUBRICS)
    return render_page(request, "coaching/checks.html", {"skills": skills, "may_write": may_write})


@require_GET
@requires(Permission.COACH)
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the questions of a check with their right answers."""
    found = _find(slug)
    skill = get_object_or_404(Skill, slug=found.skill)
    context = {"check": found, "skill": skill, "may_write": may(person(request), Permission.MANAGE_RUBRICS)}
    return render_page(request, "coaching/check.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_RUBRICS)
def edit_check(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the questions of a check; attempts keep the ones that were asked."""
    found = _find(slug)
    terms: dict[str, Any] = {"skill": found.skill, "kept": found.goes_with}
    if request.method == "POST":
        form, questions = CheckForm(request.POST, **terms), QuestionFormSet(request.POST, prefix="questions")
        return _written(request, form, questions, key=slug)
    names = ("number", "title", "about", "pass_percent", "goes_with", "is_retired")
    skill = get_object_or_404(Skill, slug=found.skill)
    form = CheckForm(initial={**{name: getattr(found, name) for name in names}, "skill": skill.pk}, **terms)
    return _form(request, form, QuestionFormSet(prefix="questions", initial=lines_of(found)), key=slug)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_RUBRICS)
def new_check(request: HttpRequest) -> HttpResponse:
    """Write a check of the workspace's own."""
    chosen = request.GET.get("skill", "")
    if request.method == "POST":
        form = CheckForm(request.POST, skill=_skill_sent(request))
        return _written(request, form, QuestionFormSet(request.POST, prefix="questions"), key="")
    # Compared here, not by the database: PostgreSQL takes no NUL, which an address may hold.
    skill = next((one for one in Skill.objects.all() if one.slug == chosen), None)
    form = CheckForm(initial={"skill": skill.pk if skill else None}, skill=skill.slug if skill else "")
    return _form(request, form, QuestionFormSet(prefix="questions"), key="")


def _skill_sent(request: HttpRequest) -> str:
    """Return the skill of the form that was sent: its resources are the ones that the check can go with."""
    text = request.POST.get("skill", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        return ""
    return Skill.objects.filter(pk=int(text)).values_list("slug", flat=True).first() or ""


def _written(request: HttpRequest, form: CheckForm, questions: BaseFormSet, *, key: str) -> HttpResponse:
    if not (form.is_valid() & questions.is_valid()):  # both, so that each says what is wrong
        return _form(request, form, questions, key=key, status=422)
    edited = check_edit_from(form, questions)
    try:
        if key:
            made = checks.write(key, edited, by=person(request), now=timezone.now())
        else:
            made = checks.add(edited, by=person(request), now=timezone.now())
    except Refused as refused:
        if refused.refusal.status not in (409, 422):
            raise
        # What was written stays in the form, with the sentence above it.
        form.add_error(None, str(refused.refusal.sentence))
        return _form(request, form, questions, key=key, status=refused.refusal.status)
    messages.success(request, _("Saved. Attempts so far keep the questions that were asked then."))
    return redirect("coaching:check", made.key)


def _form(
    request: HttpRequest, form: CheckForm, questions: BaseFormSet, *, key: str, status: int = 200
) -> HttpResponse:
    context = {"form": form, "questions": questions, "key": key}
    return render_page(request, "coaching/check_edit.html", context, status=status)


def _ask(
    request: HttpRequest, action: Action, asked: QuestionSet, form: AnswerForm, *, status: int
) -> HttpResponse:  # fmt: skip
    taken = Attempt.objects.filter(plan=action.plan_id, key=asked.key).order_by("-number")
    context = {"action": action, "plan": action.plan, "check": asked, "form": form, "taken": taken}
    return render_page(request, "coaching/take_check.html", context, status=status)


def _attempt(request: HttpRequest, found: Attempt, *, is_agent: bool) -> HttpResponse:
    whole = Attempt.objects.select_related("plan__agent", "plan__skill", "action").get(pk=found.pk)
    known = find(whole.key)
    context = {
        "attempt": whole, "plan": whole.plan, "answered": answered(whole), "is_agent": is_agent,
        "may_repeat": is_agent and whole.action_id and known is not None and whole.plan.status not in Plan.ENDED,
        "sentence": _said(whole),
    }  # fmt: skip
    return render_page(request, "coaching/attempt.html", context)


def _said(one: Attempt) -> str:
    right = ngettext("%(right)d of one answer is right", "%(right)d of %(total)d answers are right", one.total)
    words = right % {"right": one.right, "total": one.total}
    return (
        _("Passed: %(words)s.") % {"words": words}
        if one.is_passed
        else _("Not passed yet: %(words)s.") % {"words": words}
    )


def _find(key: str) -> QuestionSet:
    found = find(key)
    if found is None:
        raise Http404
    return found
