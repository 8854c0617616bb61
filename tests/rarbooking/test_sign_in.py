"""Signing in with HMPPS Auth, over real HTTP, up to a session and back out of it."""

import re
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from joserfc import jwt
from joserfc.jwk import RSAKey

from audit.models import AuditEvent
from rarbooking.identity.sign_in import JWKS_CACHE_KEY, SignInRefused, verified_claims
from rarbooking.models import Session
from rarbooking.roles import Role
from tests.delius.scripted import Answer, ScriptedUpstream
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db


def answer_of_hmpps_auth(client: Client, username: str, *, page: str = "/") -> dict[str, str]:
    """Go to HMPPS Auth, choose a user there, and return the query it sends the browser back with."""
    to_auth = client.get("/sign-in/", {"next": page})["Location"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(to_auth).query).items()}
    assert requests.get(to_auth, timeout=5).status_code == 200
    form = {name: asked[name] for name in ("client_id", "redirect_uri", "state", "code_challenge")}
    sign_in = f"{to_auth.split('/oauth/')[0]}/sign-in"
    back = requests.post(sign_in, data=form | {"username": username}, allow_redirects=False, timeout=5)
    return {name: values[0] for name, values in parse_qs(urlsplit(back.headers["Location"]).query).items()}


def signs_in(client: Client, username: str, *, page: str = "/") -> HttpResponse:
    """Come back from HMPPS Auth's page with a user chosen."""
    return client.get("/sign-in/callback/", answer_of_hmpps_auth(client, username, page=page))


def test_a_delius_user_is_signed_in_and_returned_to_the_page_they_asked_for(
    simulator: Simulator, rollout: None
) -> None:
    client = Client()
    answer = client.get("/sign-in/callback/", answer_of_hmpps_auth(client, "ROBIN.SAMPLE", page="/guidance/"))
    assert answer["Location"] == "/guidance/"
    page = client.get("/guidance/").content.decode()
    assert "Robin Sample" in page
    assert "Northmoor Probation Region" in page


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "http://testserver//elsewhere.example/",
        "http://testserver///elsewhere.example/",
        "http://testserver/\\elsewhere.example/",
        "http://testserver",
        "javascript:alert(1)",
        "no-address",
        "sign-out",
        "/\\elsewhere",
    ],
)
def test_the_page_to_return_to_is_never_on_another_site_nor_anything_but_an_address(
    simulator: Simulator, rollout: None, address: str
) -> None:
    client = Client()
    answer = client.get("/sign-in/callback/", answer_of_hmpps_auth(client, "ROBIN.SAMPLE", page=address))
    assert answer["Location"] == "/"


def test_signing_in_changes_the_session_key(simulator: Simulator, rollout: None) -> None:
    client = Client()
    sent_back = answer_of_hmpps_auth(client, "ROBIN.SAMPLE")
    before = client.session.session_key
    client.get("/sign-in/callback/", sent_back)
    assert client.session.session_key != before


def test_an_account_that_is_not_a_delius_account_is_told_so_and_not_signed_in(simulator: Simulator) -> None:
    client = Client()
    answer = client.get("/sign-in/callback/", answer_of_hmpps_auth(client, "PENNY.PRISON"))
    assert answer.status_code == 403
    assert "Only people with a Delius account" in answer.content.decode()
    assert client.get("/")["Location"].startswith("/sign-in/")


def test_a_delius_user_without_a_staff_record_is_told_whom_to_ask(simulator: Simulator, rollout: None) -> None:
    client = Client()
    client.get("/sign-in/callback/", answer_of_hmpps_auth(client, "NOEL.NOSTAFF"))
    answer = client.get("/")
    assert answer.status_code == 403
    assert "You do not have a staff record in Delius" in answer.content.decode()


def test_an_answer_with_a_state_we_did_not_send_signs_nobody_in(simulator: Simulator) -> None:
    client = Client()
    sent_back = answer_of_hmpps_auth(client, "ROBIN.SAMPLE") | {"state": "another"}
    answer = client.get("/sign-in/callback/", sent_back)
    assert answer.status_code == 400
    assert "You could not be signed in" in answer.content.decode()
    assert client.get("/")["Location"].startswith("/sign-in/")


def test_a_code_cannot_be_used_twice(simulator: Simulator, rollout: None) -> None:
    first, second = Client(), Client()
    sent_back = answer_of_hmpps_auth(first, "ROBIN.SAMPLE")
    first.get("/sign-in/callback/", sent_back)
    asked = parse_qs(urlsplit(second.get("/sign-in/")["Location"]).query)
    answer = second.get("/sign-in/callback/", {"code": sent_back["code"], "state": asked["state"][0]})
    assert answer.status_code == 400


def test_hmpps_auth_being_down_is_said_and_is_not_an_error_of_ours(simulator: Simulator) -> None:
    client = Client()
    sent_back = answer_of_hmpps_auth(client, "ROBIN.SAMPLE")
    simulator.fault("token", "drop_before", times=None)
    answer = client.get("/sign-in/callback/", sent_back)
    simulator.clear_faults()
    assert answer.status_code == 503
    assert "HMPPS Auth is not available" in answer.content.decode()


def test_signing_out_ends_the_session_here_and_at_hmpps_auth(simulator: Simulator, robin: Client) -> None:
    answer = robin.post("/sign-out/")
    assert answer["Location"].startswith(f"{simulator.auth_url}/sign-out?client_id=rarbooking&redirect_uri=")
    back = requests.get(answer["Location"], allow_redirects=False, timeout=5)
    assert urlsplit(back.headers["Location"]).path == "/signed-out/"
    assert robin.get("/")["Location"].startswith("/sign-in/")


def forged(simulator: Simulator, **changed: Any) -> str:
    claims = {
        "iss": f"{simulator.auth_url}/issuer",
        "exp": int(time.time()) + 60,
        "user_name": "ROBIN.SAMPLE",
    } | changed
    return jwt.encode({"alg": "RS256"}, claims, RSAKey.generate_key(2048))


def test_a_token_that_hmpps_auth_signed_is_taken(simulator: Simulator) -> None:
    assert verified_claims(simulator.token("ROBIN.SAMPLE"))["user_name"] == "ROBIN.SAMPLE"


def test_a_clients_own_token_which_is_nobodys_signs_nobody_in(settings: Any, simulator: Simulator) -> None:
    own = requests.post(
        f"{settings.HMPPS_AUTH_URL}/oauth/token",
        {"grant_type": "client_credentials"},
        auth=(settings.HMPPS_CLIENT_ID, settings.HMPPS_CLIENT_SECRET),
        timeout=10,
    ).json()["access_token"]
    with pytest.raises(SignInRefused, match="user_name"):
        verified_claims(own)


def test_a_token_signed_with_another_key_is_refused(simulator: Simulator) -> None:
    with pytest.raises(SignInRefused):
        verified_claims(forged(simulator))


def test_a_token_without_a_signature_is_refused(simulator: Simulator) -> None:
    _, payload, _ = simulator.token("ROBIN.SAMPLE").split(".")
    with pytest.raises(SignInRefused):
        verified_claims(f"eyJhbGciOiJub25lIn0.{payload}.")


def test_a_token_that_has_expired_is_refused(simulator: Simulator) -> None:
    simulator.switch(tokenSeconds=-60)
    with pytest.raises(SignInRefused):
        verified_claims(simulator.token("ROBIN.SAMPLE"))


def test_a_token_of_another_issuer_is_refused(simulator: Simulator, settings: Any) -> None:
    settings.HMPPS_AUTH_ISSUER = "https://elsewhere.example/auth/issuer"
    with pytest.raises(SignInRefused):
        verified_claims(simulator.token("ROBIN.SAMPLE"))


def test_a_token_that_expired_on_its_way_signs_nobody_in(simulator: Simulator) -> None:
    client = Client()
    sent_back = answer_of_hmpps_auth(client, "ROBIN.SAMPLE")
    simulator.switch(tokenSeconds=-60)
    answer = client.get("/sign-in/callback/", sent_back)
    assert answer.status_code == 400
    assert "You could not be signed in" in answer.content.decode()
    assert client.get("/")["Location"].startswith("/sign-in/")


def test_somebody_without_a_role_is_told_which_there_are_and_leaves_no_account(
    simulator: Simulator, django_user_model: Any
) -> None:
    client = Client()
    answer = signs_in(client, "NIA.NOROLE")
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "You do not have a role for this service" in page
    assert all(role.value in page for role in Role)
    assert client.get("/")["Location"].startswith("/sign-in/")
    assert not django_user_model.objects.exists()


@pytest.mark.parametrize(
    ("username", "first", "parts"),
    [
        ("ROBIN.SAMPLE", "/", ["Your cases", "Guidance"]),
        ("REA.READONLY", "/", ["Your cases", "Guidance"]),
        ("DANA.DESIGNER", "/admin/", ["Guidance", "Administration"]),
        ("TAYLOR.TOOLKITS", "/admin/toolkits/toolkit/", ["Guidance", "Administration"]),
        ("SUE.SUPPORT", "/admin/booking/booking/", ["Guidance", "Administration"]),
    ],
)
def test_the_first_page_and_the_navigation_are_those_for_the_persons_role(
    simulator: Simulator, rollout: None, username: str, first: str, parts: list[str]
) -> None:
    client = Client()
    answer = signs_in(client, username, page="")
    assert answer["Location"] == first
    assert client.get(first).status_code == 200
    page = client.get("/guidance/").content.decode()
    assert f'rar-header__service" href="{first}"' in page
    assert re.findall(r'moj-primary-navigation__link"[^>]*>([^<]+)<', page) == parts


@pytest.mark.parametrize("username", ["DANA.DESIGNER", "TAYLOR.TOOLKITS", "SUE.SUPPORT"])
def test_the_administration_is_entered_by_the_same_sign_in(simulator: Simulator, rollout: None, username: str) -> None:
    client = Client()
    assert client.get("/admin/")["Location"] == "/sign-in/?next=/admin/"
    assert signs_in(client, username, page="/admin/")["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_an_account_follows_the_roles_of_its_latest_sign_in(
    simulator: Simulator, rollout: None, django_user_model: Any
) -> None:
    django_user_model.objects.create(username="ROBIN.SAMPLE", is_superuser=True, is_staff=True)
    signs_in(Client(), "ROBIN.SAMPLE")
    robin = django_user_model.objects.get()
    assert (robin.roles, robin.is_superuser, robin.is_staff) == ({Role.READ_WRITE}, False, False)
    simulator.change_account("ROBIN.SAMPLE", roles="ROLE_RAR_SUPPORT__RW")
    signs_in(Client(), "ROBIN.SAMPLE")
    robin.refresh_from_db()
    assert (robin.roles, robin.is_staff) == ({Role.SERVICE_SUPPORT}, True)
    changes = [each.details for each in AuditEvent.objects.filter(what="ROLES_CHANGED").order_by("at")]
    assert [(each["from"], each["to"]) for each in changes] == [
        ("", "RAR_BOOKING__RW"),
        ("RAR_BOOKING__RW", "RAR_SUPPORT__RW"),
    ]


def test_an_account_that_was_turned_off_here_cannot_sign_in(
    simulator: Simulator, rollout: None, django_user_model: Any
) -> None:
    django_user_model.objects.create(username="ROBIN.SAMPLE", is_active=False)
    client = Client()
    assert signs_in(client, "ROBIN.SAMPLE").status_code == 400
    assert client.get("/")["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(("username", "why"), [("PENNY.PRISON", "NotDelius"), ("NIA.NOROLE", "NoRole")])
def test_the_audit_is_told_who_was_turned_away_and_why(simulator: Simulator, username: str, why: str) -> None:
    signs_in(Client(), username)
    event = AuditEvent.objects.get(what="SIGN_IN_REFUSED")
    assert (event.who, event.details["why"]) == (username, why)


def test_signing_out_of_the_administration_ends_the_session_at_hmpps_auth_too(
    simulator: Simulator, rollout: None
) -> None:
    client = Client()
    signs_in(client, "SUE.SUPPORT", page="/admin/")
    assert client.post("/admin/logout/")["Location"].startswith(f"{simulator.auth_url}/sign-out?")
    assert client.get("/admin/")["Location"].startswith("/sign-in/")


class TestOutsideTheDemo:
    """There, nobody has a password."""

    @pytest.fixture(autouse=True)
    def production(self, rollout: None, settings: Any) -> None:
        settings.DEMO = False
        settings.AUTHENTICATION_BACKENDS = ["rarbooking.identity.authentication.HmppsAuthBackend"]

    def test_the_administration_has_no_password_form_and_takes_no_password(
        self, db: None, django_user_model: Any
    ) -> None:
        django_user_model.objects.create_superuser("SOMEBODY", password="a-long-enough-password")
        client = Client()
        answer = client.get("/admin/login/", {"next": "/admin/booking/booking/"})
        assert answer["Location"] == "/sign-in/?next=/admin/booking/booking/"
        client.post("/admin/login/", {"username": "SOMEBODY", "password": "a-long-enough-password"})
        assert client.get("/admin/")["Location"].startswith("/sign-in/")

    def test_a_practitioner_is_refused_by_the_administration(self, robin: Client) -> None:
        answer = robin.get("/admin/booking/booking/", follow=True)
        assert answer.status_code == 403
        assert "You do not have access to this page" in answer.content.decode()

    def test_there_is_no_password_to_change(self, signed_in: Any) -> None:
        support = signed_in("SUE.SUPPORT")
        assert support.get("/admin/password_change/").status_code == 404
        assert "password" not in support.get("/admin/").content.decode()


@pytest.mark.parametrize(
    ("claims", "is_taken"),
    [
        ({}, True),
        ({"client_id": "rarbooking"}, True),
        ({"aud": ["another", "rarbooking"]}, True),
        ({"client_id": "another"}, False),
        ({"aud": "another"}, False),
    ],
)
def test_a_token_that_was_made_for_another_client_is_refused(
    settings: Any, claims: dict[str, Any], is_taken: bool
) -> None:
    key = RSAKey.generate_key(2048, parameters={"kid": "ours"})
    cache.set(JWKS_CACHE_KEY, {"keys": [key.as_dict(private=False)]})
    named = {"iss": settings.HMPPS_AUTH_ISSUER, "exp": int(time.time()) + 60, "user_name": "ROBIN.SAMPLE"} | claims
    token = jwt.encode({"alg": "RS256", "kid": "ours"}, named, key)
    if is_taken:
        assert verified_claims(token)["user_name"] == "ROBIN.SAMPLE"
    else:
        with pytest.raises(SignInRefused):
            verified_claims(token)
    cache.clear()


def test_a_failed_sign_in_is_in_the_audit_though_nobody_knows_whose_it_was(simulator: Simulator) -> None:
    client = Client()
    client.get("/sign-in/callback/", answer_of_hmpps_auth(client, "ROBIN.SAMPLE") | {"state": "another"})
    event = AuditEvent.objects.get(what="SIGN_IN_REFUSED")
    assert (event.who, event.details["why"]) == ("SYSTEM", "MismatchingStateError")


def test_the_clients_secret_does_not_follow_a_redirect(simulator: Simulator, settings: Any) -> None:
    client = Client()
    sent_back = answer_of_hmpps_auth(client, "ROBIN.SAMPLE")
    elsewhere = ScriptedUpstream()
    elsewhere.answers(Answer(b"moved", 307, {"Location": "/elsewhere"}))
    elsewhere.start()
    settings.HMPPS_AUTH_URL = elsewhere.url
    try:
        assert client.get("/sign-in/callback/", sent_back).status_code == 503
    finally:
        elsewhere.stop()
    assert [each.path for each in elsewhere.received] == ["/oauth/token"]


def test_published_keys_are_read_once_for_many_who_sign_in(simulator: Simulator, rollout: None) -> None:
    signs_in(Client(), "ROBIN.SAMPLE")
    simulator.clear_requests()
    signs_in(Client(), "JO.PLACEHOLDER")
    assert simulator.requests("jwks") == []


def test_what_somebody_has_no_role_for_is_in_the_audit(signed_in: Any) -> None:
    signed_in("REA.READONLY").get("/cases/X000001/arrange/")
    event = AuditEvent.objects.get(what="ACCESS_REFUSED")
    assert (event.who, event.details["page"], event.details["method"]) == ("REA.READONLY", "booking:start", "GET")


def test_signing_in_again_while_signed_in_ends_the_session_before(simulator: Simulator, rollout: None) -> None:
    client = Client()
    signs_in(client, "ROBIN.SAMPLE")
    before = client.session.session_key
    signs_in(client, "ROBIN.SAMPLE")
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
