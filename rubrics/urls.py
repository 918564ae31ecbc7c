"""Addresses of the rubric pages."""

from __future__ import annotations

from django.urls import path, re_path

from rubrics.views import changing, reading

app_name = "rubrics"
VERSION = "rubrics/<slug:slug>/versions/<int:number>/"

urlpatterns = [
    path("rubrics/", reading.list_rubrics, name="list"),
    path("rubrics/import/", changing.import_rubric, name="import"),
    path("rubrics/install-starters/", changing.install_starters, name="install_starters"),
    path("rubrics/<slug:slug>/", reading.read_rubric, name="detail"),
    path(VERSION, reading.read_version, name="version"),
    path(f"{VERSION}publish/", changing.publish, name="publish"),
    path(f"{VERSION}retire/", changing.retire, name="retire"),
    path(f"{VERSION}discard/", changing.discard, name="discard"),
    re_path(
        r"^rubrics/(?P<slug>[-\w]+)/versions/(?P<number>[0-9]{1,9})/export\.(?P<file_format>yaml|json)$",
        reading.export,
        name="export",
    ),
]
