"""Addresses of people."""

from __future__ import annotations

from django.urls import path

from accounts import audit_page, views

app_name = "accounts"
urlpatterns = [
    path("people/", views.people, name="people"),
    path("audit/", audit_page.audit, name="audit"),
]
