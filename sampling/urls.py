"""Addresses of the sampling pages."""

from __future__ import annotations

from django.urls import path

from sampling.views import changing, checking, drawing, keys, plans, rules

app_name = "sampling"

urlpatterns = [
    path("sampling/", plans.plan_list, name="list"),
    path("sampling/new/", changing.new, name="new"),
    path("sampling/preview/", plans.preview, name="preview"),
    path("sampling/rules/new/", rules.rule, name="rule"),
    path("sampling/rules/try/", rules.trial, name="trial"),
    path("sampling/keys/", keys.key_list, name="keys"),
    path("sampling/keys/rotate/", keys.rotate, name="rotate"),
    path("sampling/check/", checking.check, name="check"),
    path("sampling/check/<int:pk>/", checking.checked, name="checked"),
    path("sampling/check/<int:pk>/cancel/", checking.cancel_check, name="cancel_check"),
    path("sampling/<int:pk>/", plans.plan, name="plan"),
    path("sampling/<int:pk>/edit/", changing.edit, name="edit"),
    path("sampling/<int:pk>/pause/", changing.pause, name="pause"),
    path("sampling/<int:pk>/resume/", changing.resume, name="resume"),
    path("sampling/<int:pk>/archive/", changing.archive, name="archive"),
    path("sampling/<int:pk>/draw/", drawing.draw_now, name="draw_now"),
    path("sampling/draws/<int:pk>/", drawing.draw, name="draw"),
    path("sampling/draws/<int:pk>/replay/", drawing.replay, name="replay"),
    path("sampling/draws/<int:pk>/replay/cancel/", drawing.cancel_replay, name="cancel_replay"),
    path("sampling/draws/<int:pk>/receipt.json", drawing.receipt, name="receipt"),
    path("sampling/draws/<int:pk>/void/", drawing.void, name="void"),
]
