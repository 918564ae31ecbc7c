"""Every address of the API, its schema and the page that shows it."""

from __future__ import annotations

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import include, path, re_path
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from accounts.api.account import Sessions, WorkspaceSettings
from accounts.api.agents import Agents
from accounts.api.me import Jobs, Me, Tokens
from accounts.api.notifications import Notifications
from accounts.api.people import Grants, Teams, Users
from accounts.audit_api import Audit
from accounts.rest import PK
from coaching.api.checks import CoachingAttempts, KnowledgeChecks
from coaching.api.earlier import EarlierTeams
from coaching.api.feeds import CalendarFeeds
from coaching.api.growth import CoachingGrowth, Expectations
from coaching.api.library import Library
from coaching.api.plans import CoachingActions, CoachingPlans
from coaching.api.programmes import CoachingProgrammes
from coaching.api.rules import DryRuns, RuleVersions
from coaching.api.sessions import CoachingSessions
from coaching.api.sweeps import Observations, SweepFailures, SweepRuns
from conversations.api import Conversations
from conversations.import_api import Imports
from core.api.description import DrawnUpOnce
from core.api.unknown import Unknown
from insights.api.agreement import AgreementReports
from insights.api.coaching import CoachingReports
from insights.api.numbers import Numbers
from insights.api.planner import Planner
from insights.api.reports import AgentReports, DisputeReports, OwnReports, ProgrammeReports, TeamReports
from insights.api.skips import SkipReports
from insights.api.sums import CellChecks
from reviews.api.calibration import CalibrationSessions
from reviews.api.comment_templates import CommentTemplates
from reviews.api.disputes import Disputes
from reviews.api.distribution import Absences, Conflicts, PlanQueues, Reviewers
from reviews.api.feedback import Feedback
from reviews.api.queue import Queue
from reviews.api.reviews import Reviews
from reviews.api.self_reviews import SelfReviews
from reviews.api.skips import Skips
from reviews.api.sources import Sources
from reviews.api.what_ifs import WhatIfs
from rubrics.api import Rubrics, Versions
from sampling.api.checks import ReceiptChecks
from sampling.api.draws import Draws
from sampling.api.keys import SamplingKeys
from sampling.api.plans import SamplingPlans

app_name = "api"

router = SimpleRouter()
router.register("users", Users, "users")
router.register("grants", Grants, "grants")
router.register("agents", Agents, "agents")
router.register("teams", Teams, "teams")
router.register("sessions", Sessions, "sessions")
router.register("tokens", Tokens, "tokens")
router.register("jobs", Jobs, "jobs")
router.register("audit", Audit, "audit")
router.register("conversations", Conversations, "conversations")
router.register("imports", Imports, "imports")
router.register("sources", Sources, "sources")
router.register("rubrics", Rubrics, "rubrics")
router.register("rubrics/(?P<slug>[-a-zA-Z0-9_]+)/versions", Versions, "rubric-versions")
router.register("queue", Queue, "queue")
router.register("reviewers", Reviewers, "reviewers")
router.register("absences", Absences, "absences")
router.register("conflicts", Conflicts, "conflicts")
router.register("skips", Skips, "skips")
router.register("reviews", Reviews, "reviews")
router.register("what-ifs", WhatIfs, "what-ifs")
router.register("feedback", Feedback, "feedback")
router.register("self-reviews", SelfReviews, "self-reviews")
router.register("comment-templates", CommentTemplates, "comment-templates")
router.register("notifications", Notifications, "notifications")
router.register("disputes", Disputes, "disputes")
router.register("calibration-sessions", CalibrationSessions, "calibration-sessions")
router.register("sampling-plans", SamplingPlans, "sampling-plans")
router.register("draws", Draws, "draws")
router.register("receipt-checks", ReceiptChecks, "receipt-checks")
router.register("sampling-keys", SamplingKeys, "sampling-keys")
router.register("cell-checks", CellChecks, "cell-checks")
router.register("coaching-plans", CoachingPlans, "coaching-plans")
router.register("coaching-actions", CoachingActions, "coaching-actions")
router.register("coaching-sessions", CoachingSessions, "coaching-sessions")
router.register("coaching-attempts", CoachingAttempts, "coaching-attempts")
router.register("coaching-programmes", CoachingProgrammes, "coaching-programmes")
router.register("coaching-growth", CoachingGrowth, "coaching-growth")
router.register("knowledge-checks", KnowledgeChecks, "knowledge-checks")
router.register("coaching-library", Library, "coaching-library")
router.register("coaching-rules", RuleVersions, "coaching-rules")
router.register("coaching-dry-runs", DryRuns, "coaching-dry-runs")
router.register("coaching-sweep-runs", SweepRuns, "coaching-sweep-runs")
router.register("coaching-sweep-failures", SweepFailures, "coaching-sweep-failures")
router.register("earlier-teams", EarlierTeams, "earlier-teams")
router.register("coaching-observations", Observations, "coaching-observations")

# Swagger UI sets styles on its own elements; nothing else in the product may.
SwaggerPage = method_decorator(
    csp_update({"style-src": [SELF, UNSAFE_INLINE]}),
    name="dispatch",
)(SpectacularSwaggerSplitView)

urlpatterns = [
    path("schema/", SpectacularJSONAPIView.as_view(generator_class=DrawnUpOnce), name="schema"),
    path("docs/", SwaggerPage.as_view(url_name="api:schema"), name="docs"),
    path("v1/me/", Me.as_view({"get": "retrieve", "put": "update"}), name="me"),
    path("v1/calendar-feed/", CalendarFeeds.as_view({"get": "retrieve", "post": "create"}), name="calendar-feed"),
    path("v1/calendar-feed/revoke/", CalendarFeeds.as_view({"post": "revoke"}), name="calendar-feed-revoke"),
    path(
        "v1/coaching-expectations/",
        Expectations.as_view({"get": "retrieve", "put": "update"}),
        name="coaching-expectations",
    ),
    path("v1/workspace/", WorkspaceSettings.as_view({"get": "retrieve", "put": "update"}), name="workspace"),
    path("v1/reports/team/", TeamReports.as_view({"get": "retrieve"}), name="report-team"),
    re_path(rf"^v1/reports/agents/(?P<pk>{PK})/$", AgentReports.as_view({"get": "retrieve"}), name="report-agent"),
    path("v1/reports/disputes/", DisputeReports.as_view({"get": "retrieve"}), name="report-disputes"),
    path("v1/reports/own/", OwnReports.as_view({"get": "retrieve"}), name="report-own"),
    path("v1/reports/coaching/", CoachingReports.as_view({"get": "retrieve"}), name="report-coaching"),
    path("v1/reports/coaching/export/", CoachingReports.as_view({"get": "export"}), name="report-coaching-export"),
    path("v1/reports/programme/", ProgrammeReports.as_view({"get": "retrieve"}), name="report-programme"),
    path("v1/reports/numbers/", Numbers.as_view({"get": "retrieve"}), name="report-numbers"),
    path("v1/reports/agreement/", AgreementReports.as_view({"get": "retrieve"}), name="report-agreement"),
    path("v1/reports/skips/", SkipReports.as_view({"get": "retrieve"}), name="report-skips"),
    path("v1/needs/", TeamReports.as_view({"get": "needs"}, pagination_class=None), name="needs"),
    path("v1/sampling-plans/planner/", Planner.as_view({"post": "of_terms"}), name="planner"),
    re_path(rf"^v1/sampling-plans/(?P<pk>{PK})/planner/$", Planner.as_view({"get": "of_plan"}), name="plan-planner"),
    re_path(
        rf"^v1/sampling-plans/(?P<pk>{PK})/queue-rules/$",
        PlanQueues.as_view({"get": "retrieve", "put": "update"}),
        name="queue-rules",
    ),
    re_path(rf"^v1/draws/(?P<pk>{PK})/progress/$", PlanQueues.as_view({"get": "progress"}), name="draw-progress"),
    path("v1/", include(router.urls)),
    re_path("", Unknown.as_view(), name="unknown"),
]
