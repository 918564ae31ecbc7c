"""Addresses of the rubric pages."""

from __future__ import annotations

from django.urls import path, re_path

from rubrics.views import arranging, beginning, changing, editing, reading

app_name = "rubrics"
VERSION = "rubrics/<slug:slug>/versions/<int:number>/"

urlpatterns = [
    path("rubrics/", reading.list_rubrics, name="list"),
    path("rubrics/import/", changing.import_rubric, name="import"),
    path("rubrics/install-starters/", changing.install_starters, name="install_starters"),
    path("rubrics/new/", beginning.new, name="new"),
    path("rubrics/<slug:slug>/", reading.read_rubric, name="detail"),
    path("rubrics/<slug:slug>/edit/", editing.edit, name="edit"),
    path("rubrics/<slug:slug>/edit/start/", beginning.start, name="start"),
    path("rubrics/<slug:slug>/edit/save/", editing.save, name="save"),
    path("rubrics/<slug:slug>/edit/arrange/", arranging.arrange, name="arrange"),
    path("rubrics/<slug:slug>/edit/reword/", beginning.reword, name="reword"),
    path("rubrics/<slug:slug>/rename/", editing.rename, name="rename"),
    path("rubrics/<slug:slug>/compare/", beginning.choose_comparison, name="choose_comparison"),
    path("rubrics/<slug:slug>/compare/<int:before>/<int:after>/", beginning.compare, name="compare"),
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
