"""Numbers for Prometheus: what this installation did, and what waits. Only for the machine itself or with the token."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import ChannelError, OperationalError
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from conversations.models import ImportRun
from core import health
from qa_portal.celery import app
from qa_portal.embedded.commands import QUEUES
from reviews.models import CellCheck, QueueItem

LOOPBACK = frozenset({"127.0.0.1", "::1"})
# A proxy on this machine speaks for somebody else, although it comes from loopback.
SPEAKS_FOR_OTHERS = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Proto")


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with all numbers in the text format of Prometheus."""
    if not may_read(request):
        sentence = "Send the token in QA_METRICS_TOKEN as a bearer token, or ask from the machine itself."
        return JsonResponse({"code": "metrics_token", "sentence": sentence}, status=403)
    body = generate_latest(counted()) + generate_latest(_waiting())
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest) -> bool:
    """Say whether the caller is this machine itself or knows the token."""
    token: str = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and secrets.compare_digest(given.encode(), token.encode()):
        return True
    is_passed_on = any(name in request.headers for name in SPEAKS_FOR_OTHERS)
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not is_passed_on


def counted() -> CollectorRegistry:
    """Return what the web processes counted: this one, or all that share a folder."""
    if not settings.METRICS_FOLDER:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=settings.METRICS_FOLDER)
    return registry


class Waiting:
    """What waits at this moment, asked from the database and the broker. A part that is away is left out."""

    def collect(self) -> Iterator[Metric]:
        """Yield the numbers."""
        for part in (_items, _imports, _sums, _queues):
            try:
                yield part()
            except (DatabaseError, OperationalError, ConnectionError, OSError):
                continue


def _waiting() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(Waiting())
    return registry


def _items() -> Metric:
    family = GaugeMetricFamily("qa_portal_open_queue_items", "Queue items that wait for a reviewer.", labels=["status"])
    rows = QueueItem.objects.open().order_by().values_list("status").annotate(n=Count("pk"))
    for status, number in rows:
        family.add_metric([status], number)
    return family


def _imports() -> Metric:
    family = GaugeMetricFamily("qa_portal_imports", "Imports by how they stand.", labels=["status"])
    for status, number in ImportRun.objects.order_by().values_list("status").annotate(n=Count("pk")):
        family.add_metric([status], number)
    return family


def _sums() -> Metric:
    sentence = "Cells that were not what the published reviews add up to, at the last weekly comparison."
    family = GaugeMetricFamily("qa_portal_differing_cells", sentence)
    newest = CellCheck.objects.newest()
    if newest is not None:
        family.add_metric([], newest.differing)
    return family


def _queues() -> Metric:
    family = GaugeMetricFamily("qa_portal_queue_depth", "Tasks that wait in the broker.", labels=["queue"])
    with app.connection_for_read() as connection:
        connection.ensure_connection(max_retries=1, interval_start=0, timeout=health.BROKER_SECONDS)
        for queue in QUEUES:
            try:
                waiting = connection.default_channel.queue_declare(queue, passive=True).message_count
            except ChannelError:  # no task was ever put there
                waiting = 0
            family.add_metric([queue], waiting)
    return family
