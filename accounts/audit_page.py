"""The audit trail for those who answer for the installation: who changed what, and when."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import person, reach, requires
from accounts.models import User
from accounts.roles import Permission
from core import audit_words
from core.filters import AuditEventFilter
from core.http import render_page
from core.models import AuditEvent, AuditSeal
from core.refusals import Refusal, refuse

PAGE = 50


@require_GET
@requires(Permission.READ_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """List what was changed, newest first, and say up to where it is sealed."""
    refuse(why_not_read_audit(person(request)))
    found = AuditEventFilter(request.GET, queryset=AuditEvent.objects.all(), request=request)
    page = Paginator(found.qs, PAGE).get_page(request.GET.get("page"))
    rows = [(event, audit_words.sentence(event), audit_words.details(event)) for event in page.object_list]
    seal = AuditSeal.objects.order_by("-number").defer("leaves").first()
    context = {"filter": found, "page": page, "rows": rows, "seal": seal}
    return render_page(request, "accounts/audit.html", context)


def why_not_read_audit(user: User) -> Refusal | None:
    """Refuse somebody whose role is limited to a team: the trail holds every team's changes."""
    if reach(user, Permission.READ_AUDIT).everywhere:
        return None
    return Refusal("one_team_only", 403, _("Your role is limited to a team, and the audit trail covers all of them."))
