"""Comment templates: one's own and the shared ones; the workspace keeps new ones from here too."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import may, person, requires
from accounts.roles import Permission
from core.http import render_page, wants_json
from core.refusals import Refused
from reviews.forms import CommentTemplateForm
from reviews.models import CommentTemplate
from reviews.services import comment_templates
from reviews.words import placeholder_words


@require_GET
@requires(Permission.SCORE)
def template_list(request: HttpRequest) -> HttpResponse:
    """List what one keeps for oneself, and what is shared."""
    user = person(request)
    rows = CommentTemplate.objects.visible_to(user).select_related("skill")
    context = {
        "rail_at": reverse("reviews:queue"),
        "own": [row for row in rows if not row.is_shared],
        "shared": [row for row in rows if row.is_shared],
        "may_share": may(user, Permission.MANAGE_RUBRICS),
    }
    return render_page(request, "reviews/comment_templates.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.SCORE)
def new_template(request: HttpRequest) -> HttpResponse:
    """Keep a new text; the workspace sends the same form and reads JSON."""
    user = person(request)
    form = CommentTemplateForm(
        request.POST or None,
        may_share=may(user, Permission.MANAGE_RUBRICS),
        initial={"shared": "shared" in request.GET},
    )
    if request.method != "POST" or not form.is_valid():
        return _form(request, form)
    try:
        made = comment_templates.create(form.wording(), shared=form.is_shared, by=user, now=timezone.now())
    except Refused as refused:
        return _form(request, form, refused)
    if wants_json(request):
        return JsonResponse({"id": made.pk, "name": made.name, "text": made.text})
    messages.success(request, _("Kept: %(name)s.") % {"name": made.name})
    return redirect("reviews:comment_templates")


@require_http_methods(["GET", "POST"])
@requires(Permission.SCORE)
def edit_template(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a template; whose it is stays."""
    user = person(request)
    template = _get(request, pk)
    start = {"name": template.name, "text": template.text, "skill": template.skill_id}
    form = CommentTemplateForm(request.POST or None, may_share=False, initial=start)
    if request.method != "POST" or not form.is_valid():
        return _form(request, form, template=template)
    try:
        comment_templates.change(template, form.wording(), by=user, now=timezone.now())
    except Refused as refused:
        return _form(request, form, refused, template=template)
    messages.success(request, _("Changed: %(name)s.") % {"name": template.name})
    return redirect("reviews:comment_templates")


@require_POST
@requires(Permission.SCORE)
def remove_template(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a template; comments made from it stay."""
    template = _get(request, pk)
    comment_templates.remove(template, by=person(request), now=timezone.now())
    messages.success(request, _("Removed: %(name)s.") % {"name": template.name})
    return redirect("reviews:comment_templates")


def _get(request: HttpRequest, pk: int) -> CommentTemplate:
    found: CommentTemplate = get_object_or_404(CommentTemplate.objects.visible_to(person(request)), pk=pk)
    return found


def _form(
    request: HttpRequest,
    form: CommentTemplateForm,
    refused: Refused | None = None,
    *,
    template: CommentTemplate | None = None,
) -> HttpResponse:
    if refused is not None:
        form.add_error(None, str(refused.refusal.sentence))
    status = refused.refusal.status if refused else 422 if form.errors else 200
    if wants_json(request) and form.errors:
        sentence = next(str(error) for errors in form.errors.values() for error in errors)
        return JsonResponse({"code": "bad_template", "sentence": sentence}, status=status)
    context = {
        "rail_at": reverse("reviews:queue"),
        "form": form,
        "template": template,
        "placeholders": placeholder_words().items(),
    }
    return render_page(request, "reviews/comment_template.html", context, status=status)
