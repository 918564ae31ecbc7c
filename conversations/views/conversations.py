"""The list of conversations, and one of them."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from accounts.access import person, requires
from accounts.roles import Permission
from conversations import selectors
from conversations.filters import ConversationSearch, field_names
from conversations.models import Conversation
from conversations.policies import why_not_import
from conversations.search.excerpts import excerpts
from conversations.search.matching import not_searchable
from conversations.search.query import parse
from core.http import render_page

PAGE = 50


@require_GET
@requires(Permission.READ_CONVERSATIONS)
def conversation_list(request: HttpRequest) -> HttpResponse:
    """List the conversations within reach; the address holds the filters."""
    user = person(request)
    rows = Conversation.objects.visible_to(user)
    filtered = ConversationSearch(request.GET, queryset=rows, request=request)
    page = Paginator(filtered.qs, PAGE).get_page(request.GET.get("page"))
    rows_here = selectors.rows_of(page.object_list)
    query = filtered.query
    context = {
        "filter": filtered,
        "page": page,
        "rows": rows_here,
        "query": query,
        "searched": urlencode({"search": request.GET.get("search", "")}) if query else "",
        "excerpts": excerpts(rows_here, query),
        "waiting": not_searchable(rows).count() if query else 0,
        "field_names": field_names(request),
        "tags": selectors.suggested_tags(user),
        "may_import": why_not_import(user) is None,
    }
    return render_page(request, "conversations/list.html", context)


@require_GET
@requires(Permission.READ_CONVERSATIONS)
def conversation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one conversation: what was said, and what is known about it."""
    rows = Conversation.objects.visible_to(person(request)).select_related(
        "source", "team", "assignee", "most_active_agent", "last_agent"
    )
    found = get_object_or_404(rows, pk=pk)
    typed = request.GET.get("search", "")
    read = selectors.reading(found, version=request.GET.get("version", ""), query=parse(typed))
    context = {"read": read, "conversation": found, "searched": typed if read.query else ""}
    return render_page(request, "conversations/conversation.html", context)
