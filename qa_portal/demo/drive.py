"""Build the demo company through the product's own services, week by week, with the time of each week."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.models import Workspace
from conversations.models import Source
from core.models import Job
from core.services import jobs
from qa_portal.demo import coaching_work, desk_work, feedback_work, review_work, summary, visitor
from qa_portal.demo.calendar import Calendar
from qa_portal.demo.founding import SOURCE, Founded, found
from qa_portal.demo.generator import SEED, Desk
from qa_portal.demo.people import Company, hire
from qa_portal.demo.stories import Truth
from qa_portal.demo.summary import Summary
from qa_portal.demo.worker_sweep import sweep_by_worker
from sampling.models import Draw
from sampling.services import keys

KIND = "demo"
# Of the weekly looks, so many newest ones are made by the Celery worker at the end.
LEFT_FOR_THE_WORKER = 2
LONGEST_TALK = timedelta(hours=3)
Say = Callable[[str], None]


def why_not_company() -> str | None:
    """Return why the company must not be built beside what is here, or None.

    Who tries an import of their own in a demo that is there already may start it again.
    """
    if not is_built() and Source.objects.exclude(slug=SOURCE).exists():
        return (
            "This database holds conversations of your own. The demo company would mix with them: "
            "set QA_VAR to an empty folder for it."
        )
    return None


def is_built() -> bool:
    """Say whether a demo company was built here to the end."""
    return Workspace.current().is_demo and Job.objects.filter(kind=KIND, status=Job.Status.DONE).exists()


def build(
    *,
    now: datetime,
    say: Say,
    weeks: int = 12,
    small: bool = False,
    seed: int = SEED,
    last_sweep: Callable[..., None] = sweep_by_worker,
) -> Summary:
    """Build the company; what a killed build has left is gone on with. `last_sweep` is called with `now`."""
    started = time.monotonic()
    building = Building(Calendar(now=now, reviewed=weeks), hire(seed, small=small), seed=seed, say=say)
    job = jobs.create(KIND, by=None, now=now, total=building.calendar.weeks, unit="weeks")
    building.found()
    for week in range(building.calendar.weeks):
        building.live(week)
    building.finish(last_sweep)
    made = summary.count(seconds=time.monotonic() - started)
    jobs.finish(job, now=now, result=made.as_json())
    return made


def sweep_here(*, now: datetime) -> None:
    """Run the last sweep in this process, where no worker is."""
    coaching_work.look(now=now)


@dataclass(slots=True)
class Building:
    """The company while it is being built."""

    calendar: Calendar
    company: Company
    seed: int
    say: Say
    founded: Founded = field(init=False)
    desk: Desk = field(init=False)
    truths: dict[str, Truth] = field(default_factory=dict)

    def found(self) -> None:
        """Make people, rubrics and plans."""
        self.desk = Desk(self.company, self.calendar.first_monday, seed=self.seed)
        calendar = self.calendar
        self.founded = found(
            self.company, monday=calendar.first_monday, own_view_from=calendar.monday(calendar.reviewed),
            now=calendar.founded_at,
        )  # fmt: skip
        self.say(
            f"{self.company.name}: {len(self.company.teams)} teams, {len(self.company.agents)} agents, "
            f"{len(self.company.reviewers)} reviewers."
        )

    def live(self, week: int) -> None:
        """Let one week pass: conversations, Monday's look and decisions, Tuesday's draw, reviews until Friday."""
        begun = time.monotonic()
        at, manager = self.calendar.at, self.founded.manager
        keys.publish_all(now=at(week))
        imported = self._bring_in(week, now=at(week + 1, minute=5))
        is_reviewed = week < self.calendar.reviewed
        proposed = self._coach(week)
        drawn = 0
        plans = self.founded.plans if is_reviewed else (*self.founded.plans, self.founded.own_view)
        for plan in plans:
            made = desk_work.draw(plan, moment=at(week, day=3), by=manager, now=at(week + 1, day=1, minute=10))
            drawn += made.picked
        published = self._review(week) if is_reviewed else 0
        # People talk for some hours; none of it is still to come.
        talked = min(at(week + 1, day=4, hour=15), self.calendar.now - LONGEST_TALK)
        coaching_work.work_on_plans(self.founded.supervisors, seed=self.seed, now=talked)
        plans_proposed = "one plan proposed" if proposed == 1 else f"{proposed} plans proposed"
        self.say(
            f"Week {week + 1:>2} of {self.calendar.weeks}: {imported:>3} conversations, {drawn:>3} drawn, "
            + (f"{published:>3} reviewed, {plans_proposed}" if is_reviewed else "left in the queue for you")
            + f"  ({time.monotonic() - begun:.1f} s)"
        )

    def finish(self, last_sweep: Callable[..., None]) -> None:
        """Bring in the running week, let the worker run the last sweep, and leave things as a visitor needs them."""
        now = self.calendar.now
        running = self._bring_in(self.calendar.weeks, now=now)
        self.say(f"This week so far: {running} conversations. The background worker runs the coaching sweep …")
        last_sweep(now=now)
        visitor.prepare(self.founded, self.company, self.truths, seed=self.seed, now=now)

    def _bring_in(self, week: int, *, now: datetime) -> int:
        coached = coaching_work.coached(first=self.calendar.at(0), before=self.calendar.at(week))
        told = [story for story in self.desk.week(week, coached=coached) if story.ended_at <= now]
        self.truths |= {story.truth.external_id: story.truth for story in told}
        name = f"export-{self.calendar.monday(week):%G-W%V}.jsonl"
        return desk_work.bring_in(told, name=name, by=self.founded.manager, now=now).received

    def _coach(self, week: int) -> int:
        """Run Monday morning's sweep and let supervisors decide; the last sweeps are left for the worker."""
        at, supervisors = self.calendar.at, self.founded.supervisors
        if week >= self.calendar.reviewed - LEFT_FOR_THE_WORKER:
            return 0
        # Late enough on Monday that the week is over in UTC, too.
        proposed = coaching_work.look(now=at(week + 1, hour=6, minute=20))
        coaching_work.decide(self.company, supervisors, seed=self.seed, now=at(week + 1, hour=14))
        # Early enough that all of its follow-up is reviewed, and what came of it is there to see.
        if week == self.calendar.reviewed // 2 - 1:
            coaching_work.start_programme(supervisors, now=at(week + 1, hour=16))
        if week == self.calendar.reviewed // 2:
            coaching_work.start_by_hand(supervisors, now=at(week + 1, hour=15))
        return proposed

    def _review(self, week: int) -> int:
        at = self.calendar.at
        if Draw.objects.filter(plan__in=self.founded.plans, starts_at__gt=at(week, day=3)).exists():
            return 0  # a killed build was past this week already: what waits is of a later one
        pairs = [(profile, self.founded.reviewers[profile.email]) for profile in self.company.reviewers]
        worked = review_work.work_off(
            self.truths, pairs, seed=self.seed, starts=at(week + 1, day=1, hour=9), until=at(week + 2)
        )
        feedback_work.read_feedback(seed=self.seed, since=at(week), now=at(week + 2))
        return worked.published
