"""Addresses of the homes and reports."""

from __future__ import annotations

from django.urls import include, path

from insights.views.home import home
from insights.views.programme import programme
from insights.views.team import agent, team

pages = [
    path("team/", team, name="team"),
    path("team/agents/<int:pk>/", agent, name="agent"),
    path("insights/", programme, name="programme"),
]
urlpatterns = [path("", home, name="home"), path("", include((pages, "insights")))]
