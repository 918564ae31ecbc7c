"""Addresses of the insight pages."""

from __future__ import annotations

from django.urls import path

from insights.views.home import home

urlpatterns = [path("", home, name="home")]
