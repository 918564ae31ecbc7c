"""Everything a page can do, the API can do: each address of a page names its operation, or why it has none."""

from __future__ import annotations

from django.urls import get_resolver

from tests.api.asking import operations
from tests.project.test_access import ALLAUTH, names

# Page → the operations that do the same.
TWINS: dict[str, tuple[str, ...]] = {
    "accounts:workspace": ("workspace_retrieve", "workspace_update"),
    "accounts:profile": ("me", "me_update"),
    "accounts:sessions": ("sessions_list",),
    "accounts:end_session": ("sessions_end_create",),
    "accounts:end_other_sessions": ("sessions_end_others_create",),
    "accounts:tokens": ("tokens_list",),
    "accounts:new_token": ("tokens_create",),
    "accounts:revoke_token": ("tokens_revoke_create",),
    "accounts:people": ("users_list",),
    "accounts:new_person": ("users_create",),
    "accounts:person": ("users_retrieve", "grants_list"),
    "accounts:edit_person": ("users_update",),
    "accounts:send_link": ("users_send_link_create",),
    "accounts:deactivate_person": ("users_deactivate_create",),
    "accounts:reactivate_person": ("users_reactivate_create",),
    "accounts:grant": ("grants_create",),
    "accounts:end_grant": ("grants_retrieve", "grants_end_create"),
    "accounts:teams": ("teams_list",),
    "accounts:new_team": ("teams_create",),
    "accounts:team": ("teams_retrieve", "teams_update"),
    "accounts:archive_team": ("teams_archive_create",),
    "accounts:restore_team": ("teams_restore_create",),
    "accounts:agents": ("agents_list",),
    "accounts:new_agent": ("agents_create",),
    "accounts:load_agents": ("agents_upload_create",),
    "accounts:export_agents": ("agents_export_retrieve",),
    "accounts:agent": ("agents_retrieve",),
    "accounts:edit_agent": ("agents_update",),
    "accounts:move_agent": ("agents_move_create",),
    "accounts:link_agent": ("agents_link_create",),
    "accounts:unlink_agent": ("agents_unlink_create",),
    "accounts:identify_agent": ("agents_identify_create",),
    "accounts:deactivate_agent": ("agents_deactivate_create",),
    "accounts:reactivate_agent": ("agents_reactivate_create",),
    "conversations:list": ("conversations_list",),
    "conversations:conversation": ("conversations_retrieve", "conversations_transcript_retrieve"),
    "conversations:imports": ("imports_list",),
    "conversations:new_import": ("imports_create",),
    "conversations:import": ("imports_retrieve",),
    "conversations:columns": ("imports_guess_create", "imports_columns_retrieve", "imports_begin_create"),
    "conversations:import_progress": ("jobs_retrieve",),
    "conversations:cancel_import": ("imports_cancel_create",),
    "conversations:rejects": ("imports_rejects_list",),
    "conversations:rejected_lines": ("imports_rejects_list",),
    "rubrics:list": ("rubrics_list",),
    "rubrics:detail": ("rubrics_retrieve",),
    "rubrics:version": ("rubrics_versions_retrieve",),
    "rubrics:export": ("rubrics_versions_export_retrieve",),
    "rubrics:import": ("rubrics_import_create",),
    "rubrics:new": ("rubrics_create", "rubrics_sources_retrieve"),
    "rubrics:edit": ("rubrics_versions_document_retrieve",),
    "rubrics:start": ("rubrics_versions_start_create",),
    "rubrics:save": ("rubrics_versions_document_update",),
    "rubrics:arrange": ("rubrics_versions_document_update",),
    "rubrics:reword": ("rubrics_versions_reword_create",),
    "rubrics:rename": ("rubrics_update",),
    "rubrics:compare": ("rubrics_compare_retrieve",),
    "rubrics:choose_comparison": ("rubrics_compare_retrieve",),
    "rubrics:install_starters": ("rubrics_install_starters_create",),
    "rubrics:publish": ("rubrics_versions_publish_create",),
    "rubrics:retire": ("rubrics_versions_retire_create",),
    "rubrics:discard": ("rubrics_versions_discard_create",),
    "sampling:list": ("sampling_plans_list",),
    "sampling:new": ("sampling_plans_create",),
    "sampling:preview": ("sampling_plans_preview_create",),
    "sampling:plan": ("sampling_plans_retrieve", "draws_list"),
    "sampling:edit": ("sampling_plans_update",),
    "sampling:pause": ("sampling_plans_pause_create",),
    "sampling:resume": ("sampling_plans_resume_create",),
    "sampling:archive": ("sampling_plans_archive_create",),
    "sampling:draw_now": ("sampling_plans_draw_create",),
    "sampling:draw": ("draws_retrieve", "draws_strata_list", "draws_picks_list"),
    "sampling:replay": ("draws_replay_retrieve",),
    "sampling:receipt": ("draws_receipt_retrieve",),
    "sampling:void": ("draws_void_create",),
    "sampling:check": ("draws_check_create",),
    "reviews:queue": ("queue_list", "queue_summary_retrieve", "reviews_drafts_list"),
    "reviews:claim": ("queue_claim_create",),
    "reviews:release": ("queue_release_create",),
    "reviews:skip": ("queue_skip_create",),
    "reviews:take_up": ("reviews_take_up_create",),
    "reviews:save": ("reviews_draft_retrieve", "reviews_draft_update"),
    "reviews:submit": ("reviews_submit_create",),
    "reviews:keep_alive": ("reviews_keep_alive_create",),
    "reviews:publish": ("reviews_publish_create",),
    "reviews:publish_mine": ("reviews_publish_mine_create",),
    "reviews:list": ("reviews_list", "reviews_export_retrieve"),
    "reviews:review": ("reviews_retrieve", "reviews_transcript_list"),
    "reviews:for_conversation": ("reviews_list",),
    "reviews:transcript_changes": ("reviews_transcript_changes_list",),
    "reviews:comment_templates": ("comment_templates_list",),
    "reviews:new_template": ("comment_templates_create",),
    "reviews:edit_template": ("comment_templates_retrieve", "comment_templates_update"),
    "reviews:remove_template": ("comment_templates_remove_create",),
    "reviews:review_by_hand": ("reviews_create",),
    "reviews:feedback_list": ("feedback_list",),
    "reviews:feedback": ("feedback_retrieve",),
    "reviews:read": ("feedback_read_create",),
    "reviews:acknowledge": ("feedback_acknowledge_create",),
    "reviews:begin_dispute": ("disputes_create",),
    "reviews:disputes": ("disputes_list",),
    "reviews:dispute": ("disputes_retrieve",),
    "reviews:decide": ("disputes_decide_create",),
    "reviews:withdraw": ("disputes_withdraw_create",),
    "reviews:escalate": ("disputes_escalate_create",),
    "coaching:list": ("coaching_plans_list",),
    "coaching:start": ("coaching_plans_create",),
    "coaching:plan": ("coaching_plans_retrieve",),
    "coaching:accept": ("coaching_plans_accept_create",),
    "coaching:decline": ("coaching_plans_decline_create",),
    "coaching:share": ("coaching_plans_share_create",),
    "coaching:close": ("coaching_plans_close_create",),
    "coaching:edit": ("coaching_plans_update",),
    "coaching:extend": ("coaching_plans_extend_create",),
    "coaching:outcome": ("coaching_plans_outcomes_list",),
    "coaching:outcome_data": ("coaching_plans_outcomes_list",),
    "coaching:confirm": ("coaching_actions_confirm_create",),
    "coaching:mine": ("coaching_plans_list",),
    "coaching:own_plan": ("coaching_plans_retrieve",),
    "coaching:read": ("coaching_plans_read_create",),
    "coaching:tick": ("coaching_actions_tick_create",),
    "coaching:for_agent": ("coaching_plans_list",),
    "coaching:for_review": ("coaching_plans_list",),
    "accounts:audit": ("audit_list",),
    "insights:team": ("reports_team", "needs_list"),
    "insights:agent": ("reports_agents", "reviews_list", "coaching_plans_list"),
    "insights:programme": ("reports_programme", "draws_list"),
}
# Page → why the API has no twin of it.
PAGES_ONLY: dict[str, str] = {
    "home": "a home answers what needs a person now; scripts ask the lists themselves",
    "core:ui": "the catalogue of components is for those who build pages",
    "core:theme": "how a page looks",
    "core:alive": "for those who watch the installation, with a way of its own to be allowed",
    "core:ready": "for those who watch the installation, with a way of its own to be allowed",
    "metrics": "for those who watch the installation, with a way of its own to be allowed",
    "accounts:roles": "the words of each role, for people; GET me/ says what a person may do",
}
# Operation → what it is for, where no page does the same.
API_ONLY: dict[str, str] = {
    "jobs_list": "on pages each job is shown where it was started",
}


def pages() -> set[str]:
    found = dict(names(get_resolver().url_patterns))
    return {name for name in found if not name.startswith(ALLAUTH)}


def test_every_page_has_its_twin_or_a_reason() -> None:
    assert pages() == TWINS.keys() | PAGES_ONLY.keys()
    assert TWINS.keys() & PAGES_ONLY.keys() == set()


def test_every_operation_belongs_to_a_page_or_says_what_it_is_for() -> None:
    of_pages = {operation for twins in TWINS.values() for operation in twins}

    assert set(operations()) == of_pages | API_ONLY.keys()
    assert of_pages & API_ONLY.keys() == set()
