"""Addresses of people."""

from __future__ import annotations

from django.urls import path

from accounts import audit_page
from accounts.views import (
    agent_files,
    agent_verbs,
    agents,
    grants,
    notifications,
    people,
    profile,
    teams,
    tokens,
    workspace,
)

app_name = "accounts"
urlpatterns = [
    path("people/", people.people_list, name="people"),
    path("people/new/", people.new_person, name="new_person"),
    path("people/roles/", people.roles, name="roles"),
    path("people/<int:pk>/", people.person_page, name="person"),
    path("people/<int:pk>/edit/", people.edit_person, name="edit_person"),
    path("people/<int:pk>/send-link/", people.send_link, name="send_link"),
    path("people/<int:pk>/deactivate/", people.deactivate_person, name="deactivate_person"),
    path("people/<int:pk>/reactivate/", people.reactivate_person, name="reactivate_person"),
    path("people/<int:pk>/grant/", grants.grant, name="grant"),
    path("people/grants/<int:pk>/end/", grants.end_grant, name="end_grant"),
    path("people/teams/", teams.team_list, name="teams"),
    path("people/teams/new/", teams.new_team, name="new_team"),
    path("people/teams/<int:pk>/", teams.team, name="team"),
    path("people/teams/<int:pk>/archive/", teams.archive_team, name="archive_team"),
    path("people/teams/<int:pk>/restore/", teams.restore_team, name="restore_team"),
    path("people/agents/", agents.agent_list, name="agents"),
    path("people/agents/new/", agents.new_agent, name="new_agent"),
    path("people/agents/file/", agent_files.load_agents, name="load_agents"),
    path("people/agents/export/", agent_files.export_agents, name="export_agents"),
    path("people/agents/<int:pk>/", agents.agent, name="agent"),
    path("people/agents/<int:pk>/edit/", agents.edit_agent, name="edit_agent"),
    path("people/agents/<int:pk>/move/", agent_verbs.move_agent, name="move_agent"),
    path("people/agents/<int:pk>/link/", agent_verbs.link_agent, name="link_agent"),
    path("people/agents/<int:pk>/unlink/", agents.unlink_agent, name="unlink_agent"),
    path("people/agents/<int:pk>/identify/", agent_verbs.identify_agent, name="identify_agent"),
    path("people/agents/<int:pk>/deactivate/", agents.deactivate_agent, name="deactivate_agent"),
    path("people/agents/<int:pk>/reactivate/", agents.reactivate_agent, name="reactivate_agent"),
    path("workspace/", workspace.workspace, name="workspace"),
    path("profile/", profile.profile, name="profile"),
    path("profile/sessions/", profile.session_list, name="sessions"),
    path("profile/sessions/<int:pk>/end/", profile.end_session, name="end_session"),
    path("profile/sessions/end-others/", profile.end_other_sessions, name="end_other_sessions"),
    path("profile/tokens/", tokens.token_list, name="tokens"),
    path("profile/tokens/new/", tokens.new_token, name="new_token"),
    path("profile/tokens/<int:pk>/revoke/", tokens.revoke_token, name="revoke_token"),
    path("notifications/", notifications.notification_list, name="notifications"),
    path("notifications/count/", notifications.count, name="notification_count"),
    path("notifications/read/", notifications.read_all, name="read_notifications"),
    path("notifications/reminders/", notifications.choose_reminders, name="choose_reminders"),
    path("notifications/digest/", notifications.choose_digest, name="choose_digest"),
    path("notifications/<int:pk>/open/", notifications.open_one, name="open_notification"),
    path("audit/", audit_page.audit, name="audit"),
]
