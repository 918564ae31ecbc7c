"""What both sides say about a plan."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import person, requires
from accounts.roles import Permission
from coaching.forms import RemarkForm
from coaching.models import Plan, Remark
from coaching.services import remarks
from coaching.views.plans import plan_response
from core.refusals import Refused


@require_POST
@requires(Permission.COACH)
def remark(request: HttpRequest, pk: int) -> HttpResponse:
    """Comment on a plan as somebody who coaches."""
    rows = Plan.objects.coached_by(person(request))
    found = get_object_or_404(rows.select_related("agent", "team", "skill", "owner", "decided_by"), pk=pk)
    return _say(request, found, back="coaching:plan")


@require_POST
@requires(Permission.WORK_ON_OWN_PLAN)
def own_remark(request: HttpRequest, pk: int) -> HttpResponse:
    """Comment or reflect on an own plan, or say that it does not help."""
    rows = Plan.objects.shared_with(person(request))
    found = get_object_or_404(rows.select_related("agent", "team", "skill", "owner"), pk=pk)
    return _say(request, found, back="coaching:own_plan")


def _name(form: RemarkForm) -> str:
    """Return which of the page's forms was sent."""
    return "helpless_form" if form.data.get("kind") == Remark.Kind.NOT_HELPFUL else "remark_form"


def _say(request: HttpRequest, plan: Plan, *, back: str) -> HttpResponse:
    form = RemarkForm(request.POST, plan=plan)
    if not form.is_valid():
        return plan_response(request, plan, status=422, **{_name(form): form})
    try:
        remarks.say(plan, **form.cleaned_data, by=person(request), now=timezone.now())
    except Refused as refused:
        if refused.refusal.status != 422:
            raise
        # What was written stays in the form, with the sentence beside it.
        form.add_error("reason" if refused.refusal.code == "unknown_reason" else "text", str(refused.refusal.sentence))
        return plan_response(request, plan, status=422, **{_name(form): form})
    messages.success(request, _("Said. The other side is told."))
    return redirect(back, plan.pk)
