"""What every answer tells the browser, whatever kind of answer it is."""

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.templatetags.static import static
from django.test import Client
from pytest_django import Settings

from booking.models import Draft
from tests.booking.journeys import answer_up_to
from tests.rarbooking.answers import KINDS

pytestmark = pytest.mark.django_db

PRODUCTION = {
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_HSTS_PRELOAD": True,
    "SECURE_SSL_REDIRECT": True,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "ROOT_URLCONF": "tests.rarbooking.failing",
}


@pytest.fixture
def somebody(robin: Client, settings: Settings, django_user_model: Any) -> Client:
    """Somebody signed in over HTTPS, as in production, who may also look at the administration."""
    django_user_model.objects.filter(username="ROBIN.SAMPLE").update(is_staff=True)
    for name, value in PRODUCTION.items():
        setattr(settings, name, value)
    client = Client(raise_request_exception=False, headers={"X-Forwarded-Proto": "https"})
    client.cookies = robin.cookies
    return client


@pytest.fixture(params=KINDS)
def answer(request: pytest.FixtureRequest, somebody: Client) -> HttpResponse:
    ask, status = KINDS[request.param]
    found = ask(somebody)
    assert found.status_code == status
    found.getvalue()  # A static file stays open until it is read.
    return found


def policy_of(answer: HttpResponse) -> dict[str, list[str]]:
    """The directives of an answer's Content-Security-Policy."""
    directives = [each.split() for each in answer["Content-Security-Policy"].split(";")]
    return {name: sources for name, *sources in directives}


def test_every_kind_of_answer_tells_the_browser_what_it_may_not_be_used_for(answer: HttpResponse) -> None:
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cross-Origin-Embedder-Policy"] == "require-corp"
    features = dict(each.split("=") for each in answer["Permissions-Policy"].split(", "))
    assert {"camera", "geolocation", "microphone"} <= features.keys()
    assert set(features.values()) == {"()"}


def test_every_kind_of_answer_has_the_content_security_policy_without_anything_unsafe(answer: HttpResponse) -> None:
    policy = policy_of(answer)
    for closed in ("default-src", "object-src", "base-uri", "frame-ancestors"):
        assert policy[closed] == ["'none'"]
    for own in ("script-src", "style-src", "img-src", "font-src", "connect-src"):
        assert policy[own] == ["'self'"]
    assert policy["form-action"][0] == "'self'"
    assert not re.search(r"unsafe|\*|data:|https?:(?!//)", answer["Content-Security-Policy"])


def test_every_kind_of_answer_over_https_is_to_be_asked_for_over_https_from_then_on(answer: HttpResponse) -> None:
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


def test_no_kind_of_answer_is_open_to_other_sites_or_says_what_serves_it(answer: HttpResponse) -> None:
    for name in answer.headers:
        assert not name.startswith("Access-Control-")
        assert name not in {"Server", "X-Powered-By", "X-AspNet-Version", "Via", "X-Debug-Token", "Public-Key-Pins"}


def test_every_kind_of_answer_says_what_it_is_made_of(answer: HttpResponse) -> None:
    if not answer.getvalue():
        return
    kind = answer["Content-Type"]
    assert kind == "application/json" or re.fullmatch(r"text/(html|css|javascript|calendar); charset=\"?utf-8\"?", kind)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"a page", "a static file", "a script"}])
def test_whatever_is_not_the_same_for_everybody_is_kept_nowhere(somebody: Client, kind: str) -> None:
    assert "no-store" in KINDS[kind][0](somebody)["Cache-Control"]


def test_static_files_may_be_kept_because_their_names_change_with_them(somebody: Client) -> None:
    answer = somebody.get(static("rarbooking/product.css"), secure=True)
    answer.getvalue()
    assert "immutable" in answer["Cache-Control"]


def test_plain_http_is_sent_to_https_with_the_same_headers(somebody: Client) -> None:
    answer = Client().get("/cases/X000001/arrange/")
    assert (answer.status_code, answer["Location"]) == (301, "https://testserver/cases/X000001/arrange/")
    assert policy_of(answer)["default-src"] == ["'none'"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_another_host_over_plain_http_gets_our_page_with_the_same_headers(somebody: Client) -> None:
    answer = Client().get("/", headers={"Host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "Your request could not be read" in answer.content.decode()
    assert answer["Referrer-Policy"] == "same-origin"
    assert policy_of(answer)["frame-ancestors"] == ["'none'"]
    assert "elsewhere.example" not in answer.content.decode()


def test_every_cookie_is_for_this_host_over_https_and_no_script_can_read_it(somebody: Client) -> None:
    answer_up_to(somebody, "notes")
    answers = [
        Client().get("/sign-in/", secure=True),
        Client().get("/admin/login/", secure=True),
        somebody.get("/cases/X000001/arrange/notes/", secure=True),
        somebody.post("/cases/X000001/arrange/notes/", {"notes": "Bring it."}, secure=True),
    ]
    assert Draft.objects.get().answers["notes"]
    cookies = [cookie for each in answers for cookie in each.cookies.values()]
    assert cookies
    for cookie in cookies:
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
        assert (cookie["domain"], cookie["path"]) == ("", "/")


def test_what_the_administration_says_of_a_change_travels_in_no_cookie(
    somebody: Client, django_user_model: Any
) -> None:
    django_user_model.objects.filter(username="ROBIN.SAMPLE").update(is_superuser=True)
    typed = {"provider_code": "N99", "starts_on": "1/12/2026"}
    made = somebody.post("/admin/toolkits/rollout/add/", typed, secure=True)
    assert made.status_code == 302
    assert "messages" not in made.cookies
    assert "was added successfully" in somebody.get(made["Location"], secure=True).content.decode()


def test_signing_out_has_the_browser_drop_what_it_kept_of_us_but_no_cookies_of_others(somebody: Client) -> None:
    answer = somebody.post("/sign-out/", secure=True)
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    ended = [cookie for cookie in answer.cookies.values() if not cookie.value]
    assert [cookie["max-age"] for cookie in ended] == [0]
    assert "Clear-Site-Data" not in somebody.get("/signed-out/", secure=True)
