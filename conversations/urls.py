"""Addresses of conversations and imports."""

from __future__ import annotations

from django.urls import path

from conversations.views import columns, conversations, imports

app_name = "conversations"
urlpatterns = [
    path("conversations/", conversations.conversation_list, name="list"),
    path("conversations/<int:pk>/", conversations.conversation, name="conversation"),
    path("imports/", imports.import_list, name="imports"),
    path("imports/new/", imports.new_import, name="new_import"),
    path("imports/<int:pk>/", imports.import_run, name="import"),
    path("imports/<int:pk>/columns/", columns.import_columns, name="columns"),
    path("imports/<int:pk>/progress/", imports.import_progress, name="import_progress"),
    path("imports/<int:pk>/cancel/", imports.cancel_import, name="cancel_import"),
    path("imports/<int:pk>/rejects.jsonl", imports.rejects, name="rejects"),
    path("imports/<int:pk>/to-correct.jsonl", imports.rejected_lines, name="rejected_lines"),
]
