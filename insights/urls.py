"""Addresses of the homes and reports."""

from __future__ import annotations

from django.urls import include, path

from insights.views.agreement import agreement
from insights.views.coaching import coaching, coaching_csv
from insights.views.disputes import disputes
from insights.views.home import home
from insights.views.numbers import numbers, numbers_csv
from insights.views.own import own_skills
from insights.views.planner import plan_planner, planner
from insights.views.programme import programme
from insights.views.skips import skips
from insights.views.sums import sums
from insights.views.team import agent, team

pages = [
    path("team/", team, name="team"),
    path("team/agents/<int:pk>/", agent, name="agent"),
    path("feedback/skills/", own_skills, name="own_skills"),
    path("insights/", programme, name="programme"),
    path("insights/disputes/", disputes, name="disputes"),
    path("team/numbers/", numbers, name="numbers"),
    path("team/numbers.csv", numbers_csv, name="numbers_csv"),
    path("insights/agreement/", agreement, name="agreement"),
    path("insights/skips/", skips, name="skips"),
    path("insights/sums/", sums, name="sums"),
    path("coaching/report/", coaching, name="coaching"),
    path("coaching/report.csv", coaching_csv, name="coaching_csv"),
    path("sampling/planner/", planner, name="planner"),
    path("sampling/<int:pk>/planner/", plan_planner, name="plan_planner"),
]
urlpatterns = [path("", home, name="home"), path("", include((pages, "insights")))]
