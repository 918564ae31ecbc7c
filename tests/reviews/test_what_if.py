"""What-if: stored answers replayed under a proposed version, in slices, counted once, and seen only by who may."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from accounts.roles import Role
from core.models import Job
from core.refusals import Refused
from reviews import replaying
from reviews.api.what_if_results import SHARES, SIDES
from reviews.models import Flip, QueueItem, Review, WhatIf
from reviews.selectors.what_if import flips_for
from reviews.services import what_if
from reviews.what_if_words import caution, figures, movers, sentence
from rubrics import editing
from rubrics.models import RubricVersion
from rubrics.selectors import card_for
from rubrics.services import editing as drafts
from rubrics.services.publishing import publish
from stats import pooled_var, score_interval
from tests.api.asking import as_role, get, post, results
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.reviews import GOOD, drawn_items, published
from tests.factories.rubrics import small_card
from tests.reviews.replaying import ALICE, BOB, draft_of, reviewed

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def run(version: RubricVersion, *, by: Any = None, **days: Any) -> WhatIf:
    """Start a what-if and work it off."""
    made = what_if.start(version, by=by or person(Role.MANAGER), now=LATER, **days)
    while what_if.work(made.job_id, clock=lambda: LATER):
        pass
    return WhatIf.objects.select_related("job", "rubric").get(pk=made.pk)


def test_it_says_who_moves_by_how_much_and_which_reviews_flip() -> None:
    good, half, bad = reviewed(GOOD, ALICE, BOB)
    before = [review.current.final_score for review in (good, half, bad)]

    result = run(draft_of(good, solved=60)).job.result

    flips = list(Flip.objects.values_list("review", "score_before", "score_after", "outcome_before", "outcome_after"))
    assert before == [100, 80, 60]
    assert (result["reviews"], result["whole"], result["moved"], result["flips"]) == (3, 3, 2, 2)
    assert flips == [
        (half.pk, 80, Decimal("66.6667"), "pass", "fail"),
        (bad.pk, 60, Decimal("77.7778"), "fail", "pass"),
    ]
    assert {row["agent"]: (row["reviews"], row["difference"], row["reason"]) for row in result["agents"]} == {
        review.agent_id: (1, None, "too_few") for review in (good, half, bad)
    }
    assert sentence(result).endswith("2 of 3 reviews change their outcome.")


def test_averages_and_intervals_are_those_of_the_random_reviews() -> None:
    good, _half, bad = reviewed(GOOD, ALICE, BOB)
    Review.objects.filter(pk=bad.pk).update(pool="targeted")

    result = run(draft_of(good, solved=60)).job.result

    assert result["reviews"] == 3
    assert (result["before"]["n"], result["before"]["mean"]) == (2, 90)
    assert result["after"]["mean"] == pytest.approx((100 + 66.66667) / 2, abs=1e-4)
    assert result["difference"]["low"] < result["difference"]["mean"] < result["difference"]["high"]
    assert (result["passed_before"]["share"], result["passed_after"]["share"]) == (1, 0.5)
    assert result["rests_on"] == {
        "frame_size": 20, "repeated": 0, "drawn": 2, "response_rate": 1, "pool": "random",
    }  # fmt: skip


def test_the_same_version_moves_nothing() -> None:
    (review, *_others) = reviewed(GOOD, ALICE, BOB)

    result = run(draft_of(review)).job.result

    assert (result["moved"], result["flips"], result["whole"]) == (0, 0, 3)
    assert sentence(result) == "Nothing moves: every review keeps its score and its outcome."


def test_answers_of_every_earlier_version_are_found_by_their_lineage() -> None:
    first, _second = reviewed(GOOD, ALICE)
    publish(draft_of(first, solved=20, understood=10), by=None, now=NOW)
    current = RubricVersion.objects.get(rubric=first.rubric_version.rubric, status="published")
    third = published(drawn_items(1, version=current)[0], answers=BOB)

    result = run(draft_of(third, solved=60)).job.result

    assert (result["reviews"], result["whole"]) == (3, 3)


def test_what_the_proposed_version_cannot_use_is_counted_and_said() -> None:
    good, _half = reviewed(GOOD, ALICE)
    draft = draft_of(good)
    drafts.change(draft, lambda card: editing.remove(card, "criterion.solved"), by=None, now=NOW)
    added = replace(small_card().criterion("understood"), lineage="fresh", name="Fresh")
    drafts.change(draft, lambda card: editing.add_criterion(card, added, section="talk"), by=None, now=NOW)

    result = run(draft).job.result

    assert (result["reviews"], result["whole"], result["dropped_answers"]) == (2, 0, 2)
    assert caution(result).startswith("2 reviews could be replayed only in part")


@pytest.mark.parametrize(
    ("since", "until", "count"),
    [
        (None, None, 1),
        (NOW.date(), NOW.date(), 1),
        (NOW.date() + timedelta(days=1), None, 0),
        (None, NOW.date() - timedelta(days=1), 0),
        (date(2000, 1, 1), date.max, 1),
    ],
)
def test_days_narrow_what_is_replayed(since: Any, until: Any, count: int) -> None:
    (review,) = reviewed(GOOD)

    assert run(draft_of(review), since=since, until=until).job.result["reviews"] == count


def test_drafts_and_voided_reviews_and_other_purposes_are_left_out() -> None:
    kept, voided, second = reviewed(GOOD, ALICE, BOB)
    Review.objects.filter(pk=voided.pk).update(status="voided", voided_at=NOW)
    Review.objects.filter(pk=second.pk).update(purpose="calibration")

    assert run(draft_of(kept)).job.result["reviews"] == 1


def test_a_slice_that_ends_is_gone_on_with_and_nothing_is_counted_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    (review, *_others) = reviewed(GOOD, ALICE, BOB, BOB)
    monkeypatch.setattr(what_if, "CHUNK", 1)
    monkeypatch.setattr(what_if, "TELL_SECONDS", -1.0)
    made = what_if.start(draft_of(review, solved=60), by=person(Role.MANAGER), now=LATER)

    goes_on = [what_if.work(made.job_id, clock=lambda: LATER, seconds=-1.0) for _slice in range(5)]

    job = Job.objects.get(pk=made.job_id)
    assert (goes_on, job.status, job.done) == ([True] * 4 + [False], "done", 4)
    assert (job.result["reviews"], job.result["flips"], Flip.objects.count()) == (4, 3, 3)


def test_a_replay_that_is_stopped_ends_and_is_not_taken_up_again() -> None:
    (review,) = reviewed(GOOD)
    manager = person(Role.MANAGER)
    made = what_if.start(draft_of(review), by=manager, now=LATER)

    what_if.cancel(made, by=manager, now=LATER)

    assert (what_if.work(made.job_id, clock=lambda: LATER), what_if.waiting(LATER)) == (False, [])
    assert Job.objects.get(pk=made.job_id).status == "cancelled"


def test_an_error_is_told_to_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    (review,) = reviewed(GOOD)
    made = what_if.start(draft_of(review), by=person(Role.MANAGER), now=LATER)
    WhatIf.objects.filter(pk=made.pk).update(document="no rubric")

    what_if.work(made.job_id, clock=lambda: LATER)

    assert Job.objects.get(pk=made.job_id).status == "failed"


def test_only_the_last_few_are_kept() -> None:
    (review,) = reviewed(GOOD)
    draft, manager = draft_of(review), person(Role.MANAGER)

    made = [run(draft, by=manager).pk for _time in range(what_if.KEPT + 2)]

    assert list(WhatIf.objects.values_list("pk", flat=True)) == made[::-1][: what_if.KEPT]


def test_a_version_nobody_could_score_by_is_not_replayed() -> None:
    (review,) = reviewed(GOOD)
    draft = draft_of(review)
    drafts.change(draft, lambda card: editing.remove(card, "section.talk"), by=None, now=NOW)
    drafts.change(draft, lambda card: editing.remove(card, "section.rules"), by=None, now=NOW)

    with pytest.raises(Refused) as raised:
        what_if.start(draft, by=person(Role.MANAGER), now=LATER)

    assert raised.value.refusal.code == "flawed_rubric"


def test_a_tally_is_the_same_after_it_was_written_down() -> None:
    tally = replaying.Tally()
    for before, after, dropped in (
        ((800_000, "pass"), (None, "none"), 1), ((500_000, "fail"), (750_000, "pass"), 0),
    ):  # fmt: skip
        tally.count(before, after, dropped=dropped, unanswered=0)
        tally.average(7, [(before, after)])

    kept = json.loads(json.dumps(tally.dump()))
    assert replaying.load(kept) == tally
    assert (replaying.is_readable(kept), replaying.is_readable({"reviews": 2})) == (True, False)
    assert (tally.to_pass, tally.other_flips, tally.whole) == (1, 1, 1)


def test_the_reviews_of_one_conversation_are_one_score() -> None:
    tally = replaying.Tally()
    tally.average(7, [((800_000, "pass"), (700_000, "fail")), ((600_000, "fail"), (500_000, "fail"))], weight=4000)
    tally.average(7, [((900_000, "pass"), (900_000, "none")), ((None, "none"), (800_000, "pass"))], weight=2000)

    found = tally.result()

    assert [(found[name]["n"], found[name]["mean"]) for name in SIDES] == [
        (2, pytest.approx((4 * 70 + 2 * 90) / 6)), (2, pytest.approx((4 * 60 + 2 * 90) / 6)),
        (2, pytest.approx(-4 * 10 / 6)),
    ]  # fmt: skip
    assert [found[name]["share"] for name in SHARES] == [pytest.approx(4 / 6), pytest.approx(2 / 6)]


def test_a_persons_move_is_told_from_three_random_conversations_on_with_its_interval() -> None:
    tally = replaying.Tally()
    for agent, moves in ((7, (2, 4, 6)), (8, (0, 3, 3, 6)), (9, (40, 50))):
        for move in moves:
            tally.average(agent, [((500_000, "none"), ((50 + move) * 10_000, "none"))])

    rows = replaying.load(json.loads(json.dumps(tally.dump()))).result()["agents"]
    spread = pooled_var([3, 4, 2], s2=[4.0, 6.0, 50.0]).v
    of_three = score_interval(3, ybar=4.0, s2=4.0, v_team=spread)

    assert [(row["agent"], row["reviews"], row["difference"], row["reason"]) for row in rows] == [
        (7, 3, 4.0, ""), (8, 4, 3.0, ""), (9, 2, None, "too_few"),
    ]  # fmt: skip
    assert rows[0]["high"] == pytest.approx(of_three.hi)  # above zero, so not clipped there
    assert rows[0]["high"] - 4 == pytest.approx(4 - rows[0]["low"])
    assert [row["places"] for row in movers({"agents": rows})] == [0, 0]
    assert movers({"agents": [{"agent": 7, "reviews": 9, "difference": 4.0}]}) == []  # kept by an older version


def test_the_pages_show_progress_result_and_flips(client: Any) -> None:
    good, half, _bad = reviewed(GOOD, ALICE, BOB)
    draft, manager = draft_of(good, solved=60), person(Role.MANAGER)
    client.force_login(manager)
    address = reverse("reviews:what_if_of", args=[draft.rubric.slug, draft.number])

    started = client.post(reverse("reviews:start_what_if", args=[draft.rubric.slug, draft.number]))
    waits = client.get(started["Location"]).content.decode()
    made = WhatIf.objects.get()
    what_if.work(made.job_id, clock=lambda: LATER)
    page = client.get(started["Location"]).content.decode()
    pane = client.get(address, headers={"HX-Request": "true"}).content.decode()
    done = client.get(reverse("reviews:what_if_progress", args=[made.pk]))
    table = b"".join(client.get(reverse("reviews:what_if_flips", args=[made.pk])).streaming_content).decode()

    assert "You can leave this page; the replay goes on." in waits
    assert "2 of 3 reviews change their outcome." in page
    result = WhatIf.objects.get().job.result
    (average, rate) = figures(result)
    assert [(one.after, one.before) for one in (average, rate)] == [("81", "80"), ("67 %", "67 %")]
    assert all(f"was {one.before} ({one.note_before})" in page for one in (average, rate))
    assert "Both are about 30 conversations; 100 % of what was drawn of them at random is reviewed." in page
    assert (rate.note, rate.note_before) == ("17 % to 95 %, n = 3", "17 % to 95 %")
    assert reverse("reviews:review", args=[half.pk]) in page
    assert pane.lstrip().startswith('<section class="card" id="what-if"')
    assert done["HX-Refresh"] == "true"
    assert table.splitlines()[1].split(",")[3:] == ["80.0000", "66.6667", "pass", "fail"]


def test_a_result_of_a_draft_that_changed_since_says_so(client: Any) -> None:
    (review,) = reviewed(GOOD)
    draft, manager = draft_of(review, solved=60), person(Role.MANAGER)
    run(draft, by=manager)
    drafts.change(draft, lambda card: editing.remove(card, "criterion.topic"), by=None, now=NOW)
    client.force_login(manager)

    page = client.get(reverse("reviews:what_if_of", args=[draft.rubric.slug, draft.number])).content.decode()

    assert "This version was changed since." in page
    assert card_for(draft).criterion("topic") is None


@pytest.mark.parametrize(
    "days", [{"since": "x"}, {"since": "1066-10-14"}, {"since": "2026-02-02", "until": "2026-01-01"}]
)
def test_days_that_make_no_sense_are_refused(client: Any, days: dict[str, str]) -> None:
    (review,) = reviewed(GOOD)
    draft = draft_of(review)
    client.force_login(person(Role.MANAGER))

    response = client.post(reverse("reviews:start_what_if", args=[draft.rubric.slug, draft.number]), days)

    assert (response.status_code, WhatIf.objects.count()) == (422, 0)


def test_a_flip_that_somebody_still_judges_blind_is_not_shown_to_them() -> None:
    good, half = reviewed(GOOD, ALICE)
    manager = person(Role.MANAGER)
    found = run(draft_of(good, solved=60), by=manager)
    shown = [flip.review_id for flip in flips_for(found, manager)]
    QueueItem.objects.filter(pk=half.item_id).update(status="claimed", claimed_by=manager, claimed_until=LATER)
    blind = [flip.review_id for flip in flips_for(found, manager)]

    assert (shown, blind) == ([half.pk], [])


def test_the_api_starts_follows_and_lists() -> None:
    good, half, bad = reviewed(GOOD, ALICE, BOB)
    draft, client = draft_of(good, solved=60), as_role(Role.MANAGER)

    made = post(client, "what-ifs/", {"rubric": draft.rubric.slug, "version": draft.number})
    what_if.work(made.json()["job"]["id"], clock=lambda: LATER)
    path = f"what-ifs/{made.json()['id']}"

    assert (made.status_code, made.json()["job"]["status"]) == (201, "waiting")
    body = get(client, f"{path}/").json()
    assert (body["job"]["result"]["flips"], body["result"]["flips"]) == (2, 2)
    assert set(body["job"]["result"].values()) <= set(range(10))  # counts alone
    assert {
        name: (body["result"][name]["n"], body["result"][name]["frame_size"]) for name in (*SIDES, *SHARES)
    } == dict.fromkeys((*SIDES, *SHARES), (3, 30))
    assert {row["reason"] for row in body["result"]["agents"]} == {"fewer than 3 reviews"}
    assert {row["review"] for row in results(client, f"{path}/flips/")} == {half.pk, bad.pk}
    assert post(client, f"{path}/cancel/").json()["code"] == "already_ended"
    assert post(client, "what-ifs/", {"rubric": "nobody", "version": 1}).status_code == 422
    assert (
        post(client, "what-ifs/", {"rubric": draft.rubric.slug, "version": 2, "since": "0099-01-01"}).status_code == 422
    )


def test_a_manager_of_one_team_sees_only_what_they_asked_themselves() -> None:
    (review,) = reviewed(GOOD)
    found = run(draft_of(review))
    other = person(Role.MANAGER, team=review.team)

    assert list(WhatIf.objects.visible_to(other)) == []
    assert list(WhatIf.objects.visible_to(found.job.created_by)) == [found]
