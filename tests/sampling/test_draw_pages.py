"""Pages of draws and receipts, as a manager sees them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from conversations.models import Completion, Conversation
from core import kept_files
from core.models import AuditEvent, Job
from core.services import jobs
from sampling import steps
from sampling.models import Draw, FrameStratum, PeriodKey
from sampling.selectors.receipts import receipt_of
from sampling.selectors.regathering import regather
from sampling.services import checks, replays, skips
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.sampling import WEEK, PlanFactory, agent, completion, drawn, week_of
from tests.sampling.pages import words

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


# ---- drawing


def test_a_manager_draws_the_last_complete_period(browser: Client, manager: User) -> None:
    plan = PlanFactory()
    week_of(agent("Anna"), 5)

    answer = browser.post(reverse("sampling:draw_now", args=[plan.pk]), {"moment": WEEK.isoformat()})

    draw = Draw.objects.get()
    assert (answer["Location"], draw.period, draw.frozen_by) == (
        reverse("sampling:draw", args=[draw.pk]),
        "2026-W09",
        manager,
    )


def test_drawing_twice_shows_the_draw_that_stands(browser: Client) -> None:
    plan = PlanFactory()
    first = drawn(plan, now=NOW - DAY)

    answer = browser.post(reverse("sampling:draw_now", args=[plan.pk]), {"moment": WEEK.isoformat()})

    assert (answer["Location"], Draw.objects.count()) == (reverse("sampling:draw", args=[first.pk]), 1)


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        (NOW.isoformat(), 409), ("", 422), ("yesterday", 422), ("2026-02-23T00:00:00", 422),
        ("0001-01-01T00:00:00+00:00", 422), ("9999-12-31T23:59:59+00:00", 422), ("2026-02-23T00:00:00+99:00", 422),
    ],
)  # fmt: skip
def test_a_period_that_is_open_or_unreadable_is_not_drawn(browser: Client, moment: str, status: int) -> None:
    plan = PlanFactory()

    answer = browser.post(reverse("sampling:draw_now", args=[plan.pk]), {"moment": moment})

    assert (answer.status_code, Draw.objects.count()) == (status, 0)


# ---- a draw


def test_a_draw_shows_its_strata_with_the_chance_of_each_conversation(browser: Client) -> None:
    plan = PlanFactory(quota_per_agent=2)
    week_of(agent("Anna"), 8)
    week_of(agent("Bert"), 1)
    draw = drawn(plan)
    skips.record(draw.picks.get(agent__name="Anna", rank=1), reason="spam", by=None, now=NOW)

    said = words(browser.get(reverse("sampling:draw", args=[draw.pk])))

    assert "3 of 9 conversations are in the sample. Reviews are due by the end of Wed 11 Mar 2026." in said
    assert "Anna 8 2 3 2 ~ 4 2–7 50.0 %" in said  # two of three were eligible: two to seven of eight are
    assert "Bert 1 short 1 2 1 1 1 100.0 %" in said
    assert "Skipped 1 × spam Replaced 1" in said


def test_the_replay_button_says_that_it_matches(browser: Client) -> None:
    plan = PlanFactory()
    week_of(agent("Anna"), 5)
    draw = drawn(plan)

    whole = browser.post(reverse("sampling:replay", args=[draw.pk]))
    part = browser.post(reverse("sampling:replay", args=[draw.pk]), headers={"HX-Request": "true"})

    assert "Replay matches. The same 2 picks come out of the frame of 5 and the key." in words(whole)
    assert words(part) == (
        "Replay matches. The same 2 picks come out of the frame of 5 and the key. "
        "The conversations were asked again as well: the same frame comes together from them today."
    )


def test_a_large_frame_is_replayed_in_the_background_with_the_same_result(
    browser: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    week_of(agent("Anna"), 5)
    draw = drawn(PlanFactory())
    page, api = reverse("sampling:replay", args=[draw.pk]), f"/api/v1/draws/{draw.pk}/replay/"
    small, small_words = browser.get(api).json(), words(browser.post(page, headers={"HX-Request": "true"}))
    settings.REPLAY_AT_ONCE = 4

    assert (browser.get(api).status_code, browser.get(api).json()["code"]) == (409, "replay_not_started")
    first = browser.post(page)
    again = browser.post(page, headers={"HX-Request": "true"})
    twice = browser.post(api, content_type="application/json")
    assert (first["Location"], twice.status_code) == (page, 202)
    assert "0 %" in words(again)
    assert browser.get(api).json()["id"] == twice.json()["id"] == Job.objects.get(kind="draw_replay").pk

    job = Job.objects.get(kind="draw_replay")
    assert [replays.work(job.pk, clock=timezone.now) for _part in range(3)] == [True, False, False]
    assert browser.get(api).json() == small
    assert small_words in words(browser.get(page, headers={"HX-Request": "true"}))
    assert small_words in words(browser.get(page))
    assert small_words in words(browser.get(reverse("sampling:draw", args=[draw.pk])))

    # An end is not stopped. One that waits stops at once, one at work when it next tells how far it is.
    stop, to_api = reverse("sampling:cancel_replay", args=[draw.pk]), {"content_type": "application/json"}
    assert browser.post(f"{api}cancel/", **to_api).json()["code"] == "already_ended"
    browser.post(page)
    stopped = browser.post(stop, headers={"HX-Request": "true"})
    assert ("was stopped" in words(stopped), browser.get(api).json()["code"]) == (True, "replay_stopped")
    browser.post(page)
    job, running = Job.objects.get(kind="draw_replay"), timezone.now()
    jobs.start(job.pk, now=running)
    assert (browser.post(stop)["Location"], "stops in a moment" in words(browser.get(page))) == (
        reverse("sampling:draw", args=[draw.pk]), True,
    )  # fmt: skip
    later = running + 2 * jobs.LEASE  # the worker that had it was lost
    monkeypatch.setattr(steps, "EVERY", 1)
    assert (replays.work(job.pk, clock=lambda: later, every=0), Job.objects.get().status) == (False, "cancelled")
    # Pressed anew once it has ended: a replay of its own, which names what was changed in the database since.
    draw.strata.update(units=list(reversed(draw.strata.get().units)))
    browser.post(page)
    job = Job.objects.get(kind="draw_replay")
    assert [replays.work(job.pk, clock=timezone.now) for _part in range(2)] == [True, False]
    assert "Line 5 the conversation at place 1" in words(browser.get(page))
    # What cannot be made out is said, and the worker goes on.
    PeriodKey.objects.all().delete()
    browser.post(page)
    job = Job.objects.get(kind="draw_replay")
    assert replays.work(job.pk, clock=timezone.now) is False
    assert "The replay stopped because of an error" in words(browser.get(page))
    assert (browser.get(api).status_code, browser.get(api).json()["code"]) == (409, "replay_failed")


def test_a_replay_asks_the_conversations_again_and_calls_no_honest_draw_false(browser: Client) -> None:
    plan, other = PlanFactory(population={"channel": ["chat"]}, quota_per_agent=9), PlanFactory()
    anna, bert = agent("Anna"), agent("Bert")
    lost = week_of(anna, 5, channel="chat")
    told_late = completion(anna, at=WEEK + DAY, known_at=NOW - 2 * DAY, name="told late", channel="email")
    odd = completion(anna, at=WEEK + DAY, name="odd", channel="email")
    draw, others = drawn(plan), drawn(other)
    after = NOW + DAY
    completion(anna, at=WEEK + DAY, known_at=after, name="late", channel="chat")
    conversations = Conversation.objects
    conversations.filter(pk=lost[0].conversation_id).update(assignee=bert, updated_at=after)
    conversations.filter(pk=lost[1].conversation_id).update(channel="email", updated_at=after)
    conversations.filter(pk=told_late.conversation_id).update(channel="chat", updated_at=after)
    conversations.filter(pk=odd.conversation_id).update(channel="chat")
    gone = draw.strata.get()
    gone.units = [[10**9, *unit[1:]] if unit[0] == lost[2].pk else unit for unit in gone.units]
    gone.save()
    Completion.objects.filter(pk=lost[2].pk).update(completed_at=WEEK - 60 * DAY)

    body = browser.get(f"/api/v1/draws/{draw.pk}/replay/").json()
    said = words(browser.post(reverse("sampling:replay", args=[draw.pk])))

    assert (body["matches"], body["today"]["same"], body["today"]["changed"]) == (True, 2, 6)
    assert [one["became"] for one in body["today"]["changes"]] == [
        "erased", "reassigned", "changed", "joined", "late", "unexplained",
    ]  # fmt: skip
    assert "Replay matches. The same 5 picks" in said
    assert "2 of the frame stand today as they were frozen. What has changed since then makes no draw false:" in said
    assert "1 was in the frame and has been erased since" in said
    assert "late became known after the frame was frozen: the next one takes it, or counts it as too late" in said
    # What an earlier frame of the plan holds is not missed in this one; a filter that is gone is said, not guessed.
    FrameStratum.objects.filter(draw=others).update(draw=drawn(plan, moment=WEEK - 7 * DAY))
    assert [one.became for one in regather(draw).changes][3:] == ["late", "elsewhere", "elsewhere"]
    draw.frozen_settings = {**draw.frozen_settings, "population": {"csat_from": "none"}}
    assert regather(draw).why_not.startswith("The population of this plan names something")


def test_the_replay_button_names_what_was_changed_in_the_database(browser: Client) -> None:
    plan = PlanFactory()
    week_of(agent("Anna"), 5)
    draw = drawn(plan)
    stratum = draw.strata.get()
    stratum.units = list(reversed(stratum.units))
    stratum.save()

    said = words(browser.post(reverse("sampling:replay", args=[draw.pk])))

    assert "Replay does not match." in said
    assert "Line 5 the conversation at place 1" in said


def test_the_receipt_is_downloaded_under_the_plans_identity(browser: Client) -> None:
    draw = drawn(PlanFactory())

    answer = browser.get(reverse("sampling:receipt", args=[draw.pk]))

    assert answer["Content-Disposition"] == f'attachment; filename="draw-{draw.plan.identity}-2026-W09.json"'
    assert answer.getvalue().decode() == "".join(receipt_of(draw))


def test_a_manager_voids_a_draw_with_a_reason(browser: Client, manager: User) -> None:
    draw = drawn(PlanFactory())

    browser.post(reverse("sampling:void", args=[draw.pk]), {"reason": "Wrong filter"})

    draw.refresh_from_db()
    said = words(browser.get(reverse("sampling:draw", args=[draw.pk])))
    assert (draw.void_reason, draw.voided_by) == ("Wrong filter", manager)
    assert f"Voided on Wed 4 Mar, 10:00 by {manager.name}. Wrong filter" in said
    assert AuditEvent.objects.filter(verb="draw.voided", actor_id=manager.pk).count() == 1
    assert "None of them counts. Draw this period again" in said
    assert "Reviews are due" not in said

    browser.post(reverse("sampling:draw_now", args=[draw.plan_id]), {"moment": draw.starts_at.isoformat()})

    said = words(browser.get(reverse("sampling:draw", args=[draw.pk])))
    assert draw.plan.draws.standing().get().period == draw.period
    assert ("The draw in its place" in said, "Draw this period again" in said) == (True, False)


@pytest.mark.parametrize("reason", ["", "   ", "\x00"])
def test_voiding_without_a_reason_comes_back(browser: Client, reason: str) -> None:
    draw = drawn(PlanFactory())

    answer = browser.post(reverse("sampling:void", args=[draw.pk]), {"reason": reason})

    draw.refresh_from_db()
    assert (answer.status_code, draw.voided_at) == (422, None)


# ---- a receipt from anywhere


def checked(browser: Client, content: bytes) -> Any:
    file = SimpleUploadedFile("receipt.json", content, content_type="application/json")
    return browser.post(reverse("sampling:check"), {"receipt": file})


def test_a_receipt_that_comes_back_is_checked_and_its_draw_is_named(browser: Client) -> None:
    plan = PlanFactory(name="Retail")
    week_of(agent("Anna"), 5)
    draw = drawn(plan)

    said = words(checked(browser, "".join(receipt_of(draw)).encode()))

    assert "Replay matches. The same 2 picks come out of the frame of 5 and the key." in said
    assert "This draw is known here: Retail, Mon 23 Feb – Sun 1 Mar 2026" in said


def test_a_tampered_receipt_is_refused_with_the_line(browser: Client) -> None:
    plan = PlanFactory()
    week_of(agent("Anna"), 5)
    content = "".join(receipt_of(drawn(plan))).replace('"place":3', '"place":4')

    said = words(checked(browser, content.encode()))

    assert "Replay does not match." in said
    assert "Line 7 the checksum of the line" in said


def test_a_receipt_that_was_made_anew_from_other_conversations_differs_from_the_kept_digest(browser: Client) -> None:
    plan = PlanFactory()
    anna = agent("Anna")
    week_of(anna, 5)
    first = drawn(plan)
    content = "".join(receipt_of(first)).encode()
    Draw.objects.filter(pk=first.pk).update(frame_digest="0" * 64)

    said = words(checked(browser, content))

    assert "Line 1 the digest of the frame that the plan keeps" in said


def test_a_receipt_of_elsewhere_is_checked_without_a_draw(browser: Client) -> None:
    plan = PlanFactory()
    content = "".join(receipt_of(drawn(plan))).encode()
    Draw.objects.all().delete()

    said = words(checked(browser, content))

    assert "Replay matches." in said
    assert "No draw of this installation has this plan and period" in said


def test_a_large_receipt_is_checked_in_the_background_with_the_same_result(
    browser: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "EVERY", 1)
    week_of(agent("Anna"), 5)
    content = "".join(receipt_of(drawn(PlanFactory(name="Retail")))).encode()
    small = words(checked(browser, content)).partition("Receipt The JSON file")[0].partition("Retail, ")[2]
    settings.REPLAY_AT_ONCE = 4
    checks_of = "/api/v1/receipt-checks/"

    # One that is like it, and one that was changed, by the API; the name of the file tells them apart.
    first = checked(browser, content)
    file = SimpleUploadedFile("changed.json", content.replace(b'"place":3', b'"place":4'))
    changed = browser.post("/api/v1/draws/check/", {"receipt": file})
    one, other = Job.objects.order_by("pk")
    assert (first["Location"], changed.status_code) == (reverse("sampling:checked", args=[one.pk]), 202)
    assert ("0 %" in words(browser.get(first["Location"])), changed.json()["file_name"]) == (True, "changed.json")
    kept = [job.params["stored_as"] for job in (one, other)]
    assert [default_storage.exists(name) for name in kept] == [True, True]

    assert [checks.work(job.pk, clock=timezone.now, every=0) for job in (one, other, other)] == [False] * 3
    assert [default_storage.exists(name) for name in kept] == [False, False]
    assert small in words(browser.get(first["Location"]))
    page = reverse("sampling:checked", args=[other.pk])
    assert "Line 7 the checksum of the line" in words(browser.get(page))
    assert browser.get(page, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert [row["result"]["matches"] for row in browser.get(checks_of).json()["results"]] == [False, True]
    assert "changed.json does not match" in words(browser.get(reverse("sampling:check")))
    # Nobody else sees them, whatever their role.
    stranger = Client()
    stranger.force_login(person(Role.MANAGER))
    assert [stranger.get(one).status_code for one in (page, f"{checks_of}{other.pk}/")] == [404, 404]
    assert browser.post(f"{checks_of}{other.pk}/cancel/", content_type="application/json").status_code == 409


def test_a_large_file_that_cannot_be_checked_is_named_and_leaves_nothing(
    browser: Client, settings: Any, tmp_path: Path
) -> None:
    settings.REPLAY_AT_ONCE = 0  # of which a file is so much larger that it is not even read
    settings.MEDIA_ROOT = tmp_path  # a store of its own: other tests keep receipts, too

    made = [checked(browser, content) for content in (b"hello", b"{}", b"{ }", b"[]")]
    junk, gone, waits = Job.objects.order_by("pk")
    assert ([one.status_code for one in made], "Several of your receipts" in words(made[3])) == (
        [302] * 3 + [409],
        True,
    )
    default_storage.delete(gone.params["stored_as"])
    for job in (junk, gone):
        checks.work(job.pk, clock=timezone.now)
    stopped = browser.post(reverse("sampling:cancel_check", args=[waits.pk]), follow=True)

    said = [words(browser.get(reverse("sampling:checked", args=[job.pk]))) for job in (junk, gone)]
    assert "This is not a receipt of a draw" in said[0]
    assert "The uploaded file is no longer there. Choose it again." in said[1]
    assert "This check was stopped, so nothing came of it. The file was deleted." in words(stopped)
    assert default_storage.listdir(checks.FOLDER)[1] == []
    # What a killed upload left goes after a day, what came out after a month, and of one's own more than five at once.
    default_storage.save(f"{checks.FOLDER}/left", ContentFile(b"half"))
    for _time in range(checks.KEPT + 1):
        job = checks.start(ContentFile(b"{}", "again.json"), by=junk.created_by, now=timezone.now())
        checks.work(job.pk, clock=timezone.now)
    checks.tidy(timezone.now())
    assert (Job.objects.count(), checks.waiting(timezone.now())) == (checks.KEPT, [])
    left = default_storage.get_modified_time(f"{checks.FOLDER}/left") + 2 * kept_files.UNKNOWN_FOR
    checks.tidy(max(left, timezone.now() + 2 * checks.KEPT_FOR))
    assert (Job.objects.count(), default_storage.listdir(checks.FOLDER)[1]) == (0, [])


@pytest.mark.parametrize("content", [b"hello", b"{}", b"\xff\xfe\x00", b"[" * 100_000])
def test_a_file_that_is_no_receipt_is_refused_with_a_sentence(browser: Client, content: bytes) -> None:
    answer = checked(browser, content)

    assert (answer.status_code, "This is not a receipt of a draw" in words(answer)) == (422, True)


def test_no_file_and_an_empty_one_are_asked_for_again(browser: Client) -> None:
    assert browser.post(reverse("sampling:check")).status_code == 422
    assert checked(browser, b"").status_code == 422
