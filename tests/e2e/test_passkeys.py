"""A passkey, in a real browser with an authenticator that Chromium plays: set up when it is needed, then signed in."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from playwright.sync_api import Page

from accounts.models import User, Workspace
from accounts.roles import Role
from accounts.services import workspace
from tests.factories.accounts import RoleGrantFactory, UserFactory
from tests.support.browser import Complaints, axe, axe_everywhere, follow, log_in

PASSWORD = "a long enough password"


def person() -> User:
    user = UserFactory(email="ana@example.com", name="Ana Prado")
    user.set_password(PASSWORD)
    user.save()
    RoleGrantFactory(user=user, role=Role.SPECIALIST)
    return user


def plug_in(page: Page) -> None:
    """Plug a security key into the browser whose owner always touches it and is always recognised."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_who_needs_a_second_factor_sets_up_a_passkey_and_signs_in_with_it_alone(
    page: Page, complaints: Complaints
) -> None:
    user = person()
    workspace.change(second_factor=Workspace.SecondFactor.EVERYBODY, by=None, now=datetime.now(UTC))
    page.goto("/account/login/")
    axe(page)
    log_in(page, user.email, PASSWORD)
    page.goto("/queue/")
    page.wait_for_url("**/account/2fa/")
    axe_everywhere(page)

    plug_in(page)
    follow(page.get_by_role("link", name="Add a passkey"))
    page.get_by_label("Password").fill(PASSWORD)  # is it still you?
    with page.expect_navigation():  # its address stands in that of the question, too
        page.keyboard.press("Enter")
    assert urlsplit(page.url).path.endswith("/webauthn/add/")
    axe(page)
    page.get_by_label("Name").fill("Laptop")
    page.get_by_label("Sign in with it alone, without the password").check()
    follow(page.get_by_role("button", name="Add the passkey"))
    page.wait_for_url("**/account/2fa/recovery-codes/")
    axe(page)

    page.goto("/queue/")
    assert page.url.endswith("/queue/")
    page.context.clear_cookies()
    page.goto("/account/login/?next=/queue/")
    follow(page.get_by_role("button", name="Sign in with a passkey"))
    page.wait_for_url(lambda url: "login" not in url)
    assert page.url.endswith("/queue/")
    passkey = Authenticator.objects.get(user=user, type=Authenticator.Type.WEBAUTHN)
    assert (str(passkey), passkey.last_used_at is not None) == ("Laptop", True)
