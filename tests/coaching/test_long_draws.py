"""Draws of a month beside draws of a week: no conversation counts twice, and none on the wrong side of coaching."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coaching import outcome_words, weeks
from coaching.models import Outcome
from coaching.programme_effects import Part
from coaching.selectors import bases, cells, outcomes, programme_bases, programmes
from coaching.selectors.bases import Basis
from coaching.selectors.rests import rests_of
from coaching.spans import Weeks
from conversations.models import Completion
from reviews.models import QueueItem, Review
from rubrics.models import Criterion
from rubrics.services.publishing import publish
from sampling.models import Draw, FrameStratum, Overlap, Pick, SharedPick
from tests.conftest import NOW
from tests.factories.coaching import plan, programme_of, reviewed, reviewer, sampling_plan, skill, stratum_of
from tests.factories.conversations import conversation
from tests.factories.rubrics import draft_version
from tests.factories.sampling import PlanFactory

pytestmark = pytest.mark.django_db
SKILL = "problem-solving"
DAY = timedelta(days=1)


def score(agent, option, *, week, ended=None, same_as=None, **terms):
    """Publish a review of one conversation, which ended on another day than the factory's or was drawn before."""
    answers = {"understood": {"option": option}, "solved": {"option": option}, "data-protected": {"option": "yes"}}
    review = reviewed(agent, answers, week=week, **terms)
    pick = review.item.pick
    if ended is not None:
        Completion.objects.filter(pk=pick.completion_id).update(completed_at=ended)
    if same_as is not None:
        Pick.objects.filter(pk=pick.pk).update(completion=same_as.item.pick.completion_id)
    return Review.objects.select_related("item__pick__stratum__draw").get(pk=review.pk)


def frame(agent, *, week, plan, size, drawn, begins=None):
    """Make a frame of so many, of a longer period where it begins in an earlier week."""
    made = stratum_of(agent, week=week, plan=plan)
    FrameStratum.objects.filter(pk=made.pk).update(
        frame_size=size, quota=drawn, prefix=drawn, eligible=drawn, drawn=drawn
    )
    if begins is not None:
        Draw.objects.filter(pk=made.draw_id).update(starts_at=weeks.start_of(begins))
    return made


def units_of(review, *others):
    """Let the frame that a review was drawn from hold its conversation and some others."""
    first = review.item.pick
    talks = [first.conversation, *(getattr(one, "conversation", one) for one in others)]
    units = [[Completion.objects.get(conversation=one).pk, one.pk, None, 0.5, "s", str(one.pk), 1] for one in talks]
    FrameStratum.objects.filter(pk=first.stratum_id).update(units=units)


def share(*held):
    """Note that picks stand in other strata, too: (review, stratum) each."""
    for review, stratum in held:
        SharedPick.objects.create(pick=review.item.pick, stratum=stratum)
        FrameStratum.objects.filter(pk__in=[stratum.pk, review.item.pick.stratum_id]).update(is_shared=True)


def test_a_conversation_of_a_weekly_and_a_monthly_draw_counts_once_in_its_first_week(coached):
    """Two of four of a week, one of them with two of a month's eight as well; a third card asks other things."""
    weekly, by = sampling_plan(), reviewer()
    silent = draft_version()
    Criterion.objects.filter(version=silent).update(skill=None)
    monthly, other = (PlanFactory(rubric=one) for one in (weekly.rubric, publish(silent, by=None, now=NOW).rubric))
    of_week = frame(coached, week="2026-W06", plan=weekly, size=4, drawn=2)
    of_month = frame(coached, week="2026-W09", plan=monthly, size=8, drawn=2, begins="2026-W06")
    elsewhere = frame(coached, week="2026-W06", plan=other, size=1, drawn=1)
    twice = score(coached, "no", week="2026-W06", plan=weekly, by=by)
    once = score(coached, "yes", week="2026-W06", plan=weekly, by=by)
    again = score(coached, "no", week="2026-W09", plan=monthly, by=by, same_as=twice)
    score(coached, "partly", week="2026-W09", plan=monthly, by=by)
    share((twice, of_month), (once, of_month), (again, of_week), (twice, elsewhere), (again, elsewhere))

    seen = cells.window(f"skill:{SKILL}", week="2026-W09").agents[coached.pk]

    held = {at: (seen.n[at], seen.effective[at], seen.effective_total[at]) for at in (-4, -1)}
    assert held == {-4: (2, pytest.approx(2), pytest.approx(1_000_000)), -1: (1, 1, pytest.approx(500_000))}
    assert (sum(seen.n), seen.squares) == (3, 12_500 * 10**8)
    # So it does in the N of a programme's weeks, whichever of the frames was frozen first.
    started = programme_of([coached], skill=skill(SKILL), started_at=weeks.start_of("2026-W10"))
    started.members.update(group="first")
    compared = Weeks("2026-W05", "2026-W09", "2026-W11", "2026-W14")
    for later, earlier in ((of_month, [elsewhere.pk, of_week.pk]), (of_week, [of_month.pk])):
        Overlap.objects.all().delete()
        Overlap.objects.create(stratum=later, earlier=earlier, units=4)
        held = programme_bases.read(started, compared, elsewhere=set(), now=NOW)
        sizes = [held.of(Part.STARTED, week, week).frame_size for week in ("2026-W06", "2026-W08", "2026-W09")]
        assert (sizes, held.of(Part.STARTED, "2026-W05", "2026-W09")) == ([4, 0, 4], Basis(8, 4, 0, 4))


def test_neither_side_holds_what_ended_on_the_other_side_of_the_moment_coaching_began(coached):
    scoring, by = sampling_plan(), reviewer()
    monthly = PlanFactory(rubric=scoring.rubric)
    shared_at = weeks.start_of("2026-W10") + 3 * DAY
    terms = {"plan": scoring, "by": by}
    score(coached, "no", week="2026-W06", **terms)
    score(coached, "partly", week="2026-W10", **terms)
    score(coached, "yes", week="2026-W10", ended=shared_at + DAY, **terms)
    late = score(coached, "no", week="2026-W12", ended=weeks.start_of("2026-W12") - DAY, **terms)
    score(coached, "yes", week="2026-W12", **terms)
    frame(coached, week="2026-W14", plan=monthly, size=8, drawn=2, begins="2026-W10")
    too_early = score(coached, "no", week="2026-W14", ended=shared_at - DAY, plan=monthly, by=by)
    counts = score(coached, "yes", week="2026-W14", ended=weeks.start_of("2026-W13"), plan=monthly, by=by)
    # Of the month's eight, another one ended before the follow-up and was not drawn.
    units_of(late)
    units_of(counts, too_early, conversation(agent=coached, completed_at=weeks.start_of("2026-W11")))
    compared = Weeks("2026-W05", "2026-W10", "2026-W12", "2026-W15")
    made = plan(
        "due", agent=coached, skill=skill(SKILL), shared_at=shared_at, baseline_since=weeks.start_of("2026-W05")
    )

    found = outcomes.inputs(made, compared)["agents"][0]
    chart = outcomes.weekly(made, compared)

    assert found[1:3] + found[4:6] == [2, 500_000, 2, 2_000_000]
    assert {week: (side.n, side.mean) for week, side in chart.items()} == {
        "2026-W06": (1, 0.0), "2026-W10": (1, 50.0), "2026-W12": (1, 100.0), "2026-W14": (1, 100.0),
    }  # fmt: skip
    # Of a frame only what ended within the side could have been drawn for it: all but one of the week's forty, six of
    # the month's eight.
    of_outcome = Outcome(
        plan=made, baseline_first_week="2026-W05", baseline_last_week="2026-W10", first_week="2026-W12",
        last_week="2026-W15",
    )  # fmt: skip
    windows = bases.windows_of(of_outcome)
    known, then = (bases.read(windows, now=NOW, until=until) for until in (None, NOW + timedelta(weeks=52)))
    assert [known.of(window) for window in windows] == [then.of(window) for window in windows]
    assert known.of(windows[1]) == Basis(39 + 6, 2 + 1, 0, 2, left_out=3)
    follow_up = rests_of(of_outcome, now=NOW)[1]
    assert (follow_up.frame_size, follow_up.drawn, follow_up.reviewed, follow_up.left_out) == (45, 3, 2, 3)
    assert outcomes.progress(made, compared) == outcomes.Progress(2, 2, 0, 45)
    assert outcome_words.left_out(3).startswith("3 conversations of these draws are left out: they ended ")
    # A programme counts the same of its groups, week by week and together.
    started = programme_of([coached], skill=made.skill, started_at=shared_at)
    started.members.update(group="first")
    held = programme_bases.read(started, compared, elsewhere=set(), now=NOW)
    assert held.of(Part.STARTED, "2026-W12", "2026-W15") == known.of(windows[1])
    assert held.of(Part.STARTED, "2026-W14", "2026-W14") == Basis(6, 1, 0, 1, left_out=2)
    # So do the reviews of a fresh baseline, and what of the follow-up is still out.
    collecting = programme_of([coached], skill=made.skill, baseline_from=weeks.start_of("2026-W12").date())
    assert programmes.fresh_counts(collecting) == {coached.pk: 2}
    QueueItem.objects.filter(pk__in=[late.item_id, counts.item_id]).update(status="available")
    assert programmes.still_out(started, compared) == 1
