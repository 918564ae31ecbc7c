"""A second factor is off, wanted or needed, as the workspace says; who needs one and has none is led to it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

from accounts import second_factor
from accounts.models import User, Workspace
from accounts.roles import Role
from accounts.services import workspace
from tests.api.asking import asking, get
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, UserFactory, person

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PASSWORD = "tent-pole-1905"
Rule = Workspace.SecondFactor


def rule(value: str) -> None:
    workspace.change(second_factor=value, by=None, now=NOW)


def with_app(user: User) -> str:
    """Set up an authenticator app; return its key."""
    key = "JBSWY3DPEHPK3PXP"
    TOTP.activate(user, key)
    return key


def digits(key: str) -> str:
    """Return what the app shows now."""
    return format_hotp_value(hotp_value(key, next(iter(yield_hotp_counters_from_time()))))


def signing_in(user: User) -> tuple[Client, str]:
    """Sign in by password; return where that leads."""
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    response = client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    return client, response["Location"]


@pytest.mark.parametrize(
    ("value", "needed_by"),
    [
        (Rule.OFF, set()),
        (Rule.OPTIONAL, set()),
        (Rule.LEADERS, {"manager", "admin"}),
        (Rule.EVERYBODY, {*Role.values}),
    ],
)
def test_who_needs_one(value: str, needed_by: set[str]) -> None:
    rule(value)

    assert {role.value for role in Role if second_factor.is_missing(person(role))} == needed_by


def test_recovery_codes_alone_are_no_second_factor() -> None:
    rule(Rule.EVERYBODY)
    user = UserFactory()
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={})

    assert second_factor.is_missing(user) is True
    with_app(user)
    assert second_factor.is_missing(user) is False


def test_who_lacks_one_is_led_to_the_set_up_and_reaches_nothing_else(client: Client) -> None:
    rule(Rule.EVERYBODY)
    client.force_login(person(Role.SPECIALIST))

    answers = [
        client.get("/queue/"), client.post(reverse("reviews:claim")), client.get("/profile/"),
        client.get("/profile/tokens/new/"),
        client.get("/account/password/change/"), client.get("/"),
    ]  # fmt: skip
    htmx = client.get("/queue/", headers={"HX-Request": "true"})
    api = client.get("/api/v1/queue/")

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, "/account/2fa/")] * 6
    assert (htmx.status_code, htmx["HX-Redirect"]) == (204, "/account/2fa/")
    assert (api.status_code, api.json()["code"]) == (403, "second_factor_needed")


def test_they_still_reach_the_set_up_the_theme_and_the_way_out(client: Client) -> None:
    rule(Rule.EVERYBODY)
    client.force_login(person(Role.SPECIALIST))

    page = client.get("/account/2fa/")
    theme = client.post("/theme/", {"theme": "dark"}, headers={"X-Requested-With": "fetch"})
    out = client.post("/account/logout/")

    assert "This workspace asks you for a second factor." in page.content.decode()
    assert (theme.status_code, out.status_code, out["Location"]) == (204, 302, "/account/login/")


def test_with_an_app_everything_opens() -> None:
    rule(Rule.LEADERS)
    user = person(Role.MANAGER)
    key = with_app(user)

    client, led_to = signing_in(user)
    before = client.get("/rubrics/").status_code
    client.post("/account/2fa/authenticate/", {"code": digits(key)})

    assert (led_to, before, client.get("/rubrics/").status_code) == ("/account/2fa/authenticate/", 302, 200)


def test_a_wrong_code_is_told_and_opens_nothing() -> None:
    user = person(Role.MANAGER)
    with_app(user)
    client, _led_to = signing_in(user)

    response = client.post("/account/2fa/authenticate/", {"code": "000000"})

    assert "This code is not right, or no longer." in response.content.decode()
    assert client.get("/rubrics/").status_code == 302


def test_setting_up_an_app_takes_the_password_and_its_code(client: Client) -> None:
    rule(Rule.EVERYBODY)
    user = person(Role.SPECIALIST)
    client, _led_to = signing_in(user)

    page = client.get("/account/2fa/totp/activate/", follow=True)
    if "Is it still you?" in page.content.decode():
        page = client.post(page.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    done = client.post("/account/2fa/totp/activate/", {"code": digits(page.context["form"].secret)})

    assert (done.status_code, done["Location"]) == (302, "/account/2fa/recovery-codes/")
    assert client.get("/queue/").status_code == 200


def test_the_last_factor_of_somebody_who_needs_one_stays() -> None:
    user = person(Role.ADMIN)
    with_app(user)
    factor = Authenticator.objects.get(user=user)

    allowed = get_adapter().can_delete_authenticator(factor)
    rule(Rule.LEADERS)

    assert (allowed, get_adapter().can_delete_authenticator(factor)) == (True, False)


def test_off_closes_the_pages_and_asks_nobody(client: Client) -> None:
    user = person(Role.MANAGER)
    with_app(user)
    rule(Rule.OFF)

    signed_in, led_to = signing_in(user)
    page = signed_in.get("/account/2fa/")
    by_passkey = client.get("/account/2fa/webauthn/login/", headers={"Accept": "application/json"})

    assert led_to == "/"
    assert page.status_code == 409
    assert "Two-factor sign-in is switched off in this workspace." in page.content.decode()
    assert (by_passkey.status_code, by_passkey.json()["code"]) == (409, "second_factor_off")
    assert "passkey" not in client.get("/account/login/").content.decode()


def test_a_token_needs_no_second_factor() -> None:
    rule(Rule.EVERYBODY)

    assert get(asking(person(Role.MANAGER)), "me/").status_code == 200


def test_a_change_of_the_rule_holds_from_the_next_request_on(client: Client) -> None:
    client.force_login(person(Role.ADMIN, team=None))
    before = client.get("/people/").status_code

    rule(Rule.LEADERS)

    assert (before, client.get("/people/").status_code) == (200, 302)


def test_a_role_that_ends_takes_the_need_with_it(client: Client) -> None:
    rule(Rule.LEADERS)
    user = person(Role.SPECIALIST, team=TeamFactory())
    grant = user.grants.create(role=Role.MANAGER, starts_at=NOW - timedelta(days=1), ends_at=NOW + timedelta(days=1))
    client.force_login(user)
    before = client.get("/queue/").status_code

    grant.ends_at = NOW
    grant.save()

    assert (before, client.get("/queue/").status_code) == (302, 200)
