"""One's own account: profile, sessions and tokens, and nobody else's."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.clients import describe
from accounts.models import ApiToken, User
from accounts.roles import Role
from accounts.services import tokens
from core.models import AuditEvent
from tests.api.asking import as_role, asking, get, post, put
from tests.conftest import NOW
from tests.factories.accounts import UserFactory, person

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PASSWORD = "tent-pole-1905"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def ana() -> User:
    user = person(Role.SPECIALIST, name="Ana Prado", email="ana@example.com")
    user.set_password(PASSWORD)
    user.save()
    return user


def signed_in(user: User, **headers: str) -> Client:
    client = Client(headers=headers)
    client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    return client


def test_a_person_changes_name_zone_and_appearance_and_not_the_address(ana: User) -> None:
    client = signed_in(ana)
    client.cookies["theme"] = "light"

    saved = client.post(
        "/profile/", {"name": "Ana P.", "time_zone": "Asia/Tokyo", "theme": "dark", "email": "other@example.com"}
    )

    ana.refresh_from_db()
    assert (saved.status_code, ana.name, ana.time_zone, ana.theme, ana.email) == (
        302, "Ana P.", "Asia/Tokyo", "dark", "ana@example.com",
    )  # fmt: skip
    assert 'data-theme="dark"' in client.get("/profile/").content.decode()


def test_a_zone_that_does_not_exist_is_refused_beside_its_field(ana: User) -> None:
    response = signed_in(ana).post("/profile/", {"name": "Ana", "time_zone": "Mars", "theme": "dark"})

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["time_zone"])


def test_somebody_without_a_role_reads_whom_to_ask(client: Client) -> None:
    client.force_login(UserFactory())

    assert "None yet. Ask an admin." in client.get("/profile/").content.decode()


def test_sessions_are_listed_and_one_is_ended(ana: User) -> None:
    here, there = signed_in(ana), signed_in(ana, **{"User-Agent": FIREFOX})
    other = UserSession.objects.get(user_agent=FIREFOX)

    page = here.get("/profile/sessions/").content.decode()
    here.post(f"/profile/sessions/{other.pk}/end/")

    assert page.count("this one") == 1
    assert "Firefox on Windows" in page
    assert (here.get("/ui/").status_code, there.get("/ui/").status_code) == (200, 302)


def test_nobody_ends_the_session_of_somebody_else(ana: User) -> None:
    there = signed_in(ana)
    session = UserSession.objects.get(user=ana)
    stranger = Client()
    stranger.force_login(person(Role.ADMIN))

    assert stranger.post(f"/profile/sessions/{session.pk}/end/").status_code == 404
    assert there.get("/ui/").status_code == 200


def test_everywhere_else_is_everywhere_else(ana: User) -> None:
    here, there = signed_in(ana), signed_in(ana)
    key = here.session.session_key

    here.post("/profile/sessions/end-others/")

    assert (here.get("/ui/").status_code, there.get("/ui/").status_code) == (200, 302)
    assert here.session.session_key != key
    assert UserSession.objects.get(user=ana).session_key == here.session.session_key
    assert AuditEvent.objects.filter(verb="user.sessions_ended", actor_id=ana.pk).count() == 1


def test_the_session_has_another_key_after_signing_in(ana: User) -> None:
    client = Client()
    client.get("/account/login/")
    client.post("/account/login/", {"login": ana.email, "password": "wrong"})
    session = client.session
    session["planted"] = "by somebody"
    session.save()
    before = session.session_key

    client.post("/account/login/", {"login": ana.email, "password": PASSWORD})

    assert client.session.session_key not in {None, before}


def test_another_password_ends_the_other_sessions_and_renews_the_own(ana: User) -> None:
    here, there = signed_in(ana), signed_in(ana)
    key = here.session.session_key

    here.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": "a-brand-new-pole", "password2": "a-brand-new-pole"},
    )

    assert (here.get("/ui/").status_code, there.get("/ui/").status_code) == (200, 302)
    assert here.session.session_key != key
    assert [one.session_key for one in UserSession.objects.filter(user=ana)] == [here.session.session_key]


@pytest.mark.parametrize(
    ("agent", "words"),
    [(FIREFOX, "Firefox on Windows"), ("curl/8.5", "curl"), ("", "Unknown program"), ("<script>", "Unknown program"),
     ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari on iPhone")],
)  # fmt: skip
def test_a_program_is_told_in_words(agent: str, words: str) -> None:
    assert describe(agent) == words


def test_a_token_is_shown_once_and_works(ana: User) -> None:
    client = signed_in(ana)

    made = client.post("/profile/tokens/new/", {"name": "Reports", "scopes": ["read", "review"], "days": "30"})

    text = re.search(r"qap_[0-9a-f]{12}_[\w-]{43}", made.content.decode())
    assert text is not None
    assert (made.status_code, "no-store" in made["Cache-Control"]) == (201, True)
    assert text.group() not in client.get("/profile/tokens/").content.decode()
    me = get(Client(headers={"Authorization": f"Bearer {text.group()}"}), "me/").json()
    assert me["scopes"] == ["read", "review"]
    assert ApiToken.objects.get().expires_at == NOW + timedelta(days=30)


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"name": ""}, "name"), ({"scopes": []}, "scopes"), ({"scopes": ["everything"]}, "scopes"),
     ({"days": "0"}, "days"), ({"days": "367"}, "days"), ({"days": "many"}, "days")],
)  # fmt: skip
def test_a_token_without_sense_is_refused_beside_its_field(ana: User, changed: dict[str, object], field: str) -> None:
    sent: dict[str, object] = {"name": "Reports", "scopes": ["read"], "days": "30"}

    response = signed_in(ana).post("/profile/tokens/new/", sent | changed)

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert ApiToken.objects.count() == 0


def test_a_token_is_revoked_by_its_owner_alone(ana: User) -> None:
    token, text = tokens.create(ana, name="Reports", by=ana, now=NOW)
    stranger = Client()
    stranger.force_login(person(Role.ADMIN))

    refused = stranger.post(f"/profile/tokens/{token.pk}/revoke/").status_code
    done = signed_in(ana).post(f"/profile/tokens/{token.pk}/revoke/").status_code

    assert (refused, done) == (404, 302)
    assert get(Client(headers={"Authorization": f"Bearer {text}"}), "me/").status_code == 401


def test_a_token_makes_none_that_may_do_more_or_lasts_longer(ana: User) -> None:
    client = asking(ana, scopes=["read", "account"])

    made = post(client, "tokens/", {"name": "Next", "scopes": ["read"], "days": 30})
    more = post(client, "tokens/", {"name": "Next", "scopes": ["read", "review"], "days": 30})
    longer = post(client, "tokens/", {"name": "Next", "scopes": ["read"], "days": 300})
    unable = post(asking(ana, scopes=["read"]), "tokens/", {"name": "Next", "scopes": ["read"]})

    assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
    assert get(Client(headers={"Authorization": f"Bearer {made.json()['text']}"}), "me/").status_code == 200
    assert [answer.json()["code"] for answer in (more, longer, unable)] == [
        "scope_beyond", "longer_than_maker", "scope_missing",
    ]  # fmt: skip


def test_a_script_changes_the_own_profile_and_is_told_when_late() -> None:
    client = as_role(Role.AGENT)
    tag = get(client, "me/")["ETag"]
    body = {"name": "Bo", "time_zone": "UTC", "theme": "dark"}

    done = put(client, "me/", body, **{"If-Match": tag})
    late = put(client, "me/", body | {"name": "Cy"}, **{"If-Match": tag})

    assert (done.json()["name"], done.json()["theme"], late.status_code) == ("Bo", "dark", 412)


def test_a_script_lists_and_ends_the_own_sessions(ana: User) -> None:
    there, client = signed_in(ana), asking(ana)

    rows = get(client, "sessions/").json()["results"]
    ended = post(client, f"sessions/{rows[0]['id']}/end/")

    assert [(row["is_current"], row["ip"]) for row in rows] == [(False, "127.0.0.1")]
    assert (ended.status_code, there.get("/ui/").status_code) == (204, 302)
    again = signed_in(ana)
    assert post(client, "sessions/end-others/").status_code == 204
    assert again.get("/ui/").status_code == 302
