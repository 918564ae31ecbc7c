"""Count and log every request by the name of its view: never by its address, which may hold what people typed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

logger = logging.getLogger("core.requests")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REQUESTS = Counter("qa_portal_requests", "Requests answered.", ["view", "method", "status"])
SECONDS = Histogram(
    "qa_portal_request_seconds",
    "How long requests took.",
    ["view"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


class RequestRecordMiddleware:
    """Note which view answered, with which status, after how long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - began
        view, method = view_name(request), request.method if request.method in METHODS else "OTHER"
        REQUESTS.labels(view, method, str(response.status_code)).inc()
        SECONDS.labels(view).observe(seconds)
        logger.info("%s %s %d in %d ms", method, view, response.status_code, round(seconds * 1000))
        return response


def view_name(request: HttpRequest) -> str:
    """Return the name of the view that answered; one word for everything that no view answers."""
    match = request.resolver_match
    return (match.view_name or "unnamed") if match else "unresolved"
