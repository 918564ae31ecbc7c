"""Every operation of the API refuses a stranger and the wrong role. A new one fails here until it is in the table."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.roles import Role
from accounts.scopes import Scope
from tests.api.asking import as_role, asking, operations
from tests.factories.accounts import UserFactory, person
from tests.support.walking import walk

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

EVERYBODY = frozenset(Role.values)
READERS = frozenset({"specialist", "supervisor", "manager"})
MANAGERS = frozenset({"manager"})
SCORERS = frozenset({"specialist", "manager"})
AGENTS = frozenset({"agent"})
IMPORTERS = frozenset({"manager", "admin"})
ADMINS = frozenset({"admin"})
COACHES = frozenset({"supervisor", "manager"})
# Operation → the roles it is open to.
TABLE: dict[str, frozenset[str]] = {
    "me": EVERYBODY,
    "tokens_list": EVERYBODY,
    "tokens_revoke_create": EVERYBODY,
    "tokens_create": EVERYBODY,
    "me_update": EVERYBODY,
    "sessions_list": EVERYBODY,
    "sessions_end_create": EVERYBODY,
    "sessions_end_others_create": EVERYBODY,
    "workspace_retrieve": ADMINS,
    "workspace_update": ADMINS,
    "sources_list": ADMINS,
    "sources_retrieve": ADMINS,
    "sources_update": ADMINS,
    "sources_mask_create": ADMINS,
    "sources_erase_customer_create": ADMINS,
    "teams_list": READERS | {"admin"},
    "teams_retrieve": READERS | {"admin"},
    "agents_list": COACHES | ADMINS,
    "agents_retrieve": COACHES | ADMINS,
    "users_list": ADMINS,
    "users_retrieve": ADMINS,
    "users_create": ADMINS,
    "users_update": ADMINS,
    "users_deactivate_create": ADMINS,
    "users_reactivate_create": ADMINS,
    "users_send_link_create": ADMINS,
    "grants_list": ADMINS,
    "grants_retrieve": ADMINS,
    "grants_create": ADMINS,
    "grants_end_create": ADMINS,
    "teams_create": ADMINS,
    "teams_update": ADMINS,
    "teams_archive_create": ADMINS,
    "teams_restore_create": ADMINS,
    "agents_create": ADMINS,
    "agents_update": ADMINS,
    "agents_move_create": ADMINS,
    "agents_link_create": ADMINS,
    "agents_unlink_create": ADMINS,
    "agents_identify_create": ADMINS,
    "agents_deactivate_create": ADMINS,
    "agents_reactivate_create": ADMINS,
    "agents_export_retrieve": ADMINS,
    "agents_upload_create": ADMINS,
    "audit_list": ADMINS,
    "jobs_list": EVERYBODY,
    "jobs_retrieve": EVERYBODY,
    "conversations_list": READERS,
    "conversations_retrieve": READERS,
    "conversations_transcript_retrieve": READERS,
    "imports_list": IMPORTERS,
    "imports_retrieve": IMPORTERS,
    "imports_create": IMPORTERS,
    "imports_guess_create": IMPORTERS,
    "imports_columns_retrieve": IMPORTERS,
    "imports_begin_create": IMPORTERS,
    "imports_cancel_create": IMPORTERS,
    "imports_rejects_list": IMPORTERS,
    "rubrics_list": READERS,
    "rubrics_retrieve": READERS,
    "rubrics_compare_retrieve": READERS,
    "rubrics_sources_retrieve": MANAGERS,
    "rubrics_create": MANAGERS,
    "rubrics_update": MANAGERS,
    "rubrics_import_create": MANAGERS,
    "rubrics_install_starters_create": MANAGERS,
    "rubrics_versions_retrieve": READERS,
    "rubrics_versions_export_retrieve": READERS,
    "rubrics_versions_publish_create": MANAGERS,
    "rubrics_versions_document_retrieve": READERS,
    "rubrics_versions_document_update": MANAGERS,
    "rubrics_versions_start_create": MANAGERS,
    "rubrics_versions_reword_create": MANAGERS,
    "rubrics_versions_retire_create": MANAGERS,
    "rubrics_versions_discard_create": MANAGERS,
    "queue_list": SCORERS,
    "queue_summary_retrieve": SCORERS,
    "queue_claim_create": SCORERS,
    "queue_release_create": SCORERS,
    "queue_skip_create": SCORERS,
    "reports_numbers": COACHES,
    "reports_agreement": MANAGERS,
    "reports_skips": MANAGERS,
    "queue_hand_over_create": SCORERS,
    "sampling_plans_queue_rules_retrieve": MANAGERS,
    "sampling_plans_queue_rules_update": MANAGERS,
    "reviewers_list": SCORERS,
    "reviewers_retrieve": SCORERS,
    "reviewers_away_create": SCORERS,
    "reviewers_conflicts_create": SCORERS,
    "reviewers_goal_update": MANAGERS,
    "absences_cancel_create": SCORERS,
    "conflicts_end_create": MANAGERS,
    "draws_progress_retrieve": MANAGERS,
    "skips_list": SCORERS,
    "skips_confirm_create": SCORERS,
    "skips_overrule_create": SCORERS,
    "reviews_list": READERS,
    "reviews_create": SCORERS,
    "reviews_retrieve": READERS,
    "reviews_export_retrieve": READERS,
    "reviews_drafts_list": SCORERS | AGENTS,
    "reviews_draft_retrieve": SCORERS | AGENTS,
    "reviews_draft_update": SCORERS | AGENTS,
    "reviews_transcript_list": SCORERS | AGENTS,
    "reviews_transcript_changes_list": READERS,
    "reviews_submit_create": SCORERS | AGENTS,
    "reviews_take_up_create": SCORERS,
    "reviews_move_retrieve": SCORERS,
    "reviews_move_create": SCORERS,
    "reviews_keep_alive_create": SCORERS | AGENTS,
    "reviews_publish_create": SCORERS,
    "what_ifs_list": MANAGERS,
    "what_ifs_create": MANAGERS,
    "what_ifs_retrieve": MANAGERS,
    "what_ifs_cancel_create": MANAGERS,
    "what_ifs_flips_list": MANAGERS,
    "reviews_publish_mine_create": SCORERS,
    "comment_templates_list": SCORERS,
    "comment_templates_retrieve": SCORERS,
    "comment_templates_create": SCORERS,
    "comment_templates_update": SCORERS,
    "comment_templates_remove_create": SCORERS,
    "coaching_growth_list": COACHES,
    "earlier_teams_list": EVERYBODY,
    "earlier_teams_retrieve": EVERYBODY,
    "earlier_teams_reviews_list": EVERYBODY,
    "earlier_teams_plans_list": EVERYBODY,
    "earlier_teams_sessions_list": EVERYBODY,
    "earlier_teams_remarks_list": EVERYBODY,
    "coaching_plans_list": COACHES | AGENTS,
    "coaching_plans_retrieve": COACHES | AGENTS,
    "coaching_plans_create": COACHES,
    "coaching_plans_update": COACHES,
    "coaching_plans_accept_create": COACHES,
    "coaching_plans_decline_create": COACHES,
    "coaching_plans_share_create": COACHES,
    "coaching_plans_close_create": COACHES,
    "coaching_plans_extend_create": COACHES,
    "coaching_sessions_list": COACHES | AGENTS,
    "coaching_sessions_retrieve": COACHES | AGENTS,
    "coaching_sessions_confirm_create": COACHES | AGENTS,
    "coaching_sessions_calendar_retrieve": COACHES | AGENTS,
    "coaching_sessions_create": COACHES,
    "coaching_sessions_update": COACHES,
    "coaching_sessions_miss_create": COACHES,
    "coaching_sessions_cancel_create": COACHES,
    "coaching_sessions_private_notes_list": COACHES,
    "coaching_sessions_private_notes_create": COACHES,
    "coaching_plans_accept_chosen_create": COACHES,
    "coaching_plans_hand_over_create": COACHES,
    "coaching_plans_remarks_create": COACHES | AGENTS,
    "coaching_plans_outcomes_list": COACHES,
    "coaching_plans_read_create": AGENTS,
    "coaching_actions_tick_create": COACHES | AGENTS,
    "coaching_actions_check_retrieve": AGENTS,
    "coaching_actions_check_create": AGENTS,
    "coaching_programmes_list": COACHES,
    "coaching_programmes_retrieve": COACHES,
    "coaching_programmes_create": COACHES,
    "coaching_programmes_update": COACHES,
    "coaching_programmes_begin_create": COACHES,
    "coaching_programmes_start_second_create": COACHES,
    "coaching_programmes_close_create": COACHES,
    "coaching_growth_retrieve": COACHES | AGENTS,
    "coaching_expectations_retrieve": COACHES | AGENTS,
    "coaching_expectations_update": MANAGERS,
    "calendar_feed_retrieve": COACHES | AGENTS,
    "calendar_feed_create": COACHES | AGENTS,
    "calendar_feed_revoke_create": COACHES | AGENTS,
    "coaching_attempts_list": COACHES | AGENTS,
    "coaching_attempts_retrieve": COACHES | AGENTS,
    "knowledge_checks_list": COACHES,
    "knowledge_checks_retrieve": COACHES,
    "knowledge_checks_create": MANAGERS,
    "knowledge_checks_update": MANAGERS,
    "coaching_actions_confirm_create": COACHES,
    "coaching_library_list": COACHES,
    "coaching_library_retrieve": COACHES,
    "coaching_library_update": MANAGERS,
    "coaching_library_add_create": MANAGERS,
    "coaching_library_change_create": MANAGERS,
    "coaching_rules_list": COACHES,
    "coaching_rules_retrieve": COACHES,
    "coaching_rules_current_retrieve": COACHES,
    "coaching_rules_create": MANAGERS,
    "coaching_dry_runs_list": MANAGERS,
    "coaching_dry_runs_retrieve": MANAGERS,
    "coaching_dry_runs_create": MANAGERS,
    "coaching_dry_runs_cancel_create": MANAGERS,
    "coaching_dry_runs_rows_list": MANAGERS,
    "coaching_sweep_runs_list": IMPORTERS,
    "coaching_sweep_runs_start_create": IMPORTERS,
    "coaching_sweep_failures_list": IMPORTERS,
    "coaching_observations_list": COACHES,
    "coaching_observations_retrieve": COACHES,
    "coaching_observations_answer_create": COACHES,
    "sampling_keys_list": ADMINS,
    "sampling_keys_rotate_create": ADMINS,
    "sampling_plans_list": MANAGERS,
    "sampling_plans_retrieve": MANAGERS,
    "sampling_plans_create": MANAGERS,
    "sampling_plans_update": MANAGERS,
    "sampling_plans_preview_create": MANAGERS,
    "sampling_plans_trial_create": MANAGERS,
    "sampling_plans_pause_create": MANAGERS,
    "sampling_plans_resume_create": MANAGERS,
    "sampling_plans_archive_create": MANAGERS,
    "sampling_plans_draw_create": MANAGERS,
    "sampling_plans_planner_create": MANAGERS,
    "sampling_plans_planner_retrieve": MANAGERS,
    "cell_checks_list": frozenset({"manager", "admin"}),
    "draws_list": MANAGERS,
    "draws_retrieve": MANAGERS,
    "draws_strata_list": MANAGERS,
    "draws_picks_list": MANAGERS,
    "draws_receipt_retrieve": MANAGERS,
    "draws_replay_retrieve": MANAGERS,
    "draws_replay_create": MANAGERS,
    "draws_replay_cancel_create": MANAGERS,
    "draws_check_create": MANAGERS,
    "draws_void_create": MANAGERS,
    "receipt_checks_list": MANAGERS,
    "receipt_checks_retrieve": MANAGERS,
    "receipt_checks_cancel_create": MANAGERS,
    "reports_team": COACHES,
    "reports_agents": COACHES,
    "reports_own": AGENTS,
    "reports_disputes": MANAGERS,
    "reports_coaching": COACHES,
    "reports_coaching_export": COACHES,
    "reports_programme": MANAGERS,
    "needs_list": COACHES,
    "reviews_publish_chosen_create": SCORERS,
    "reviews_schedule_create": SCORERS,
    "reviews_hold_create": SCORERS,
    "reviews_reopen_create": SCORERS,
    "reviews_keep_create": SCORERS,
    "reviews_send_back_create": SCORERS,
    "reviews_void_create": MANAGERS,
    "notifications_list": EVERYBODY,
    "notifications_retrieve": EVERYBODY,
    "notifications_read_create": EVERYBODY,
    "notifications_read_all_create": EVERYBODY,
    "notifications_digest_create": EVERYBODY,
    "notifications_reminders_list": EVERYBODY,
    "notifications_reminders_create": EVERYBODY,
    "calibration_sessions_list": SCORERS,
    "calibration_sessions_retrieve": SCORERS,
    "calibration_sessions_conversations_retrieve": SCORERS,
    "calibration_sessions_create": MANAGERS,
    "calibration_sessions_update": MANAGERS,
    "calibration_sessions_start_create": MANAGERS,
    "calibration_sessions_reveal_create": MANAGERS,
    "calibration_sessions_conversations_agree_create": MANAGERS,
    "calibration_sessions_resolve_create": MANAGERS,
    "calibration_sessions_close_create": MANAGERS,
    "calibration_sessions_cancel_create": MANAGERS,
    "calibration_sessions_replay_retrieve": MANAGERS,
    "calibration_sessions_replay_create": MANAGERS,
    "calibration_sessions_receipt_retrieve": MANAGERS,
    "disputes_list": READERS | AGENTS,
    "disputes_retrieve": READERS | AGENTS,
    "disputes_create": COACHES | AGENTS,
    "disputes_decide_create": SCORERS,
    "disputes_withdraw_create": COACHES | AGENTS,
    "disputes_escalate_create": COACHES | AGENTS,
    "self_reviews_list": AGENTS,
    "self_reviews_begin_create": AGENTS,
    "feedback_list": AGENTS,
    "feedback_retrieve": AGENTS,
    "feedback_read_create": AGENTS,
    "feedback_acknowledge_create": AGENTS,
    "feedback_ask_create": AGENTS,
    "reviews_answer_create": READERS,
}
OPEN_TO_ALL = frozenset(name for name, roles in TABLE.items() if roles == EVERYBODY)
# What an open operation may answer to a request without sense: everything but "who are you" and "you may not".
ANSWERS = frozenset({200, 201, 204, 404, 409, 412, 415, 422, 428})
NAMES = sorted(operations())


def ask(client: Client, name: str) -> Any:
    """Send an empty request to an operation, about things that do not exist."""
    method, path = operations()[name]
    filled = re.sub(r"\{(\w+)\}", lambda part: "no-such-thing" if part[1] == "slug" else "9876", path)
    if method == "get":
        return client.get(filled)
    return getattr(client, method)(filled, {}, content_type="application/json")


def answer(response: Any) -> tuple[int, str]:
    """Return status and code, the code only of a refusal of a person: there it says whether it is the right one."""
    status: int = response.status_code
    return (status, response.json()["code"]) if status in {401, 403} else (status, "")


def unlike(expected: tuple[int, str] | None, response: Any) -> str | None:
    """Say what differs from a refusal, or from anything that an open operation may answer."""
    found = answer(response)
    if found == expected or (expected is None and found[0] in ANSWERS):
        return None
    wanted = f"one of {sorted(ANSWERS)}" if expected is None else " ".join(map(str, expected))
    return f"expected {wanted}, found {' '.join(map(str, found))}"


def test_every_operation_stands_in_the_table() -> None:
    missing, gone = set(operations()) - set(TABLE), set(TABLE) - set(operations())

    assert missing == set(), "Say in TABLE of this file which roles each of these operations is open to."
    assert gone == set(), "These operations are no more: take their lines out of TABLE of this file."


def test_a_stranger_is_asked_for_a_token(client: Client) -> None:
    def difference(_name: str, response: Any) -> str | None:
        asked = response.get("WWW-Authenticate", "")
        no_token = None if asked == 'Bearer realm="api"' else f"expected to be asked for a token, found {asked!r}"
        return unlike((401, "not_authenticated"), response) or no_token

    walk(client, NAMES, ask, who="a stranger", difference=difference)


@pytest.mark.parametrize("role", Role)
def test_each_role_gets_what_the_table_says(role: Role) -> None:
    client = as_role(role)

    def difference(name: str, response: Any) -> str | None:
        return unlike(None if role.value in TABLE[name] else (403, "wrong_role"), response)

    walk(client, NAMES, ask, who=role.value, difference=difference)


def test_somebody_without_a_role_gets_nothing() -> None:
    client = asking(UserFactory())

    def difference(name: str, response: Any) -> str | None:
        return unlike(None if name in OPEN_TO_ALL else (403, "wrong_role"), response)

    walk(client, NAMES, ask, who="somebody without a role", difference=difference)


def test_a_token_that_may_only_read_changes_nothing() -> None:
    def difference(name: str, response: Any) -> str | None:
        is_open = operations()[name][0] == "get" or name == "tokens_revoke_create"
        return unlike(None if is_open else (403, "scope_missing"), response)

    for role in Role:
        client = asking(person(role), scopes=[Scope.READ])
        names = [name for name in NAMES if min(TABLE[name]) == role.value]
        walk(client, names, ask, who=f"a {role.value}'s token that may only read", difference=difference)


def test_the_schema_and_its_page_are_open_and_say_nothing_of_this_installation(client: Client) -> None:
    assert [client.get(path).status_code for path in ("/api/schema/", "/api/docs/")] == [200, 200]


def test_the_page_of_the_schema_may_set_styles_and_run_only_our_scripts(client: Client) -> None:
    response = client.get("/api/docs/")

    # The header names its directives in no fixed order.
    policy = {line.strip() for line in response["Content-Security-Policy"].split(";")}
    assert response.status_code == 200
    assert {"style-src 'self' 'unsafe-inline'", "script-src 'self'"} <= policy
