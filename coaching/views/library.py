"""The library of suggestions: what is offered by skill and level, and changing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import may, person, requires
from accounts.models import Agent
from accounts.roles import Permission
from coaching.examples import written
from coaching.library_forms import EntryForm, WordsForm, initial_of
from coaching.models import Action
from coaching.selectors import library as read
from coaching.services import library
from conversations.models import Conversation
from core.http import render_page
from core.refusals import Refused
from rubrics.models import Skill


@require_GET
@requires(Permission.COACH)
def skills(request: HttpRequest) -> HttpResponse:
    """List the skills, with how much the library offers for each."""
    return render_page(request, "coaching/library.html", {"pages": read.pages()})


@require_GET
@requires(Permission.COACH)
def skill(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the library says and offers for one skill."""
    found = read.page(get_object_or_404(Skill, slug=slug))
    kinds, levels, channels = dict(Action.Kind.choices), dict(Agent.Level.choices), dict(Conversation.Channel.choices)
    lines = [
        {
            "entry": one,
            "name": one.key.partition("/")[2],
            "kind": kinds.get(one.kind, one.kind),
            "levels": [levels[level] for level in levels if level in one.levels],
            "channels": [channels[channel] for channel in channels if channel in one.channels],
        }
        for one in (*found.advice.suggestions, *found.retired)
    ]
    may_write = may(person(request), Permission.MANAGE_COACHING)
    return render_page(request, "coaching/library_skill.html", {"page": found, "lines": lines, "may_write": may_write})


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_COACHING)
def edit_words(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what a skill costs the customer, and what to focus on."""
    found = read.page(get_object_or_404(Skill, slug=slug))
    start = {
        "number": found.words_number, "cost": found.advice.cost, "focus": "\n".join(found.advice.focus),
        "examples": written(found.advice.examples),
    }  # fmt: skip
    form = WordsForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            library.say(found.skill, **form.cleaned_data, by=person(request), now=timezone.now())
        except Refused as refused:
            return _form(request, form, found.skill, refused=refused)
        messages.success(request, _("Saved. Plans keep the words that they were given."))
        return redirect("coaching:library_skill", slug)
    return _form(request, form, found.skill)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_COACHING)
def new_entry(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a suggestion."""
    of = get_object_or_404(Skill, slug=slug)
    form = EntryForm(request.POST or None, initial={"number": 0, "days": 14})
    if request.method == "POST" and form.is_valid():
        try:
            library.add(of, form.edit(), by=person(request), now=timezone.now())
        except Refused as refused:
            return _form(request, form, of, refused=refused)
        messages.success(request, _("Added. New plans offer it first."))
        return redirect("coaching:library_skill", slug)
    return _form(request, form, of)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_COACHING)
def edit_entry(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Change a suggestion, or offer it no more."""
    of, known = get_object_or_404(Skill, slug=slug), read.find(f"{slug}/{name}")
    if known is None:
        raise Http404
    form = EntryForm(request.POST or None, initial=initial_of(known))
    if request.method == "POST" and form.is_valid():
        try:
            library.write(known.key, form.edit(), by=person(request), now=timezone.now())
        except Refused as refused:
            return _form(request, form, of, refused=refused, name=name)
        messages.success(request, _("Saved. Plans keep the words that they were given."))
        return redirect("coaching:library_skill", slug)
    return _form(request, form, of, name=name)


def _form(
    request: HttpRequest, form: Any, of: Skill, *, refused: Refused | None = None, name: str = ""
) -> HttpResponse:
    if refused is not None:
        form.add_error(None, str(refused.refusal.sentence))
    status = refused.refusal.status if refused else 422 if form.errors else 200
    context = {"form": form, "skill": of, "name": name, "is_entry": isinstance(form, EntryForm)}
    return render_page(request, "coaching/library_form.html", context, status=status)
