"""What belongs to one team is reached by its people alone; for the people of another team it does not exist.

test_access.py walks every address with roles that hold everywhere. Here each address that names a thing is walked with
roles that are limited to a team: to the thing's own team, and to another one. A new address fails until it stands here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from tests.api import test_access as api_access
from tests.api.asking import asking, operations
from tests.project.test_access import ADDRESSES, OURS, TABLE
from tests.project.two_teams import TwoTeams, founded
from tests.support.walking import differences

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

# (thing, who reaches it in its own team) → addresses. "specialist" alone: the one who wrote it.
# HOUSE: belongs to no team, so a role that is limited to one does not open it. SHARED: open from every team.
HOUSE, SHARED = "house", "shared by all teams"
PAGES: dict[tuple[str, str], str] = {
    ("proposed", "supervisor manager"): "coaching:accept coaching:decline coaching:edit coaching:plan coaching:share",
    ("shared", "supervisor manager"): "coaching:arrange coaching:close coaching:extend coaching:hand_over "
    "coaching:remark",
    # Nothing was measured yet, so there is nothing to open for anybody; tests/coaching measures.
    ("shared", ""): "coaching:outcome coaching:outcome_data",
    ("programme", ""): "coaching:programme_data",
    # Read by the one who led a team before, whatever they are now; here the specialist did.
    ("earlier", "specialist"): "coaching:earlier_plan coaching:earlier_review coaching:earlier_team",
    ("shared", "agent"): "coaching:own_plan coaching:own_remark coaching:read",
    ("one to one", "supervisor manager"): "coaching:calendar coaching:cancel coaching:change_session "
    "coaching:confirm_session coaching:miss coaching:note coaching:session coaching:sheet",
    ("one to one", "agent"): "coaching:own_calendar coaching:own_confirm coaching:own_session",
    ("action", "supervisor manager"): "coaching:confirm coaching:tick_for",
    ("action", "agent"): "coaching:take_check coaching:tick",
    ("programme", "supervisor manager"): "coaching:begin_programme coaching:close_programme coaching:edit_programme "
    "coaching:programme coaching:start_second",
    ("attempt", "agent"): "coaching:own_attempt",
    ("attempt", "supervisor manager"): "coaching:attempt",
    ("check", SHARED): "coaching:check",
    ("check", HOUSE): "coaching:edit_check",
    ("review", SHARED): "coaching:for_review",  # lists the plans that the asker may see, which may be none
    ("conversation", "specialist supervisor manager"): "conversations:conversation reviews:for_conversation",
    ("fresh", "specialist manager"): "reviews:review_by_hand",
    ("agent", "supervisor manager"): "coaching:growth insights:agent",
    ("review", "agent"): "reviews:acknowledge reviews:ask reviews:feedback reviews:read",
    ("asked", "agent"): "reviews:begin_self_review",
    ("self_draft", "agent"): "reviews:self_review",
    ("asked about", "specialist supervisor manager"): "reviews:answer",
    ("review", "specialist supervisor manager"): "reviews:review reviews:transcript_changes",
    ("template", "specialist"): "reviews:edit_template reviews:remove_template",
    (
        "draft",
        "specialist",
    ): "reviews:keep_alive reviews:move reviews:preview_move reviews:save reviews:submit reviews:take_up",
    ("user", "specialist"): "reviews:be_away reviews:declare_conflict reviews:reviewer",
    ("absence", "specialist"): "reviews:cancel_absence",
    ("item", "specialist"): "reviews:hand_over reviews:release reviews:skip",
    ("conflict", HOUSE): "reviews:end_conflict",
    ("skipped", "specialist manager"): "reviews:confirm_skip reviews:overrule_skip",
    ("waiting", "specialist"): "reviews:hold reviews:publish reviews:reopen reviews:schedule",
    ("reopened", "specialist"): "reviews:keep",
    ("second_read", "specialist"): "reviews:send_back",
    ("review", HOUSE): "reviews:void",
    ("review", "agent supervisor manager"): "reviews:begin_dispute",
    ("looked_at", "agent specialist supervisor manager"): "reviews:dispute",
    ("calibrated", "specialist"): "reviews:calibration_session reviews:calibration_unit",
    (
        "calibrated",
        HOUSE,
    ): "reviews:edit_calibration reviews:start_calibration reviews:reveal_calibration reviews:agree_calibration "
    "reviews:resolve_calibration reviews:close_calibration reviews:cancel_calibration reviews:calibration_receipt "
    "reviews:replay_calibration",
    ("looked_at", "specialist"): "reviews:decide",
    ("looked_at", "agent"): "reviews:withdraw",
    ("decided", "agent supervisor manager"): "reviews:escalate",
    ("notification", "specialist"): "accounts:open_notification",
    ("token", "specialist"): "accounts:revoke_token",
    ("session", "specialist"): "accounts:end_session",
    ("rubric", SHARED): "rubrics:choose_comparison rubrics:compare rubrics:detail rubrics:export rubrics:version",
    ("rubric", HOUSE): "rubrics:arrange rubrics:discard rubrics:edit rubrics:publish rubrics:rename rubrics:retire "
    "rubrics:reword rubrics:save rubrics:start reviews:start_what_if reviews:what_if_of",
    ("what_if", HOUSE): "reviews:cancel_what_if reviews:what_if reviews:what_if_flips reviews:what_if_progress",
    ("source", HOUSE): "reviews:erase_customer reviews:keep_texts reviews:mask_kept reviews:mask_texts reviews:masking",
    ("import", HOUSE): "conversations:cancel_import conversations:columns conversations:import "
    "conversations:import_progress conversations:rejected_lines conversations:rejects",
    (
        "sampling",
        HOUSE,
    ): "insights:plan_planner reviews:rules sampling:archive sampling:draw_now sampling:edit sampling:pause "
    "sampling:plan sampling:resume",
    ("library", SHARED): "coaching:library_skill",
    ("library", HOUSE): "coaching:edit_entry coaching:edit_words coaching:new_entry",
    ("dry_run", HOUSE): "coaching:cancel_dry_run coaching:dry_run coaching:dry_run_progress",
    ("observation", "supervisor manager"): "coaching:answer_observation",
    ("draw", HOUSE): "reviews:of_draw sampling:draw sampling:receipt sampling:replay "
    "sampling:cancel_replay sampling:void",
    ("receipt", HOUSE): "sampling:cancel_check sampling:checked",
    (
        "user",
        HOUSE,
    ): "reviews:set_goal accounts:person accounts:edit_person accounts:send_link accounts:deactivate_person "
    "accounts:reactivate_person accounts:grant",
    ("grant", HOUSE): "accounts:end_grant",
    ("team", HOUSE): "accounts:team accounts:archive_team accounts:restore_team",
    (
        "agent",
        HOUSE,
    ): "accounts:agent accounts:edit_agent accounts:move_agent accounts:link_agent "
    "accounts:unlink_agent accounts:identify_agent accounts:deactivate_agent accounts:reactivate_agent",
}
OPERATIONS: dict[tuple[str, str], str] = {
    ("proposed", "supervisor manager"): "coaching_plans_accept_create coaching_plans_decline_create "
    "coaching_plans_retrieve coaching_plans_share_create coaching_plans_update",
    ("shared", "supervisor manager"): "coaching_plans_close_create coaching_plans_extend_create "
    "coaching_plans_hand_over_create coaching_plans_outcomes_list",
    ("shared", "agent supervisor manager"): "coaching_plans_remarks_create",
    ("one to one", "supervisor manager"): "coaching_sessions_cancel_create coaching_sessions_miss_create "
    "coaching_sessions_private_notes_create coaching_sessions_private_notes_list coaching_sessions_update",
    ("one to one", "agent supervisor manager"): "coaching_sessions_calendar_retrieve coaching_sessions_confirm_create "
    "coaching_sessions_retrieve",
    ("shared", "agent"): "coaching_plans_read_create",
    ("earlier", "specialist"): "earlier_teams_retrieve earlier_teams_plans_list earlier_teams_remarks_list "
    "earlier_teams_reviews_list earlier_teams_sessions_list",
    ("action", "supervisor manager"): "coaching_actions_confirm_create",
    ("action", "agent"): "coaching_actions_check_create coaching_actions_check_retrieve",
    ("action", "agent supervisor manager"): "coaching_actions_tick_create",
    ("attempt", "agent supervisor manager"): "coaching_attempts_retrieve",
    ("programme", "supervisor manager"): "coaching_programmes_begin_create coaching_programmes_close_create "
    "coaching_programmes_retrieve coaching_programmes_start_second_create coaching_programmes_update",
    ("agent", "agent supervisor manager"): "coaching_growth_retrieve",
    ("check", SHARED): "knowledge_checks_retrieve",
    ("check", HOUSE): "knowledge_checks_update",
    ("conversation", "specialist supervisor manager"): "conversations_retrieve conversations_transcript_retrieve",
    ("agent", "supervisor manager"): "agents_retrieve reports_agents",
    ("team", "specialist supervisor manager"): "teams_retrieve",
    ("review", "agent"): "feedback_acknowledge_create feedback_ask_create feedback_read_create feedback_retrieve",
    ("asked", "agent"): "self_reviews_begin_create",
    ("asked about", "specialist supervisor manager"): "reviews_answer_create",
    ("review", "specialist supervisor manager"): "reviews_retrieve reviews_transcript_changes_list",
    ("template", "specialist"): "comment_templates_remove_create comment_templates_retrieve comment_templates_update",
    ("draft", "specialist"): "reviews_draft_retrieve reviews_draft_update reviews_keep_alive_create "
    "reviews_move_create reviews_move_retrieve reviews_submit_create reviews_take_up_create reviews_transcript_list",
    ("item", "specialist"): "queue_hand_over_create queue_release_create queue_skip_create",
    ("user", "specialist"): "reviewers_away_create reviewers_conflicts_create reviewers_retrieve",
    ("absence", "specialist"): "absences_cancel_create",
    ("conflict", HOUSE): "conflicts_end_create",
    ("skipped", "specialist manager"): "skips_confirm_create skips_overrule_create",
    ("waiting", "specialist"): "reviews_hold_create reviews_publish_create reviews_reopen_create "
    "reviews_schedule_create",
    ("reopened", "specialist"): "reviews_keep_create",
    ("second_read", "specialist"): "reviews_send_back_create",
    ("review", HOUSE): "reviews_void_create",
    ("looked_at", "agent specialist supervisor manager"): "disputes_retrieve",
    ("calibrated", "specialist"): "calibration_sessions_conversations_retrieve calibration_sessions_retrieve",
    ("calibrated", HOUSE): "calibration_sessions_cancel_create calibration_sessions_close_create "
    "calibration_sessions_conversations_agree_create calibration_sessions_receipt_retrieve "
    "calibration_sessions_replay_create calibration_sessions_replay_retrieve "
    "calibration_sessions_resolve_create calibration_sessions_reveal_create calibration_sessions_start_create "
    "calibration_sessions_update",
    ("looked_at", "specialist"): "disputes_decide_create",
    ("looked_at", "agent"): "disputes_withdraw_create",
    ("decided", "agent supervisor manager"): "disputes_escalate_create",
    ("notification", "specialist"): "notifications_read_create notifications_retrieve",
    ("token", "specialist"): "tokens_revoke_create",
    ("session", "specialist"): "sessions_end_create",
    ("job", "specialist"): "jobs_retrieve",
    ("rubric", SHARED): "rubrics_compare_retrieve rubrics_retrieve rubrics_versions_document_retrieve "
    "rubrics_versions_export_retrieve rubrics_versions_retrieve",
    ("rubric", HOUSE): "rubrics_update rubrics_versions_discard_create rubrics_versions_document_update "
    "rubrics_versions_publish_create rubrics_versions_retire_create rubrics_versions_reword_create "
    "rubrics_versions_start_create",
    ("what_if", HOUSE): "what_ifs_cancel_create what_ifs_flips_list what_ifs_retrieve",
    ("source", HOUSE): "sources_erase_customer_create sources_mask_create sources_retrieve sources_update",
    ("import", HOUSE): "imports_begin_create imports_cancel_create imports_columns_retrieve imports_rejects_list "
    "imports_retrieve",
    ("sampling", HOUSE): "sampling_plans_queue_rules_retrieve sampling_plans_queue_rules_update "
    "sampling_plans_archive_create sampling_plans_draw_create sampling_plans_pause_create "
    "sampling_plans_planner_retrieve sampling_plans_resume_create sampling_plans_retrieve "
    "sampling_plans_update",
    ("dry_run", HOUSE): "coaching_dry_runs_cancel_create coaching_dry_runs_retrieve coaching_dry_runs_rows_list",
    ("rules", SHARED): "coaching_rules_retrieve",
    ("library", SHARED): "coaching_library_retrieve",
    ("library", HOUSE): "coaching_library_add_create coaching_library_change_create coaching_library_update",
    ("observation", "supervisor manager"): "coaching_observations_answer_create coaching_observations_retrieve",
    (
        "draw",
        HOUSE,
    ): "draws_picks_list draws_progress_retrieve draws_receipt_retrieve draws_replay_create draws_replay_retrieve "
    "draws_replay_cancel_create draws_retrieve draws_strata_list draws_void_create",
    ("receipt", HOUSE): "receipt_checks_cancel_create receipt_checks_retrieve",
    (
        "user",
        HOUSE,
    ): "reviewers_goal_update users_deactivate_create users_reactivate_create users_retrieve "
    "users_send_link_create users_update",
    ("grant", HOUSE): "grants_end_create grants_retrieve",
    ("team", HOUSE): "teams_archive_create teams_restore_create teams_update",
    ("agent", HOUSE): "agents_deactivate_create agents_identify_create agents_link_create agents_move_create "
    "agents_reactivate_create agents_unlink_create agents_update",
}


# What a request holds where without it the answer would be about that, before it is about who asks.
DECIDED = {"criterion": "understood", "option": "yes", "rationale": "It is in message 2."}
SENT: dict[str, dict[str, Any]] = {
    "reviews:schedule": {"at": "2026-03-05T09:00"},
    "reviews:send_back": {"note": "Look at message 2."},
    "reviews_schedule_create": {"at": "2026-03-05T09:00:00Z"},
    "reviews_send_back_create": {"note": "Look at message 2."},
    "coaching:answer_observation": {"answer": "praised"},
    "coaching_observations_answer_create": {"answer": "praised"},
    "disputes_decide_create": {"points": [DECIDED]},
    "disputes_escalate_create": {"points": [{"criterion": "solved", "reason": "It was solved."}]},
}


def by_name(table: dict[tuple[str, str], str]) -> dict[str, tuple[str, str]]:
    return {name: line for line, names in table.items() for name in names.split()}


OF_PAGES, OF_OPERATIONS = by_name(PAGES), by_name(OPERATIONS)


def expected(reached_by: str, role: Role, *, is_own_team: bool) -> str:
    """Say what somebody meets whose role the tables of access open this for, limited to a team."""
    if reached_by == SHARED:
        return "reached"
    if reached_by == HOUSE or (role == Role.ADMIN and reached_by != "specialist"):
        return "closed"
    if is_own_team:
        return "reached" if role.value in reached_by.split() else "closed or hidden"
    return "hidden"


def met(status: int) -> str:
    return {403: "closed", 404: "hidden"}.get(status, "reached" if status < 500 else "broken")


def ask_page(company: TwoTeams, client: Client, name: str) -> Any:
    thing = company.things[OF_PAGES[name][0]]
    path = reverse(name, kwargs={key: thing[key] for key in ADDRESSES[name].pattern.regex.groupindex})
    response = client.get(path)
    sent = {"rubric": company.things["rubric"]["slug"]} | SENT.get(name, {})
    return client.post(path, sent) if response.status_code == 405 else response


def ask_operation(company: TwoTeams, client: Client, name: str) -> Any:
    thing = company.things[OF_OPERATIONS[name][0]]
    method, path = operations()[name]
    path = re.sub(r"\{(\w+)\}", lambda part: str(thing[{"id": "pk"}.get(part[1], part[1])]), path)
    if method == "get":
        return client.get(path)
    return getattr(client, method)(path, SENT.get(name, {}), content_type="application/json")


def walked(
    company: TwoTeams, log_in: Callable[[User], Client], ask: Any, lines: dict[str, tuple[str, str]], opened_for: Any
) -> list[str]:
    """Return each answer that is not what the table says, for everybody in both teams."""
    found: list[str] = []
    for role, is_own_team in product(Role, (True, False)):

        def difference(name: str, response: Any, role: Role = role, is_own_team: bool = is_own_team) -> str | None:
            wanted = expected(lines[name][1], role, is_own_team=is_own_team)
            status = response.status_code
            return None if met(status) in wanted else f"expected {wanted}, found {met(status)} ({status})"

        who = f"{role.value} of {'its own' if is_own_team else 'another'} team"
        names = [name for name in lines if role.value in opened_for[name]]
        client = log_in(company.people[role.value, is_own_team])
        found += differences(client, names, partial(ask, company), who=who, difference=difference)
    return found


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_every_address_of_a_thing_stands_in_the_tables() -> None:
    addresses = {name for name in OURS if ADDRESSES[name].pattern.regex.groupindex}
    addresses |= {name for name, (_method, path) in operations().items() if "{" in path}
    lines = OF_PAGES.keys() | OF_OPERATIONS.keys()

    assert addresses - lines == set(), (
        "Say who reaches the thing that each of these addresses names: give it a line in PAGES or OPERATIONS of this "
        "file, and a new kind of thing a place in tests/project/two_teams.py."
    )
    assert lines - addresses == set(), "These addresses are no more: take them out of the tables of this file."


def test_pages_keep_the_teams_apart() -> None:
    found = walked(founded(), logged_in, ask_page, OF_PAGES, TABLE)

    assert not found, "\n".join(found)


def test_operations_keep_the_teams_apart() -> None:
    found = walked(founded(), asking, ask_operation, OF_OPERATIONS, api_access.TABLE)

    assert not found, "\n".join(found)
