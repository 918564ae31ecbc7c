"""The settings: each with what it does, changed by an admin of everything, and the later of two is told."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Workspace
from accounts.roles import Role
from accounts.settings_form import WorkspaceForm
from core.models import AuditEvent
from tests.api.asking import as_role, get, put
from tests.factories.accounts import TeamFactory, person

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
SENT = {
    "name": "Northstar", "time_zone": "Europe/Berlin", "edit_window_minutes": 30, "dispute_window_days": 14,
    "dispute_due_days": 5,
    "second_factor": "leaders", "second_reader_for_card_fail": "on", "number": 0,
}  # fmt: skip
NOT_SETTINGS = {"id", "edit_number", "is_demo"}


def test_every_setting_is_on_the_page_with_a_sentence(client: Client) -> None:
    client.force_login(person(Role.ADMIN))

    page = client.get("/workspace/").content.decode()

    fields = {field.name for field in Workspace._meta.local_fields} - NOT_SETTINGS
    assert fields == set(WorkspaceForm.base_fields)
    assert [name for name in fields if f'name="{name}"' not in page] == []
    assert [name for name, field in WorkspaceForm.base_fields.items() if len(str(field.help_text)) < 20] == []


def test_settings_are_changed_and_the_trail_names_the_fields(client: Client) -> None:
    admin = person(Role.ADMIN)
    client.force_login(admin)

    saved = client.post("/workspace/", SENT)

    stored = Workspace.current()
    assert saved.status_code == 302
    assert (stored.name, stored.edit_window_minutes, stored.second_factor, stored.shows_reviewer_name) == (
        "Northstar", 30, "leaders", False,
    )  # fmt: skip
    assert AuditEvent.objects.get(verb="workspace.changed").fields == sorted(
        ["name", "time_zone", "edit_window_minutes", "dispute_window_days", "dispute_due_days", "second_factor",
         "second_look_excludes_lead", "second_reader_for_card_fail", "shows_reviewer_name"]
    )  # fmt: skip


def test_the_later_of_two_admins_is_told_and_loses_nothing_of_what_they_wrote(client: Client) -> None:
    client.force_login(person(Role.ADMIN))
    client.post("/workspace/", SENT | {"second_factor": "optional"})

    late = client.post("/workspace/", SENT | {"name": "Southstar", "second_factor": "optional"})

    assert late.status_code == 409
    assert "Somebody else changed this meanwhile." in late.content.decode()
    assert 'value="Southstar"' in late.content.decode()
    assert Workspace.current().name == "Northstar"


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("time_zone", "Mars"), ("edit_window_minutes", "-1"), ("edit_window_minutes", "99999999"),
     ("dispute_window_days", "x"), ("dispute_due_days", "0"), ("second_factor", "sometimes")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_beside_its_field(client: Client, field: str, value: str) -> None:
    client.force_login(person(Role.ADMIN))

    response = client.post("/workspace/", SENT | {field: value})

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert Workspace.objects.filter(name="Northstar").exists() is False


def test_an_admin_of_one_team_does_not_set_what_holds_for_all(client: Client) -> None:
    client.force_login(person(Role.ADMIN, team=TeamFactory()))

    assert client.get("/workspace/").status_code == 403
    assert get(as_role(Role.ADMIN, team=TeamFactory()), "workspace/").json()["code"] == "one_team_only"


def test_the_api_reads_and_changes_the_same_settings_and_tells_the_late() -> None:
    client = as_role(Role.ADMIN)
    read = get(client, "workspace/")
    body = {name: value for name, value in read.json().items() if name != "is_demo"} | {"name": "Northstar"}

    done = put(client, "workspace/", body, **{"If-Match": read["ETag"]})
    late = put(client, "workspace/", body | {"name": "Other"}, **{"If-Match": read["ETag"]})

    assert (done.status_code, done.json()["name"], done["ETag"]) == (200, "Northstar", '"1"')
    assert (late.status_code, late.json()["code"]) == (412, "stale")
