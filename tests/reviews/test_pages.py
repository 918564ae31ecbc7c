"""The pages of the queue, the workspace, reviews and feedback: who gets what, and at a constant cost."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from reviews.models import QueueItem, Review
from reviews.policies.holding import MOST_HELD
from reviews.services import claims, feedback, publishing, submitting
from reviews.words import need
from rubrics.scoring import Problem
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, TeamFactory, person
from tests.factories.reviews import drawn_items, filled, specialist

pytestmark = pytest.mark.django_db
GOOD = {"a.understood.choice": "yes", "a.solved.choice": "yes", "a.data-protected.choice": "yes"}


def opened(user: User) -> Review:
    review = claims.next_item(by=user, now=timezone.now())
    assert review is not None
    return review


def done(item: QueueItem, by: User, *, publish: bool = True) -> Review:
    review = claims.take(item, by=by, now=timezone.now())
    submitting.submit(review, filled(), by=by, now=timezone.now())
    return publishing.publish(review, by=by, now=timezone.now()) if publish else review


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def test_review_next_opens_the_workspace(client: Client) -> None:
    drawn_items(1)
    client.force_login(specialist())

    response = client.post("/queue/next/", follow=True)

    assert response.templates[0].name == "reviews/workspace.html"


def test_who_holds_much_is_told_where_the_drafts_stand(client: Client) -> None:
    drawn_items(MOST_HELD + 1)
    user = specialist()
    for _time in range(MOST_HELD):
        claims.next_item(by=user, now=NOW)
    client.force_login(user)

    page = client.post("/queue/next/", follow=True)

    assert page.redirect_chain == [("/queue/", 302)]
    assert page.content.decode().count("You hold 5 unfinished conversations. Finish or release one first.") == 2
    assert Review.objects.count() == MOST_HELD


def test_an_empty_queue_says_why(client: Client) -> None:
    client.force_login(specialist())

    page = client.get("/queue/").content.decode()

    assert page.count("There is no sampling plan yet") == 1


def test_asking_for_the_next_when_nothing_is_left_goes_back_to_the_queue(client: Client) -> None:
    client.force_login(specialist())

    response = client.post("/queue/next/")

    assert (response.status_code, response["Location"]) == (302, "/queue/")


def test_a_save_answers_with_the_running_score_and_what_is_missing(client: Client) -> None:
    drawn_items(1)
    user = specialist()
    review = opened(user)
    client.force_login(user)

    response = client.post(f"/reviews/{review.pk}/draft/", {"number": 0, "a.understood.choice": "no"})

    body = json.loads(response.content)
    assert (body["number"], body["score"], body["done"], body["asked"]) == (1, "0", 1, 3)
    assert body["criteria"]["understood"]["state"] == "needs-comment"


def test_a_late_save_is_told_with_409(client: Client) -> None:
    drawn_items(1)
    user = specialist()
    review = opened(user)
    client.force_login(user)
    client.post(f"/reviews/{review.pk}/draft/", {"number": 0, "summary": "one"})

    response = client.post(
        f"/reviews/{review.pk}/draft/", {"number": 0, "summary": "two"}, headers={"accept": "application/json"}
    )

    assert (response.status_code, response.json()["code"], response.json()["number"]) == (409, "stale_draft", 1)


@pytest.mark.parametrize("number", ["-1", "abc", "1" * 30])
def test_a_number_that_is_none_is_refused(client: Client, number: str) -> None:
    drawn_items(1)
    user = specialist()
    review = opened(user)
    client.force_login(user)

    response = client.post(f"/reviews/{review.pk}/draft/", {"number": number})

    assert response.status_code == 422


def test_submitting_leads_to_the_next_conversation(client: Client) -> None:
    drawn_items(2)
    user = specialist()
    review = opened(user)
    client.force_login(user)

    response = client.post(f"/reviews/{review.pk}/submit/", GOOD)

    following = Review.objects.exclude(pk=review.pk).get()
    assert response["Location"] == f"/reviews/{following.pk}/"


def test_what_was_submitted_can_be_opened_again_from_where_one_lands(client: Client) -> None:
    drawn_items(2)
    user = specialist()
    first = opened(user)
    client.force_login(user)
    undo = {"url": f"/reviews/{first.pk}/", "words": f"Change {first.conversation.external_id}"}

    answered = client.post(f"/reviews/{first.pk}/submit/", GOOD, headers={"Accept": "application/json"}).json()
    last = Review.objects.exclude(pk=first.pk).get()
    queue = client.post(f"/reviews/{last.pk}/submit/", GOOD, follow=True).content.decode()

    assert answered == {"next": f"/reviews/{last.pk}/", "undo": undo}
    assert f'Submitted. <a href="/reviews/{last.pk}/">Change {last.conversation.external_id}</a>' in queue


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("comment_required", "“Partly” needs a comment, so that the agent knows why."),
        ("evidence_required", "“Partly” needs evidence: pin the message that shows it."),
        ("unknown_option", "“Tone” has no option “x”."),
    ],
)
def test_a_criterion_says_what_it_needs_without_its_name(code: str, sentence: str) -> None:
    assert need(Problem("tone", code, "Tone", "x"), "Partly") == sentence


def test_an_incomplete_form_comes_back_filled_in_without_a_script(client: Client) -> None:
    drawn_items(1)
    user = specialist()
    review = opened(user)
    client.force_login(user)

    response = client.post(f"/reviews/{review.pk}/submit/", {"a.understood.choice": "yes", "summary": "Keep me"})

    assert response.status_code == 422
    assert "Keep me" in response.content.decode()


def test_a_draft_is_its_authors_alone(client: Client) -> None:
    drawn_items(1)
    review = opened(specialist())

    answers = []
    for role in (Role.SPECIALIST, Role.MANAGER, Role.SUPERVISOR):
        client.force_login(person(role))
        answers.append(client.get(f"/reviews/{review.pk}/").status_code)

    assert answers == [404, 404, 404]


def test_a_supervisor_reads_the_reviews_of_own_teams_only(client: Client) -> None:
    mine, other = TeamFactory(), TeamFactory()
    reviewer = specialist()
    reviews = [done(drawn_items(team=team)[0], reviewer) for team in (mine, other)]
    client.force_login(person(Role.SUPERVISOR, team=mine))

    answers = [client.get(f"/reviews/{review.pk}/").status_code for review in reviews]

    assert answers == [200, 404]


def test_an_agent_reads_own_published_feedback_and_nothing_else(client: Client) -> None:
    user = person(Role.AGENT)
    own = AgentFactory(user=user)
    reviewer = specialist()
    mine = done(drawn_items(agent=own)[0], reviewer)
    waiting = done(drawn_items(agent=own)[0], reviewer, publish=False)
    strangers = done(drawn_items()[0], reviewer)
    client.force_login(user)

    answers = [client.get(f"/feedback/{review.pk}/").status_code for review in (mine, waiting, strangers)]

    assert answers == [200, 404, 404]


def test_reading_is_noted_by_a_post_of_the_page_and_never_by_a_get(client: Client) -> None:
    user = person(Role.AGENT)
    review = done(drawn_items(agent=AgentFactory(user=user))[0], specialist())
    client.force_login(user)

    client.get(f"/feedback/{review.pk}/")
    review.refresh_from_db()
    before = review.read_at
    client.post(f"/feedback/{review.pk}/read/")

    review.refresh_from_db()
    assert before is None
    assert review.read_at is not None


def test_the_queue_costs_the_same_for_one_and_for_three_items(client: Client) -> None:
    drawn_items(1)
    client.force_login(specialist())
    queries(client, "/queue/")
    one = queries(client, "/queue/")
    drawn_items(2)

    assert queries(client, "/queue/") == one


def test_the_list_of_reviews_costs_the_same_for_one_and_for_three(client: Client) -> None:
    reviewer = specialist()
    items = drawn_items(3)
    done(items[0], reviewer)
    client.force_login(reviewer)
    queries(client, "/reviews/")
    one = queries(client, "/reviews/")
    for item in items[1:]:
        done(item, reviewer)

    assert queries(client, "/reviews/") == one


def test_the_feedback_list_costs_the_same_for_one_and_for_three(client: Client) -> None:
    user = person(Role.AGENT)
    items = drawn_items(3, agent=AgentFactory(user=user))
    reviewer = specialist()
    done(items[0], reviewer)
    client.force_login(user)
    queries(client, "/feedback/")
    one = queries(client, "/feedback/")
    for item in items[1:]:
        done(item, reviewer)

    assert queries(client, "/feedback/") == one


def test_feedback_lists_what_is_unread_first_then_what_is_not_acknowledged(client: Client) -> None:
    user = person(Role.AGENT)
    items = drawn_items(3, agent=AgentFactory(user=user))
    reviewer = specialist()
    for item in items:
        done(item, reviewer)
    unread, acknowledged, read = Review.objects.order_by("published_at", "pk")
    feedback.acknowledge(acknowledged, by=user, now=timezone.now())
    feedback.read(read, by=user, now=timezone.now())
    client.force_login(user)

    listed = client.get("/feedback/").context["page"].object_list

    assert list(listed) == [unread, read, acknowledged]


def test_hostile_text_in_a_comment_is_shown_as_text(client: Client) -> None:
    user = person(Role.AGENT)
    item = drawn_items(agent=AgentFactory(user=user))[0]
    reviewer = specialist()
    review = claims.take(item, by=reviewer, now=timezone.now())
    draft = filled(summary="<script>alert(1)</script>")
    submitting.submit(review, draft, by=reviewer, now=timezone.now())
    publishing.publish(review, by=reviewer, now=timezone.now())
    client.force_login(user)

    page = client.get(f"/feedback/{review.pk}/").content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [("feedback=unread", ["new"]), ("feedback=read", ["opened"]), ("feedback=acknowledged", []), ("mine=true", []),
     ("", ["new", "opened"])],
)  # fmt: skip
def test_the_list_of_reviews_narrows_to_what_was_asked(client: Client, asked: str, found: list[str]) -> None:
    reviewer = specialist()
    new, opened_one = [done(item, reviewer) for item in drawn_items(2)]
    Review.objects.filter(pk=opened_one.pk).update(read_at=timezone.now())
    client.force_login(person(Role.MANAGER))

    page = client.get(f"/reviews/?{asked}").context["page"]

    names = {new.pk: "new", opened_one.pk: "opened"}
    assert sorted(names[review.pk] for review in page.object_list) == found


def test_a_long_queue_is_told_in_hours_and_counted_as_far_as_anybody_reads(client: Client) -> None:
    items, hour = drawn_items(30), timedelta(hours=1)
    client.force_login(specialist())
    long = client.get("/queue/").content.decode()
    QueueItem.objects.bulk_create([seat_of(item, number) for item in items for number in range(2, 36)])
    QueueItem.objects.update(due_at=NOW - hour)
    late = client.get("/queue/")
    QueueItem.objects.exclude(pk__in=[item.pk for item in items[:7]]).update(due_at=NOW + hour)
    today = client.get("/queue/").context["queue"]

    assert long.count("30 conversations to review") == long.count("About 3 hours of work.") == 1
    words = ("More than 1,000 conversations to review, 1000+ overdue.", "More than 100 hours of work.")
    assert [late.content.decode().count(one) for one in words] == [1, 1]
    assert (late.context["queue"].due_today_shown, late.context["page"].paginator.num_pages) == ("–", 40)
    assert (today.overdue_shown, today.due_today_shown) == ("7", "993+")


def seat_of(item: QueueItem, seat: int) -> QueueItem:
    fields = {field.attname: getattr(item, field.attname) for field in QueueItem._meta.concrete_fields}
    return QueueItem(**{**fields, "id": None, "seat": seat})
