"""Addresses that belong to no stage of the work: appearance, the component catalogue and health."""

from __future__ import annotations

from django.urls import path

from core import probes, views

app_name = "core"
urlpatterns = [
    path("theme/", views.theme, name="theme"),
    path("ui/", views.catalogue, name="ui"),
    path("healthz", probes.alive, name="alive"),
    path("readyz", probes.ready, name="ready"),
]
