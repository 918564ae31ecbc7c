"""One's own API tokens: the list, a new one, which is shown once, and the end of one."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person, signed_in
from accounts.account_forms import TokenForm
from accounts.models import ApiToken
from accounts.services import tokens
from core.http import render_page
from core.refusals import Refused

PAGE = 25


@require_GET
@signed_in
def token_list(request: HttpRequest) -> HttpResponse:
    """List one's own tokens, without their text."""
    now = timezone.now()
    rows = Paginator(ApiToken.objects.visible_to(person(request)), PAGE).get_page(request.GET.get("page"))
    return render_page(request, "accounts/tokens.html", {"page": rows, "now": now})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new_token(request: HttpRequest) -> HttpResponse:
    """Make a token and show its text, this once."""
    if request.method != "POST":
        return render_page(request, "accounts/new_token.html", {"form": TokenForm()})
    form = TokenForm(request.POST)
    if not form.is_valid():
        return render_page(request, "accounts/new_token.html", {"form": form}, status=422)
    try:
        made, text = tokens.create(person(request), **form.cleaned_data, by=person(request), now=timezone.now())
    except Refused as refused:
        form.add_error(None, refused.refusal.sentence)
        return render_page(request, "accounts/new_token.html", {"form": form}, status=refused.refusal.status)
    # Shown in this answer and kept nowhere: a redirect would have to carry it.
    return render_page(request, "accounts/made_token.html", {"token": made, "text": text}, status=201)


@require_POST
@signed_in
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a token out of use for good."""
    found = get_object_or_404(ApiToken.objects.visible_to(person(request)), pk=pk)
    tokens.revoke(found, by=person(request), now=timezone.now())
    messages.success(request, _("The token is revoked. Whatever used it is refused from now on."))
    return redirect("accounts:tokens")
