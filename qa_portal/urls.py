"""Every address of the product."""

from __future__ import annotations

import importlib.util

from django.urls import URLPattern, URLResolver, include, path

from qa_portal.metrics import metrics

APPS = ("core", "accounts", "conversations", "rubrics", "sampling", "reviews", "coaching", "insights")

handler400 = "core.views.not_understood"
urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("api/", include("qa_portal.api")),
    path("metrics", metrics, name="metrics"),
]
urlpatterns += [path("", include(f"{app}.urls")) for app in APPS if importlib.util.find_spec(f"{app}.urls")]
