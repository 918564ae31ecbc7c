"""Answer those who watch the installation. Open to strangers: sentences only, no addresses, no versions, no names."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import health


@never_cache
@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """Say that this process answers; it asks nobody else."""
    return JsonResponse({"alive": True, "sentence": "This process answers."})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Say whether everything works, or what `?only=database,migrations` names; 503 when something does not."""
    names = [name for name in request.GET.get("only", "").split(",") if name] or list(health.CHECKS)
    if set(names) - set(health.CHECKS):
        sentence = f"Name what to check: {', '.join(health.CHECKS)}."
        return JsonResponse({"code": "unknown_check", "sentence": sentence}, status=400)
    now = timezone.now()
    answers = {name: health.CHECKS[name](now) for name in dict.fromkeys(names)}
    is_ready = all(answer.ok for answer in answers.values())
    checks = {name: {"ok": answer.ok, "sentence": answer.sentence} for name, answer in answers.items()}
    return JsonResponse({"ready": is_ready, "checks": checks}, status=200 if is_ready else 503)
