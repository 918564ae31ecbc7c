"""The bare floor: the fixed statements of floors.py in a view, with a session and nothing else, not even the ORM.

No templates, no policies, no audit, no forms, no models: what HTTP, this framework and the driver cost by themselves.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.bare_settings"

from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone

from tests.bench import floors


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer."""
    return HttpResponse("ok")


def claim(request: HttpRequest) -> HttpResponse:
    """Take the first open item."""
    user, (now, until) = who(request), moments()
    with transaction.atomic(), connection.cursor() as cursor:
        taken = floors.claim(cursor, user=user, now=now, until=until, locks=connection.vendor == "postgresql")
    return JsonResponse({"review": taken})


def workspace(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a draft with its transcript."""
    user = who(request)
    with connection.cursor() as cursor:
        *facts, body = floors.workspace(cursor, review=pk, user=user)
    return JsonResponse({"facts": [str(fact) for fact in facts], "messages": json.loads(body)})


def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Store a draft, one that the product can read as well."""
    draft = json.dumps({"summary": request.POST["summary"]} if len(request.POST) > 1 else {})
    user, (now, until) = who(request), moments()
    with transaction.atomic(), connection.cursor() as cursor:
        floors.save(cursor, review=pk, user=user, draft=draft, now=now, until=until)
    return JsonResponse({"saved": True})


def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Store ten answers and twenty cells."""
    user, (now, until), fields = who(request), moments(), len(request.POST)
    with transaction.atomic(), connection.cursor() as cursor:
        floors.submit(cursor, review=pk, user=user, now=now, until=until)
    return JsonResponse({"submitted": pk, "fields": fields})


def conversations(request: HttpRequest) -> HttpResponse:
    """Send a filtered page of fifty."""
    who(request)
    with connection.cursor() as cursor:
        rows, count = floors.conversations(cursor, channel=request.GET["channel"])
    return JsonResponse({"count": count, "rows": [[str(value) for value in row] for row in rows]})


def feedback(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a published review with its transcript."""
    user = who(request)
    with connection.cursor() as cursor:
        (*scores, body), answers, comments = floors.feedback(cursor, review=pk, user=user)
    shown = [[str(value) for value in row] for row in (scores, *answers, *comments)]
    return JsonResponse({"shown": shown, "messages": json.loads(body)})


def team(request: HttpRequest) -> HttpResponse:
    """Send a team's people, strata and sums."""
    who(request)
    since = connection.ops.adapt_datetimefield_value(timezone.now() - timedelta(weeks=9))
    with connection.cursor() as cursor:
        parts = floors.team(cursor, team_id=1, since=since)
    return JsonResponse({"rows": [[str(value) for value in row] for part in parts for row in part]})


def who(request: HttpRequest) -> int:
    """Return the person of the session."""
    return int(request.session["_auth_user_id"])


def moments() -> tuple[Any, Any]:
    """Return now and the end of a lease, as the driver takes them."""
    now, adapted = timezone.now(), connection.ops.adapt_datetimefield_value
    return adapted(now), adapted(now + floors.LEASE)


urlpatterns = [
    path("healthz", healthz),
    path("claim", claim),
    path("reviews/<int:pk>", workspace),
    path("reviews/<int:pk>/save", save),
    path("reviews/<int:pk>/submit", submit),
    path("conversations", conversations),
    path("feedback/<int:pk>", feedback),
    path("team", team),
]
application = get_wsgi_application()
