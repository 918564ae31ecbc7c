"""Addresses of coaching."""

from __future__ import annotations

from django.urls import path

from coaching.views import board, checks, outcomes, plans, sessions, talk, work

app_name = "coaching"
urlpatterns = [
    path("coaching/", board.plan_list, name="list"),
    path("coaching/plans/new/", plans.start, name="start"),
    path("coaching/plans/<int:pk>/", plans.plan, name="plan"),
    path("coaching/plans/<int:pk>/accept/", plans.accept, name="accept"),
    path("coaching/plans/<int:pk>/decline/", plans.decline, name="decline"),
    path("coaching/plans/<int:pk>/share/", plans.share, name="share"),
    path("coaching/plans/<int:pk>/close/", plans.close, name="close"),
    path("coaching/plans/accept/", board.accept_chosen, name="accept_chosen"),
    path("coaching/plans/<int:pk>/hand-over/", plans.hand_over, name="hand_over"),
    path("coaching/plans/<int:pk>/remark/", talk.remark, name="remark"),
    path("my-coaching/<int:pk>/remark/", talk.own_remark, name="own_remark"),
    path("coaching/plans/<int:pk>/extend/", plans.extend, name="extend"),
    path("coaching/plans/<int:pk>/outcome/", outcomes.outcome, name="outcome"),
    path("coaching/plans/<int:pk>/outcome.csv", outcomes.data, name="outcome_data"),
    path("coaching/plans/<int:pk>/edit/", plans.edit, name="edit"),
    path("coaching/plans/<int:pk>/sessions/new/", sessions.arrange, name="arrange"),
    path("coaching/sessions/<int:pk>/", sessions.session, name="session"),
    path("coaching/sessions/<int:pk>/change/", sessions.change, name="change_session"),
    path("coaching/sessions/<int:pk>/confirm/", sessions.confirm, name="confirm_session"),
    path("coaching/sessions/<int:pk>/miss/", sessions.miss, name="miss"),
    path("coaching/sessions/<int:pk>/cancel/", sessions.cancel, name="cancel"),
    path("coaching/sessions/<int:pk>/note/", sessions.note, name="note"),
    path("coaching/sessions/<int:pk>/calendar.ics", sessions.calendar, name="calendar"),
    path("coaching/sessions/<int:pk>/sheet/", sessions.sheet, name="sheet"),
    path("my-coaching/sessions/<int:pk>/", sessions.own_session, name="own_session"),
    path("my-coaching/sessions/<int:pk>/confirm/", sessions.own_confirm, name="own_confirm"),
    path("my-coaching/sessions/<int:pk>/calendar.ics", sessions.own_calendar, name="own_calendar"),
    path("coaching/actions/<int:pk>/confirm/", work.confirm, name="confirm"),
    path("my-coaching/", work.mine, name="mine"),
    path("my-coaching/<int:pk>/", plans.own_plan, name="own_plan"),
    path("my-coaching/<int:pk>/read/", work.read, name="read"),
    path("my-coaching/actions/<int:pk>/tick/", work.tick, name="tick"),
    path("my-coaching/actions/<int:pk>/check/", checks.take, name="take_check"),
    path("my-coaching/attempts/<int:pk>/", checks.own_attempt, name="own_attempt"),
    path("coaching/attempts/<int:pk>/", checks.attempt, name="attempt"),
    path("coaching/checks/", checks.check_list, name="checks"),
    path("coaching/checks/new/", checks.new_check, name="new_check"),
    path("coaching/checks/<slug:slug>/", checks.check, name="check"),
    path("coaching/checks/<slug:slug>/edit/", checks.edit_check, name="edit_check"),
    path("coaching/for-review/<int:pk>/", work.for_review, name="for_review"),
    path("my-coaching/open/", work.for_agent, name="for_agent"),
]
