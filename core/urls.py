"""Addresses that belong to no stage of the work: appearance and the component catalogue."""

from __future__ import annotations

from django.urls import path

from core import views

app_name = "core"
urlpatterns = [
    path("theme/", views.theme, name="theme"),
    path("ui/", views.catalogue, name="ui"),
]
