"""The audit trail in sentences. Names of verbs and kinds only, no imports: this lies below the apps that record them.

A test reads every verb that the code records and fails when one has no sentence here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.models import AuditEvent

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KINDS: dict[str, StrOrPromise] = {
    "accounts.agent": lazy("agent"),
    "accounts.apitoken": lazy("API token"),
    "accounts.rolegrant": lazy("role"),
    "accounts.team": lazy("team"),
    "accounts.teammembership": lazy("team membership"),
    "accounts.user": lazy("log-in"),
    "accounts.workspace": lazy("workspace"),
    "coaching.action": lazy("coaching action"),
    "coaching.attempt": lazy("attempt at a knowledge check"),
    "coaching.calendarfeed": lazy("calendar feed"),
    "coaching.knowledgecheck": lazy("knowledge check"),
    "coaching.libraryentry": lazy("library"),
    "coaching.librarywords": lazy("library"),
    "coaching.observation": lazy("observation"),
    "coaching.plan": lazy("coaching plan"),
    "coaching.ruleversion": lazy("version of the trigger rules"),
    "coaching.programme": lazy("coaching programme"),
    "coaching.session": lazy("1:1 session"),
    "conversations.conversation": lazy("conversation"),
    "conversations.importrun": lazy("import"),
    "conversations.source": lazy("source"),
    "reviews.calibrationsession": lazy("calibration session"),
    "reviews.commenttemplate": lazy("comment template"),
    "reviews.dispute": lazy("dispute"),
    "reviews.absence": lazy("absence"),
    "reviews.conflict": lazy("conflict"),
    "reviews.queueitem": lazy("queue item"),
    "reviews.queuerules": lazy("queue rules"),
    "reviews.weeklygoal": lazy("weekly goal"),
    "reviews.review": lazy("review"),
    "rubrics.rubric": lazy("rubric"),
    "rubrics.rubricversion": lazy("rubric version"),
    "rubrics.skill": lazy("skill"),
    "sampling.draw": lazy("draw"),
    "sampling.masterkey": lazy("key"),
    "sampling.pick": lazy("pick"),
    "sampling.plan": lazy("sampling plan"),
}

# %(actor)s is a person or "The system"; %(thing)s is a kind with its name: the team “Retail”.
SENTENCES: dict[str, StrOrPromise] = {
    "absence.cancelled": lazy("%(actor)s took back that %(thing)s holds."),
    "absence.planned": lazy("%(actor)s entered %(thing)s."),
    "action.confirmed": lazy("%(actor)s confirmed that %(thing)s was done."),
    "action.done": lazy("%(actor)s ticked %(thing)s as done."),
    "action.reopened": lazy("%(actor)s opened %(thing)s again."),
    "agent.changed": lazy("%(actor)s changed %(thing)s."),
    "agent.created": lazy("%(actor)s added %(thing)s."),
    "agent.deactivated": lazy("%(actor)s noted that %(thing)s has left."),
    "agent.identified": lazy("%(actor)s gave another identity to %(thing)s."),
    "agent.linked": lazy("%(actor)s linked %(thing)s to a log-in."),
    "agent.moved": lazy("%(actor)s moved %(thing)s to another team."),
    "agent.reactivated": lazy("%(actor)s noted that %(thing)s is back."),
    "agent.unlinked": lazy("%(actor)s took the log-in of %(thing)s away."),
    "calibration.agreed": lazy("%(actor)s wrote down which answers stand for a conversation of %(thing)s."),
    "calibration.cancelled": lazy("%(actor)s cancelled %(thing)s."),
    "calibration.changed": lazy("%(actor)s changed %(thing)s."),
    "calibration.closed": lazy("%(actor)s closed %(thing)s."),
    "calibration.created": lazy("%(actor)s set up %(thing)s."),
    "calibration.resolved": lazy("%(actor)s resolved %(thing)s."),
    "calibration.revealed": lazy("%(actor)s revealed the answers of %(thing)s."),
    "calibration.started": lazy("%(actor)s drew the conversations of %(thing)s and started it."),
    "check.taken": lazy("%(actor)s took a knowledge check: %(thing)s."),
    "check.written": lazy("%(actor)s wrote the questions of %(thing)s."),
    "comment_template.changed": lazy("%(actor)s changed %(thing)s."),
    "comment_template.created": lazy("%(actor)s kept %(thing)s."),
    "comment_template.removed": lazy("%(actor)s removed %(thing)s."),
    "conflict.declared": lazy("%(actor)s noted that %(thing)s holds."),
    "conflict.ended": lazy("%(actor)s ended %(thing)s."),
    "conversation.erased": lazy("%(actor)s erased what was said in %(thing)s."),
    "conversation.updated": lazy("%(actor)s imported changes to %(thing)s."),
    "conversations.given_teams": lazy("%(actor)s gave a team to conversations that came before it, from %(thing)s on."),
    "customer.erased": lazy("%(actor)s erased a customer of %(thing)s."),
    "dispute.decided": lazy("%(actor)s decided %(thing)s."),
    "dispute.escalated": lazy("%(actor)s opened %(thing)s."),
    "dispute.expired": lazy("%(actor)s ended %(thing)s, because nobody decided it in time."),
    "dispute.opened": lazy("%(actor)s opened %(thing)s."),
    "dispute.second_look_begun": lazy("%(actor)s began the second look of %(thing)s."),
    "dispute.second_look_in": lazy("%(actor)s submitted the second look of %(thing)s."),
    "dispute.withdrawn": lazy("%(actor)s withdrew %(thing)s."),
    "draw.frozen": lazy("%(actor)s made %(thing)s."),
    "draw.voided": lazy("%(actor)s voided %(thing)s."),
    "feed.opened": lazy("%(actor)s made the secret address of %(thing)s."),
    "feed.revoked": lazy("%(actor)s took the secret address of %(thing)s back."),
    "feedback.acknowledged": lazy("%(actor)s acknowledged the feedback in %(thing)s."),
    "feedback.answered": lazy("%(actor)s answered what the agent asked about %(thing)s."),
    "feedback.asked": lazy("%(actor)s asked something about %(thing)s."),
    "feedback.read": lazy("%(actor)s read the feedback in %(thing)s."),
    "goal.removed": lazy("%(actor)s removed %(thing)s."),
    "goal.set": lazy("%(actor)s set %(thing)s."),
    "import.cancelled": lazy("%(actor)s cancelled %(thing)s."),
    "import.finished": lazy("%(actor)s finished %(thing)s."),
    "import.started": lazy("%(actor)s started %(thing)s."),
    "import.uploaded": lazy("%(actor)s uploaded %(thing)s."),
    "item.claimed": lazy("%(actor)s claimed %(thing)s."),
    "item.expired": lazy("%(actor)s ended %(thing)s, because nobody reviewed it in time."),
    "item.handed_over": lazy("%(actor)s handed %(thing)s over to another reviewer."),
    "item.lapsed": lazy("%(actor)s returned %(thing)s to the queue, because its hold ran out."),
    "item.released": lazy("%(actor)s gave %(thing)s back to the queue."),
    "item.skipped": lazy("%(actor)s skipped %(thing)s."),
    "item.withdrawn": lazy("%(actor)s withdrew %(thing)s from the queue."),
    "item.pool_changed": lazy("%(actor)s moved %(thing)s to the random pool, which has reached it."),
    "library.entry_written": lazy("%(actor)s wrote in the %(thing)s."),
    "library.words_written": lazy("%(actor)s wrote in the %(thing)s."),
    "observation.answered": lazy("%(actor)s said what came of %(thing)s."),
    "pick.by_hand": lazy("%(actor)s picked %(thing)s by hand, to be reviewed outside the draw."),
    "pick.reassigned": lazy("%(actor)s gave %(thing)s to another agent."),
    "pick.skip_confirmed": lazy("%(actor)s agreed that %(thing)s is not eligible, so it left the frame."),
    "pick.skip_overruled": lazy("%(actor)s overruled the skip of %(thing)s."),
    "pick.skipped": lazy("%(actor)s replaced %(thing)s by the next in the same order."),
    "plan.accepted": lazy("%(actor)s accepted %(thing)s."),
    "plan.active": lazy("%(actor)s began %(thing)s."),
    "plan.archived": lazy("%(actor)s archived %(thing)s."),
    "plan.closed": lazy("%(actor)s closed %(thing)s."),
    "plan.closing_suggested": lazy("%(actor)s suggested closing %(thing)s."),
    "plan.closing_taken_back": lazy("%(actor)s took the suggestion to close %(thing)s back."),
    "plan.created": lazy("%(actor)s created %(thing)s."),
    "plan.declined": lazy("%(actor)s declined %(thing)s."),
    "plan.due": lazy("%(actor)s marked %(thing)s as due for follow-up."),
    "plan.edited": lazy("%(actor)s edited %(thing)s."),
    "plan.evaluated": lazy("%(actor)s measured the outcome of %(thing)s."),
    "plan.evidence_added": lazy("%(actor)s added evidence to %(thing)s."),
    "plan.evidence_revised": lazy("%(actor)s let the evidence of %(thing)s follow its revised reviews."),
    "plan.extended": lazy("%(actor)s extended %(thing)s."),
    "plan.handed_over": lazy("%(actor)s handed %(thing)s over."),
    "plan.outcome_revised": lazy("%(actor)s measured the outcome of %(thing)s again, because reviews changed."),
    "plan.paused": lazy("%(actor)s paused %(thing)s."),
    "plan.proposed": lazy("%(actor)s proposed %(thing)s."),
    "plan.read": lazy("%(actor)s read %(thing)s."),
    "plan.remarked": lazy("%(actor)s said something about %(thing)s."),
    "plan.resumed": lazy("%(actor)s resumed %(thing)s."),
    "plan.shared": lazy("%(actor)s shared %(thing)s."),
    "plan.started": lazy("%(actor)s started %(thing)s."),
    "programme.baseline": lazy("%(actor)s let a fresh baseline be collected for %(thing)s."),
    "programme.closed": lazy("%(actor)s closed %(thing)s."),
    "programme.drafted": lazy("%(actor)s drafted %(thing)s."),
    "programme.edited": lazy("%(actor)s edited %(thing)s."),
    "programme.measured": lazy("%(actor)s measured the outcome of %(thing)s."),
    "programme.outcome_revised": lazy("%(actor)s measured %(thing)s again, because reviews changed."),
    "programme.running": lazy("%(actor)s started %(thing)s."),
    "programme.second_started": lazy("%(actor)s let those who waited in %(thing)s start."),
    "queue_rules.changed": lazy("%(actor)s changed how work is given out: %(thing)s."),
    "review.held": lazy("%(actor)s kept %(thing)s back until the next 1:1."),
    "review.kept": lazy("%(actor)s left %(thing)s as it was submitted."),
    "review.moved": lazy("%(actor)s moved %(thing)s to the version of its rubric in use."),
    "review.published": lazy("%(actor)s published %(thing)s."),
    "review.redacted": lazy("%(actor)s covered the name of an erased customer in %(thing)s."),
    "review.reopened": lazy("%(actor)s opened %(thing)s again to change it."),
    "review.returned": lazy("%(actor)s sent %(thing)s back to its author."),
    "review.revised": lazy("%(actor)s made a new revision of %(thing)s."),
    "review.scheduled": lazy("%(actor)s set when %(thing)s goes out."),
    "review.second_read": lazy("%(actor)s read %(thing)s as its second reader."),
    "review.submitted": lazy("%(actor)s submitted %(thing)s."),
    "review.voided": lazy("%(actor)s voided %(thing)s."),
    "role.ended": lazy("%(actor)s ended %(thing)s."),
    "role.granted": lazy("%(actor)s granted %(thing)s."),
    "rubric.created": lazy("%(actor)s created %(thing)s."),
    "rubric.reworded": lazy("%(actor)s reworded %(thing)s; no score can move by that."),
    "rubric_version.discarded": lazy("%(actor)s discarded the draft of %(thing)s."),
    "rubric_version.drafted": lazy("%(actor)s began %(thing)s."),
    "rubric_version.imported": lazy("%(actor)s imported %(thing)s as a draft."),
    "rubric_version.published": lazy("%(actor)s published %(thing)s."),
    "rubric_version.retired": lazy("%(actor)s retired %(thing)s."),
    "rubric_version.reworded": lazy("%(actor)s reworded %(thing)s; no score can move by that."),
    "rules.changed": lazy("%(actor)s set %(thing)s."),
    "sampling.fingerprint_replaced": lazy("%(actor)s replaced the fingerprint of %(thing)s before it began."),
    "sampling.master_key_changed": lazy("%(actor)s changed the secret behind the draws: %(thing)s holds from now on."),
    "sampling.master_key_made": lazy("%(actor)s made %(thing)s for the draws to come."),
    "self_review.asked": lazy("%(actor)s asked the agent of %(thing)s to score the conversation first."),
    "self_review.expired": lazy("%(actor)s waits for no self-review any more before %(thing)s goes out."),
    "self_review.submitted": lazy("%(actor)s scored, too, the conversation of %(thing)s, as its agent."),
    "session.cancelled": lazy("%(actor)s cancelled %(thing)s."),
    "session.changed": lazy("%(actor)s changed %(thing)s."),
    "session.confirmed": lazy("%(actor)s said that %(thing)s took place."),
    "session.held": lazy("%(actor)s said, too, that %(thing)s took place: it is held."),
    "session.no_show": lazy("%(actor)s said that nobody came to %(thing)s."),
    "session.noted": lazy("%(actor)s kept a private note about %(thing)s."),
    "session.planned": lazy("%(actor)s arranged %(thing)s."),
    "skill.created": lazy("%(actor)s created %(thing)s."),
    "source.changed": lazy("%(actor)s changed %(thing)s."),
    "source.created": lazy("%(actor)s created %(thing)s."),
    "source.masking_begun": lazy("%(actor)s began to mask the personal details of %(thing)s."),
    "source.masked": lazy("%(actor)s masked the personal details of %(thing)s."),
    "source.texts_expired": lazy("%(actor)s erased what is older than may be kept of %(thing)s."),
    "skill.expected": lazy("%(actor)s changed what levels expect of %(thing)s."),
    "team.archived": lazy("%(actor)s archived %(thing)s."),
    "team.changed": lazy("%(actor)s changed %(thing)s."),
    "team.created": lazy("%(actor)s created %(thing)s."),
    "team.restored": lazy("%(actor)s took %(thing)s into use again."),
    "token.created": lazy("%(actor)s created %(thing)s."),
    "token.revoked": lazy("%(actor)s revoked %(thing)s."),
    "user.activated": lazy("%(actor)s activated %(thing)s."),
    "user.changed": lazy("%(actor)s changed %(thing)s."),
    "user.created": lazy("%(actor)s created %(thing)s."),
    "user.deactivated": lazy("%(actor)s deactivated %(thing)s."),
    "user.link_sent": lazy("%(actor)s mailed a link to set a password for %(thing)s."),
    "user.session_ended": lazy("%(actor)s ended a session of %(thing)s."),
    "user.sessions_ended": lazy("%(actor)s ended the sessions of %(thing)s."),
    "workspace.changed": lazy("%(actor)s changed the settings of %(thing)s."),
}


def sentence(event: AuditEvent) -> str:
    """Say in one sentence who did what to which thing."""
    pattern = SENTENCES.get(event.verb)
    words = {"actor": actor(event), "thing": thing(event), "verb": event.verb}
    return str(pattern) % words if pattern else _("%(actor)s: %(verb)s, %(thing)s.") % words


def actor(event: AuditEvent) -> str:
    """Return who acted: a name, the system, or that the name was erased."""
    if event.actor:
        return event.actor
    return (
        _("The system") if event.actor_id is None else _("Person %(number)d (name erased)") % {"number": event.actor_id}
    )


def thing(event: AuditEvent) -> str:
    """Return what the event is about, as it was called then; its number once the name was erased."""
    kind = KINDS.get(event.target_type, event.target_type)
    if event.target:
        return _("the %(kind)s “%(name)s”") % {"kind": kind, "name": event.target}
    return _("the %(kind)s number %(number)s") % {"kind": kind, "number": event.target_id}


def details(event: AuditEvent) -> list[tuple[str, str]]:
    """Return the names of changed fields and the parameters, as words for a list of terms."""
    found = [(_("Fields"), ", ".join(str(name) for name in event.fields))] if event.fields else []
    return found + [
        (name.replace("_", " ").capitalize(), _plain(value)) for name, value in sorted(event.params.items())
    ]


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "–"
    return "–" if value in (None, "") else str(value)
