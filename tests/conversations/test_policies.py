"""Who may import, stop an import, and read what was rejected: each answer with its sentence."""

from __future__ import annotations

import pytest

from conversations.models import Completion, Conversation, ImportRun, Participant, Reject, Source, Tag, Transcript
from conversations.policies import why_not_cancel, why_not_import, why_not_read_rejects
from tests.factories.accounts import RoleGrantFactory, TeamFactory, UserFactory, person
from tests.factories.conversations import ImportRunFactory, conversation

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOT_YOURS = ("wrong_role", 403, "Importing conversations is for QA managers and admins.")
ENDED = ("import_ended", 409, "This import has already ended, so there is nothing to stop.")
NO_TEXT = (
    "may_not_read",
    403,
    "Rejected lines hold what customers wrote. Only a QA manager of all teams may read them.",
)


def told(refusal):
    return None if refusal is None else (refusal.code, refusal.status, str(refusal))


@pytest.mark.parametrize(
    ("role", "imports", "reads"),
    [
        (None, NOT_YOURS, NOT_YOURS),
        ("agent", NOT_YOURS, NOT_YOURS),
        ("specialist", NOT_YOURS, NOT_YOURS),
        ("supervisor", NOT_YOURS, NOT_YOURS),
        ("manager", None, None),
        ("admin", None, NO_TEXT),
    ],
)
def test_each_role_is_told_why_not(role, imports, reads):
    user = person(role) if role else UserFactory()

    assert (told(why_not_import(user)), told(why_not_read_rejects(user))) == (imports, reads)


@pytest.mark.parametrize(
    ("role", "status", "answer"),
    [
        ("manager", "running", None),
        ("admin", "running", None),
        ("manager", "done", ENDED),
        ("manager", "incomplete", ENDED),
        ("manager", "cancelled", ENDED),
        ("supervisor", "running", NOT_YOURS),
        ("supervisor", "done", NOT_YOURS),
    ],
)
def test_only_a_running_import_is_stopped_and_only_by_those_who_import(role, status, answer):
    assert told(why_not_cancel(person(role), ImportRunFactory(status=status))) == answer


def test_an_admin_who_reads_one_team_does_not_read_rejects_of_all():
    admin = person("admin")
    RoleGrantFactory(user=admin, role="specialist", team=TeamFactory())

    assert told(why_not_read_rejects(admin)) == NO_TEXT


def test_a_manager_of_one_team_imports_nothing_because_an_import_belongs_to_no_team():
    assert told(why_not_read_rejects(person("manager", team=TeamFactory()))) == NOT_YOURS


@pytest.mark.parametrize(
    ("role", "has_team", "seen"),
    [
        ("manager", False, {Conversation: 2, Transcript: 2, Completion: 2, Participant: 4, ImportRun: 1, Reject: 1,
                            Source: 1, Tag: 1}),
        ("specialist", True, {Conversation: 1, Transcript: 1, Completion: 1, Participant: 2, ImportRun: 0, Reject: 0,
                              Source: 1, Tag: 1}),
        ("supervisor", True, {Conversation: 1, Transcript: 1, Completion: 1, Participant: 2, ImportRun: 0, Reject: 0,
                              Source: 1, Tag: 1}),
        ("admin", False, {Conversation: 0, Transcript: 0, Completion: 0, Participant: 0, ImportRun: 1, Reject: 0,
                          Source: 1, Tag: 0}),
        ("agent", False, {Conversation: 0, Transcript: 0, Completion: 0, Participant: 0, ImportRun: 0, Reject: 0,
                          Source: 0, Tag: 0}),
    ],
)  # fmt: skip
def test_each_role_sees_the_rows_within_its_reach(role, has_team, seen):
    team = TeamFactory()
    conversation(team=team)
    conversation(team=TeamFactory())
    Tag.objects.create(name="billing")
    Reject.objects.create(run=ImportRunFactory(received=1, rejected=1), line=1, reason="x")
    user = person(role, team=team if has_team else None)

    assert {model: model.objects.visible_to(user).count() for model in seen} == seen
