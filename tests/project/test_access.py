"""Every address refuses a stranger and the wrong role. A new address fails here until it stands in the table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.roles import Role
from tests.factories.accounts import UserFactory, person
from tests.support.walking import walk

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

EVERYBODY = frozenset(Role.values)
READERS = frozenset({"specialist", "supervisor", "manager"})
# Address → the roles it is open to. allauth's own pages guard themselves and are walked with a stranger only.
TABLE: dict[str, frozenset[str]] = {
    "home": EVERYBODY,
    "core:ui": EVERYBODY,
    "accounts:people": frozenset({"admin"}),
    "accounts:new_person": frozenset({"admin"}),
    "accounts:roles": frozenset({"admin"}),
    "accounts:person": frozenset({"admin"}),
    "accounts:edit_person": frozenset({"admin"}),
    "accounts:send_link": frozenset({"admin"}),
    "accounts:deactivate_person": frozenset({"admin"}),
    "accounts:reactivate_person": frozenset({"admin"}),
    "accounts:grant": frozenset({"admin"}),
    "accounts:end_grant": frozenset({"admin"}),
    "accounts:teams": frozenset({"admin"}),
    "accounts:new_team": frozenset({"admin"}),
    "accounts:team": frozenset({"admin"}),
    "accounts:archive_team": frozenset({"admin"}),
    "accounts:restore_team": frozenset({"admin"}),
    "accounts:agents": frozenset({"admin"}),
    "accounts:new_agent": frozenset({"admin"}),
    "accounts:load_agents": frozenset({"admin"}),
    "accounts:export_agents": frozenset({"admin"}),
    "accounts:agent": frozenset({"admin"}),
    "accounts:edit_agent": frozenset({"admin"}),
    "accounts:move_agent": frozenset({"admin"}),
    "accounts:link_agent": frozenset({"admin"}),
    "accounts:unlink_agent": frozenset({"admin"}),
    "accounts:identify_agent": frozenset({"admin"}),
    "accounts:deactivate_agent": frozenset({"admin"}),
    "accounts:reactivate_agent": frozenset({"admin"}),
    "accounts:workspace": frozenset({"admin"}),
    "accounts:profile": EVERYBODY,
    "accounts:sessions": EVERYBODY,
    "accounts:end_session": EVERYBODY,
    "accounts:end_other_sessions": EVERYBODY,
    "accounts:tokens": EVERYBODY,
    "accounts:new_token": EVERYBODY,
    "accounts:revoke_token": EVERYBODY,
    "accounts:notifications": EVERYBODY,
    "accounts:notification_count": EVERYBODY,
    "accounts:read_notifications": EVERYBODY,
    "accounts:choose_digest": EVERYBODY,
    "accounts:choose_reminders": EVERYBODY,
    "accounts:open_notification": EVERYBODY,
    "accounts:audit": frozenset({"admin"}),
    "conversations:list": READERS,
    "conversations:conversation": READERS,
    "conversations:imports": frozenset({"manager", "admin"}),
    "conversations:new_import": frozenset({"manager", "admin"}),
    "conversations:import": frozenset({"manager", "admin"}),
    "conversations:columns": frozenset({"manager", "admin"}),
    "conversations:import_progress": frozenset({"manager", "admin"}),
    "conversations:cancel_import": frozenset({"manager", "admin"}),
    "conversations:rejects": frozenset({"manager", "admin"}),
    "conversations:rejected_lines": frozenset({"manager", "admin"}),
    "rubrics:list": READERS,
    "rubrics:detail": READERS,
    "rubrics:version": READERS,
    "rubrics:export": READERS,
    "rubrics:compare": READERS,
    "rubrics:choose_comparison": READERS,
    "rubrics:new": frozenset({"manager"}),
    "rubrics:edit": frozenset({"manager"}),
    "rubrics:start": frozenset({"manager"}),
    "rubrics:save": frozenset({"manager"}),
    "rubrics:arrange": frozenset({"manager"}),
    "rubrics:reword": frozenset({"manager"}),
    "rubrics:rename": frozenset({"manager"}),
    "rubrics:import": frozenset({"manager"}),
    "rubrics:install_starters": frozenset({"manager"}),
    "rubrics:publish": frozenset({"manager"}),
    "rubrics:retire": frozenset({"manager"}),
    "rubrics:discard": frozenset({"manager"}),
    "sampling:list": frozenset({"manager"}),
    "sampling:new": frozenset({"manager"}),
    "sampling:preview": frozenset({"manager"}),
    "insights:planner": frozenset({"manager"}),
    "insights:plan_planner": frozenset({"manager"}),
    "sampling:check": frozenset({"manager"}),
    "sampling:checked": frozenset({"manager"}),
    "sampling:cancel_check": frozenset({"manager"}),
    "sampling:keys": frozenset({"admin"}),
    "sampling:rotate": frozenset({"admin"}),
    "sampling:rule": frozenset({"manager"}),
    "sampling:trial": frozenset({"manager"}),
    "sampling:plan": frozenset({"manager"}),
    "sampling:edit": frozenset({"manager"}),
    "sampling:pause": frozenset({"manager"}),
    "sampling:resume": frozenset({"manager"}),
    "sampling:archive": frozenset({"manager"}),
    "sampling:draw_now": frozenset({"manager"}),
    "sampling:draw": frozenset({"manager"}),
    "sampling:replay": frozenset({"manager"}),
    "sampling:cancel_replay": frozenset({"manager"}),
    "sampling:receipt": frozenset({"manager"}),
    "sampling:void": frozenset({"manager"}),
    "reviews:sources": frozenset({"admin"}),
    "reviews:keep_texts": frozenset({"admin"}),
    "reviews:mask_texts": frozenset({"admin"}),
    "reviews:mask_kept": frozenset({"admin"}),
    "reviews:masking": frozenset({"admin"}),
    "reviews:erase_customer": frozenset({"admin"}),
    "reviews:queue": frozenset({"specialist", "manager"}),
    "reviews:transcript_changes": READERS,
    "reviews:comment_templates": frozenset({"specialist", "manager"}),
    "reviews:new_template": frozenset({"specialist", "manager"}),
    "reviews:edit_template": frozenset({"specialist", "manager"}),
    "reviews:remove_template": frozenset({"specialist", "manager"}),
    "reviews:claim": frozenset({"specialist", "manager"}),
    "reviews:release": frozenset({"specialist", "manager"}),
    "reviews:skip": frozenset({"specialist", "manager"}),
    "reviews:hand_over": frozenset({"specialist", "manager"}),
    "reviews:rules": frozenset({"manager"}),
    "reviews:reviewers": frozenset({"specialist", "manager"}),
    "reviews:reviewer": frozenset({"specialist", "manager"}),
    "reviews:be_away": frozenset({"specialist", "manager"}),
    "reviews:declare_conflict": frozenset({"specialist", "manager"}),
    "reviews:set_goal": frozenset({"manager"}),
    "reviews:cancel_absence": frozenset({"specialist", "manager"}),
    "reviews:end_conflict": frozenset({"manager"}),
    "reviews:of_draw": frozenset({"manager"}),
    "reviews:skips": frozenset({"specialist", "manager"}),
    "reviews:confirm_skip": frozenset({"specialist", "manager"}),
    "reviews:overrule_skip": frozenset({"specialist", "manager"}),
    "reviews:take_up": frozenset({"specialist", "manager"}),
    "reviews:save": frozenset({"specialist", "manager", "agent"}),
    "reviews:submit": frozenset({"specialist", "manager", "agent"}),
    "reviews:preview_move": frozenset({"specialist", "manager"}),
    "reviews:move": frozenset({"specialist", "manager"}),
    "reviews:keep_alive": frozenset({"specialist", "manager", "agent"}),
    "reviews:publish": frozenset({"specialist", "manager"}),
    "reviews:what_if_of": frozenset({"manager"}),
    "reviews:start_what_if": frozenset({"manager"}),
    "reviews:what_if": frozenset({"manager"}),
    "reviews:what_if_progress": frozenset({"manager"}),
    "reviews:cancel_what_if": frozenset({"manager"}),
    "reviews:what_if_flips": frozenset({"manager"}),
    "reviews:publish_mine": frozenset({"specialist", "manager"}),
    "reviews:list": READERS,
    "reviews:review": READERS,
    "reviews:for_conversation": READERS,
    "reviews:review_by_hand": frozenset({"specialist", "manager"}),
    "reviews:feedback_list": frozenset({"agent"}),
    "reviews:feedback": frozenset({"agent"}),
    "reviews:begin_self_review": frozenset({"agent"}),
    "reviews:self_review": frozenset({"agent"}),
    "reviews:read": frozenset({"agent"}),
    "reviews:acknowledge": frozenset({"agent"}),
    "reviews:ask": frozenset({"agent"}),
    "reviews:answer": READERS,
    "reviews:publish_chosen": frozenset({"specialist", "manager"}),
    "reviews:schedule": frozenset({"specialist", "manager"}),
    "reviews:hold": frozenset({"specialist", "manager"}),
    "reviews:reopen": frozenset({"specialist", "manager"}),
    "reviews:keep": frozenset({"specialist", "manager"}),
    "reviews:send_back": frozenset({"specialist", "manager"}),
    "reviews:void": frozenset({"manager"}),
    "reviews:begin_dispute": frozenset({"agent", "supervisor", "manager"}),
    "reviews:calibration": frozenset({"specialist", "manager"}),
    "reviews:calibration_session": frozenset({"specialist", "manager"}),
    "reviews:calibration_unit": frozenset({"specialist", "manager"}),
    "reviews:new_calibration": frozenset({"manager"}),
    "reviews:edit_calibration": frozenset({"manager"}),
    "reviews:start_calibration": frozenset({"manager"}),
    "reviews:reveal_calibration": frozenset({"manager"}),
    "reviews:agree_calibration": frozenset({"manager"}),
    "reviews:resolve_calibration": frozenset({"manager"}),
    "reviews:close_calibration": frozenset({"manager"}),
    "reviews:cancel_calibration": frozenset({"manager"}),
    "reviews:calibration_receipt": frozenset({"manager"}),
    "reviews:replay_calibration": frozenset({"manager"}),
    "reviews:disputes": READERS | {"agent"},
    "reviews:dispute": READERS | {"agent"},
    "reviews:decide": frozenset({"specialist", "manager"}),
    "reviews:withdraw": frozenset({"agent", "supervisor", "manager"}),
    "reviews:escalate": frozenset({"agent", "supervisor", "manager"}),
    "coaching:earlier_teams": EVERYBODY,
    "coaching:earlier_team": EVERYBODY,
    "coaching:earlier_review": EVERYBODY,
    "coaching:earlier_plan": EVERYBODY,
    "coaching:list": frozenset({"supervisor", "manager"}),
    "coaching:start": frozenset({"supervisor", "manager"}),
    "coaching:plan": frozenset({"supervisor", "manager"}),
    "coaching:accept": frozenset({"supervisor", "manager"}),
    "coaching:decline": frozenset({"supervisor", "manager"}),
    "coaching:share": frozenset({"supervisor", "manager"}),
    "coaching:close": frozenset({"supervisor", "manager"}),
    "coaching:edit": frozenset({"supervisor", "manager"}),
    "coaching:accept_chosen": frozenset({"supervisor", "manager"}),
    "coaching:hand_over": frozenset({"supervisor", "manager"}),
    "coaching:remark": frozenset({"supervisor", "manager"}),
    "coaching:own_remark": frozenset({"agent"}),
    "coaching:arrange": frozenset({"supervisor", "manager"}),
    "coaching:session": frozenset({"supervisor", "manager"}),
    "coaching:sheet": frozenset({"supervisor", "manager"}),
    "coaching:change_session": frozenset({"supervisor", "manager"}),
    "coaching:confirm_session": frozenset({"supervisor", "manager"}),
    "coaching:miss": frozenset({"supervisor", "manager"}),
    "coaching:cancel": frozenset({"supervisor", "manager"}),
    "coaching:note": frozenset({"supervisor", "manager"}),
    "coaching:calendar": frozenset({"supervisor", "manager"}),
    "coaching:own_session": frozenset({"agent"}),
    "coaching:own_confirm": frozenset({"agent"}),
    "coaching:own_calendar": frozenset({"agent"}),
    "coaching:extend": frozenset({"supervisor", "manager"}),
    "coaching:outcome": frozenset({"supervisor", "manager"}),
    "coaching:outcome_data": frozenset({"supervisor", "manager"}),
    "coaching:confirm": frozenset({"supervisor", "manager"}),
    "coaching:mine": frozenset({"agent"}),
    "coaching:own_plan": frozenset({"agent"}),
    "coaching:read": frozenset({"agent"}),
    "coaching:tick": frozenset({"agent"}),
    "coaching:tick_for": frozenset({"supervisor", "manager"}),
    "coaching:programmes": frozenset({"supervisor", "manager"}),
    "coaching:new_programme": frozenset({"supervisor", "manager"}),
    "coaching:team_growth": frozenset({"supervisor", "manager"}),
    "coaching:programme_data": frozenset({"supervisor", "manager"}),
    "coaching:programme": frozenset({"supervisor", "manager"}),
    "coaching:edit_programme": frozenset({"supervisor", "manager"}),
    "coaching:begin_programme": frozenset({"supervisor", "manager"}),
    "coaching:start_second": frozenset({"supervisor", "manager"}),
    "coaching:close_programme": frozenset({"supervisor", "manager"}),
    "coaching:own_growth": frozenset({"agent"}),
    "coaching:growth": frozenset({"supervisor", "manager"}),
    "coaching:expected": frozenset({"supervisor", "manager"}),
    "coaching:feed_page": frozenset({"agent", "supervisor", "manager"}),
    "coaching:open_feed": frozenset({"agent", "supervisor", "manager"}),
    "coaching:revoke_feed": frozenset({"agent", "supervisor", "manager"}),
    "coaching:take_check": frozenset({"agent"}),
    "coaching:own_attempt": frozenset({"agent"}),
    "coaching:attempt": frozenset({"supervisor", "manager"}),
    "coaching:checks": frozenset({"supervisor", "manager"}),
    "coaching:check": frozenset({"supervisor", "manager"}),
    "coaching:edit_check": frozenset({"manager"}),
    "coaching:new_check": frozenset({"manager"}),
    "insights:disputes": frozenset({"manager"}),
    "insights:own_skills": frozenset({"agent"}),
    "coaching:for_agent": frozenset({"agent"}),
    "coaching:for_review": EVERYBODY,
    "coaching:library": frozenset({"supervisor", "manager"}),
    "coaching:library_skill": frozenset({"supervisor", "manager"}),
    "coaching:edit_words": frozenset({"manager"}),
    "coaching:new_entry": frozenset({"manager"}),
    "coaching:edit_entry": frozenset({"manager"}),
    "coaching:rules": frozenset({"manager"}),
    "coaching:try_rules": frozenset({"manager"}),
    "coaching:dry_run": frozenset({"manager"}),
    "coaching:dry_run_progress": frozenset({"manager"}),
    "coaching:cancel_dry_run": frozenset({"manager"}),
    "coaching:sweep": frozenset({"manager", "admin"}),
    "coaching:sweep_now": frozenset({"manager", "admin"}),
    "coaching:answer_observation": frozenset({"supervisor", "manager"}),
    "insights:team": frozenset({"supervisor", "manager"}),
    "insights:agent": frozenset({"supervisor", "manager"}),
    "insights:coaching": frozenset({"supervisor", "manager"}),
    "insights:coaching_csv": frozenset({"supervisor", "manager"}),
    "insights:programme": frozenset({"manager"}),
    "insights:numbers": frozenset({"supervisor", "manager"}),
    "insights:numbers_csv": frozenset({"supervisor", "manager"}),
    "insights:agreement": frozenset({"manager"}),
    "insights:skips": frozenset({"manager"}),
    "insights:sums": frozenset({"manager", "admin"}),
}
# Open to strangers on purpose: choosing the theme works on the log-in page too.
# Those who watch the installation have no log-in: health answers anybody with sentences, and the numbers ask for a
# token or for the machine itself (tests/qa_portal/test_metrics.py).
# A calendar program cannot log in: the secret in its address is what it knows (tests/coaching/test_feeds.py).
OPEN = frozenset({"core:theme", "core:alive", "core:ready", "metrics", "coaching:feed"})
# Shows a person nothing but what is theirs, which is nothing for somebody without a role.
OPEN_TO_ALL = frozenset({"home", "core:ui", "coaching:for_review"}) | {
    f"accounts:{name}"
    for name in (
        "profile", "sessions", "end_session", "end_other_sessions", "tokens", "new_token", "revoke_token",
        "notifications", "notification_count", "read_notifications", "choose_digest", "choose_reminders",
        "open_notification",
    )
} | {f"coaching:earlier_{name}" for name in ("teams", "team", "review", "plan")}  # fmt: skip
# The API answers a stranger with 401 and a code; tests/api/test_access.py walks its own table.
ALLAUTH = ("account_", "mfa_", "api:")
# What an open address may answer about a thing that does not exist.
ANSWERS = {200, 204, 302, 404, 409, 422}
EXAMPLES: dict[str, Any] = {
    "plan": 987654,
    "review": 987654,
    "pk": 987654, "name": "no-such-entry", "number": 9, "slug": "no-such-thing", "file_format": "yaml", "before": 1,
    "after": 2,
}  # fmt: skip


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}:{pattern.namespace}".strip(":") if pattern.namespace else space
            yield from names(pattern.url_patterns, inner)
        else:
            yield f"{space}:{pattern.name}".strip(":"), pattern


ADDRESSES = dict(names(get_resolver().url_patterns))
OURS = sorted(name for name in ADDRESSES if not name.startswith(ALLAUTH) and name not in OPEN)


def address(name: str) -> str:
    wanted = ADDRESSES[name].pattern.regex.groupindex
    return reverse(name, kwargs={key: EXAMPLES[key] for key in wanted})


def ask(client: Client, name: str) -> Any:
    """Ask by GET, and by POST where GET is not the way."""
    response = client.get(address(name))
    return client.post(address(name)) if response.status_code == 405 else response


def not_one_of(expected: set[int], response: Any) -> str | None:
    if response.status_code in expected:
        return None
    return f"expected {' or '.join(map(str, sorted(expected)))}, found {response.status_code}"


def test_every_address_stands_in_the_table() -> None:
    missing, gone = set(OURS) - set(TABLE), set(TABLE) - set(OURS)

    assert missing == set(), "Say in TABLE of this file which roles each of these addresses is open to."
    assert gone == set(), "These addresses are no more: take their lines out of TABLE of this file."


def test_a_stranger_is_sent_to_the_log_in_page(client: Client) -> None:
    def difference(name: str, response: Any) -> str | None:
        if response.status_code == 302 and response["Location"].startswith("/account/login/?next="):
            return None
        return f"expected the log-in page, found {response.status_code} {response.get('Location', '')}"

    walk(client, OURS, ask, who="a stranger", difference=difference)


@pytest.mark.parametrize("role", Role)
def test_each_role_gets_what_the_table_says(client: Client, role: Role) -> None:
    client.force_login(person(role))

    def difference(name: str, response: Any) -> str | None:
        return not_one_of(ANSWERS if role.value in TABLE[name] else {403}, response)

    walk(client, OURS, ask, who=role.value, difference=difference)


def test_somebody_without_a_role_gets_nothing(client: Client) -> None:
    client.force_login(UserFactory())

    def difference(name: str, response: Any) -> str | None:
        return not_one_of({200, 302, 404} if name in OPEN_TO_ALL else {403}, response)

    walk(client, OURS, ask, who="somebody without a role", difference=difference)


def test_a_deactivated_person_is_a_stranger(client: Client) -> None:
    user = person(Role.MANAGER)
    client.force_login(user)
    user.is_active = False
    user.save()

    response = client.get("/insights/")

    assert response.status_code == 302


def test_the_numbers_refuse_a_stranger_from_another_machine(client: Client) -> None:
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 403
