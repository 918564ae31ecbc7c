"""The sentences that the workspace's script says, so that they are translated like all others."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rubrics.scoring import Problem
from rubrics.words import missing


def workspace_words() -> dict[str, str]:
    """Return each sentence by its key; `{n}` and the like are filled in by the script."""
    return {
        "saving": _("Saving…"),
        "saved": _("Saved"),
        "not_saved": _("Not saved"),
        "seconds_ago": _("{n} s ago"),
        "minutes_ago": _("{n} min ago"),
        "offline": _(
            "The server cannot be reached. Keep this page open: everything is kept here and saved as soon as the"
            " connection is back."
        ),
        "not_stored": _("This could not be saved. Reload the page and try again."),
        "not_submitted": _("This could not be submitted. Try again."),
        "submit_offline": _("The server cannot be reached. Nothing is lost: try again in a moment."),
        "one_missing": _("One thing is still missing."),
        "missing": _("{n} things are still missing."),
        "logged_out": _("You are logged out. Log in again in another tab, then come back here: nothing is lost."),
        "load_newer": _("Load the newer state"),
        "keep_mine": _("Keep mine"),
        "more": _("and {n} more"),
        "pin": _("Pin to {n}"),
        "pin_words": _("Pin these words to {n}"),
        "pinned": _("Pinned to {n}"),
        "pinned_to": _("Pinned to criterion {n}"),
        "remove_pin": _("Remove this pin"),
        "no_words": _("(no words)"),
        "message": _("message {n}"),
        "comment_at": _("Comment at {message}"),
        "remove": _("Remove"),
        "picked": _("{answer}, criterion {n}"),
        "pin_removed": _("Not pinned to {n} any more"),
        "one_hit": _("1 message"),
        "hits": _("{n} messages"),
        "no_template": _("No template matches."),
        "template_inserted": _("Inserted: {name}"),
        "template_kept": _("Kept as your template “{name}”."),
    }


def need(problem: Problem, answer: str) -> str:
    """Say what a criterion still needs where its name is in sight; elsewhere the sentence of the problem names it."""
    sentences = {
        "comment_required": _("“%(answer)s” needs a comment, so that the agent knows why."),
        "evidence_required": _("“%(answer)s” needs evidence: pin the message that shows it."),
        "not_applicable_forbidden": _("This always applies: choose an answer."),
        "unanswered": _("This has no answer yet."),
    }
    if problem.code not in sentences:
        return missing(problem)
    return sentences[problem.code] % {"answer": answer}


def placeholder_words() -> dict[str, str]:
    """Return what each word in braces of a comment template stands for."""
    return {
        "agent": _("the agent's name, or “you” where the plan hides it"),
        "customer": _("the customer's name, or “the customer”"),
        "criterion": _("the name of the criterion"),
        "answer": _("the answer that was picked"),
        "conversation": _("the number of the conversation"),
    }
