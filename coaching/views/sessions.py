"""1:1 sessions: arranging one, its page on both sides, the calendar file and the sheet to print."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import may, person, requires
from accounts.roles import Permission
from coaching.calendars import calendar_file
from coaching.forms import ArrangeForm, PrivateNoteForm, SessionForm, session_edit_from
from coaching.models import Plan, PrivateNote, Session
from coaching.policies import why_not_confirm_session, why_not_end_session
from coaching.selectors.plans import agenda_of
from coaching.selectors.sessions import WHOLE, address_of, appointment
from coaching.services import sessions
from core.forms import told
from core.http import render_page
from core.refusals import Refused


@require_http_methods(["GET", "POST"])
@requires(Permission.COACH)
def arrange(request: HttpRequest, pk: int) -> HttpResponse:
    """Arrange a session about a plan."""
    plans = Plan.objects.coached_by(person(request)).select_related("agent", "skill")
    plan = get_object_or_404(plans, pk=pk)
    agenda = agenda_of(plan, today=timezone.localdate())
    form = ArrangeForm(request.POST) if request.method == "POST" else ArrangeForm(initial={"agenda": agenda})
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            made = sessions.arrange(plan, **form.cleaned_data, by=person(request), now=timezone.now())
        except Refused as refused:
            status = told(form, refused)
        else:
            messages.success(request, _("Arranged. Put it into your calendar from here."))
            return redirect("coaching:session", made.pk)
    return render_page(request, "coaching/arrange.html", {"plan": plan, "form": form}, status=status)


@require_GET
@requires(Permission.COACH)
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a session to those who coach."""
    return _page(request, _coached(request, pk))


@require_GET
@requires(Permission.WORK_ON_OWN_PLAN)
def own_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a session to the agent it is with."""
    return _page(request, _own(request, pk))


@require_POST
@requires(Permission.COACH)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change time, agenda and shared notes."""
    found, form = _coached(request, pk), SessionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form=form, status=422)
    try:
        sessions.change(found, session_edit_from(form), by=person(request), now=timezone.now())
    except Refused as refused:
        return _page(request, found, form=form, status=told(form, refused))
    messages.success(request, _("Saved."))
    return redirect("coaching:session", pk)


@require_POST
@requires(Permission.COACH)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Say for the coach's side that a session took place."""
    return _confirmed(request, _coached(request, pk), back="coaching:session")


@require_POST
@requires(Permission.WORK_ON_OWN_PLAN)
def own_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Say for the agent's side that a session took place."""
    return _confirmed(request, _own(request, pk), back="coaching:own_session")


@require_POST
@requires(Permission.COACH)
def miss(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that nobody came."""
    sessions.miss(_coached(request, pk), by=person(request), now=timezone.now())
    messages.success(request, _("Noted. Arrange another session when it suits both."))
    return redirect("coaching:session", pk)


@require_POST
@requires(Permission.COACH)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a planned session."""
    sessions.cancel(_coached(request, pk), by=person(request), now=timezone.now())
    messages.success(request, _("Cancelled. The calendar file says so, too."))
    return redirect("coaching:session", pk)


@require_POST
@requires(Permission.KEEP_PRIVATE_NOTES)
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a private note."""
    found, form = _coached(request, pk), PrivateNoteForm(request.POST)
    if not form.is_valid():
        return _page(request, found, note_form=form, status=422)
    sessions.note(found, **form.cleaned_data, by=person(request), now=timezone.now())
    messages.success(request, _("Kept. The agent never reads it."))
    return redirect("coaching:session", pk)


@require_GET
@requires(Permission.COACH)
def calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the calendar file of a session."""
    return _file(request, _coached(request, pk))


@require_GET
@requires(Permission.WORK_ON_OWN_PLAN)
def own_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the calendar file of an own session."""
    return _file(request, _own(request, pk))


@require_GET
@requires(Permission.COACH)
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a session as a sheet to print; private notes are never on it."""
    found = _coached(request, pk)
    context = {"session": found, "plan": found.plan, "actions": list(found.plan.actions.all())}
    return render_page(request, "coaching/sheet.html", context)


def _coached(request: HttpRequest, pk: int) -> Session:
    found: Session = get_object_or_404(Session.objects.coached_by(person(request)).select_related(*WHOLE), pk=pk)
    return found


def _own(request: HttpRequest, pk: int) -> Session:
    found: Session = get_object_or_404(Session.objects.of_agent(person(request)).select_related(*WHOLE), pk=pk)
    return found


def _confirmed(request: HttpRequest, found: Session, *, back: str) -> HttpResponse:
    made = sessions.confirm(found, by=person(request), now=timezone.now())
    held = made.status == Session.Status.HELD
    messages.success(request, _("Held: both sides have said so.") if held else _("Said. The other side confirms, too."))
    return redirect(back, found.pk)


def _file(request: HttpRequest, found: Session) -> HttpResponse:
    address = request.build_absolute_uri(address_of(found, user=person(request)))
    return HttpResponse(
        calendar_file(appointment(found, address=address)),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="one-to-one-{found.pk}.ics"'},
    )


def _page(request: HttpRequest, found: Session, *, status: int = 200, **forms: Form) -> HttpResponse:
    user, now = person(request), timezone.now()
    is_agent = found.plan.agent.user_id == user.pk
    keeps_notes = not is_agent and may(user, Permission.KEEP_PRIVATE_NOTES)
    fields = ("starts_at", "minutes", "place", "agenda", "notes")
    initial = {"number": found.edit_number, **{name: getattr(found, name) for name in fields}}
    context = {
        "session": found,
        "plan": found.plan,
        "is_agent": is_agent,
        "may_confirm": why_not_confirm_session(user, found, now=now) is None,
        "may_end": not is_agent and why_not_end_session(found) is None,
        "may_edit": not is_agent and found.status in (Session.Status.PLANNED, Session.Status.HELD),
        "has_begun": now >= found.starts_at,
        "keeps_notes": keeps_notes,
        "private_notes": PrivateNote.objects.visible_to(user).filter(session=found).select_related("author")
        if keeps_notes
        else [],
        "form": SessionForm(initial=initial),
        "note_form": PrivateNoteForm(),
        **forms,
    }
    if found.status == Session.Status.HELD and isinstance(context["form"], SessionForm):
        context["form"].keep_time()
    return render_page(request, "coaching/session.html", context, status=status)
