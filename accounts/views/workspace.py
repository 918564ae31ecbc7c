"""The settings of the installation, each with a sentence that says what it does."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import person
from accounts.models import Workspace
from accounts.services import workspace as settings
from accounts.settings_form import WorkspaceForm
from accounts.views.guard import changes_settings
from accounts.views.people import numbered
from core import time_zones
from core.http import render_page
from core.refusals import Refused


@require_http_methods(["GET", "HEAD", "POST"])
@changes_settings
def workspace(request: HttpRequest) -> HttpResponse:
    """Show the settings, and change them."""
    stored = Workspace.current()
    if request.method != "POST":
        values = {name: getattr(stored, name) for name in WorkspaceForm.base_fields}
        return _form(request, WorkspaceForm(initial=values), stored)
    form = WorkspaceForm(request.POST)
    if not form.is_valid():
        return _form(request, form, stored, status=422)
    try:
        settings.change(**form.cleaned_data, number=numbered(request), by=person(request), now=timezone.now())
    except Refused as refused:
        form.add_error(None, refused.refusal.sentence)
        return _form(request, form, stored, status=refused.refusal.status)
    messages.success(request, _("Saved."))
    return redirect("accounts:workspace")


def _form(request: HttpRequest, form: WorkspaceForm, stored: Workspace, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "workspace": stored, "time_zones": time_zones.names()}
    return render_page(request, "accounts/workspace.html", context, status=status)
