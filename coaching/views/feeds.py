"""The calendar feed: its secret address, and the page on which a person makes or takes it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import may, person, requires
from accounts.roles import Permission
from coaching.calendars import calendar_file
from coaching.selectors.sessions import address_of, appointment, feed_of, in_calendar
from coaching.services import feeds
from core.http import render_page

BOTH = (Permission.COACH, Permission.WORK_ON_OWN_PLAN)
PLAIN = "text/plain; charset=utf-8"


@require_GET
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Answer a calendar program with the sessions of whoever the secret belongs to; it cannot log in."""
    now = timezone.now()
    found = feeds.recognise(secret, now=now)
    if found is None:
        return HttpResponse(_("This calendar address opens nothing any more."), content_type=PLAIN, status=404)
    rows = in_calendar(found.user, now=now)
    many = [appointment(row, address=request.build_absolute_uri(address_of(row, user=found.user))) for row in rows]
    return HttpResponse(
        calendar_file(*many, name=_("1:1 sessions")),
        content_type="text/calendar; charset=utf-8",
        headers={"Cache-Control": "private, no-store", "Content-Disposition": 'inline; filename="one-to-ones.ics"'},
    )


@require_GET
@requires(*BOTH)
def page(request: HttpRequest) -> HttpResponse:
    """Show whether there is a feed, and when it was read last."""
    context = {"feed": feed_of(person(request)), "coaches": may(person(request), Permission.COACH)}
    return render_page(request, "coaching/feed.html", context)


@require_POST
@requires(*BOTH)
def open_feed(request: HttpRequest) -> HttpResponse:
    """Make an address and show it, this once."""
    made, secret = feeds.open_feed(person(request), by=person(request), now=timezone.now())
    address = request.build_absolute_uri(reverse("coaching:feed", args=[secret]))
    context = {"feed": made, "address": address, "coaches": may(person(request), Permission.COACH)}
    return render_page(request, "coaching/feed.html", context)


@require_POST
@requires(*BOTH)
def revoke(request: HttpRequest) -> HttpResponse:
    """Take the address back."""
    feeds.revoke(person(request), by=person(request), now=timezone.now())
    messages.success(request, _("Taken back. Calendars that used the address find nothing any more."))
    return redirect("coaching:feed_page")
