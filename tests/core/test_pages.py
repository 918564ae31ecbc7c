"""The frame of every page: theme, catalogue, refusals and error pages."""

from __future__ import annotations

import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.test import Client, RequestFactory, override_settings
from django.urls import path, reverse

from core.refusals import Refusal, Refused
from core.themes import theme_of
from tests.factories.accounts import UserFactory


def refuses(request: HttpRequest) -> HttpResponse:
    raise Refused(Refusal("taken", 409, "Somebody else has <just> taken this item."))


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


urlpatterns = [path("refuses/", refuses), path("breaks/", breaks)]


def titles(response: HttpResponse) -> list[str]:
    return re.findall(r"<h1[^>]*>(.*?)</h1>", response.content.decode())


@pytest.mark.parametrize(
    ("cookie", "profile", "theme"),
    [
        ("dark", "light", "dark"),
        ("system", "dark", ""),
        ("", "dark", "dark"),
        ("", "system", ""),
        ("purple", "light", "light"),
        ('"><script>', "system", ""),
    ],
)
def test_the_choice_on_this_device_beats_the_profile(cookie: str, profile: str, theme: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = cookie
    request.user = UserFactory.build(theme=profile)

    assert theme_of(request) == theme


def test_a_theme_is_remembered_and_leads_back(client: Client) -> None:
    response = client.post("/theme/", {"theme": "dark"}, headers={"referer": "http://testserver/ui/?page=2"})

    assert (response.status_code, response.url) == (302, "/ui/?page=2")
    assert client.cookies["theme"].value == "dark"


def test_a_theme_never_leads_to_another_site(client: Client) -> None:
    response = client.post("/theme/", {"theme": "dark"}, headers={"referer": "https://elsewhere.example/"})

    assert response.url == "/"


def test_an_unknown_theme_is_not_remembered(client: Client) -> None:
    client.post("/theme/", {"theme": "purple"})

    assert "theme" not in client.cookies


def test_a_script_gets_no_page_for_a_theme(client: Client) -> None:
    response = client.post("/theme/", {"theme": "light"}, headers={"x-requested-with": "fetch"})

    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.django_db
def test_a_theme_is_not_changed_by_a_link_and_the_page_says_why(client: Client) -> None:
    response = client.get("/theme/?theme=dark")

    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "This address only takes what a form sends." in response.content.decode()


@pytest.mark.django_db
def test_the_server_writes_the_theme_into_the_page(client: Client) -> None:
    client.cookies["theme"] = "dark"

    response = client.get("/account/login/")

    assert '<html lang="en" data-theme="dark">' in response.content.decode()


@pytest.mark.django_db
def test_the_catalogue_shows_every_component_to_anybody_who_is_logged_in(client: Client) -> None:
    client.force_login(UserFactory())

    response = client.get(reverse("core:ui"), {"page": "3"})

    assert titles(response) == ["Components"]
    assert "<c-" not in re.sub(r"&lt;.*?&gt;", "", response.content.decode())
    assert "21–30 of 57 items" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["0", "-1", "x", "9999999999999999999999"])
def test_the_catalogue_takes_any_page_number(client: Client, page: str) -> None:
    client.force_login(UserFactory())

    assert client.get(reverse("core:ui"), {"page": page}).status_code == 200


@pytest.mark.django_db
def test_the_catalogue_asks_a_stranger_to_sign_in(client: Client) -> None:
    response = client.get(reverse("core:ui"))

    assert (response.status_code, response.url) == (302, "/account/login/?next=/ui/")


@override_settings(ROOT_URLCONF="tests.core.test_pages")
def test_a_refusal_is_a_page_with_its_sentence(client: Client) -> None:
    response = client.get("/refuses/")

    assert response.status_code == 409
    assert titles(response) == ["Not possible right now"]
    assert "<p>Somebody else has &lt;just&gt; taken this item.</p>" in response.content.decode()


@override_settings(ROOT_URLCONF="tests.core.test_pages")
def test_a_refused_form_gives_back_what_was_written_in_words_and_nothing_else(client: Client) -> None:
    sent = {"note": "She <did> solve it.\nTwice.", "password1": "two words", "draft": '{"a": "b c"}', "reason": "spam"}

    page = client.post("/refuses/", sent).content.decode()

    shown = re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", page, re.DOTALL)
    assert shown == ["She &lt;did&gt; solve it.<br>Twice."]
    assert "data-written" not in client.post("/refuses/", {"reason": "spam"}).content.decode()


@override_settings(ROOT_URLCONF="tests.core.test_pages")
def test_a_refused_part_is_said_beside_the_page(client: Client) -> None:
    response = client.get("/refuses/", headers={"hx-request": "true"})

    assert (response.status_code, response["HX-Retarget"], response["HX-Reswap"]) == (409, "#refusal", "innerHTML")
    assert "<html" not in response.content.decode()
    assert "<span>Somebody else has &lt;just&gt; taken this item.</span>" in response.content.decode()


@override_settings(ROOT_URLCONF="tests.core.test_pages")
def test_a_refused_script_gets_json(client: Client) -> None:
    response = client.get("/refuses/", headers={"accept": "application/json"})

    assert response.json() == {"code": "taken", "sentence": "Somebody else has <just> taken this item."}


@override_settings(ROOT_URLCONF="tests.core.test_pages")
def test_a_page_that_breaks_says_that_nothing_is_lost() -> None:
    response = Client(raise_request_exception=False).get("/breaks/")

    assert response.status_code == 500
    assert titles(response) == ["That went wrong on our side"]


def test_an_address_without_a_page_says_so(client: Client) -> None:
    response = client.get("/no/such/page/")

    assert response.status_code == 404
    assert titles(response) == ["Nothing here"]


def test_a_form_without_its_token_says_what_to_do() -> None:
    response = Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"})

    assert response.status_code == 403
    assert titles(response) == ["Please send that again"]


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_an_error_page_needs_no_request(name: str) -> None:
    drawn = get_template(f"{name}.html").render()

    assert drawn.count("<h1") == 1
    assert '<a class="button button-primary button-large" href="/">' in drawn
