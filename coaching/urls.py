"""Addresses of coaching."""

from __future__ import annotations

from django.urls import path

from coaching.views import board, outcomes, plans, talk, work

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
    path("coaching/actions/<int:pk>/confirm/", work.confirm, name="confirm"),
    path("my-coaching/", work.mine, name="mine"),
    path("my-coaching/<int:pk>/", plans.own_plan, name="own_plan"),
    path("my-coaching/<int:pk>/read/", work.read, name="read"),
    path("my-coaching/actions/<int:pk>/tick/", work.tick, name="tick"),
    path("coaching/for-review/<int:pk>/", work.for_review, name="for_review"),
    path("my-coaching/open/", work.for_agent, name="for_agent"),
]
