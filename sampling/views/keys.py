"""The master keys behind the draws: which there were, and changing to the next one."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person, requires
from accounts.roles import Permission
from core.http import render_page
from sampling.models import MasterKey
from sampling.selectors.pages import master_keys
from sampling.services import keys

KEYS = 25


@require_GET
@requires(Permission.MANAGE_SETTINGS)
def key_list(request: HttpRequest) -> HttpResponse:
    """List the keys by number and fingerprint, the newest first."""
    found = master_keys(MasterKey.objects.visible_to(person(request)))
    page = Paginator(found, KEYS).get_page(request.GET.get("page"))
    return render_page(request, "sampling/keys.html", {"page": page})


@require_POST
@requires(Permission.MANAGE_SETTINGS)
def rotate(request: HttpRequest) -> HttpResponse:
    """Change to a new key."""
    made = keys.rotate(by=person(request), now=timezone.now())
    messages.success(
        request,
        _("Key %(n)s holds for every period that has not begun. Old draws repeat as before.") % {"n": made.number},
    )
    return redirect("sampling:keys")
