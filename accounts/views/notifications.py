"""What the product told a person: the page, the count that updates itself, and the choice of the daily mail."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import may, person, signed_in
from accounts.models import Notification
from accounts.notification_words import REMINDERS, icon_of, sentence
from accounts.selectors import unread_notifications
from accounts.services import notifications
from core.http import render_page

PAGE = 25


@require_GET
@signed_in
def notification_list(request: HttpRequest) -> HttpResponse:
    """List a person's notifications, the unread ones first."""
    user = person(request)
    rows = Notification.objects.visible_to(user).in_reading_order()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, sentence(row), icon_of(row)) for row in page.object_list],
        "reminders": [
            (kind, words, kind not in user.reminders_off)
            for kind, (words, permissions) in REMINDERS.items()
            if any(may(user, one) for one in permissions)
        ],
        "unread": Notification.objects.visible_to(user).unread().count(),
    }
    return render_page(request, "accounts/notifications.html", context)


@require_GET
@signed_in
def count(request: HttpRequest) -> HttpResponse:
    """Answer with the small count of the rail, or with nothing when it is the one that the page shows already."""
    found = unread_notifications(person(request))
    if request.GET.get("shown") == (found or "0"):
        return HttpResponse(status=204)
    return render_page(request, "accounts/_notification_count.html", {"found": found})


@require_POST
@signed_in
def open_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one notification as read and go where it leads."""
    found = get_object_or_404(Notification.objects.visible_to(person(request)), pk=pk)
    notifications.read(found, now=timezone.now())
    return redirect(found.path or "accounts:notifications")


@require_POST
@signed_in
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    notifications.read_all(person(request), now=timezone.now())
    return redirect("accounts:notifications")


@require_POST
@signed_in
def choose_digest(request: HttpRequest) -> HttpResponse:
    """Switch the daily mail on or off."""
    wanted = request.POST.get("wanted") == "1"
    notifications.choose_digest(person(request), wanted=wanted, now=timezone.now())
    said = _("The daily mail is on.") if wanted else _("The daily mail is off.")
    messages.success(request, said)
    return redirect("accounts:notifications")


@require_POST
@signed_in
def choose_reminders(request: HttpRequest) -> HttpResponse:
    """Choose which reminders come; those that the page did not offer stay as they are."""
    user = person(request)
    offered, wanted = set(request.POST.getlist("offered")), set(request.POST.getlist("wanted"))
    off = (set(user.reminders_off) - offered) | (offered - wanted)
    notifications.choose_reminders(user, off=off, now=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("accounts:notifications")
