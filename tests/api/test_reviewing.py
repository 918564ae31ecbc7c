"""A whole review over the API: claim, fill in, submit, publish; and what refuses to be done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.roles import Role
from reviews import drafts
from reviews.api import export
from reviews.models import QueueItem, Review
from tests.api.asking import as_role, asking, get, post, put, results
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, RoleGrantFactory, TeamFactory, UserFactory
from tests.factories.reviews import claimed, drawn_items, filled, published, specialist, submitted
from tests.factories.sampling import PlanFactory

pytestmark = pytest.mark.django_db


def body(**more: Any) -> dict[str, Any]:
    return {**drafts.dump(filled()), **more}


def test_a_review_from_claim_to_publication() -> None:
    drawn_items()
    client = asking(specialist())

    claim = post(client, "queue/claim/")
    path = f"reviews/{claim.json()['id']}"
    transcript = get(client, f"{path}/transcript/")
    read = get(client, f"{path}/draft/")
    saved = put(client, f"{path}/draft/", body(), **{"If-Match": read["ETag"]})
    submit = post(client, f"{path}/submit/", body(active_seconds=300), **{"If-Match": saved["ETag"]})
    publish = post(client, f"{path}/publish/")

    statuses = [answer.status_code for answer in (claim, transcript, read, saved, submit, publish)]
    assert statuses == [201, 200, 200, 200, 200, 200]
    assert (read["ETag"], saved["ETag"], saved.json()["score"]) == ('"0"', '"1"', "100")
    assert (submit.json()["final_score"], submit.json()["outcome"]) == ("100.0000", "pass")
    assert [line["answer"] for line in submit.json()["lines"]][:3] == ["Yes", "Yes", "Yes"]
    assert publish.json()["status"] == "published"
    assert Review.objects.get().active_seconds == 300


def test_what_is_missing_is_listed_and_nothing_is_lost() -> None:
    review = claimed()

    response = post(asking(review.author), f"reviews/{review.pk}/submit/", {"answers": {"solved": {"option": "yes"}}})

    problems = response.json()["details"]["problems"]
    assert (response.status_code, response.json()["code"]) == (422, "incomplete")
    assert {problem["criterion"] for problem in problems} == {"understood", "data-protected"}
    assert Review.objects.get().status == "draft"


def test_a_submission_from_a_stale_state_is_told() -> None:
    review = claimed()
    client, path = asking(review.author), f"reviews/{review.pk}"
    put(client, f"{path}/draft/", {"summary": "Newer."}, **{"If-Match": '"0"'})

    response = post(client, f"{path}/submit/", body(), **{"If-Match": '"0"'})

    assert (response.status_code, response.json()["code"]) == (412, "stale_draft")


def test_a_submission_sent_twice_under_one_key_is_answered_twice_and_happens_once() -> None:
    review = claimed()
    client, path = asking(review.author), f"reviews/{review.pk}/submit/"

    first = post(client, path, body(), **{"Idempotency-Key": "once"})
    again = post(client, path, body(), **{"Idempotency-Key": "once"})
    other = post(client, path, body(summary="Else."), **{"Idempotency-Key": "once"})
    without = post(client, path, body())

    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert (without.status_code, without.json()["code"]) == (409, "already_submitted")


def test_a_refusal_leaves_the_key_free() -> None:
    review = claimed()
    client, path = asking(review.author), f"reviews/{review.pk}/submit/"

    refused = post(client, path, {}, **{"Idempotency-Key": "k"})
    accepted = post(client, path, body(), **{"Idempotency-Key": "k"})

    assert (refused.status_code, accepted.status_code) == (422, 200)


def test_a_key_is_forgotten_after_a_day() -> None:
    drawn_items(2)
    user = specialist()

    with time_machine.travel(NOW, tick=False) as clock:
        first = post(asking(user), "queue/claim/", **{"Idempotency-Key": "k"})
        clock.shift(timedelta(hours=24))
        second = post(asking(user), "queue/claim/", **{"Idempotency-Key": "k"})

    assert (first.status_code, second.status_code) == (201, 201)
    assert second["Idempotency-Replayed"] == "false"


def test_the_key_of_one_person_is_not_that_of_another() -> None:
    drawn_items(2)

    claims = [post(asking(specialist()), "queue/claim/", **{"Idempotency-Key": "k"}).json()["id"] for _ in range(2)]

    assert len(set(claims)) == 2


@pytest.mark.parametrize("key", ["", "x" * 201, "with space"])
def test_a_key_without_sense_is_refused(key: str) -> None:
    drawn_items()

    response = post(asking(specialist()), "queue/claim/", **{"Idempotency-Key": key})

    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_unreadable")


def test_an_empty_queue_says_why() -> None:
    nothing = post(as_role(Role.SPECIALIST), "queue/claim/")
    drawn_items(team=TeamFactory())
    elsewhere = post(as_role(Role.SPECIALIST, team=TeamFactory()), "queue/claim/")

    assert (nothing.status_code, nothing.json()["code"]) == (409, "queue_empty")
    assert nothing.json()["details"] == {"why": "no_plan"}
    assert nothing.json()["sentence"] == (
        "There is no sampling plan yet. A sampling plan draws conversations into this queue. A QA manager makes one"
        " under Sampling."
    )
    assert elsewhere.json()["details"] == {"why": "other_teams"}


def test_the_queue_lists_what_is_offered_in_the_order_of_the_draw() -> None:
    items = drawn_items(3)
    client = as_role(Role.SPECIALIST)

    first = get(client, "queue/", page_size=2).json()
    second = client.get(first["next"]).json()

    assert [row["id"] for page in (first, second) for row in page["results"]] == [item.pk for item in items]
    summary = get(client, "queue/summary/").json()
    assert (summary["to_do"], summary["has_more"]) == (3, False)


def test_a_plan_that_hides_the_agent_hides_them_here_too() -> None:
    plan = PlanFactory(hide_agent=True)
    drawn_items(plan=plan)
    user = specialist()

    listed = results(asking(user), "queue/")[0]["agent"]
    draft = post(asking(user), "queue/claim/").json()["agent"]
    spoken = [row["name"] for row in get(asking(user), f"reviews/{Review.objects.get().pk}/transcript/").json()]

    assert (listed, draft) == (None, None)
    assert Review.objects.get().agent.name not in spoken


def test_an_item_can_be_given_back_once() -> None:
    review = claimed()
    client = asking(review.author)

    skip, page = f"queue/{review.item_id}/skip/", f"/queue/{review.item_id}/skip/"
    unknown, browser = {"reason": "bored"}, Client()
    browser.force_login(review.author)
    strange = [post(client, skip, unknown), browser.post(page, unknown)]
    given = post(client, f"queue/{review.item_id}/release/")
    strange += [post(client, skip, unknown), browser.post(page, unknown)]
    again = post(client, f"queue/{review.item_id}/release/")
    taken = post(client, f"reviews/{review.pk}/take-up/")

    assert (given.status_code, given.json()["status"]) == (200, "available")
    assert (again.status_code, again.json()["code"]) == (409, "not_held")
    assert [one.status_code for one in strange] == [422] * 4
    assert (taken.status_code, QueueItem.objects.get().claimed_by) == (200, review.author)


def test_an_item_is_skipped_for_a_reason_of_the_list() -> None:
    review = claimed(drawn_items()[0])
    client = asking(review.author)

    unknown = post(client, f"queue/{review.item_id}/skip/", {"reason": "bored"})
    skipped = post(client, f"queue/{review.item_id}/skip/", {"reason": "conflict"})

    assert (unknown.status_code, unknown.json()["errors"][0]["attr"]) == (422, "reason")
    assert (skipped.status_code, skipped.json()["status"]) == (200, "skipped")


def test_the_work_of_somebody_else_does_not_exist() -> None:
    review = claimed()
    other = asking(specialist())

    statuses = [
        get(other, f"reviews/{review.pk}/").status_code,
        get(other, f"reviews/{review.pk}/draft/").status_code,
        put(other, f"reviews/{review.pk}/draft/", {}, **{"If-Match": '"0"'}).status_code,
        post(other, f"reviews/{review.pk}/submit/", body()).status_code,
        post(other, f"queue/{review.item_id}/release/").status_code,
        post(other, f"queue/{review.item_id}/skip/", {"reason": "spam"}).status_code,
        post(other, f"reviews/{review.pk}/keep-alive/").status_code,
        post(other, f"reviews/{review.pk}/take-up/").status_code,
        post(other, f"reviews/{review.pk}/publish/").status_code,
    ]

    assert set(statuses) == {404}


def test_reviews_of_other_teams_do_not_exist() -> None:
    review = submitted(drawn_items(team=TeamFactory())[0])
    client = as_role(Role.SUPERVISOR, team=TeamFactory())

    assert results(client, "reviews/") == []
    assert get(client, f"reviews/{review.pk}/").status_code == 404


def test_a_second_reader_sees_neither_score_nor_answers_of_the_first() -> None:
    first = submitted()
    second = specialist()
    item = QueueItem.objects.get(pk=first.item_id)
    item.pk, item.purpose, item.status, item.ended_at, item.ended_by = None, "second_read", "available", None, None
    item.save()
    claimed(item, by=second)
    client = asking(second)

    shown = get(client, f"reviews/{first.pk}/").json()

    assert results(client, "reviews/") == []
    assert (shown["lines"], shown["final_score"], shown["outcome"]) == (None, None, None)


def test_only_the_author_or_a_manager_publishes() -> None:
    review = submitted()

    refused = post(asking(specialist()), f"reviews/{review.pk}/publish/")
    done = post(as_role(Role.MANAGER), f"reviews/{review.pk}/publish/")
    again = post(as_role(Role.MANAGER), f"reviews/{review.pk}/publish/")

    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_review")
    assert (done.status_code, again.status_code, again.json()["code"]) == (200, 409, "already_published")


def test_all_that_waits_is_published_at_once() -> None:
    user = specialist()
    for item in drawn_items(2):
        submitted(item, by=user)

    assert post(asking(user), "reviews/publish-mine/").json() == {"count": 2}
    assert post(asking(user), "reviews/publish-mine/").json() == {"count": 0}


def test_reviews_are_filtered_as_on_the_page_and_by_conversation() -> None:
    one, two = submitted(), published()
    client = as_role(Role.MANAGER)

    assert [row["id"] for row in results(client, "reviews/", status="published")] == [two.pk]
    assert [row["id"] for row in results(client, "reviews/", conversation=one.conversation_id)] == [one.pk]
    assert get(client, "reviews/", status="lost").status_code == 422


def test_drafts_are_listed_for_their_author_only() -> None:
    review = claimed()

    assert [row["id"] for row in results(asking(review.author), "reviews/drafts/")] == [review.pk]
    assert results(asking(specialist()), "reviews/drafts/") == []


def test_the_hold_is_renewed_while_somebody_works() -> None:
    review = claimed(now=NOW - timedelta(minutes=5))
    before = QueueItem.objects.get().claimed_until

    assert post(asking(review.author), f"reviews/{review.pk}/keep-alive/").json() == {"lost": "", "news": []}
    after = QueueItem.objects.get().claimed_until
    assert after is not None
    assert before is not None
    assert after - before == timedelta(minutes=5)


def test_the_export_is_safe_to_open_in_a_spreadsheet() -> None:
    agent = AgentFactory(name='=HYPERLINK("http://x")')
    review = published(drawn_items(agent=agent)[0])

    response = get(as_role(Role.MANAGER), "reviews/export/", format="csv")

    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert lines[0].startswith("id,status,purpose,pool,conversation,source,channel,agent,team")
    assert lines[1].split(",")[0] == str(review.pk)
    assert '"\'=HYPERLINK(""http://x"")"' in lines[1]


def test_the_export_as_json_lines_keeps_what_was_stored() -> None:
    review = published()

    response = get(as_role(Role.MANAGER), "reviews/export/", format="jsonl", status="published")

    text = b"".join(response.streaming_content).decode()
    assert text.count("\n") == 1
    assert f'"id":{review.pk},"status":"published"' in text
    assert '"final_score":"100.0000"' in text


def test_the_export_reads_one_narrow_row_a_review_in_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(3):
        published()

    with django_assert_num_queries(1) as asked:
        lines = list(export.as_csv(Review.objects.order_by("-id")))

    assert (len(lines), "transcript" in asked.captured_queries[0]["sql"]) == (5, False)


def test_an_export_in_an_unknown_format_is_refused() -> None:
    response = get(as_role(Role.MANAGER), "reviews/export/", format="pdf")

    assert (response.status_code, response.json()["errors"][0]["attr"]) == (422, "format")


def test_an_agent_reads_and_acknowledges_own_feedback() -> None:
    user = UserFactory()
    review = published(drawn_items(agent=AgentFactory(user=user))[0])
    stranger = published()
    client = asking(agent_role(user))

    listed = results(client, "feedback/", unread=True)
    detail = get(client, f"feedback/{review.pk}/")
    opened = post(client, f"feedback/{review.pk}/read/")
    done = post(client, f"feedback/{review.pk}/acknowledge/", {"reply": "Thank you."})
    again = post(client, f"feedback/{review.pk}/acknowledge/")

    assert [row["id"] for row in listed] == [review.pk]
    assert [line["answer"] for line in detail.json()["lines"]][:2] == ["Yes", "Yes"]
    assert (opened.status_code, done.status_code, done.json()["reply"]) == (204, 200, "Thank you.")
    assert (again.status_code, again.json()["code"]) == (409, "already_acknowledged")
    assert get(client, f"feedback/{stranger.pk}/").status_code == 404
    assert results(client, "feedback/", unread=True) == []


def agent_role(user: Any) -> Any:
    RoleGrantFactory(user=user, role=Role.AGENT)
    return user


@pytest.mark.parametrize("path", ["queue/", "reviews/", "reviews/drafts/"])
def test_lists_ask_the_database_as_often_for_three_rows_as_for_one(
    path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = specialist()
    client = asking(user)

    def one_more() -> None:
        drawn_items()
        submitted(drawn_items()[0], by=user)
        claimed(drawn_items()[0], by=user)

    one_more()
    get(client, path)
    with django_assert_num_queries(3) as one:
        get(client, path)
    for _ in range(2):
        one_more()

    with django_assert_num_queries(len(one)):
        assert len(results(client, path)) == 3
