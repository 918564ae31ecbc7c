"""What people say and agree while they work on a plan: a 1:1 session, reflections, and that it is no use."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from accounts.models import User
from coaching.models import Plan, PrivateNote, Remark, Session
from coaching.services import remarks, sessions
from coaching.services.sessions import SessionEdit

# So long after sharing, a plan without a session gets one.
SOON = timedelta(days=3)
AGREED = (
    "We read the two conversations together. Agreed: one change at a time, and a look at it next Thursday.",
    "It happens when three chats are open. Agreed: say how long it takes, then look.",
    "The first example is fair, the second had a cause in the tool. Agreed: the first focus point only, for now.",
    "Went well since the plan was shared. Agreed: keep the list beside the screen, and show it to the team.",
)
REFLECTIONS = (
    "I read the messages again as if I were the customer. I would have asked twice, too.",
    "It is easier when I write the first sentence before I open the system.",
    "Ten conversations done. In seven the customer did not ask again; in three I forgot.",
    "I rush when the queue is long. I try to notice that earlier.",
)
COMMENTS = ("Good examples. Keep the second one, it shows what changed.", "Thank you, that is clear now.")
KEPT = "Not sure about staying on chat. Ask again in January."


def talk(plan: Plan, agent: User, supervisor: User, *, seed: int, now: datetime) -> None:
    """Let both sides meet once, and say something about the plan; doing it twice in a week says nothing twice."""
    random = Random(f"{seed}|talk|{plan.agent.name}|{plan.skill.slug}|{now:%G-%V}")
    if plan.shared_at is not None and now >= plan.shared_at + SOON and not plan.sessions.exists():
        _meet(plan, agent, supervisor, random, now=now)
    if Remark.objects.filter(plan=plan, created_at__gt=now - timedelta(days=6)).exists():
        return
    at = random.random()
    if at < 0.25:
        remarks.say(plan, kind=Remark.Kind.REFLECTION, text=random.choice(REFLECTIONS), by=agent, now=now)
        if random.random() < 0.5:
            later = now + timedelta(hours=1)
            remarks.say(plan, kind=Remark.Kind.COMMENT, text=random.choice(COMMENTS), by=supervisor, now=later)
    elif at > 0.96:
        remarks.say(plan, kind=Remark.Kind.NOT_HELPFUL, text="", reason="other_cause", by=agent, now=now)


def _meet(plan: Plan, agent: User, supervisor: User, random: Random, *, now: datetime) -> Session:
    made = sessions.arrange(plan, starts_at=now, by=supervisor, now=now)
    over, notes = now + timedelta(minutes=35), random.choice(AGREED)
    edit = SessionEdit(made.edit_number, made.starts_at, made.minutes, made.place, made.agenda, notes)
    sessions.change(made, edit, by=supervisor, now=over)
    for side in (supervisor, agent):
        made = sessions.confirm(made, by=side, now=over)
    if not PrivateNote.objects.exists():
        sessions.note(made, text=KEPT, by=supervisor, now=over)
    return made
