"""What becomes of each text when a person is erased or a retention period ends: one table for every app.

Names only, no imports: this module lies below the apps whose fields it lists. A test compares it with the models.
"""

from __future__ import annotations

from enum import StrEnum


class Treatment(StrEnum):
    """What happens to a stored text."""

    KEEP = "keep"
    """It says nothing about a person: a code, a setting, a fingerprint, words of the organisation."""
    REDACT = "redact"
    """People write into it. Personal details in it are masked; the rest stays, because a score rests on it."""
    ERASE = "erase"
    """It identifies a person or repeats what they said. It is emptied; the row and its numbers stay."""


def keep(*fields: str) -> dict[str, Treatment]:
    """Classify fields that stay."""
    return dict.fromkeys(fields, Treatment.KEEP)


def redact(*fields: str) -> dict[str, Treatment]:
    """Classify fields whose personal details are masked."""
    return dict.fromkeys(fields, Treatment.REDACT)


def erase(*fields: str) -> dict[str, Treatment]:
    """Classify fields that are emptied."""
    return dict.fromkeys(fields, Treatment.ERASE)


# Fields with a closed list of choices are codes and need no line.
TREATMENTS: dict[str, dict[str, Treatment]] = {
    "core.AuditEvent": keep("verb", "target_type", "target_id", "fields", "params", "request_id")
    | erase("actor", "target", "salt"),
    "core.AuditSeal": keep("leaves", "previous", "digest"),
    "core.Heartbeat": keep("part"),
    "core.Job": keep("kind", "unit", "params", "cursor", "result", "lease") | erase("error"),
    "accounts.IdempotentAnswer": keep("key", "fingerprint", "tag") | erase("body"),
    "accounts.ApiToken": keep("prefix", "scopes") | erase("name", "digest"),
    "accounts.Team": keep("name", "slug", "time_zone"),
    "accounts.Agent": keep("time_zone", "languages") | erase("name"),
    "accounts.AgentIdentity": keep("source") | erase("external_id"),
    "accounts.Notification": keep("kind", "params", "path"),
    "accounts.User": keep("time_zone", "reminders_off") | erase("email", "name", "password"),
    "accounts.Workspace": keep("name", "time_zone"),
    "conversations.Source": keep("slug", "name", "field_names", "masks"),
    "conversations.Tag": keep("name"),
    "conversations.Conversation": keep("external_id", "language", "tags", "content_hash")
    | erase("subject", "customer_external_id", "customer_name", "metadata"),
    "conversations.Transcript": keep("content_hash") | erase("body"),
    "conversations.SearchText": erase("words"),
    "conversations.Participant": keep("role") | erase("external_id", "name"),
    "conversations.ImportRun": keep("file_name", "stored_as", "fingerprint", "mapping") | erase("problem", "link"),
    "conversations.Reject": keep("path") | erase("reason", "raw"),
    "rubrics.Skill": keep("slug", "name", "description"),
    "rubrics.Rubric": keep("slug", "name", "description"),
    "rubrics.RubricVersion": keep("failing_dimensions", "note", "fingerprint"),
    "rubrics.Section": keep("lineage", "name"),
    "rubrics.Criterion": keep("lineage", "name", "guidance", "visible_when"),
    "rubrics.Option": keep("key", "label", "guidance"),
    "rubrics.RootCause": keep("key", "label"),
    "sampling.Plan": keep("name", "population", "time_zone", "strata", "risk_shares", "risk_rules"),
    "sampling.PastTerms": keep("terms"),
    "sampling.Draw": keep(
        "period", "time_zone", "frozen_settings", "fingerprint", "frame_digest", "void_reason", "targeted_from"
    ),
    "sampling.FrameStratum": keep("agent_identity", "team_identity", "stratum", "units"),
    "sampling.Pick": keep("drop_reason", "hits"),
    "sampling.Overlap": keep("earlier"),
    "sampling.MasterKey": keep("secret"),
    "sampling.PeriodKey": keep("period", "fingerprint", "replaces"),
    "sampling.Signal": keep("subject", "kind"),
    "sampling.QuotaBoost": keep("reason", "key"),
    "reviews.AgreedAnswer": redact("rationale"),
    "reviews.CalibrationSession": keep("title") | redact("cancel_reason"),
    "reviews.Cell": keep("metric", "pool"),
    "reviews.CellCheck": keep("examples"),
    "reviews.DisputedPoint": redact("reason", "rationale"),
    "reviews.QueueItem": keep("skip_reason", "criteria") | redact("skip_note", "check_note", "handed_over_reason"),
    "reviews.Conflict": redact("reason"),
    "reviews.Meeting": keep("reference"),
    "reviews.Review": keep("pool") | redact("draft", "reply", "return_note", "void_reason"),
    "reviews.ReviewRemark": redact("text"),
    "reviews.CommentTemplate": keep("name") | redact("text"),
    "reviews.Revision": keep("failed_by", "section_scores", "skill_scores", "errors") | redact("reason"),
    "reviews.Comment": redact("text"),
    "reviews.Pin": keep("message_hash"),
    "reviews.WhatIf": keep("document", "fingerprint"),
    "coaching.Look": keep("week", "reason"),
    "coaching.Outcome": keep(
        "first_week",
        "last_week",
        "baseline_first_week",
        "baseline_last_week",
        "inputs",
        "digest",
        "reason",
        "further_reason",
    ),
    "coaching.PastOutcome": keep("figures"),
    "coaching.Plan": keep("trigger", "decision_reason", "close_reason")
    | redact("focus", "decision_note", "close_note"),
    "coaching.Action": keep("library_key", "check_key", "link") | redact("text"),
    "coaching.KnowledgeCheck": keep("key", "title", "about", "questions", "goes_with"),
    "coaching.CalendarFeed": erase("digest"),
    "coaching.Reminder": keep("key"),
    "coaching.Programme": keep("name", "actions", "fingerprint") | redact("focus"),
    "coaching.ProgrammeOutcome": keep("first_week", "last_week", "inputs", "digest", "reason", "estimates"),
    "coaching.Attempt": keep("key", "title", "questions", "answers"),
    "coaching.PrivateNote": redact("text"),
    "coaching.Session": redact("place", "agenda", "notes"),
    "coaching.Remark": keep("reason") | redact("text"),
    "coaching.LibraryEntry": keep("key", "link", "levels", "channels") | redact("text"),
    "coaching.LibraryWords": redact("cost", "focus", "examples"),
    "coaching.RuleVersion": keep("values") | redact("note"),
    "coaching.Observation": keep("week", "numbers"),
    "coaching.SweepFailure": keep("key", "week", "error"),
}


def treatment(model: str, field: str) -> Treatment:
    """Return what becomes of a field, named as Django names the model: `reviews.Comment`."""
    return TREATMENTS[model][field]
